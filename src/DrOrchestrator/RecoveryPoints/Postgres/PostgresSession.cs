using System.Globalization;
using System.Net.Sockets;
using DrOrchestrator.Estates;
using DrOrchestrator.Probes;
using DrOrchestrator.Probes.Postgres;
using DrOrchestrator.Time;
using Npgsql;

namespace DrOrchestrator.RecoveryPoints.Postgres;

/// <summary>A server that could not be asked.</summary>
internal sealed class PostgresUnreachableException(string reason, bool isRefused, Exception? cause) : Exception(reason, cause)
{
    /// <summary>Nothing listens there.</summary>
    public bool IsRefused => isRefused;
}

/// <summary>
/// One session of one server, kept open between looks: a server that has no session left to give can still be read. It is opened again after anything went wrong, and
/// when the estate or the password has changed.
/// </summary>
/// <param name="name">How the server's own list of sessions names it (<c>application_name</c>).</param>
/// <param name="commandSeconds">How long a statement may take; 0 where whoever asks ends it.</param>
internal sealed class PostgresSession(ProcessClock clock, string name = "dro", int commandSeconds = 60) : IAsyncDisposable
{
    private readonly SemaphoreSlim _gate = new(1, 1);
    private (NpgsqlDataSource Source, PostgresSecurity Security)? _source;
    private NpgsqlConnection? _connection;
    private (PostgresTarget Target, string Password)? _opened;

    public async Task<T> UseAsync<T>(PostgresTarget target, Func<NpgsqlConnection, Task<T>> use, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var (connection, isKept) = await ConnectionAsync(target, cancellationToken).ConfigureAwait(false);
            try
            {
                return await use(connection).ConfigureAwait(false);
            }
            catch (NpgsqlException) when (isKept && connection.State != System.Data.ConnectionState.Open && !cancellationToken.IsCancellationRequested)
            {
                // The session ended between two looks. Whether the server is there only a new one can tell.
                (connection, _) = await ConnectionAsync(target, cancellationToken).ConfigureAwait(false);
                return await use(connection).ConfigureAwait(false);
            }
        }
        catch
        {
            await CloseAsync().ConfigureAwait(false);
            throw;
        }
        finally
        {
            _gate.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await CloseAsync().ConfigureAwait(false);
        _gate.Dispose();
    }

    private async Task<(NpgsqlConnection Connection, bool IsKept)> ConnectionAsync(PostgresTarget target, CancellationToken cancellationToken)
    {
        var (password, problem) = ("", (string?)null);
        if (target.Password is { } reference && !reference.TryRead(out password, out problem))
        {
            throw new PostgresUnreachableException($"the password is missing: {problem}", false, null);
        }

        if (_connection is { State: System.Data.ConnectionState.Open } open && _opened == (target, password!))
        {
            return (open, true);
        }

        await CloseAsync().ConfigureAwait(false);
        (_source, _connection) = await OpenAsync(target, password!, cancellationToken).ConfigureAwait(false);
        _opened = (target, password!);
        return (_connection, false);
    }

    private async Task CloseAsync()
    {
        var (source, connection) = (_source, _connection);
        (_source, _connection, _opened) = (null, null, null);
        if (connection is not null)
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            await source!.Value.Source.DisposeAsync().ConfigureAwait(false);
            source.Value.Security.Dispose();
        }
    }

    /// <summary>The first host that answers. Only where all refuse is it shown that nobody listens.</summary>
    private async Task<((NpgsqlDataSource, PostgresSecurity), NpgsqlConnection)> OpenAsync(PostgresTarget target, string password, CancellationToken cancellationToken)
    {
        var failures = new List<PostgresUnreachableException>();
        foreach (var host in target.Hosts)
        {
            // A source of one connection: it is what may be told to read no catalogue of types at every start.
            var security = new PostgresSecurity(target, host, () => clock.Now);
            var builder = new NpgsqlDataSourceBuilder(ConnectionString(target, host, password)).ConfigureTypeLoading(types => types.EnableTypeLoading(false));
            security.Apply(builder);
            var source = builder.Build();
            var connection = source.CreateConnection();
            var opening = connection.OpenAsync(cancellationToken);
            try
            {
                // While it waits for the first words of a server that stands still, the client library does not hear that it is cancelled.
                await opening.WaitAsync(cancellationToken).ConfigureAwait(false);
                return ((source, security), connection);
            }
            catch (OperationCanceledException) when (!opening.IsCompleted)
            {
                _ = AbandonAsync(opening, source, connection, security);
                throw;
            }
            catch (Exception exception) when (exception is NpgsqlException or SocketException or IOException or LookEndedException)
            {
                await source.DisposeAsync().ConfigureAwait(false);
                security.Dispose();
                failures.Add(Unreachable(exception, string.Create(CultureInfo.InvariantCulture, $"{host}:{target.Port}")));
            }
            catch
            {
                await source.DisposeAsync().ConfigureAwait(false);
                security.Dispose();
                throw;
            }
        }

        throw failures.Find(failure => !failure.IsRefused) ?? failures[0];
    }

    private static async Task AbandonAsync(Task opening, NpgsqlDataSource source, NpgsqlConnection connection, PostgresSecurity security)
    {
        await opening.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await connection.DisposeAsync().ConfigureAwait(false);
        await source.DisposeAsync().ConfigureAwait(false);
        security.Dispose();
    }

    /// <summary>What the failure of a server means, in words that hold no secret.</summary>
    public static PostgresUnreachableException Unreachable(Exception exception, string server)
    {
        var refused = exception.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionRefused } or SocketException { SocketErrorCode: SocketError.ConnectionRefused };
        return new PostgresUnreachableException(
            refused ? $"connection refused by {server}"
                : Judged(exception) is { } judged ? judged
                : exception is PostgresException said ? $"{server} answers: {said.MessageText}"
                : $"{server}: {exception.InnerException?.Message ?? exception.Message}",
            refused,
            exception);
    }

    /// <summary>What was found wrong with a certificate, or with a file of ours.</summary>
    private static string? Judged(Exception? exception)
    {
        for (; exception is not null; exception = exception.InnerException)
        {
            if (exception is LookEndedException ended)
            {
                return ended.Finding.Reason;
            }
        }

        return null;
    }

    private string ConnectionString(PostgresTarget target, string host, string password)
    {
        var settings = new NpgsqlConnectionStringBuilder
        {
            Host = host,
            Port = target.Port,
            Database = target.Database,
            Username = target.User,
            Password = password.Length > 0 ? password : null,
            ApplicationName = name,
            Pooling = false,
            Timeout = 60,
            CommandTimeout = commandSeconds,

            // Nobody waits for a server after its time is over.
            CancellationTimeout = -1,
            GssEncryptionMode = GssEncryptionMode.Disable,
            IncludeErrorDetail = false,
        };

        // An empty file name keeps the client from looking for a password in somebody's home folder.
        settings.Passfile = "/dev/null";
        return settings.ConnectionString;
    }
}
