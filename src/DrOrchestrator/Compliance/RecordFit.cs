using DrOrchestrator.Tiers;

namespace DrOrchestrator.Compliance;

/// <summary>
/// Which record satisfies what (the project's reading of 7.5 b and annex, table 2): by kind, mode, strength, failback and business verification. Pure. A capability
/// counts passed runs only.
/// </summary>
public static class RecordFit
{
    private static readonly string[] Switches = ["switchover", "failover"];

    /// <summary>Why a record demonstrates no recovery time; null when it does.</summary>
    /// <param name="lab">The estate is the lab, where verdicts compare numbers only.</param>
    /// <param name="backupOnly">The system has no replication: a restore is its recovery.</param>
    public static string? NotForRto(DemonstratedRecord record, bool lab, bool backupOnly, RuleTable rules) => Reason(record, lab, backupOnly, rules);

    /// <summary>Why a record demonstrates no recovery point; null when it does.</summary>
    public static string? NotForRpo(DemonstratedRecord record, bool lab, bool backupOnly, RuleTable rules) =>
        Reason(record, lab, backupOnly, rules) is { } why ? record.Lost is { } lost && IsLiveSwitch(record) ? FormattableString.Invariant($"{why}; it counts {lost} lost and no more") : why : null;

    /// <summary>
    /// The record that decides among those that fit: an unplanned switch or a real incident before a planned one, which shows less; of the same sort the newest. Null where
    /// none fits.
    /// </summary>
    public static DemonstratedRecord? Deciding(IEnumerable<DemonstratedRecord> fitting) => fitting
        .OrderBy(record => IsPlanned(record) ? 1 : 0)
        .ThenByDescending(record => record.ClosedAt)
        .ThenByDescending(record => record.Run)
        .FirstOrDefault();

    /// <summary>Its recovery time is printed as planned.</summary>
    public static bool IsPlanned(DemonstratedRecord record) => record is { Kind: "switchover", Mode: not "real" };

    private static string? Reason(DemonstratedRecord record, bool lab, bool backupOnly, RuleTable rules) => record switch
    {
        // A switch that is confirmed and was brought back by a later run; in a real incident the recovery counts wherever the service runs since.
        { Outcome: not ("passed" or "switched-not-returned") } => $"run {record.Run} ended as {record.Outcome}",
        { Outcome: "switched-not-returned", FailedBack: false, Mode: not "real" } => $"run {record.Run} ended as {record.Outcome}, and no later run has failed back",
        { Strength: "sandbox" } when !lab => $"run {record.Run} was a lab run, which satisfies no clause",
        _ when !rules.RecordsMustFit => null,
        { ReviewOpen: true } => $"run {record.Run} overrode a gate, and the review of that is not closed",
        { Mode: "real" } => record.Reported ? null : $"run {record.Run} was a real incident without a summary report yet",
        { Mode: not "live" } or { Kind: "test-failover" } => $"run {record.Run} was a {(record.Mode == "live" ? record.Kind : record.Mode)}, which shows no recovery",
        { Kind: "restore" } => backupOnly ? null : $"run {record.Run} was a restore, which speaks for systems that have backups only",
        _ when !Switches.Contains(record.Kind) => $"run {record.Run} was a {record.Kind}, which shows no recovery",
        { FailedBack: false } => $"run {record.Run} did not fail back",
        { BusinessVerified: false } => $"run {record.Run} was not verified by the business",
        _ => null,
    };

    /// <summary>A live switch or a real incident, however it ended and whatever it lacks: what it measured over a limit counts against the system.</summary>
    public static bool IsEvidenceAgainst(DemonstratedRecord record, bool lab, bool backupOnly) =>
        (lab || record.Strength != "sandbox") && (IsLiveSwitch(record) || record.Mode is "real" || (backupOnly && record is { Mode: "live", Kind: "restore" }));

    private static bool IsLiveSwitch(DemonstratedRecord record) => record.Mode is "live" or "real" && Switches.Contains(record.Kind);
}
