using System.Globalization;
using DrOrchestrator.Estates;
using DrOrchestrator.Tiers;

namespace DrOrchestrator.Compliance;

/// <summary>One part of a fingerprint that is not what it was.</summary>
/// <param name="Part">Its name, see <see cref="Staleness"/>.</param>
/// <param name="Was">As the run recorded it.</param>
/// <param name="Is">Now; null where it is gone.</param>
/// <param name="Significant">It makes the record stale at once; otherwise somebody must assess it.</param>
/// <param name="SeenAt">When the other value was first seen; null for parts that are declared.</param>
public sealed record FingerprintChange(string Part, string Was, string? Is, bool Significant, DateTimeOffset? SeenAt);

/// <summary>An assessment of an image or manifest change (rule 10), in force once a second person has confirmed it.</summary>
/// <param name="Part">The part of the fingerprint it speaks for.</param>
/// <param name="Value">The value it speaks for: another change asks for another assessment.</param>
/// <param name="Unaffected">What was concluded: the recovery works as before. False: a drill is needed.</param>
/// <param name="ConfirmedAt">Null while nobody else has confirmed it.</param>
public sealed record ChangeAssessment(
    long Id, string System, string Part, string Value, bool Unaffected, string Reason, string AssessedBy, DateTimeOffset AssessedAt, string? ConfirmedBy, DateTimeOffset? ConfirmedAt);

/// <summary>Whether a record still speaks for the system.</summary>
/// <param name="IsStale">It does not: something changed, or nobody can tell whether something did.</param>
/// <param name="Changes">What is not as it was.</param>
/// <param name="AssessBy">An image or manifest change must be assessed by then; null where none waits.</param>
/// <param name="Reason">What changed and what restores the record, in words; null when nothing did.</param>
public sealed record RecordAge(bool IsStale, IReadOnlyList<FingerprintChange> Changes, DateTimeOffset? AssessBy, string? Reason)
{
    /// <summary>Nothing has changed.</summary>
    public static RecordAge Fresh { get; } = new(false, [], null, null);
}

/// <summary>
/// Verdict rule 10, pure: a record is stale once topology, site, database major version, replication mode, plan steps or rules changed; an image or manifest change asks
/// for an assessment by a second person within 10 working days or a passed rehearsal, else it is stale too. Parts are <c>plan</c>, <c>topology</c>,
/// <c>replication</c>, <c>rules</c>, <c>database/NAME</c>, <c>replication-mode/NAME/STANDBY</c>, and <c>image/...</c> and <c>manifest/...</c> per workload that the run touched.
/// </summary>
public static class Staleness
{
    private const string DatabaseVersion = "database/";
    private const string ReplicationMode = "replication-mode/";

    /// <summary>Judges one record.</summary>
    /// <param name="current">The parts as last read; of a part that is absent nobody knows whether it changed, and the record does not speak.</param>
    /// <param name="seen">When a part was first seen with another value than the recorded one; null counts from the moment the fingerprint was recorded.</param>
    /// <param name="rehearsals">Passed rehearsals of the same systems: each covers what it ran on.</param>
    /// <param name="days">By which days terms are counted; null: Monday to Friday.</param>
    /// <param name="isAsked">Whether a part is of a database that the record's systems declare now: what was read of others stays known, and no run can record it. Null: every one is.</param>
    public static RecordAge Of(
        DemonstratedRecord record,
        IReadOnlyDictionary<string, string> current,
        Func<string, string, DateTimeOffset?> seen,
        IReadOnlyList<ChangeAssessment> assessments,
        IReadOnlyList<DemonstratedRecord> rehearsals,
        DateTimeOffset now,
        RuleTable rules,
        WorkingDays? days = null,
        Func<string, bool>? isAsked = null)
    {
        if (!rules.ChangesMakeStale)
        {
            return RecordAge.Fresh;
        }

        if (record.Fingerprint.Count == 0)
        {
            return new RecordAge(true, [], null, $"run {record.Run} has no fingerprint of what it ran on");
        }

        // A database that is away is as it was when it was last read: that makes nothing stale, and hides nothing that was read before.
        var unread = record.Fingerprint.Keys.Where(part => !current.ContainsKey(part) && !IsOfADatabase(part)).ToList();

        // What the run did not record of a database may have changed since: nobody knows what it was.
        unread.AddRange(current.Keys.Where(part => IsOfADatabase(part) && !record.Fingerprint.ContainsKey(part) && isAsked?.Invoke(part) != false).Order(StringComparer.Ordinal));
        List<FingerprintChange> changes =
        [
            .. from part in record.Fingerprint
               where current.TryGetValue(part.Key, out var value) && value != part.Value
               let workload = IsWorkload(part.Key)
               select new FingerprintChange(part.Key, part.Value, current[part.Key], !workload, workload ? seen(part.Key, part.Value) ?? record.FingerprintAt ?? record.ClosedAt : null),
        ];
        if (unread.Count > 0 && !changes.Exists(change => change.Significant))
        {
            return new RecordAge(true, changes, null, $"whether something changed since run {record.Run} is not known: not read: {string.Join(", ", unread)}");
        }

        if (changes.Count == 0)
        {
            return RecordAge.Fresh;
        }

        var open = changes.Where(change => !change.Significant && !IsCovered(record, change, assessments, rehearsals)).ToList();
        var refused = open.Where(change => assessments.Any(known => SpeaksFor(known, record, change) && known is { Unaffected: false, ConfirmedAt: not null })).ToList();
        var working = days ?? WorkingDays.MondayToFriday;
        DateTimeOffset? due = open.Count == 0 ? null : open.Min(change => rules.AssessmentDue(change.SeenAt!.Value, working.Includes));
        var isStale = changes.Exists(change => change.Significant) || refused.Count > 0 || due < now;
        return new RecordAge(isStale, changes, isStale ? null : due, Say(record, changes, open, isStale, due, working));
    }

    /// <summary>Whether a part is of the databases of these systems: see <c>RunFingerprint.Databases</c>, which names the parts.</summary>
    internal static bool IsAsked(string part, Estate estate, IReadOnlyList<string> systems)
    {
        var names = part.Split('/');
        return systems.Select(estate.FindSystem).OfType<ProtectedSystem>().Any(system =>
        {
            var points = estate.RecoveryPoints.Where(point => point.System == system.Name && point.Settings is PostgresPointSettings).Select(point => point.Name).ToList();
            return names is [_, var name, var standby]
                ? points.Contains(name) && system.Standbys.Contains(standby)
                : (points.Count > 0 ? points : estate.ProbesOf(system.Name).Where(probe => probe.Settings is PostgresProbeSettings).Select(probe => probe.Name)).Contains(names[^1]);
        });
    }

    private static bool IsOfADatabase(string part) => IsOf(part, DatabaseVersion) || IsOf(part, ReplicationMode);

    private static bool IsWorkload(string part) => IsOf(part, "image/") || IsOf(part, "manifest/");

    private static bool IsOf(string part, string sort) => part.StartsWith(sort, StringComparison.Ordinal);

    private static bool SpeaksFor(ChangeAssessment assessment, DemonstratedRecord record, FingerprintChange change) =>
        record.Systems.Contains(assessment.System) && assessment.Part == change.Part && assessment.Value == change.Is;

    private static bool IsCovered(
        DemonstratedRecord record, FingerprintChange change, IReadOnlyList<ChangeAssessment> assessments, IReadOnlyList<DemonstratedRecord> rehearsals) =>
        assessments.Any(known => SpeaksFor(known, record, change) && known is { Unaffected: true, ConfirmedAt: not null })
        || rehearsals.Any(rehearsal => rehearsal.ClosedAt > record.ClosedAt && rehearsal.Systems.Intersect(record.Systems).Any()
            && rehearsal.Fingerprint.GetValueOrDefault(change.Part) == change.Is);

    private static string? Say(DemonstratedRecord record, List<FingerprintChange> changes, List<FingerprintChange> open, bool isStale, DateTimeOffset? due, WorkingDays days)
    {
        var named = isStale ? changes.Where(change => change.Significant).Concat(open).ToList() : open;
        var changed = new[] { string.Join(", ", named.Where(change => InWords(change) is null).Select(change => change.Part).Distinct()) }
            .Where(list => list.Length > 0)
            .Select(list => $"changed since: {list}")
            .Concat(named.Select(InWords).OfType<string>().Distinct());
        var parts = string.Join(", ", named.Select(change => change.Part).Distinct());
        return (isStale, named.Count) switch
        {
            (true, _) => $"run {record.Run} is stale: {string.Join("; ", changed)}; a passed run of plan {record.Plan} restores it",
            (_, > 0) => string.Create(CultureInfo.InvariantCulture, $"changed since run {record.Run}: {parts}; a second person assesses it, or a rehearsal passes, by {due:yyyy-MM-dd}; {days.Note(due!.Value)}"),
            _ => null,
        };
    }

    /// <summary>What is understood better by both its values; null for parts that only have a name.</summary>
    private static string? InWords(FingerprintChange change) =>
        IsOf(change.Part, DatabaseVersion) ? $"database major version {change.Was} -> {change.Is}"
        : IsOf(change.Part, ReplicationMode) ? $"replication mode {change.Was} -> {change.Is}"
        : null;
}
