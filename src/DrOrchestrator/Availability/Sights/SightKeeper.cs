using System.Collections.Concurrent;
using DrOrchestrator.Estates;
using DrOrchestrator.Probes;
using DrOrchestrator.Time;

namespace DrOrchestrator.Availability.Sights;

/// <summary>
/// Takes a lookout's results and keeps what it sees of every probe, by the same detector as the ledger's. Of a probe only the newest change waits to be written, so that
/// memory is bounded by the number of probes however long the database is away.
/// </summary>
internal sealed class SightKeeper(ProcessClock clock) : IProbeResultSink, IDisposable
{
    private readonly ConcurrentDictionary<string, Seen> _probes = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _changed = new(0, 1);
    private long _looks;

    /// <summary>Results taken since the start.</summary>
    public long Looks => Interlocked.Read(ref _looks);

    public ValueTask AcceptAsync(ProbeDefinition probe, ProbeResult result, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _looks);
        var seen = _probes.GetOrAdd(probe.Name, static _ => new Seen());
        lock (seen)
        {
            seen.Rules = DetectorRules.For(probe);
            var detection = EdgeDetector.Accept(seen.State, seen.Rules, result);
            seen.Take(detection, result.EndedAt);
            if (detection.Changes.Count > 0)
            {
                Wake();
            }
        }

        return ValueTask.CompletedTask;
    }

    /// <summary>What has changed since the last time; everything where <paramref name="whole"/>. Probes without a result for too long are unknown by then.</summary>
    public IReadOnlyList<Sight> Take(bool whole)
    {
        var now = clock.Now;
        var taken = new List<Sight>();
        foreach (var (probe, seen) in _probes)
        {
            lock (seen)
            {
                seen.Take(EdgeDetector.Tick(seen.State, seen.Rules, probe, now), null);
                if (whole || seen.IsUnwritten)
                {
                    seen.IsUnwritten = false;
                    taken.Add(seen.ToSight(probe));
                }
            }
        }

        return taken;
    }

    /// <summary>They did not reach the database: they are taken again, as they are by then.</summary>
    public void Return(IReadOnlyList<Sight> sights)
    {
        foreach (var seen in sights.Select(sight => _probes[sight.Probe]))
        {
            lock (seen)
            {
                seen.IsUnwritten = true;
            }
        }
    }

    /// <summary>Waits for a change, at most so long.</summary>
    public async Task WaitAsync(TimeSpan longest, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(longest, clock.Provider);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            await _changed.WaitAsync(both.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
        }
    }

    public void Dispose() => _changed.Dispose();

    private void Wake()
    {
        try
        {
            _changed.Release();
        }
        catch (SemaphoreFullException)
        {
            // Somebody is awake already.
        }
    }

    private sealed class Seen
    {
        private DateTimeOffset? _lookedAt;

        public DetectorRules Rules { get; set; }

        public DetectorState State { get; private set; } = DetectorState.Nothing;

        public bool IsUnwritten { get; set; } = true;

        public void Take(Detection detection, DateTimeOffset? lookedAt)
        {
            State = detection.State;
            _lookedAt = lookedAt ?? _lookedAt;
            IsUnwritten |= detection.Changes.Count > 0;
        }

        public Sight ToSight(string probe) => new(
            probe, State.State, State.Since?.At, _lookedAt, State.Reason.Length > Sight.LongestReason ? State.Reason[..Sight.LongestReason] : State.Reason);
    }
}
