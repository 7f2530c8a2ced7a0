using DrOrchestrator.Estates;
using DrOrchestrator.Probes;
using DrOrchestrator.Time;

namespace DrOrchestrator.Availability;

/// <summary>See <see cref="IServiceWatch"/>.</summary>
internal sealed class ServiceWatch(Timeline timeline, EstateHolder estates, ProbeKinds kinds, ProcessClock clock) : IServiceWatch
{
    public ServiceState Current(string probe)
    {
        var subject = timeline.SubjectOf(probe);
        lock (subject.Gate)
        {
            return subject.View(clock.Now);
        }
    }

    public IReadOnlyList<ProbeResult> Recent(string probe)
    {
        var subject = timeline.SubjectOf(probe);
        lock (subject.Gate)
        {
            return subject.Recent;
        }
    }

    public async Task<ProbeResult> LookNowAsync(string probe, CancellationToken cancellationToken)
    {
        var definition = estates.Current.FindProbe(probe) ?? throw new ArgumentException($"the estate has no probe '{probe}'", nameof(probe));
        using var fresh = kinds.CreateFresh(definition);
        return await fresh.RunAsync(cancellationToken).ConfigureAwait(false);
    }

    public async Task<ServiceState> WaitForAsync(string probe, IntervalState state, DateTimeOffset confirmedAfter, CancellationToken cancellationToken)
    {
        if (state is not (IntervalState.Up or IntervalState.Down))
        {
            throw new ArgumentOutOfRangeException(nameof(state), state, "probes confirm up or down");
        }

        var subject = timeline.SubjectOf(probe);
        while (true)
        {
            Task changed;
            lock (subject.Gate)
            {
                if (subject.IsConfirmed(state, confirmedAfter) && subject.View(clock.Now) is { } view && view.State == state)
                {
                    return view;
                }

                changed = subject.Changed;
            }

            await changed.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }
}
