using Npgsql;

namespace DrOrchestrator.Storage;

/// <summary>Another server has the database's turn; for people, with who it is.</summary>
public sealed class TurnTakenException(string message) : Exception(message);

/// <summary>
/// One server at a time watches and carries what is in a PostgreSQL database, as the lock of the data folder has it for SQLite: two would write one time line from two
/// memories. A session of its own holds a lock of the database; PostgreSQL frees it with the session, so a server that died is in nobody's way. Every new writing connection
/// asks first whether the turn is still ours: a server that was cut off and replaced meanwhile writes nothing more.
/// </summary>
public sealed class ServerTurn : IDisposable
{
    /// <summary>"dro turn".</summary>
    internal const long TurnLock = 0x64726F_7475726E;

    // Whoever holds it without being there (a lost machine, a cut line) is found out within some ten seconds.
    private const string Session = "SET tcp_keepalives_idle = 4; SET tcp_keepalives_interval = 2; SET tcp_keepalives_count = 3; SET tcp_user_timeout = 10000";

    private static readonly TimeSpan AskEvery = TimeSpan.FromMilliseconds(200);

    private readonly Lock _asking = new();
    private readonly PostgresDatabase _database;
    private readonly string _who;
    private NpgsqlConnection? _session;

    internal ServerTurn(PostgresDatabase database, string who) => (_database, _who) = (database, who);

    /// <summary>Has the turn when it returns, also where its session had been lost.</summary>
    /// <exception cref="TurnTakenException">Another server has it.</exception>
    /// <exception cref="DatabaseAwayException">Nobody can be asked now.</exception>
    public void Ensure()
    {
        lock (_asking)
        {
            if (_session is not null && Answers(_session))
            {
                return;
            }

            Drop();
            var session = (NpgsqlConnection)_database.Open();
            try
            {
                Take(session);
                _session = session;
            }
            catch (Exception failure)
            {
                session.Dispose();
                if (PostgresFailures.IsAboutTheServer(failure))
                {
                    throw new DatabaseAwayException(PostgresFailures.Explain(failure, _database.Name), failure);
                }

                throw;
            }
        }
    }

    /// <summary>As <see cref="Ensure"/> at a start: whoever was there a moment ago may be just going.</summary>
    /// <exception cref="TurnTakenException">Another server still has it.</exception>
    /// <exception cref="DatabaseAwayException">Nobody can be asked now.</exception>
    public async Task EnsureWithinAsync(TimeSpan patience, TimeProvider time)
    {
        for (var began = time.GetTimestamp(); ;)
        {
            try
            {
                Ensure();
                return;
            }
            catch (TurnTakenException) when (time.GetElapsedTime(began) < patience)
            {
                await Task.Delay(AskEvery, time).ConfigureAwait(false);
            }
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        lock (_asking)
        {
            if (_session is { } session && Answers(session))
            {
                Scalar(session, "SELECT pg_advisory_unlock($1)", TurnLock);
            }

            Drop();
        }
    }

    private void Take(NpgsqlConnection session)
    {
        Scalar(session, Session);
        Scalar(session, "SELECT set_config('application_name', $1, false)", _who);
        if (Scalar(session, "SELECT pg_try_advisory_lock($1)", TurnLock) is not true)
        {
            var holder = Scalar(
                session,
                """
                SELECT COALESCE(NULLIF(a.application_name, ''), 'a session') || COALESCE(' from ' || host(a.client_addr), '') || to_char(a.backend_start AT TIME ZONE 'UTC', '", since "YYYY-MM-DD HH24:MI" UTC"')
                FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid JOIN pg_database d ON d.oid = l.database AND d.datname = current_database()
                WHERE l.locktype = 'advisory' AND l.granted AND l.classid::bigint = $1 >> 32 AND l.objid::bigint = $1 & 4294967295
                """,
                TurnLock);
            throw new TurnTakenException($"{_database.Name} is in use by another server ({holder ?? "which has just gone"}). One server at a time may use it: stop that one, or name another database.");
        }
    }

    private static bool Answers(NpgsqlConnection session)
    {
        try
        {
            return Scalar(session, "SELECT 1") is 1;
        }
        catch (Exception failure) when (PostgresFailures.IsAboutTheServer(failure))
        {
            return false;
        }
    }

    private static object? Scalar(NpgsqlConnection session, string sql, params object[] values)
    {
        using var command = new NpgsqlCommand(sql, session);
        foreach (var value in values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        return command.ExecuteScalar();
    }

    private void Drop()
    {
        _session?.Dispose();
        _session = null;
    }
}
