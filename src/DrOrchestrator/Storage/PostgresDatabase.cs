using System.Data;
using System.Data.Common;
using Npgsql;

namespace DrOrchestrator.Storage;

/// <summary>
/// A PostgreSQL database, which several processes may use at once. One writer at a time: a lock of the database taken at the begin of every writing transaction and
/// gone with it, also when its process, its machine or its connection is. The server has to be a primary that keeps what it acknowledges; that is looked at on every
/// new writing connection.
/// </summary>
public sealed class PostgresDatabase : Database, IDisposable
{
    /// <summary>"dro write" to people; advisory locks are numbers, and apart from database to database.</summary>
    internal const long WriteLock = 0x64726F_77726974;

    /// <summary>A server that was away is asked again after this; until then callers hear at once what the last one heard, so that they do not all wait.</summary>
    private static readonly TimeSpan AskAgainAfter = TimeSpan.FromMilliseconds(500);

    /// <summary>A pooled connection of a server not heard of for longer is asked before it is handed out: it may be one of before a restart.</summary>
    private static readonly TimeSpan TrustedFor = TimeSpan.FromSeconds(1);

    /// <summary>A session that is asked whether it is alive has so many seconds.</summary>
    private const int AliveWithin = 2;

    /// <summary>Once a server not heard of has been asked for so long, nobody else is kept waiting.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private readonly NpgsqlDataSource _source;
    private readonly TimeProvider _time;
    private readonly Lock _state = new();
    private string? _away;
    private bool _asking;
    private long _changed;
    private long _heard;
    private int _doubting;
    private long _doubtedFrom;

    /// <summary>Connects to nothing yet; call <see cref="Migrator"/> before use.</summary>
    /// <param name="connectionString">In Npgsql's form.</param>
    /// <exception cref="DatabaseUnfitException">The text is no connection string, with what to write. Nothing of it is repeated: it may hold a password.</exception>
    public PostgresDatabase(string connectionString, TimeProvider? time = null)
    {
        _time = time ?? TimeProvider.System;
        var settings = PostgresSettings.Read(connectionString);
        Name = PostgresSettings.NameOf(settings);
        _source = new NpgsqlDataSourceBuilder(settings.ConnectionString).Build();
    }

    /// <inheritdoc />
    public override string Dialect => "postgres";

    /// <inheritdoc />
    public override string Name { get; }

    /// <inheritdoc />
    public override TimeSpan? AnswersWithin => Patience;

    internal override string? ClockFunction => "dro_clock()";

    /// <summary>Whose turn it is; once a server has asked for it, nothing is written without it.</summary>
    internal ServerTurn? WrittenBy { get; private set; }

    /// <summary>For libraries that keep tables of their own beside ours.</summary>
    public NpgsqlDataSource Source => _source;

    /// <inheritdoc />
    public override DbConnection Open() => OpenSession();

    /// <inheritdoc />
    public override DbConnection OpenToWrite()
    {
        var connection = OpenSession();
        try
        {
            PostgresFitness.Require(connection, Name);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>The turn of one server on this database; from now on writes of this process need it.</summary>
    /// <param name="who">For the people whose server is refused.</param>
    public ServerTurn Turn(string who) => WrittenBy ??= new ServerTurn(this, who);

    /// <inheritdoc />
    public void Dispose()
    {
        WrittenBy?.Dispose();
        _source.Dispose();
    }

    internal override DbTransaction BeginAlone(DbConnection connection)
    {
        var transaction = ((NpgsqlConnection)connection).BeginTransaction(IsolationLevel.ReadCommitted);
        using var command = new NpgsqlCommand("SELECT pg_advisory_xact_lock($1)", (NpgsqlConnection)connection, transaction) { Parameters = { new() { Value = WriteLock } } };
        command.ExecuteNonQuery();
        return transaction;
    }

    internal override IWriter NewWriter() => new PostgresWriter(this, _time);

    /// <summary>A session was found dead: the pooled ones are most likely so too.</summary>
    internal void Suspect()
    {
        lock (_state)
        {
            _heard = 0;
        }

        _source.Clear();
    }

    /// <summary>The server answered just now.</summary>
    internal void Heard()
    {
        lock (_state)
        {
            _heard = _doubtedFrom = _time.GetTimestamp();
            _away = null;
        }
    }

    private NpgsqlConnection OpenSession()
    {
        var (first, doubted) = (Enter(), BeginsInDoubt());
        NpgsqlConnection? connection = null;
        try
        {
            connection = _source.OpenConnection();
            if (!IsTrusted() && !Answers(connection))
            {
                connection.Dispose();
                _source.Clear();
                connection = _source.OpenConnection();
            }

            Heard();
            return connection;
        }
        catch (NpgsqlException full) when (full.InnerException is TimeoutException && full.Message.Contains("pool", StringComparison.Ordinal))
        {
            // The server is there; only this caller goes without.
            throw new DatabaseAwayException($"{Name}: all connections of the pool are in use. Raise Max Pool Size of the connection string (and max_connections of the server).", full);
        }
        catch (Exception failure) when (failure is PostgresException || PostgresFailures.IsAboutTheServer(failure))
        {
            // Here the server has no statement of ours to refuse: whatever it says, it lets nobody in (55000: a database that takes no connections now).
            connection?.Dispose();
            var message = PostgresFailures.Explain(failure, Name);
            lock (_state)
            {
                (_away, _changed) = (message, _time.GetTimestamp());
            }

            throw new DatabaseAwayException(message, failure);
        }
        finally
        {
            lock (_state)
            {
                _asking &= !first;
                _doubting -= doubted ? 1 : 0;
            }
        }
    }

    /// <summary>While the server is away one caller asks it now and then; the others hear at once that it is. Returns whether this is the one.</summary>
    private bool Enter()
    {
        lock (_state)
        {
            if (_doubting > 0 && _time.GetElapsedTime(_doubtedFrom) > Patience)
            {
                throw new DatabaseAwayException($"{Name} does not answer.");
            }

            if (_away is null)
            {
                return false;
            }

            if (_asking || _time.GetElapsedTime(_changed) < AskAgainAfter)
            {
                throw new DatabaseAwayException(_away);
            }

            return _asking = true;
        }
    }

    /// <summary>A server that hangs takes all the time it is given: those who come when it has had enough hear at once that it does not answer.</summary>
    private bool BeginsInDoubt()
    {
        lock (_state)
        {
            if (_heard != 0 && _time.GetElapsedTime(_heard) < TrustedFor)
            {
                return false;
            }

            _doubtedFrom = _doubting++ == 0 ? _time.GetTimestamp() : _doubtedFrom;
            return true;
        }
    }

    private bool IsTrusted()
    {
        lock (_state)
        {
            return _heard != 0 && _time.GetElapsedTime(_heard) < TrustedFor;
        }
    }

    private static bool Answers(NpgsqlConnection connection)
    {
        try
        {
            using var command = new NpgsqlCommand("SELECT 1", connection) { CommandTimeout = AliveWithin };
            command.ExecuteNonQuery();
            return true;
        }
        catch (Exception failure) when (PostgresFailures.IsAboutTheServer(failure))
        {
            return false;
        }
    }
}
