using DrOrchestrator.Drills.Steps.Postgres;
using DrOrchestrator.Estates;
using DrOrchestrator.RecoveryPoints.Postgres;
using DrOrchestrator.Web.Dashboard.Phrases;

namespace DrOrchestrator.Web.Tests.Dashboard;

public sealed class PostgresPhrasesTests
{
    private static readonly DatabaseDefinition One = Database("pg-one"), Other = Database("pg-other");

    [Fact]
    public void Say_OfWhatTheGateWrites_KnowsEverySentence()
    {
        var good = Server(inRecovery: false, attached: "pg-other");
        var standby = Server(inRecovery: true) with { Sight = good.Sight with { InRecovery = true } };
        var bad = standby with
        {
            Version = "14.1",
            Settings = new Dictionary<string, string> { ["wal_retrieve_retry_interval"] = "5000", ["archive_mode"] = "on", ["archive_command"] = "cp", ["recovery_min_apply_delay"] = "60000" },
            PreparedTransactions = 2,
            IdleSlots = ["s"],
            IsPaused = true,
            MayPromote = false,
        };
        var status = new HostStatus(true, false, false, false, "", "in production", "7", 1, null, false, "");
        var results = PostgresReadyJudge.Judge(One, good, Other, standby, PostgresReadyJudge.LongestRetryInterval)
            .Concat(PostgresReadyJudge.Judge(One, Server(false) with { LogicalSlots = ["l"] }, Other, bad, PostgresReadyJudge.LongestRetryInterval))
            .Append(PostgresReadyJudge.Rights(One, DatabaseRight.All, good))
            .Append(PostgresReadyJudge.Rights(One, DatabaseRight.All, good with { MissingRights = DatabaseRight.All }))
            .Append(PostgresReadyJudge.Host(One, status, "", good, false))
            .Append(PostgresReadyJudge.Host(Other, status with { Running = false, Standby = true }, "", good, true))
            .Append(PostgresReadyJudge.Synchrony(good, Other, mustWait: true))
            .Append(PostgresReadyJudge.Synchrony(good with { Waiting = Commits("ANY 1 (pg-other, third)", "quorum"), Sight = good.Sight with { SynchronousStandbyNames = "ANY 1 (pg-other, third)" } }, Other, mustWait: false))
            .Append(PostgresReadyJudge.Synchrony(good with { Waiting = Commits("pg-other", "async") }, Other, mustWait: false))
            .Append(PostgresReadyJudge.Synchrony(good with { Waiting = Commits("", "async") }, Other, mustWait: false))
            .Append(PostgresReadyJudge.Synchrony(good with { Waiting = Commits("pg-other", "sync") }, Other, mustWait: true))
            .ToList();

        // What servers name (versions, slots, commands) and plain numbers stay as they are.
        var sentences = results.SelectMany(result => (string[])[result.Check, result.Limit, result.Source, result.Remedy])
            .Concat(results.Where(result => !result.Check.EndsWith("version", StringComparison.Ordinal) && !result.Check.EndsWith("archive", StringComparison.Ordinal) && !result.Check.EndsWith("slots", StringComparison.Ordinal)
                && !result.Check.EndsWith("rewind", StringComparison.Ordinal)).Select(result => result.Value))
            .Where(text => text.Length > 0 && !text.All(char.IsAsciiDigit))
            .ToHashSet();

        results.Count(result => !result.Passed).Should().BeGreaterThanOrEqualTo(15);
        sentences.Where(text => !Phrasebook.Knows(text)).Should().BeEmpty();
    }

    private static PostgresPrimaryReport Commits(string names, string state) => new("on", "default", names, true, [], [new AttachedStandby("pg-other", "streaming", state, "")], "");

    private static DatabaseDefinition Database(string name) =>
        new(name, "ledger", "dr", new PostgresTarget(["127.0.0.1"], 1, "postgres", "dro", null, PostgresTls.Disable, null), null, name);

    private static PostgresReadiness Server(bool inRecovery, params string[] attached) => new(
        new ServerSight(inRecovery, "7", 1, null, null, null, ""),
        "15.14",
        new Dictionary<string, string>
        {
            ["max_connections"] = "100", ["max_worker_processes"] = "8", ["max_wal_senders"] = "10", ["max_prepared_transactions"] = "0", ["max_locks_per_transaction"] = "64",
            ["recovery_min_apply_delay"] = "0", ["wal_retrieve_retry_interval"] = "200", ["wal_log_hints"] = "on", ["archive_mode"] = "off",
        },
        [],
        0,
        [],
        [],
        attached,
        false,
        true);
}
