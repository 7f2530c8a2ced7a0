using System.Globalization;
using DrOrchestrator.Estates;

namespace DrOrchestrator.Probes.Postgres;

/// <summary>What a look at PostgreSQL means. Pure.</summary>
/// <param name="IsWrongServer">It is not the server that was asked for: where several hosts are declared, the next may be.</param>
internal sealed record PostgresVerdict(Finding Finding, double? Value = null, bool IsWrongServer = false);

/// <summary>Turns what was seen, or what the server refused, into an outcome and words.</summary>
internal static class PostgresJudge
{
    private const string ReadOnlyTransaction = "25006";
    private const string RecoveryForbids = "0A000";

    /// <summary>Whether the server is the one declared; null when it is.</summary>
    public static PostgresVerdict? WrongServer(PostgresFacts facts, PostgresExpectations expected)
    {
        var why = expected.InRecovery is { } recovery && recovery != facts.InRecovery ? facts.InRecovery ? "is in recovery: a standby, not a primary" : "is not in recovery: a primary, not a standby"
            : expected.SystemIdentifier is { } identifier && identifier != facts.SystemIdentifier ? $"has the system identifier {facts.SystemIdentifier}, expected {identifier}"
            : expected.Version is { } version && !IsVersion(facts.Version, version) ? $"is PostgreSQL {FirstWord(facts.Version)}, expected {version}"
            : null;
        return why is null ? null : new PostgresVerdict(Finding.Down("the server " + why), IsWrongServer: true);
    }

    public static PostgresVerdict Judge(PostgresSight sight, PostgresProbeSettings settings, TimeSpan timeout) => sight switch
    {
        PostgresSight.Session => Up($"PostgreSQL {FirstWord(sight.Facts.Version)}, {(sight.Facts.InRecovery ? "in recovery" : "primary")}"),
        PostgresSight.Answer answer => Judge(answer, settings),
        PostgresSight.Committed => Up(IsDurable(sight.Facts.SynchronousCommit) ? "write committed" : "write committed without waiting for the disk (synchronous_commit is off)"),
        PostgresSight.InDoubt { Why: { } why } => Down($"commit in doubt: {why}"),
        PostgresSight.InDoubt => Down($"commit not acknowledged {ProbeFailures.Within(timeout)}: in doubt"),
        PostgresSight.WentThrough => Down("a write went through that must be refused (rolled back)"),
        PostgresSight.Refused refused when settings.Mode == PostgresProbeMode.WriteRefused => JudgeRefusalWanted(refused),
        PostgresSight.Refused { Refusal.SqlState: ReadOnlyTransaction or RecoveryForbids } => Down($"write refused: {WhyReadOnly(sight.Facts)}"),
        PostgresSight.Refused refused => Refused(refused.Refusal, settings.Server.Database, timeout),
        _ => throw new InvalidOperationException($"no verdict for {sight.GetType().Name}"),
    };

    /// <summary>What an error of the server says of the service. That our own sign-in or rights do not suffice says nothing of it.</summary>
    public static PostgresVerdict Refused(PostgresRefusal refusal, string database, TimeSpan timeout) => refusal.SqlState switch
    {
        "53300" => Down($"out of connections (53300): {refusal.Message}"),
        "57P03" => Down($"accepts no sessions now (57P03): {refusal.Message}"),
        "57P01" or "57P02" => Down($"the server shut down ({refusal.SqlState}): {refusal.Message}"),
        "28P01" or "28000" => Unknown($"could not look: sign-in refused ({refusal.SqlState}): {refusal.Message}"),
        "42501" => Unknown($"could not look: the probe's user lacks a right (42501): {refusal.Message}"),
        "3D000" => Down($"no database {database} (3D000)"),
        "42P01" => Down($"no such table (42P01): {refusal.Message}"),
        "57014" => Down($"no answer {ProbeFailures.Within(timeout)}"),
        "55P03" => Down("waited in vain for a lock (55P03)"),
        ReadOnlyTransaction => Down("write refused: read-only (25006)"),
        _ => Down($"error {refusal.SqlState}: {refusal.Message}"),
    };

    /// <summary>Only the refusal of a read-only server counts as one; any other error leaves open what a right write would meet.</summary>
    private static PostgresVerdict JudgeRefusalWanted(PostgresSight.Refused refused) =>
        refused.Refusal.SqlState is ReadOnlyTransaction || (refused.Refusal.SqlState is RecoveryForbids && refused.Facts.InRecovery)
            ? Up($"refuses writes: {WhyReadOnly(refused.Facts)}")
            : Unknown($"could not look whether writes are refused: error {refused.Refusal.SqlState}: {refused.Refusal.Message}");

    private static string WhyReadOnly(PostgresFacts facts) =>
        facts.InRecovery ? "in recovery"
        : facts.ReadOnlyDefault ? "by a read-only default only, which a session can lift"
        : "the transaction is read-only";

    private static PostgresVerdict Judge(PostgresSight.Answer answer, PostgresProbeSettings settings)
    {
        var asks = settings.ExpectedValue is not null || settings.Limits.Any;
        if (!answer.HasRow)
        {
            return asks ? Down("the query has no row") : Up("the query answers, without a row");
        }

        var text = answer.Value;
        double? number = text is not null && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var parsed) ? parsed : null;
        var shown = text is null ? "NULL" : ProbeFailures.OneLine(text);
        if (settings.ExpectedValue is { } expected && expected != text)
        {
            return Down($"the query answers {shown}, expected {expected}") with { Value = number };
        }

        if (settings.Limits.Any)
        {
            return number is not { } value ? Down($"the query answers {shown}, which is no number")
                : settings.Limits.BrokenBy(value) is { } broken ? Down($"the query answers {shown}, expected {broken}") with { Value = number }
                : Up($"the query answers {shown}") with { Value = number };
        }

        return Up($"the query answers {shown}") with { Value = number };
    }

    private static bool IsDurable(string synchronousCommit) => synchronousCommit is not "off";

    private static bool IsVersion(string version, string wanted) =>
        version.StartsWith(wanted, StringComparison.Ordinal) && (version.Length == wanted.Length || version[wanted.Length] is '.' or ' ');

    private static string FirstWord(string text) => text.Split(' ')[0];

    private static PostgresVerdict Up(string reason) => new(Finding.Up(reason));

    private static PostgresVerdict Down(string reason) => new(Finding.Down(reason));

    private static PostgresVerdict Unknown(string reason) => new(Finding.Unknown(reason));
}
