using System.Globalization;
using DrOrchestrator.Estates;
using Npgsql;

namespace DrOrchestrator.Probes.Postgres;

/// <summary>
/// What is said to the server in one session. Every statement runs in a transaction whose own timeouts end it at the server in time, whatever becomes of us. They are local
/// to the transaction, so that they suit a connection pooler too. COMMIT alone has none: PostgreSQL switches them off before it waits for a synchronous standby, and does not
/// notice there that its client is gone; only a cancel request ends that wait.
/// </summary>
/// <param name="left">Time left of this look.</param>
/// <param name="margin">How much earlier the server has to give up than we do, so that its answer still arrives.</param>
internal sealed class PostgresConversation(NpgsqlConnection connection, PostgresProbeSettings settings, Func<TimeSpan> left, TimeSpan margin)
{
    /// <summary>Opens a transaction and asks who is there.</summary>
    public async Task<PostgresFacts> BeginAsync(CancellationToken cancellationToken)
    {
        var identifier = settings.Expected.SystemIdentifier is null ? "''" : "(SELECT system_identifier::text FROM pg_control_system())";
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                new NpgsqlBatchCommand(settings.Mode == PostgresProbeMode.Read ? "BEGIN READ ONLY" : "BEGIN"),
                new NpgsqlBatchCommand(
                    $"SELECT set_config('statement_timeout', {Milliseconds()}, true), set_config('lock_timeout', {Milliseconds()}, true), pg_is_in_recovery()::text, "
                    + $"current_setting('default_transaction_read_only'), current_setting('server_version'), {identifier}, current_setting('synchronous_commit')"),
            },
        };
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        while (reader.FieldCount == 0 && await reader.NextResultAsync(cancellationToken).ConfigureAwait(false))
        {
            // BEGIN has no rows.
        }

        await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
        return new PostgresFacts(reader.GetString(2) == "true", reader.GetString(3) == "on", reader.GetString(4), reader.GetString(5), reader.GetString(6));
    }

    public async Task<PostgresSight> AskAsync(PostgresFacts facts, CancellationToken cancellationToken)
    {
        // Wrapped so that neither a long row nor many of them are ever sent.
        await using var command = new NpgsqlCommand($"SELECT left(dro.value::text, 1000) FROM (\n{settings.Query}\n) AS dro(value) LIMIT 1", connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        var hasRow = await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
        return new PostgresSight.Answer(facts, hasRow, hasRow && !reader.IsDBNull(0) ? reader.GetString(0) : null);
    }

    /// <summary>Writes the probe's row; an error of the server is what was seen.</summary>
    public async Task<PostgresRefusal?> WriteAsync(string probe, string nonce, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"INSERT INTO {Quoted(settings.Table!)} (probe, written_at, nonce) VALUES ($1, clock_timestamp(), $2) "
            + "ON CONFLICT (probe) DO UPDATE SET written_at = EXCLUDED.written_at, nonce = EXCLUDED.nonce",
            connection)
        { Parameters = { new NpgsqlParameter<string> { TypedValue = probe }, new NpgsqlParameter<string> { TypedValue = nonce } } };
        try
        {
            await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
            return null;
        }
        catch (PostgresException error) when (PostgresFailures.IsStatementOnly(error))
        {
            return PostgresFailures.Refusal(error);
        }
    }

    /// <summary>
    /// Commits. From the moment COMMIT is sent until an answer without a warning, the write is in doubt: a cancelled wait for a synchronous standby is reported as success,
    /// with nothing but warning 01000 to tell it from one.
    /// </summary>
    public async Task<PostgresSight> CommitAsync(PostgresFacts facts, CancellationToken cancellationToken)
    {
        string? warning = null;
        connection.Notice += Take;
        try
        {
            await ExecuteAsync("COMMIT", cancellationToken).ConfigureAwait(false);
        }
        catch (PostgresException error) when (PostgresFailures.IsStatementOnly(error))
        {
            return new PostgresSight.Refused(facts, PostgresFailures.Refusal(error));
        }
        catch (Exception lost)
        {
            return Lost(facts, lost);
        }
        finally
        {
            connection.Notice -= Take;
        }

        return warning is null ? new PostgresSight.Committed(facts) : new PostgresSight.InDoubt(facts, $"warning 01000: {warning}");

        void Take(object sender, NpgsqlNoticeEventArgs arguments) => warning = arguments.Notice.SqlState == "01000" ? ProbeFailures.OneLine(arguments.Notice.MessageText) : warning;
    }

    /// <summary>Whatever ends the wait for the answer to a COMMIT leaves it in doubt.</summary>
    public static PostgresSight Lost(PostgresFacts facts, Exception failure) => new PostgresSight.InDoubt(
        facts, failure is OperationCanceledException or TimeoutException || failure.InnerException is TimeoutException ? null : $"the connection was lost ({ProbeFailures.OneLine(failure.Message)})");

    /// <summary>Ends the transaction without a trace.</summary>
    public Task RollBackAsync(CancellationToken cancellationToken) => ExecuteAsync("ROLLBACK", cancellationToken);

    private async Task ExecuteAsync(string text, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(text, connection);
        await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }

    private string Milliseconds() => string.Create(CultureInfo.InvariantCulture, $"'{Math.Max(1, (long)(left() - margin).TotalMilliseconds)}'");

    /// <summary>The reader lets through names only; quoted all the same, since some names are words of SQL.</summary>
    private static string Quoted(string table) => string.Join('.', table.Split('.').Select(part => $"\"{part}\""));
}
