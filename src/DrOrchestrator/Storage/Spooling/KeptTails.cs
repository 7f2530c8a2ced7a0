using DrOrchestrator.Availability;

namespace DrOrchestrator.Storage.Spooling;

/// <summary>The newest change and observation of each subject that are durable, in the database or in the spool. Safe for concurrent use.</summary>
internal sealed class KeptTails
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, (TimelineChange? Change, ObservedUntil? Observed)> _tails = new(StringComparer.Ordinal);

    public IReadOnlyList<string> Subjects
    {
        get
        {
            lock (_gate)
            {
                return [.. _tails.Keys];
            }
        }
    }

    public (TimelineChange? Change, ObservedUntil? Observed) Of(string subject)
    {
        lock (_gate)
        {
            return _tails.GetValueOrDefault(subject);
        }
    }

    public void Add(TimelineBatch batch)
    {
        lock (_gate)
        {
            foreach (var change in batch.Changes)
            {
                _tails[change.Subject] = (change, _tails.GetValueOrDefault(change.Subject).Observed);
            }

            foreach (var observed in batch.Observed)
            {
                _tails[observed.Subject] = (_tails.GetValueOrDefault(observed.Subject).Change, observed);
            }
        }
    }

    public void Add(string subject, TimelineTail tail)
    {
        lock (_gate)
        {
            _tails[subject] = (new TimelineChange(subject, tail.Open.State, tail.Open.Start, tail.Open.Reason), tail.Observed);
        }
    }
}
