using DrOrchestrator.Availability;

namespace DrOrchestrator.Storage.Spooling;

/// <summary>The newest change and observation of each subject that are durable, in the database or in the spool. Not safe for concurrent use.</summary>
internal sealed class KeptTails
{
    private readonly Dictionary<string, (TimelineChange? Change, ObservedUntil? Observed)> _tails = new(StringComparer.Ordinal);

    public (TimelineChange? Change, ObservedUntil? Observed) Of(string subject) => _tails.GetValueOrDefault(subject);

    public IEnumerable<string> Subjects => _tails.Keys;

    public void Add(TimelineBatch batch)
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

    public void Add(string subject, TimelineTail tail) =>
        _tails[subject] = (new TimelineChange(subject, tail.Open.State, tail.Open.Start, tail.Open.Reason), tail.Observed);
}
