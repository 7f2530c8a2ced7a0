using System.Collections.Concurrent;
using DrOrchestrator.Availability;
using DrOrchestrator.RecoveryPoints;

namespace DrOrchestrator.Storage.Spooling;

/// <summary>
/// Stretches of synchrony through the spool. While the database is away, readers get what it last told together with everything written since; a window that begins
/// before any that was asked for cannot be answered then, and throws: a stretch that nobody sees must not make a proof (verdict rule 8).
/// </summary>
internal sealed class SpooledSynchronyStore(ISynchronyStore inner, Lazy<SpooledWrites> writes, PromptReads reads) : ISynchronyStore
{
    private readonly ConcurrentDictionary<(string System, string Standby), Known> _known = new();

    /// <summary>Durable when it returns: in the database, or in the spool.</summary>
    public async Task SaveAsync(IReadOnlyList<SynchronyInterval> intervals, CancellationToken cancellationToken)
    {
        await writes.Value.WriteAsync(intervals, cancellationToken).ConfigureAwait(false);
        foreach (var ofStandby in intervals.GroupBy(stretch => (stretch.System, stretch.Standby)))
        {
            _known.GetOrAdd(ofStandby.Key, static _ => new Known()).Add(ofStandby);
        }
    }

    public IReadOnlyList<SynchronyInterval> Read(string system, string standby, DateTimeOffset from, DateTimeOffset to)
    {
        var known = _known.GetOrAdd((system, standby), static _ => new Known());
        var waiting = writes.Value.Overlay.Synchrony(system, standby);
        try
        {
            // Read to the end, so that what is remembered can be continued by what is written next.
            reads.Ask(
                "synchrony",
                () =>
                {
                    known.Remember(from, inner.Read(system, standby, from, DateTimeOffset.MaxValue));
                    return true;
                },
                known.Reaches(from));
        }
        catch (RecordsAwayException) when (known.Reaches(from))
        {
            // A database that is away: what it told stays true.
        }

        known.Add(waiting);
        return known.Between(from, to);
    }

    /// <summary>Every stretch from some moment on. Stretches are only ever added or made longer, so nothing that was told becomes false.</summary>
    private sealed class Known
    {
        private readonly object _gate = new();
        private readonly SortedDictionary<DateTimeOffset, SynchronyInterval> _stretches = [];
        private DateTimeOffset? _from;

        public bool Reaches(DateTimeOffset from)
        {
            lock (_gate)
            {
                return _from <= from;
            }
        }

        public void Remember(DateTimeOffset from, IReadOnlyList<SynchronyInterval> stored)
        {
            lock (_gate)
            {
                _from = _from <= from ? _from : from;
                Add(stored);
            }
        }

        public void Add(IEnumerable<SynchronyInterval> stretches)
        {
            lock (_gate)
            {
                foreach (var stretch in stretches)
                {
                    _stretches[stretch.From] = _stretches.TryGetValue(stretch.From, out var kept) ? kept with { To = kept.To > stretch.To ? kept.To : stretch.To } : stretch;
                }
            }
        }

        public IReadOnlyList<SynchronyInterval> Between(DateTimeOffset from, DateTimeOffset to)
        {
            lock (_gate)
            {
                return [.. _stretches.Values.Where(stretch => stretch.From < to && stretch.To >= from)];
            }
        }
    }
}
