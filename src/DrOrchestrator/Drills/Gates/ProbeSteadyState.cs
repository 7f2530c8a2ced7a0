using DrOrchestrator.Availability;
using DrOrchestrator.Estates;
using DrOrchestrator.Plans;
using DrOrchestrator.Probes;
using DrOrchestrator.Time;

namespace DrOrchestrator.Drills.Gates;

/// <summary><c>probe</c> as a steady-state check: the time line says up, and a look on a fresh connection agrees.</summary>
internal sealed class ProbeSteadyState(IServiceWatch watch, ProcessClock clock) : ISteadyStateKind
{
    public StepKindShape Shape { get; } = new(
        "probe",
        StepEffect.None,
        NeedsSite: false,
        "A probe is up",
        [new ParameterShape("name", ParameterType.ProbeName, Required: true, "The probe")],
        []);

    public async Task<IReadOnlyList<GateResult>> CheckAsync(StepParameters parameters, Plan plan, Estate estate, CancellationToken cancellationToken)
    {
        var name = parameters.Text("name");
        var look = await watch.LookNowAsync(name, cancellationToken).ConfigureAwait(false);
        var state = await KnownAsync(estate.FindProbe(name)!, cancellationToken).ConfigureAwait(false);
        var up = look.Outcome is ProbeOutcome.Up && state.State is IntervalState.Up;
        return
        [
            new GateResult(
                $"probe {name}",
                up,
                $"{state.State.ToString().ToLowerInvariant()} on the time line, {look.Reason} now",
                "up",
                $"probe {name}",
                clock.Now - look.EndedAt,
                "Find out why the service does not answer before anything is switched."),
        ];
    }

    /// <summary>
    /// Right after a restart nobody has looked yet, and unknown is no verdict on the service: the probe is given the time that a confirmation takes.
    /// </summary>
    private async Task<ServiceState> KnownAsync(ProbeDefinition probe, CancellationToken cancellationToken)
    {
        if (watch.Current(probe.Name) is { State: not IntervalState.Unknown } known)
        {
            return known;
        }

        using var patience = new CancellationTokenSource((probe.Confirmations + 1) * (probe.Interval + probe.Timeout), clock.Provider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        var up = watch.WaitForAsync(probe.Name, IntervalState.Up, DateTimeOffset.MinValue, either.Token);
        var down = watch.WaitForAsync(probe.Name, IntervalState.Down, DateTimeOffset.MinValue, either.Token);
        await Task.WhenAny(up, down).ConfigureAwait(false);
        await either.CancelAsync().ConfigureAwait(false);
        Task ended = Task.WhenAll(up, down);
        await ended.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellationToken.ThrowIfCancellationRequested();
        return watch.Current(probe.Name);
    }
}
