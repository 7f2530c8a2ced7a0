using System.Globalization;
using System.Text.Json.Nodes;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Estates;
using DrOrchestrator.Plans;
using DrOrchestrator.RecoveryPoints.Postgres;
using Npgsql;

namespace DrOrchestrator.Drills.Steps.Postgres;

/// <summary>
/// <c>postgres.sql</c>: one statement in one transaction, under a precondition asked in the same transaction. Beside it a row of the step's marker is written, so that a commit
/// nobody heard of can be looked up, and no statement of this attempt commits twice. With <c>undo: none</c> and <c>read-only: true</c> it only looks.
/// </summary>
internal sealed class PostgresSqlStep(DatabaseSessions sessions, TimeProvider time) : IReversibleStepKind, IStandingKind
{
    private const string None = "none";
    /// <summary>In which a transaction of a run leaves its mark.</summary>
    public const string MarkerTable = "dro_marker";
    private const int LongestValue = 200;

    /// <summary>PostgreSQL calls a commit a success whose wait for the synchronous standby was cut off, and only warns.</summary>
    private const string Warning = "01000";

    private static readonly TimeSpan LongestIdle = TimeSpan.FromDays(1);

    public StepKindShape Shape { get; } = new(
        "postgres.sql",
        StepEffect.Reversible,
        NeedsSite: false,
        "Runs one statement in one transaction, with a marker by which its commit can be looked up.",
        [
            new ParameterShape("database", ParameterType.DatabaseName, true, "The server."),
            new ParameterShape("statement", ParameterType.Text, true, "One statement."),
            new ParameterShape("undo", ParameterType.Text, true, "The statement that takes it back, or none."),
            new ParameterShape("read-only", ParameterType.Boolean, false, "The transaction may not write; no marker is left."),
            new ParameterShape("precondition", ParameterType.Text, false, "One SELECT whose first value must be true, asked in the same transaction."),
            new ParameterShape("expect", ParameterType.Text, false, "The first value of the statement's first row, as text."),
        ],
        ["value", "rows"])
    {
        Judge = parameters => Refusals(parameters).Select(found => new ParameterProblem(
            found.Parameter, $"'{found.Parameter}' is not sent: {found.Reason}", "one statement whose effect ends with its transaction", "Write one statement; a server is promoted by 'postgres.promote'.")),
    };

    public bool Undoes(PlanStep step) => step.Parameters.Text("undo") != None && step.Parameters.OptionalText("read-only") is not "true";

    /// <summary>Judged again with the values of earlier steps in their places.</summary>
    public Task<JsonObject> PrepareAsync(StepContext context, CancellationToken cancellationToken) => Refusals(context.Parameters).FirstOrDefault() is (Parameter: { } parameter, Reason: { } reason)
        ? throw new StepFailedException($"'{parameter}' is not sent: {reason}")
        : Task.FromResult(new JsonObject
        {
            ["database"] = context.Parameters.Text("database"),
            ["marker"] = context.Marker,
            ["session"] = DatabaseSessions.NameOf(context.Marker),
            ["readOnly"] = IsReadOnly(context),
        });

    public async Task<StepOutcome> ExecuteAsync(StepContext context, JsonObject intent, CancellationToken cancellationToken) =>
        await RunAsync(context, intent.Text("session"), intent.Text("marker"), context.Parameters.Text("statement"), context.Parameters.OptionalText("precondition"), context.Parameters.OptionalText("expect"), cancellationToken)
            .ConfigureAwait(false);

    public async Task<Observation> ObserveAsync(StepContext context, JsonObject intent, CancellationToken cancellationToken)
    {
        if (intent.Flag("readOnly"))
        {
            return new Observation(ObservedAnswer.CannotHappenAnyMore, "looking has no effect");
        }

        try
        {
            return await sessions.UseAsync(
                context.Database(),
                "dro-observes",
                async connection =>
                {
                    // The session first: what it had left to do is in the table by the time that is read.
                    var left = await connection.TextAsync(
                        "SELECT count(*)::text FROM pg_stat_activity WHERE application_name = $1 AND pid <> pg_backend_pid()", cancellationToken, intent.Text("session")).ConfigureAwait(false);
                    var found = await MarkerAsync(connection, intent.Text("marker"), cancellationToken).ConfigureAwait(false);
                    return found is not null ? new Observation(ObservedAnswer.Happened, "its marker is there", JsonNode.Parse(found)!.AsObject())
                        : left is not "0" ? new Observation(ObservedAnswer.StillMay, "its session is still there")
                        : new Observation(ObservedAnswer.CannotHappenAnyMore, "its marker is not there, and neither is its session");
                },
                cancellationToken).ConfigureAwait(false);
        }
        catch (PostgresUnreachableException unreachable)
        {
            return new Observation(ObservedAnswer.StillMay, unreachable.Message);
        }
        catch (PostgresException refused)
        {
            return new Observation(ObservedAnswer.CannotTell, SessionCalls.FailureOf(refused)!);
        }
    }

    /// <summary>Rows of its own: no other statement takes the marker away, only what takes the server.</summary>
    public IReadOnlyList<StepTarget> TargetsOf(StepContext context) =>
        IsReadOnly(context) ? [] : [StepTarget.Server(context.Estate, context.Parameters.Text("database"), MarkerTable, context.Marker)];

    /// <summary>A commit that is not there any more was lost by a switch, or by a restore.</summary>
    public async Task<string?> ContradictionAsync(StepContext context, JsonObject intent, CancellationToken cancellationToken)
    {
        if (intent.Flag("readOnly"))
        {
            return null;
        }

        try
        {
            return await sessions.UseAsync(context.Database(), "dro-observes", connection => MarkerAsync(connection, intent.Text("marker"), cancellationToken), cancellationToken).ConfigureAwait(false) is null
                ? $"what it committed is not at {context.Database().Name} any more: its marker is not there"
                : null;
        }
        catch (Exception failure) when (SessionCalls.FailureOf(failure) is not null)
        {
            return null;
        }
    }

    public async Task<StepOutcome> UndoAsync(StepContext context, JsonObject intent, JsonObject? outputs, CancellationToken cancellationToken)
    {
        var database = context.Database();
        var (happened, undone) = (false, false);
        try
        {
            (happened, undone) = await sessions.UseAsync(
                database,
                "dro",
                async connection => (
                    await MarkerAsync(connection, intent.Text("marker"), cancellationToken).ConfigureAwait(false) is not null,
                    await MarkerAsync(connection, intent.Text("marker") + "-undo", cancellationToken).ConfigureAwait(false) is not null),
                cancellationToken).ConfigureAwait(false);
        }
        catch (Exception failure) when (SessionCalls.FailureOf(failure) is { } reason)
        {
            return new StepOutcome.Failed($"{database.Name} does not say whether there is something to take back: {reason}");
        }

        return !happened || undone
            ? new StepOutcome.Done([])
            : await RunAsync(context, DatabaseSessions.NameOf(intent.Text("marker") + "-undo"), intent.Text("marker") + "-undo", context.Parameters.Text("undo"), null, null, cancellationToken).ConfigureAwait(false);
    }

    public string Describe(PlanStep step, Estate estate) => $"{(step.Parameters.OptionalText("read-only") is "true" ? "ask" : "tell")} {step.Parameters.Text("database")}: {step.Parameters.Text("statement")}";

    /// <summary>Which of its statements may not be sent, and why.</summary>
    private static IEnumerable<(string Parameter, string Reason)> Refusals(StepParameters parameters)
    {
        var looks = parameters.OptionalText("read-only") is "true";
        foreach (var (name, onlyLooks) in new[] { ("statement", looks), ("undo", false), ("precondition", true) })
        {
            if (parameters.OptionalText(name) is { } sql && (name is not "undo" || sql is not None) && SqlStatement.Refusal(sql, onlyLooks) is { } reason)
            {
                yield return (name, reason);
            }
        }
    }

    private static bool IsReadOnly(StepContext context) => context.Parameters.OptionalText("read-only") is "true";

    /// <summary>What the marker's row keeps; null where there is none.</summary>
    private static async Task<string?> MarkerAsync(NpgsqlConnection connection, string marker, CancellationToken cancellationToken) =>
        await connection.TextAsync($"SELECT (to_regclass('{MarkerTable}') IS NOT NULL)::text", cancellationToken).ConfigureAwait(false) is "true"
            ? await connection.TextAsync($"SELECT outputs FROM {MarkerTable} WHERE marker = $1", cancellationToken, marker).ConfigureAwait(false)
            : null;

    /// <summary>A role that may write into the table need not be one that may create it.</summary>
    private static async Task MakeMarkersAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        if (await connection.TextAsync($"SELECT (to_regclass('{MarkerTable}') IS NULL)::text", cancellationToken).ConfigureAwait(false) is "true")
        {
            await connection.RunAsync($"CREATE TABLE IF NOT EXISTS {MarkerTable} (marker text PRIMARY KEY, written_at timestamptz NOT NULL DEFAULT now(), outputs text NOT NULL)", cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<StepOutcome> RunAsync(
        StepContext context, string session, string marker, string statement, string? precondition, string? expect, CancellationToken cancellationToken)
    {
        var deadline = new StepDeadline(time, context.Step.Timeout);
        using var ends = new CancellationTokenSource(deadline.Remaining, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, ends.Token);
        var isCommitting = false;
        try
        {
            return await sessions.UseAsync(context.Database(), session, connection => RunAsync(connection, both.Token), both.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // A statement in a transaction that is never committed has no effect, however long it runs on; its locks would.
            if (!isCommitting)
            {
                await EndAsync(context.Database(), session).ConfigureAwait(false);
            }

            return Ended($"no end within {Durations.Format(context.Step.Timeout)}");
        }
        catch (Exception failure) when (SessionCalls.FailureOf(failure) is { } reason)
        {
            return failure is PostgresException ? new StepOutcome.Failed(reason) : Ended(reason);
        }

        StepOutcome Ended(string reason) => isCommitting ? new StepOutcome.Unknown($"whether it is committed is not known: {reason}") : new StepOutcome.Failed(reason);

        async Task<StepOutcome> RunAsync(NpgsqlConnection connection, CancellationToken token)
        {
            var warning = "";
            connection.Notice += (_, notice) => warning = notice.Notice.SqlState == Warning ? notice.Notice.MessageText : warning;
            if (!IsReadOnly(context))
            {
                context.Permit.Require();
                await MakeMarkersAsync(connection, token).ConfigureAwait(false);
            }

            var transaction = await connection.BeginTransactionAsync(token).ConfigureAwait(false);
            await using (transaction.ConfigureAwait(false))
            {
                if (!IsReadOnly(context))
                {
                    // Where this process stands still before the COMMIT, the server gives the transaction up.
                    var left = Math.Clamp((long)Math.Min(context.Permit.Left.TotalMilliseconds, LongestIdle.TotalMilliseconds), 1, long.MaxValue);
                    await connection.RunAsync(string.Create(CultureInfo.InvariantCulture, $"SET LOCAL idle_in_transaction_session_timeout = {left}"), token).ConfigureAwait(false);
                    context.Permit.Require();
                }

                if (IsReadOnly(context))
                {
                    await connection.RunAsync("SET TRANSACTION READ ONLY", token).ConfigureAwait(false);
                }

                if (precondition is not null && await connection.TextAsync($"SELECT (({precondition}))::text", token).ConfigureAwait(false) is var held and not "true")
                {
                    return new StepOutcome.Failed($"the precondition does not hold: it says {held ?? "nothing"}");
                }

                var (value, rows) = await StatementAsync(connection, statement, token).ConfigureAwait(false);
                if (expect is not null && value != expect)
                {
                    return new StepOutcome.Failed($"it says '{value}', '{expect}' is expected");
                }

                var outputs = new JsonObject { ["value"] = value, ["rows"] = rows };
                if (!IsReadOnly(context))
                {
                    var left = new NpgsqlCommand($"INSERT INTO {MarkerTable} (marker, outputs) VALUES ($1, $2)", connection) { Parameters = { new() { Value = marker }, new() { Value = outputs.ToJsonString() } } };
                    await using (left.ConfigureAwait(false))
                    {
                        await left.ExecuteNonQueryAsync(token).ConfigureAwait(false);
                    }

                    context.Permit.Require();
                    isCommitting = true;
                    await transaction.CommitAsync(token).ConfigureAwait(false);
                    isCommitting = false;
                }

                return warning.Length > 0 ? new StepOutcome.Unknown($"committed here, perhaps not at the standby: {warning}") : new StepOutcome.Done(outputs);
            }
        }
    }

    /// <summary>The value goes on record: a count or a word of the business, no document.</summary>
    private static string Cut(string value) => value.Length <= LongestValue ? value : value[..LongestValue];

    /// <summary>Ends what a session given up has left running; where that cannot be done the server ends it, or a person who finds it by its name.</summary>
    private async Task EndAsync(DatabaseDefinition database, string session)
    {
        using var ends = new CancellationTokenSource(TimeSpan.FromSeconds(5), time);
        try
        {
            await sessions.UseAsync(
                database,
                "dro",
                connection => connection.TextAsync("SELECT count(pg_terminate_backend(pid))::text FROM pg_stat_activity WHERE application_name = $1 AND pid <> pg_backend_pid()", ends.Token, session),
                ends.Token).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is OperationCanceledException || SessionCalls.FailureOf(failure) is not null)
        {
            // Nothing was committed either way.
        }
    }

    private static async Task<(string? Value, int Rows)> StatementAsync(NpgsqlConnection connection, string statement, CancellationToken cancellationToken)
    {
        // A batch is sent as it is, by a protocol that takes one statement: what the check of the text has missed the server refuses.
        var command = new NpgsqlBatch(connection) { BatchCommands = { new NpgsqlBatchCommand(statement) } };
        await using (command.ConfigureAwait(false))
        {
            var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                string? value = null;
                var rows = 0;
                while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                {
                    value = rows++ == 0 && reader.FieldCount > 0 && !reader.IsDBNull(0) ? Cut(Convert.ToString(reader.GetValue(0), CultureInfo.InvariantCulture)!) : value;
                }

                return (value, reader.RecordsAffected >= 0 ? reader.RecordsAffected : rows);
            }
        }
    }
}
