using System.Globalization;
using DrOrchestrator.Estates;
using DrOrchestrator.Plans;
using DrOrchestrator.RecoveryPoints;
using DrOrchestrator.RecoveryPoints.Postgres;

namespace DrOrchestrator.Drills.Steps.Postgres;

/// <summary>The results of <c>postgres-ready</c>, from what was read of both servers. Pure.</summary>
internal static class PostgresReadyJudge
{
    /// <summary>A standby whose receiver has just ended sits this long before it notices that it is to be promoted; PostgreSQL's default of 5s costs most of a fast failover.</summary>
    public static readonly TimeSpan LongestRetryInterval = TimeSpan.FromMilliseconds(500);

    /// <summary>A standby with less than its primary ends at the next change of the primary's, or does not start.</summary>
    private static readonly string[] AtLeastThePrimarys = ["max_connections", "max_worker_processes", "max_wal_senders", "max_prepared_transactions", "max_locks_per_transaction"];

    private static readonly string[] ArchiveSettings = ["archive_mode", "archive_command", "archive_library"];

    public static IEnumerable<GateResult> Judge(DatabaseDefinition primary, PostgresReadiness one, DatabaseDefinition standby, PostgresReadiness other, TimeSpan retryInterval)
    {
        yield return Result(standby, "roles", !one.Sight.InRecovery && other.Sight.InRecovery && one.Sight.SystemId == other.Sight.SystemId,
            $"{primary.Name} is {Role(one)}, {standby.Name} is {Role(other)} of {(one.Sight.SystemId == other.Sight.SystemId ? "the same" : "another")} cluster",
            "a primary and a standby of one cluster",
            "Name the servers in the plan as they are now, or rebuild the standby.");
        yield return Result(standby, "replication", one.Attached.Contains(standby.StandbyName) && one.Sight.Timeline == other.Sight.Timeline,
            one.Attached.Count == 0 ? "nobody streams" : $"streaming: {string.Join(", ", one.Attached)}",
            $"{standby.StandbyName} streams on the primary's timeline",
            "Repair replication to the standby, or correct 'standby-name' in the estate.");
        yield return Result(standby, "version", one.Version == other.Version, $"{one.Version} and {other.Version}", "the same version", "Bring both servers to the same minor version.");
        yield return Result(standby, "collations", one.Collations.Count + other.Collations.Count == 0,
            one.Collations.Count + other.Collations.Count == 0 ? "as recorded on both machines" : string.Join("; ", one.Collations.Concat(other.Collations)),
            "the recorded version on both machines",
            "Bring both machines to the same C library (or ICU): indexes on text would be wrong after the switch.");
        foreach (var name in AtLeastThePrimarys)
        {
            var (asked, found) = (Number(one, name), Number(other, name));
            yield return Result(standby, name, found >= asked, Text(found), $"at least {Text(asked)}", $"Set {name} of the standby to that of the primary and restart it.");
        }

        yield return Result(standby, "recovery_min_apply_delay", Number(other, "recovery_min_apply_delay") == 0, $"{other.Settings.GetValueOrDefault("recovery_min_apply_delay")} ms", "0",
            "Set recovery_min_apply_delay to 0: what is held back would be replayed only at the promotion.");
        yield return Result(standby, "replay", !other.IsPaused, other.IsPaused ? "replay is paused" : "replay goes on", "replay goes on", "Resume it with pg_wal_replay_resume().");
        var interval = TimeSpan.FromMilliseconds(Number(other, "wal_retrieve_retry_interval"));
        yield return Result(standby, "wal_retrieve_retry_interval", interval <= retryInterval, Durations.Format(interval), $"at most {Durations.Format(retryInterval)}",
            "Set wal_retrieve_retry_interval of the standby to 200ms and reload it: it may sit that long before it promotes.");
        yield return Result(standby, "prepared transactions", one.PreparedTransactions == 0, Text(one.PreparedTransactions), "0",
            "Have their manager end them: they hold locks at the new primary until somebody does.");
        yield return Result(standby, "logical slots", one.LogicalSlots.Count == 0, one.LogicalSlots.Count == 0 ? "none" : string.Join(", ", one.LogicalSlots), "none at the primary",
            "Their consumers must be set up anew after the switch: plan it, then drop the slots.");
        yield return Result(standby, "idle slots", other.IdleSlots.Count == 0, other.IdleSlots.Count == 0 ? "none" : string.Join(", ", other.IdleSlots), "none at the standby",
            "Drop the slots: once the standby is primary, they keep its log until the disk is full.");
        yield return Result(standby, "archive", ArchiveSettings.All(name => one.Settings.GetValueOrDefault(name) == other.Settings.GetValueOrDefault(name)),
            $"{Archive(one)} and {Archive(other)}", "the same at both", "Let both servers archive to the same target: otherwise backups end with the switch.");
        yield return Result(primary, "rewind", CanRewind(one) && CanRewind(other), $"{Rewind(one)} and {Rewind(other)}", "wal_log_hints or data checksums at both",
            "Set wal_log_hints = on and restart: without it the old primary can only come back by a base backup.");
        yield return Result(standby, "right to promote", other.MayPromote, other.MayPromote ? "granted" : "not granted", "granted", "GRANT EXECUTE ON FUNCTION pg_promote TO the estate's user.");
    }

    /// <summary>Whether our role may do at a server what the plan's steps will do there; met first in the emergency otherwise.</summary>
    public static GateResult Rights(DatabaseDefinition database, IReadOnlyList<DatabaseRight> needed, PostgresReadiness read)
    {
        var missing = read.MissingRights.Where(right => needed.Any(need => need == right || need.Before == right)).ToList();
        return new GateResult(
            $"postgres-ready {database.Name} rights",
            missing.Count == 0,
            missing.Count == 0 ? "granted" : $"missing: {string.Join("; ", missing.Select(right => right.Name))}",
            "every right that the plan's steps need",
            $"server {database.Name}",
            TimeSpan.Zero,
            missing.Count == 0 ? "" : $"As an administrator run at the primary (postgres-roles.sql): {string.Join("; ", missing.Select(right => right.Grant))}");
    }

    /// <summary>
    /// Whether the standby has every row that a commit was acknowledged for: it must be in every set of standbys that the primary accepts. Where commits wait for nobody it is as good as
    /// any other, which is not enough where nothing may be lost.
    /// </summary>
    public static GateResult Synchrony(PostgresReadiness one, DatabaseDefinition standby, bool mustWait)
    {
        var waitsForNobody = one.Sight.SynchronousStandbyNames.Length == 0;
        var finding = one.Waiting is { } waiting
            ? SynchronyJudge.Judge(standby.Site, waiting, new PostgresStandbyReport(standby.StandbyName, Fsync: true, Upstream: null, ""))
            : new SynchronyFinding(RecoveryPoints.Synchrony.Unknown, "it is no primary");
        return Result(
            standby,
            "synchronous",
            finding.State is RecoveryPoints.Synchrony.Synchronous || (waitsForNobody && !mustWait && one.Waiting is not null),
            finding.Reason,
            mustWait ? $"every commit waits for {standby.StandbyName}" : $"no commit is acknowledged by others without {standby.StandbyName}",
            "Promote the standby that every commit waits for, or name this one in every set that synchronous_standby_names accepts: acknowledged rows may be at others only.");
    }

    /// <summary>Whether the way to a server's host leads there.</summary>
    public static GateResult Host(DatabaseDefinition database, HostStatus? status, string reason, PostgresReadiness? read, bool isStandby)
    {
        var passed = status is { Running: true, Fenced: false } && status.Standby == isStandby && (read is null || read.Sight.SystemId == status.SystemId);
        return new GateResult(
            $"postgres-ready {database.Name} host",
            passed,
            status is null ? reason : $"{(status.Running ? "running" : "not running")}, {(status.Standby ? "standby" : "primary")}{(status.Mark.Length > 0 ? $", fenced by {status.Mark}" : "")}, cluster {status.SystemId}",
            $"a running {(isStandby ? "standby" : "primary")} of the same cluster",
            $"host of {database.Name}",
            TimeSpan.Zero,
            passed ? "" : "Correct 'host:' of the database in the estate, allow its program with --allow-command, and see that the host answers: it cannot be fenced otherwise.");
    }

    private static GateResult Result(DatabaseDefinition database, string what, bool passed, string value, string limit, string remedy) =>
        new($"postgres-ready {database.Name} {what}", passed, value, limit, "both servers", TimeSpan.Zero, passed ? "" : remedy);

    private static string Role(PostgresReadiness server) => server.Sight.InRecovery ? "a standby" : "a primary";

    private static string Archive(PostgresReadiness server) => server.Settings.GetValueOrDefault("archive_mode") is "off" or null ? "off" : $"on ({(server.Settings.GetValueOrDefault("archive_library") is { Length: > 0 } library ? library : server.Settings.GetValueOrDefault("archive_command"))})";

    private static bool CanRewind(PostgresReadiness server) => server.Settings.GetValueOrDefault("wal_log_hints") is "on" || server.Settings.GetValueOrDefault("data_checksums") is "on";

    private static string Rewind(PostgresReadiness server) => CanRewind(server) ? "on" : "off";

    private static long Number(PostgresReadiness server, string name) => long.TryParse(server.Settings.GetValueOrDefault(name), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : 0;

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
