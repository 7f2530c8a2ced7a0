using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using DrOrchestrator.Estates;
using DrOrchestrator.Probes;
using DrOrchestrator.Time;
using Microsoft.Extensions.Logging;

namespace DrOrchestrator.Availability;

/// <summary>
/// Feeds results to the detectors and keeps what they find. Only changes are written at once; how far everything has been observed, and the minutes, follow once a
/// second, in pieces where there are thousands. Whatever a crash loses of them is later <c>unknown</c>, never up. A result that changes nothing waits for no
/// disk, and costs the same whether there are ten subjects or ten thousand.
/// </summary>
internal sealed class Timeline(ITimelineStore store, ProcessClock clock, ILogger<Timeline> logger) : IProbeResultSink, IDisposable
{
    private readonly string _epoch = Guid.NewGuid().ToString("N")[..16];
    private readonly ConcurrentDictionary<string, Subject> _subjects = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _loading = new(1, 1);
    private readonly SemaphoreSlim _writing = new(1, 1);
    private readonly PendingWrites _pending = new();
    private TimelineBatch? _unwritten;
    private readonly List<TimelineChange> _lost = [];
    private volatile bool _loaded;

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask AcceptAsync(ProbeDefinition probe, ProbeResult result, CancellationToken cancellationToken)
    {
        if (!_loaded)
        {
            await LoadAsync(cancellationToken).ConfigureAwait(false);
        }

        var subject = SubjectOf(probe.Name);
        bool hasChanged;
        IReadOnlyList<ProbeResult>? settled;
        lock (subject.Gate)
        {
            hasChanged = Enqueue(subject, subject.Accept(DetectorRules.For(probe), result));
            settled = subject.Settle(result);
            Measure(subject, result, settled);
            if (result.Outcome != ProbeOutcome.Unknown)
            {
                MarkDirty(subject);
            }
        }

        hasChanged |= HoldAgainstFloors(probe, result, settled);
        if (hasChanged)
        {
            await WrittenAsync(FlushAsync(onlyChanges: true, cancellationToken), probe.Interval).ConfigureAwait(false);
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
                    Enqueue(subject, subject.Resume(tail, clock.Now));
                }
            }

            await FlushAsync(onlyChanges: false, cancellationToken).ConfigureAwait(false);
            _loaded = true;
        }
        finally
        {
            _loading.Release();
        }
    }

    /// <summary>Once a second: subjects without results become unknown; how far all were observed, and the minutes that are over, go to disk.</summary>
    public async Task TickAsync(CancellationToken cancellationToken)
    {
        var now = clock.Now;
        var minute = ProbeMinute.Of(now);
        foreach (var subject in _subjects.Values)
        {
            lock (subject.Gate)
            {
                Enqueue(subject.Minute.EndBefore(minute));
                if (Enqueue(subject, subject.Tick(now)))
                {
                    subject.Announce();
                }
            }
        }

        await FlushAsync(onlyChanges: false, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The last words of a process: the running minutes too.</summary>
    public async Task EndAsync(CancellationToken cancellationToken)
    {
        foreach (var subject in _subjects.Values)
        {
            lock (subject.Gate)
            {
                Enqueue(subject.Minute.EndBefore(DateTimeOffset.MaxValue));
            }
        }

        do
        {
            await TickAsync(cancellationToken).ConfigureAwait(false);
        }
        while (_unwritten is null && _pending.HasMore);
    }

    public Subject SubjectOf(string name) => _subjects.GetOrAdd(name, static n => new Subject(n));

    /// <summary>The minutes of a probe that may not be on disk: the running one, then those that wait, then those on their way.</summary>
    public IReadOnlyList<SeenMinute> MinutesInMemory(string probe)
    {
        var subject = SubjectOf(probe);
        ProbeMinute? running;
        lock (subject.Gate)
        {
            running = subject.Minute.SoFar();
        }

        var rest = _pending.Minutes(probe);
        return running is null ? rest : [new SeenMinute(_epoch, running), .. rest];
    }

    /// <summary>Contradictions of a subject that are over and may not be on disk.</summary>
    public IReadOnlyList<Blip> BlipsInMemory(string subject) => _pending.Blips(subject);

    public void Dispose()
    {
        _loading.Dispose();
        _writing.Dispose();
    }

    /// <summary>
    /// A probe waits for its change to be durable, but for no longer than an interval: a database that hangs must not keep it from looking. Until the write has ended the
    /// change is in memory, nothing seen after it reaches the disk before it, and nobody who waits for what is durable is woken.
    /// </summary>
    private async Task WrittenAsync(Task flush, TimeSpan interval)
    {
        try
        {
            await flush.WaitAsync(interval, clock.Provider).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // It goes on by itself, and tells of its own failures.
        }
    }

    /// <summary>
    /// Writes what is pending. Order matters: observations are taken BEFORE the changes, so that no observation reaches the disk ahead of a change it includes; a
    /// crash between the two would let the time after an unwritten change pass for up. What could not be written comes first the next time, as the very same batch,
    /// for it may have been kept all the same. Callers who come while another one writes find their changes written together with all others that had gathered: one
    /// transaction, however many targets fall at once.
    /// </summary>
    private async Task FlushAsync(bool onlyChanges, CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await WriteAsync(_unwritten, cancellationToken).ConfigureAwait(false);
            if (!onlyChanges || _pending.HasChanges)
            {
                await WriteAsync(_unwritten = _pending.Take(TakeObserved(), withMinutes: !onlyChanges), cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            Log.NotWritten(logger, _unwritten?.Changes.Count ?? 0, exception);
        }
        finally
        {
            _writing.Release();
        }
    }

    private async Task WriteAsync(TimelineBatch? batch, CancellationToken cancellationToken)
    {
        if (batch is { IsEmpty: false })
        {
            try
            {
                await store.SaveAsync(batch, cancellationToken).ConfigureAwait(false);
                MarkWritten([.. batch.Changes, .. _lost]);
                _lost.Clear();
            }
            catch (ObservationsLostException)
            {
                // Once the store writes again it has recorded the gap, and the state each subject is in.
                _lost.AddRange(batch.Changes);
            }
        }

        _unwritten = null;
        _pending.Written();
    }

    private List<ObservedUntil> TakeObserved()
    {
        var observed = new List<ObservedUntil>();
        foreach (var subject in _pending.TakeDirty())
        {
            lock (subject.Gate)
            {
                subject.IsDirty = false;
                if (subject.Observed is { } until)
                {
                    observed.Add(until);
                }
            }
        }

        return observed;
    }

    private void MarkWritten(IReadOnlyList<TimelineChange> changes)
    {
        foreach (var subject in changes.Select(change => SubjectOf(change.Subject)))
        {
            lock (subject.Gate)
            {
                if (--subject.Unwritten == 0)
                {
                    subject.Announce();
                }
            }
        }
    }

    /// <summary>Called under the subject's gate.</summary>
    private void Measure(Subject subject, ProbeResult result, IReadOnlyList<ProbeResult>? settled)
    {
        if (settled is null)
        {
            Enqueue(subject.Minute.Add(result));
            return;
        }

        foreach (var one in settled)
        {
            Enqueue(subject.Minute.Add(one));
        }
    }

    /// <summary>Each LQA floor is a subject of its own: its rows are in the same ledger.</summary>
    private bool HoldAgainstFloors(ProbeDefinition probe, ProbeResult result, IReadOnlyList<ProbeResult>? settled)
    {
        if (settled is null || probe.Floors.Count == 0)
        {
            return HoldAgainstFloors(probe, result);
        }

        // What is not settled yet is no measurement, and no gap in which nobody looked.
        var hasChanged = false;
        foreach (var one in settled.Where(one => one.Joint is null).DefaultIfEmpty(result))
        {
            hasChanged |= HoldAgainstFloors(probe, one);
        }

        return hasChanged;
    }

    private bool HoldAgainstFloors(ProbeDefinition probe, ProbeResult result)
    {
        var hasChanged = false;
        foreach (var floor in probe.Floors)
        {
            var held = SubjectOf(FloorSubjects.Of(probe.Name, floor.Kind));
            lock (held.Gate)
            {
                hasChanged |= Enqueue(held, held.AcceptFloor(DetectorRules.For(probe), floor, probe.Interval, result));
                if (result.Outcome != ProbeOutcome.Unknown)
                {
                    MarkDirty(held);
                }
            }
        }

        return hasChanged;
    }

    /// <summary>Called under the subject's gate.</summary>
    private void MarkDirty(Subject subject)
    {
        if (!subject.IsDirty)
        {
            subject.IsDirty = true;
            _pending.AddDirty(subject);
        }
    }

    /// <summary>Called under the subject's gate, so that changes of one subject are pending in their order.</summary>
    private bool Enqueue(Subject subject, Detection detection)
    {
        if (detection.Changes.Count == 0 && detection.Blip is null)
        {
            return false;
        }

        subject.Unwritten += detection.Changes.Count;
        _pending.Add(detection);
        return true;
    }

    private void Enqueue(ProbeMinute? finished)
    {
        if (finished is not null)
        {
            _pending.Add(new SeenMinute(_epoch, finished));
        }
    }
}
