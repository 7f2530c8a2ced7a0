using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Sockets;
using DrOrchestrator.Estates;
using DrOrchestrator.Time;
using Npgsql;

namespace DrOrchestrator.RecoveryPoints.Postgres;

/// <summary>
/// <c>postgres</c>: both servers are asked themselves. A standby counts as connected while it has a receiver; that it says <c>streaming</c> proves nothing, since it still
/// does when the receiver has stopped, so every look leaves a heartbeat at the primary, which must have arrived by the next.
/// </summary>
internal sealed class PostgresReader(ProcessClock clock) : ILogPositionReader, IAsyncDisposable
{
    private readonly ConcurrentDictionary<(string RecoveryPoint, string Site), PostgresSession> _sessions = new();
    private readonly ConcurrentDictionary<(string RecoveryPoint, string Site), (int Session, double At, double Known)> _loadedAt = new();
    private readonly ConcurrentDictionary<(string RecoveryPoint, string Table), bool> _tables = new();

    public string Kind => "postgres";

    public bool HasHeartbeat => true;

    public async Task<PositionResult> ReadAsync(RecoveryPointDefinition definition, string site, CancellationToken cancellationToken)
    {
        var startedAt = clock.Now;
        try
        {
            var reading = await AskAsync(definition, site, ReadAsync, cancellationToken).ConfigureAwait(false);
            return Result(definition, site, reading, startedAt);
        }
        catch (PostgresUnreachableException failure)
        {
            return new PositionResult.Failed(site, startedAt, clock.Now, failure.Message, failure.IsRefused);
        }
    }

    public async Task<HeartbeatResult> BeatAsync(RecoveryPointDefinition definition, string serving, CancellationToken cancellationToken)
    {
        if (((PostgresPointSettings)definition.Settings).Heartbeat is not { } table)
        {
            return new HeartbeatResult.None("the estate declares no heartbeat");
        }

        var at = clock.Now;
        try
        {
            var (epoch, position) = await AskAsync(definition, serving, (connection, token) => BeatAsync(definition.Name, table, connection, token), cancellationToken).ConfigureAwait(false);
            return new HeartbeatResult.Written(at, epoch, position);
        }
        catch (PostgresUnreachableException failure)
        {
            return new HeartbeatResult.None(failure.Message);
        }
    }

    public SynchronyFinding SynchronyOf(RecoveryPointDefinition definition, PositionResult primary, PositionResult standby) => (primary, standby) switch
    {
        (PositionResult.Read { Report: PostgresPrimaryReport of } one, PositionResult.Read { Report: PostgresStandbyReport by } other) when one.Cluster == other.Cluster =>
            SynchronyJudge.Judge(other.Site, of, by),
        (PositionResult.Failed failed, _) => new SynchronyFinding(Synchrony.Unknown, failed.Reason),
        (_, PositionResult.Failed failed) => new SynchronyFinding(Synchrony.Unknown, failed.Reason),
        _ => new SynchronyFinding(Synchrony.Asynchronous, $"{standby.Site} is no standby of {primary.Site}"),
    };

    public DatabaseFacts? FactsOf(RecoveryPointDefinition definition, PositionResult primary, IReadOnlyList<PositionResult> standbys)
    {
        if (primary is not PositionResult.Read { Report: PostgresPrimaryReport report, Cluster: var cluster })
        {
            return null;
        }

        var modes = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var standby in standbys)
        {
            // One that does not answer is in the primary's settings all the same, where the estate says by which name.
            var name = standby is PositionResult.Read { Report: PostgresStandbyReport own } read && read.Cluster == cluster
                ? own.Name
                : ((PostgresPointSettings)definition.Settings).StandbyNames.GetValueOrDefault(standby.Site);
            if (name is not null && SynchronyJudge.ModeOf(report, name) is { } mode)
            {
                modes[standby.Site] = mode;
            }
        }

        return new DatabaseFacts(report.MajorVersion, modes);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var session in _sessions.Values)
        {
            await session.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Whatever goes wrong with a server comes out as <see cref="PostgresUnreachableException"/>.</summary>
    private async Task<T> AskAsync<T>(
        RecoveryPointDefinition definition, string site, Func<NpgsqlConnection, CancellationToken, Task<T>> ask, CancellationToken cancellationToken)
    {
        var target = ((PostgresPointSettings)definition.Settings).Sites[site];
        var server = string.Create(CultureInfo.InvariantCulture, $"{string.Join(", ", target.Hosts)}:{target.Port}");
        using var deadline = new CancellationTokenSource(definition.Timeout, clock.Provider);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        try
        {
            var session = _sessions.GetOrAdd((definition.Name, site), _ => new PostgresSession(clock));
            return await session.UseAsync(target, connection => ask(connection, both.Token), both.Token).ConfigureAwait(false);
        }
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellationToken);
        }
        catch (Exception exception) when (deadline.IsCancellationRequested || exception is OperationCanceledException or TimeoutException)
        {
            throw new PostgresUnreachableException(
                string.Create(CultureInfo.InvariantCulture, $"{server} does not answer within {definition.Timeout.TotalSeconds:0.###}s"), false, exception);
        }
        catch (Exception exception) when (exception is NpgsqlException or SocketException or IOException)
        {
            throw PostgresSession.Unreachable(exception, server);
        }
    }

    private static async Task<PostgresReading> ReadAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                new NpgsqlBatchCommand(PostgresQueries.Position),
                new NpgsqlBatchCommand(PostgresQueries.Receiver),
                new NpgsqlBatchCommand(PostgresQueries.Settings),
                new NpgsqlBatchCommand(PostgresQueries.Standbys),
                new NpgsqlBatchCommand(PostgresQueries.Overrides),
                new NpgsqlBatchCommand(PostgresQueries.Slots),
            },
        };
        var reader = await batch.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        await using var _ = reader.ConfigureAwait(false);
        return await PostgresReading.ReadAsync(reader, cancellationToken).ConfigureAwait(false);
    }

    private async Task<(long Epoch, long Position)> BeatAsync(string name, string table, NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        // CREATE TABLE IF NOT EXISTS asks for the right to create even where the table is there.
        var isThere = _tables.ContainsKey((name, table))
            || await ScalarAsync(connection, "SELECT to_regclass($1) IS NOT NULL", table, cancellationToken).ConfigureAwait(false) is true;
        var transaction = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
        await using (transaction.ConfigureAwait(false))
        {
            await ScalarAsync(connection, PostgresQueries.WithoutWaiting, null, cancellationToken).ConfigureAwait(false);
            if (!isThere)
            {
                await ScalarAsync(connection, PostgresQueries.CreateHeartbeat(table), null, cancellationToken).ConfigureAwait(false);
            }

            await ScalarAsync(connection, PostgresQueries.Beat(table), name, cancellationToken).ConfigureAwait(false);
            await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
        }

        _tables[(name, table)] = true;
        using var behind = new NpgsqlCommand(PostgresQueries.Behind, connection);
        var reader = await behind.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        await using var _ = reader.ConfigureAwait(false);
        await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
        return (reader.GetInt32(0), reader.GetInt64(1));
    }

    private static async Task<object?> ScalarAsync(NpgsqlConnection connection, string sql, string? parameter, CancellationToken cancellationToken)
    {
        using var command = new NpgsqlCommand(sql, connection);
        if (parameter is not null)
        {
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = parameter });
        }

        return await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false);
    }

    private PositionResult.Read Result(RecoveryPointDefinition definition, string site, PostgresReading reading, DateTimeOffset startedAt)
    {
        // A session that was there when the configuration was loaded read it itself, a little earlier or later than others: only within one do moments compare exactly.
        var (session, at) = (reading.Session, reading.LoadedAt);
        var (_, _, loadedAt) = _loadedAt.AddOrUpdate(
            (definition.Name, site),
            (session, at, at),
            (_, known) => (session, at, (session == known.Session ? at == known.At : Math.Abs(at - known.At) < 1) ? known.Known : at));
        var continuity = string.Create(CultureInfo.InvariantCulture, $"{reading.StartedAt:0.######}/{loadedAt:0.######}");
        return new PositionResult.Read(
            site, startedAt, clock.Now, reading.InRecovery ? "standby" : "primary", reading.Timeline, reading.Position, reading.Position, reading.HasReceiver)
        {
            Cluster = reading.SystemIdentifier,
            Replayed = reading.Replayed,
            Notes = reading.Notes(site),
            Report = reading.InRecovery
                ? new PostgresStandbyReport(((PostgresPointSettings)definition.Settings).StandbyNames.GetValueOrDefault(site) ?? reading.OwnName, reading.Fsync, reading.Upstream, continuity)
                : new PostgresPrimaryReport(
                    reading.SynchronousCommit, reading.SynchronousCommitSource, reading.SynchronousStandbyNames, reading.Fsync, reading.Overrides, reading.Standbys, continuity)
                {
                    MajorVersion = reading.MajorVersion,
                },
        };
    }
}
