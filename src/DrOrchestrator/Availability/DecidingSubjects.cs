using DrOrchestrator.Estates;
using DrOrchestrator.Time;

namespace DrOrchestrator.Availability;

/// <summary>
/// Whose word counts for a system, and over which time: what a probe saw while it decided stays true after it is gone, and one that is new says nothing of the time
/// before it. Written whenever an estate is put in force.
/// </summary>
public sealed class DecidingSubjects(IDecidingStore store, ProcessClock clock)
{
    private IReadOnlyDictionary<string, IReadOnlyList<DecidingSubject>> _recorded = new Dictionary<string, IReadOnlyList<DecidingSubject>>();

    /// <summary>Records what changes with this estate; before it is put in force.</summary>
    public async Task PutInForceAsync(Estate estate, CancellationToken cancellationToken)
    {
        var now = Micros.FromUnixMicros(clock.Now.ToUnixMicros());
        var changes = await store.ChangeAsync(known => DecidingHistory.Changes(known, estate, now), cancellationToken).ConfigureAwait(false);
        Volatile.Write(ref _recorded, DecidingHistory.Subjects(changes));
    }

    /// <summary>All that ever decided for a system. Of a system that is not on record, those of the estate, over all time.</summary>
    internal IReadOnlyList<DecidingSubject> Of(Estate estate, ProtectedSystem system) =>
        Volatile.Read(ref _recorded).GetValueOrDefault(system.Name) ?? [.. ServiceSubjects.Of(estate, system).Select(subject => new DecidingSubject(subject.Name, subject.Part, null))];
}
