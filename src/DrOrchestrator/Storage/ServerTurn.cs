using System.Data;
using Npgsql;

namespace DrOrchestrator.Storage;

/// <summary>Another server has the database's turn; for people, with who it is.</summary>
public sealed class TurnTakenException(string message) : Exception(message);

/// <summary>
/// One server at a time watches and carries what is in a PostgreSQL database, as the lock of the data folder has it for SQLite: two would write one time line from two
/// memories. A session of its own holds a lock of the database; PostgreSQL frees it with the session, so a server that died is in nobody's way. Whoever takes the turn puts
/// its name into the one row of <c>server_turn</c>, under the write lock; every writing transaction looks for its own name there, under the same lock. So a server that was
/// replaced writes nothing more, also on connections it has kept, and not even after the other one has gone: what it remembers is no longer what is there.
/// </summary>
public sealed class ServerTurn : IDisposable
{
    /// <summary>"dro turn".</summary>
    internal const long TurnLock = 0x64726F_7475726E;

    // Whoever holds it without being there (a lost machine, a cut line) is found out within some ten seconds.
    private const string Session = "SET tcp_keepalives_idle = 4; SET tcp_keepalives_interval = 2; SET tcp_keepalives_count = 3; SET tcp_user_timeout = 10000";

    // A process that stands still (SIGSTOP, a suspended machine) keeps its line: the kernel answers for it. PostgreSQL ends a session that nobody has used for so long, and whoever
    // stands by can take the turn. Long while a server starts, which asks nothing on it meanwhile; short once it is looked after every second.
    private const string Starting = "SET idle_session_timeout = '120s'";
    private const string LookedAfter = "SET idle_session_timeout = '10s'";

    /// <summary>A session that does not answer within this is taken for lost.</summary>
    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(5);

    // Not a migration: the turn comes before the migrations. Two servers cannot make it at once, the write lock is held.
    private const string Table = """
        CREATE TABLE IF NOT EXISTS server_turn (
            one      BIGINT      NOT NULL PRIMARY KEY CHECK (one = 1),
            epoch    BIGINT      NOT NULL,
            holder   TEXT        NOT NULL,
            who      TEXT        NOT NULL,
            taken_at TIMESTAMPTZ NOT NULL)
        """;

    private static readonly TimeSpan AskEvery = TimeSpan.FromMilliseconds(200);

    private readonly Lock _asking = new();
    private readonly PostgresDatabase _database;
    private readonly string _who;
    private NpgsqlConnection? _session;
    private bool _hadIt;
    private bool _isLookedAfter;

    internal ServerTurn(PostgresDatabase database, string who) => (_database, _who) = (database, who);

    /// <summary>Stands in <c>server_turn</c> while the turn is this server's, and is never again another's.</summary>
    internal string Holder { get; } = Guid.NewGuid().ToString("N");

    /// <summary>Has the turn when it returns, also where its session had been lost.</summary>
    /// <exception cref="TurnTakenException">Another server has it, or had it meanwhile.</exception>
    /// <exception cref="DatabaseAwayException">Nobody can be asked now.</exception>
    /// <exception cref="DatabaseUnfitException">The server that answers is none to write to.</exception>
    public void Ensure()
    {
        lock (_asking)
        {
            if (_session is not null && Answers(_session))
            {
                return;
            }

            Drop();
            var session = (NpgsqlConnection)_database.OpenToWrite();
            try
            {
                Take(session);
                Claim(session);
                (_session, _hadIt) = (session, true);
            }
            catch (Exception failure)
            {
                session.Dispose();
                if (failure is PostgresException { SqlState: PostgresErrorCodes.LockNotAvailable })
                {
                    throw new DatabaseAwayException($"{_database.Name}: another process has been writing for 20 s without an end, so the turn cannot be taken.", failure);
                }

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

    /// <summary>As <see cref="Ensure"/>, by whoever asks every second or so: when that ends, because the process stands still, PostgreSQL frees the turn after 10 s.</summary>
    public void LookAfter()
    {
        lock (_asking)
        {
            if (!_isLookedAfter && _session is { } session && Answers(session))
            {
                Scalar(session, LookedAfter);
            }

            _isLookedAfter = true;
            Ensure();
        }
    }

    /// <summary>Who has the turn now, in words; null while nobody has. Takes nothing.</summary>
    /// <exception cref="DatabaseAwayException">Nobody can be asked now.</exception>
    /// <exception cref="DatabaseUnfitException">The server that answers is none to write to.</exception>
    public string? HeldBy()
    {
        using var session = (NpgsqlConnection)_database.OpenToWrite();
        try
        {
            return HolderOf(session);
        }
        catch (Exception failure) when (PostgresFailures.IsAboutTheServer(failure))
        {
            throw new DatabaseAwayException(PostgresFailures.Explain(failure, _database.Name), failure);
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
        Scalar(session, _isLookedAfter ? LookedAfter : Starting);
        Scalar(session, "SELECT set_config('application_name', $1, false)", _who);
        if (Scalar(session, "SELECT pg_try_advisory_lock($1)", TurnLock) is not true)
        {
            if (_hadIt && Scalar(session, "SELECT holder FROM server_turn") as string == Holder)
            {
                throw new DatabaseAwayException($"{_database.Name}: the session that held this server's turn is lost, and PostgreSQL has not ended it yet, or another server is just taking the turn.");
            }

            throw new TurnTakenException($"{_database.Name} is in use by another server ({HolderOf(session) ?? "which has just gone"}). One server at a time may use it: stop that one, or name another database.");
        }
    }

    private static string? HolderOf(NpgsqlConnection session) => Scalar(
        session,
        """
        SELECT COALESCE(NULLIF(a.application_name, ''), 'a session') || COALESCE(' from ' || host(a.client_addr), '') || to_char(a.backend_start AT TIME ZONE 'UTC', '", since "YYYY-MM-DD HH24:MI" UTC"')
        FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid JOIN pg_database d ON d.oid = l.database AND d.datname = current_database()
        WHERE l.locktype = 'advisory' AND l.granted AND l.classid::bigint = $1 >> 32 AND l.objid::bigint = $1 & 4294967295
        """,
        TurnLock) as string;

    /// <summary>Whoever wrote before has ended when this has the write lock, and finds another's name from then on.</summary>
    private void Claim(NpgsqlConnection session)
    {
        using var transaction = session.BeginTransaction(IsolationLevel.ReadCommitted);
        Scalar(session, "SET LOCAL lock_timeout = '20s'");
        Scalar(session, "SELECT pg_advisory_xact_lock($1)", PostgresDatabase.WriteLock);
        Scalar(session, Table);
        if (Scalar(session, "SELECT holder FROM server_turn") as string != Holder)
        {
            if (_hadIt)
            {
                var other = Scalar(session, """SELECT who || to_char(taken_at AT TIME ZONE 'UTC', '", at "YYYY-MM-DD HH24:MI" UTC"') FROM server_turn""");
                throw new TurnTakenException($"{_database.Name} was taken by another server while this one was cut off ({other ?? "its record is gone"}). What this one remembers is no longer what is there: start it anew.");
            }

            Scalar(
                session,
                """
                INSERT INTO server_turn (one, epoch, holder, who, taken_at) VALUES (1, 1, $1, $2, now())
                ON CONFLICT (one) DO UPDATE SET epoch = server_turn.epoch + 1, holder = excluded.holder, who = excluded.who, taken_at = excluded.taken_at
                """,
                Holder,
                _who);
        }

        transaction.Commit();
    }

    private static bool Answers(NpgsqlConnection session)
    {
        try
        {
            using var command = new NpgsqlCommand("SELECT 1", session) { CommandTimeout = (int)AnswerWithin.TotalSeconds };
            return command.ExecuteScalar() is 1;
        }
        catch (Exception failure) when (PostgresFailures.IsAboutTheServer(failure))
        {
            return false;
        }
    }

    /// <summary>What the session that holds the turn says.</summary>
    internal object? Asked(string sql) => Scalar(_session!, sql);

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
