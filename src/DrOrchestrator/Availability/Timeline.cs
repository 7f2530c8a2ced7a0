using System.Collections.Concurrent;
using DrOrchestrator.Estates;
using DrOrchestrator.Probes;
using DrOrchestrator.Time;
using Microsoft.Extensions.Logging;

namespace DrOrchestrator.Availability;

/// <summary>
/// Feeds results to the detectors and keeps what they find. Only changes are written at once, together with how far everything has been observed; the rest of the
/// observations follow once a second. Whatever a crash loses of them is later <c>unknown</c>, never up.
/// </summary>
internal sealed class Timeline(ITimelineStore store, ProcessClock clock, ILogger<Timeline> logger) : IProbeResultSink, IDisposable
{
    private readonly ConcurrentDictionary<string, Subject> _subjects = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _loading = new(1, 1);
    private readonly SemaphoreSlim _writing = new(1, 1);
    private readonly object _pendingGate = new();
    private List<TimelineChange> _changes = [];
    private List<Blip> _blips = [];
    private volatile bool _loaded;

    public async ValueTask AcceptAsync(ProbeDefinition probe, ProbeResult result, CancellationToken cancellationToken)
    {
        await LoadAsync(cancellationToken).ConfigureAwait(false);
        var subject = SubjectOf(probe.Name);
        bool changed;
        lock (subject.Gate)
        {
            changed = Enqueue(subject.Accept(DetectorRules.For(probe), result));
        }

        foreach (var floor in probe.Floors)
        {
            var held = SubjectOf(FloorSubjects.Of(probe.Name, floor.Kind));
            lock (held.Gate)
            {
                changed |= Enqueue(held.AcceptFloor(DetectorRules.For(probe), floor, probe.Interval, result));
            }
        }

        if (changed)
        {
            await FlushAsync(cancellationToken).ConfigureAwait(false);
        }

        lock (subject.Gate)
        {
            subject.Announce();
        }
    }

    /// <summary>Goes on from what an earlier process left; once, before the first result.</summary>
    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        if (_loaded)
        {
            return;
        }

        await _loading.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_loaded)
            {
                return;
            }

            foreach (var (name, tail) in await store.ReadTailsAsync(cancellationToken).ConfigureAwait(false))
            {
                var subject = SubjectOf(name);
                lock (subject.Gate)
                {
                    Enqueue(subject.Resume(tail));
                }
            }

            await FlushAsync(cancellationToken).ConfigureAwait(false);
            _loaded = true;
        }
        finally
        {
            _loading.Release();
        }
    }

    /// <summary>Once a second: subjects without results become unknown, and how far all were observed goes to disk.</summary>
    public async Task TickAsync(CancellationToken cancellationToken)
    {
        var now = clock.Now;
        foreach (var subject in _subjects.Values)
        {
            lock (subject.Gate)
            {
                if (Enqueue(subject.Tick(now)))
                {
                    subject.Announce();
                }
            }
        }

        await FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    public Subject SubjectOf(string name) => _subjects.GetOrAdd(name, static n => new Subject(n));

    public void Dispose()
    {
        _loading.Dispose();
        _writing.Dispose();
    }

    /// <summary>
    /// Writes what is pending. Order matters: observations are taken BEFORE the changes, so that no observation reaches the disk ahead of a change it includes; a
    /// crash between the two would let the time after an unwritten change pass for up. What could not be written stays pending, in order.
    /// </summary>
    private async Task FlushAsync(CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken).ConfigureAwait(false);
        var observed = new List<ObservedUntil>();
        var (changes, blips) = (new List<TimelineChange>(), new List<Blip>());
        try
        {
            TakeObserved(observed);
            lock (_pendingGate)
            {
                (changes, _changes) = (_changes, changes);
                (blips, _blips) = (_blips, blips);
            }

            if (changes.Count + blips.Count + observed.Count > 0)
            {
                await store.SaveAsync(new TimelineBatch(changes, blips, observed), cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception exception)
        {
            PutBack(changes, blips, observed);
            if (cancellationToken.IsCancellationRequested)
            {
                throw;
            }

            Log.NotWritten(logger, changes.Count, exception);
        }
        finally
        {
            _writing.Release();
        }
    }

    private void TakeObserved(List<ObservedUntil> observed)
    {
        foreach (var subject in _subjects.Values)
        {
            lock (subject.Gate)
            {
                if (subject.IsDirty && subject.Observed is { } until)
                {
                    observed.Add(until);
                    subject.IsDirty = false;
                }
            }
        }
    }

    private void PutBack(List<TimelineChange> changes, List<Blip> blips, List<ObservedUntil> observed)
    {
        lock (_pendingGate)
        {
            _changes = [.. changes, .. _changes];
            _blips = [.. blips, .. _blips];
        }

        foreach (var subject in observed.Select(until => SubjectOf(until.Subject)))
        {
            lock (subject.Gate)
            {
                subject.IsDirty = true;
            }
        }
    }

    /// <summary>Called under the subject's gate, so that changes of one subject are pending in their order.</summary>
    private bool Enqueue(Detection detection)
    {
        if (detection.Changes.Count == 0 && detection.Blip is null)
        {
            return false;
        }

        lock (_pendingGate)
        {
            _changes.AddRange(detection.Changes);
            if (detection.Blip is { } blip)
            {
                _blips.Add(blip);
            }

            _blips.AddRange(detection.Within);
        }

        return true;
    }
}
