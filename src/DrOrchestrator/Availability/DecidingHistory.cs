using DrOrchestrator.Estates;

namespace DrOrchestrator.Availability;

/// <summary>Who decided when, from the changes on record; pure. Names are identity: one that is renamed stops deciding, and another begins.</summary>
internal static class DecidingHistory
{
    /// <summary>
    /// What an estate changes that is put in force now. Where nothing is on record yet, its subjects are taken to have decided all along: a ledger may be older than
    /// this record. With the clock set back, time goes on from the newest change.
    /// </summary>
    public static IReadOnlyList<DecidingChange> Changes(IReadOnlyList<DecidingChange> known, Estate estate, DateTimeOffset now)
    {
        var at = known.Count == 0 ? DateTimeOffset.UnixEpoch : known.Select(change => change.At).Append(now).Max();
        var was = new Dictionary<(string System, string Subject), SubjectPart?>();
        foreach (var change in known)
        {
            was[(change.System, change.Subject)] = change.Part;
        }

        var wanted = estate.Systems.SelectMany(system => ServiceSubjects.Of(estate, system).Select(subject => (Key: (System: system.Name, Subject: subject.Name), subject.Part)))
            .DistinctBy(one => one.Key).ToDictionary(one => one.Key, one => one.Part);
        return
        [
            .. was.Where(one => one.Value is not null && !wanted.ContainsKey(one.Key)).Select(one => new DecidingChange(one.Key.System, one.Key.Subject, null, at)),
            .. wanted.Where(one => was.GetValueOrDefault(one.Key) != one.Value).Select(one => new DecidingChange(one.Key.System, one.Key.Subject, one.Value, at)),
        ];
    }

    /// <summary>The subjects of every system that is on record; a subject that changed its part stands once for each.</summary>
    public static IReadOnlyDictionary<string, IReadOnlyList<DecidingSubject>> Subjects(IReadOnlyList<DecidingChange> known) => known
        .GroupBy(change => change.System, StringComparer.Ordinal)
        .ToDictionary(
            system => system.Key,
            IReadOnlyList<DecidingSubject> (system) => [.. system.GroupBy(change => change.Subject, StringComparer.Ordinal).SelectMany(Parts)],
            StringComparer.Ordinal);

    private static IEnumerable<DecidingSubject> Parts(IGrouping<string, DecidingChange> subject)
    {
        List<DecidingChange> changes = [.. subject];
        return changes
            .Select((change, i) => (change.Part, From: change.At, To: i + 1 < changes.Count ? changes[i + 1].At : DateTimeOffset.MaxValue))
            .Where(span => span.Part is not null)
            .GroupBy(span => span.Part!.Value, span => (span.From, span.To))
            .Select(part => new DecidingSubject(subject.Key, part.Key, part.ToList() is [var only] && only == (DateTimeOffset.UnixEpoch, DateTimeOffset.MaxValue) ? null : [.. part]));
    }
}
