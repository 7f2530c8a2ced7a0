using System.Text.Json.Nodes;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Estates;
using DrOrchestrator.RecoveryPoints.Postgres;
using Npgsql;

namespace DrOrchestrator.Drills.Steps.Postgres;

/// <summary>
/// Whether a request to promote a standby has acted, may still act, or can act no more. A request outlives its caller in three places: a session that has not run it yet, the
/// file <c>promote</c> that nobody has seen yet, and the mind of a server that replays what is left before it ends recovery (a timed-out pg_promote promotes later).
/// </summary>
internal sealed class PromotionSight(DatabaseSessions sessions, TimeProvider time)
{
    /// <summary>Longer than a server takes from removing the file to remembering that it saw it.</summary>
    private static readonly TimeSpan Settled = TimeSpan.FromMilliseconds(100);

    private const string PromotionUnderWay = "55000";

    /// <summary>Looks at what became of the journalled intent of a promotion.</summary>
    public async Task<Observation> LookAsync(DatabaseDefinition database, JsonObject intent, CancellationToken cancellationToken)
    {
        try
        {
            return await sessions.UseAsync(database, "dro-observes", connection => LookAsync(connection, intent, cancellationToken), cancellationToken).ConfigureAwait(false);
        }
        catch (PostgresUnreachableException unreachable)
        {
            return new Observation(ObservedAnswer.StillMay, unreachable.Message);
        }
        catch (PostgresException refused)
        {
            return new Observation(ObservedAnswer.CannotTell, $"{database.Name} does not let itself be looked at: {SessionCalls.FailureOf(refused)}");
        }
    }

    /// <summary>What is promised by a server that has been promoted, read of itself.</summary>
    public static async Task<JsonObject> OutputsAsync(NpgsqlConnection connection, ServerSight now, CancellationToken cancellationToken)
    {
        var (fork, source) = (now.Replayed, "the last position replayed");
        var promotedAt = "";
        try
        {
            var history = await connection.TextAsync("SELECT pg_read_file('pg_wal/' || lpad(upper(to_hex($1)), 8, '0') || '.history', 0, 1048576, true)", cancellationToken, (int)now.Timeline).ConfigureAwait(false);
            if (ForkOf(history) is { } told)
            {
                (fork, source) = (told, "the history file");
            }

            promotedAt = await PromotedAtAsync(connection, now.Timeline, cancellationToken).ConfigureAwait(false) ?? "";
        }
        catch (PostgresException)
        {
            // Our role may not read files of the server; where it ended replay is the same place.
        }

        return new JsonObject
        {
            ["timeline"] = now.Timeline,
            ["lsn"] = now.Written?.ToString() ?? "",
            ["forkLsn"] = fork?.ToString() ?? "",
            ["forkSource"] = source,
            ["synchronousStandbyNames"] = now.SynchronousStandbyNames,
            ["promotedAt"] = promotedAt,
        };
    }

    /// <summary>When the server began its timeline, by its own clock (UTC, ISO 8601); null on the first, which nobody was promoted to.</summary>
    /// <exception cref="PostgresException">Our role may not look at files of the server.</exception>
    public static Task<string?> PromotedAtAsync(NpgsqlConnection connection, long timeline, CancellationToken cancellationToken) => connection.TextAsync(
        "SELECT to_char((pg_stat_file('pg_wal/' || lpad(upper(to_hex($1)), 8, '0') || '.history', true)).modification AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')", cancellationToken, (int)timeline);

    /// <summary>Where the newest timeline of a history file left its parent; null where the file names none.</summary>
    public static LogSequence? ForkOf(string? history) =>
        history?.Split('\n').Select(line => line.Split('\t')).LastOrDefault(fields => fields.Length >= 2 && LogSequence.Parse(fields[1].Trim()) is not null) is { } last
            ? LogSequence.Parse(last[1].Trim())
            : null;

    private async Task<Observation> LookAsync(NpgsqlConnection connection, JsonObject intent, CancellationToken cancellationToken)
    {
        // In this order: what has left one place by the time it is looked at is in the next.
        var sessionsLeft = await connection.TextAsync(
            "SELECT count(*)::text FROM pg_stat_activity WHERE application_name = $1 AND pid <> pg_backend_pid()", cancellationToken, intent.Text("session")).ConfigureAwait(false);
        var isWritten = await connection.TextAsync("SELECT ((pg_stat_file('promote', true)).size IS NOT NULL)::text", cancellationToken).ConfigureAwait(false) is "true";
        var isRemembered = await IsRememberedAsync(connection, cancellationToken).ConfigureAwait(false);
        if (!isRemembered && !isWritten)
        {
            await Task.Delay(Settled, time, cancellationToken).ConfigureAwait(false);
            isRemembered = await IsRememberedAsync(connection, cancellationToken).ConfigureAwait(false);
        }

        var now = await ServerSight.ReadAsync(connection, cancellationToken).ConfigureAwait(false);
        if (now.SystemId != intent.Text("systemId"))
        {
            return new Observation(ObservedAnswer.CannotTell, $"this is another cluster: system id {now.SystemId}, {intent.Text("systemId")} was meant");
        }

        if (!now.InRecovery)
        {
            return now.Timeline > (long)(intent.Number("timeline") ?? 0)
                ? new Observation(ObservedAnswer.Happened, $"it is primary on timeline {now.Timeline}", await OutputsAsync(connection, now, cancellationToken).ConfigureAwait(false))
                : new Observation(ObservedAnswer.CannotTell, $"it is primary on timeline {now.Timeline}, on which it was a standby: nobody promoted it");
        }

        return isRemembered ? new Observation(ObservedAnswer.StillMay, "the server is ending its recovery: it will be promoted")
            : isWritten ? new Observation(ObservedAnswer.StillMay, "the file 'promote' is there, and the server has not seen it yet")
            : sessionsLeft is not "0" ? new Observation(ObservedAnswer.StillMay, $"a session '{intent.Text("session")}' is still there")
            : new Observation(ObservedAnswer.CannotHappenAnyMore, $"it is in recovery on timeline {now.Timeline}, and no request to promote it is left");
    }

    /// <summary>A server that has seen a request to promote refuses to resume replay. Where replay is not paused, resuming it changes nothing; where it is, no request was seen.</summary>
    private static async Task<bool> IsRememberedAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        try
        {
            if (await connection.TextAsync("SELECT CASE WHEN pg_is_in_recovery() THEN pg_get_wal_replay_pause_state() ELSE 'primary' END", cancellationToken).ConfigureAwait(false) is "not paused")
            {
                await connection.TextAsync("SELECT CASE WHEN pg_is_in_recovery() THEN pg_wal_replay_resume()::text END", cancellationToken).ConfigureAwait(false);
            }

            return false;
        }
        catch (PostgresException refused) when (refused.SqlState == PromotionUnderWay)
        {
            return true;
        }
    }
}
