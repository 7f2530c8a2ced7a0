using System.Text.Json.Nodes;
using DrOrchestrator.Estates;
using DrOrchestrator.Plans;
using Npgsql;

namespace DrOrchestrator.Drills.Steps.Postgres;

/// <summary>
/// <c>postgres.synchronous</c>: lets the commits of a primary wait for a standby again once that is back (a promotion that degrades has ended it). Only while the standby streams;
/// done when the primary itself calls it synchronous.
/// </summary>
internal sealed class PostgresSynchronousStep(DatabaseSessions sessions, TimeProvider time) : IReversibleStepKind
{
    public StepKindShape Shape { get; } = new(
        "postgres.synchronous",
        StepEffect.Reversible,
        NeedsSite: false,
        "Lets the commits of a primary wait for a standby that streams from it.",
        [
            new ParameterShape("database", ParameterType.DatabaseName, true, "The primary."),
            new ParameterShape("standby", ParameterType.DatabaseName, true, "The standby waited for."),
            new ParameterShape("names", ParameterType.Text, false, "What synchronous_standby_names becomes; the standby's own name by default."),
        ],
        ["before", "syncState"]);

    public async Task<JsonObject> PrepareAsync(StepContext context, CancellationToken cancellationToken)
    {
        var (database, standby) = (context.Database(), context.Database("standby"));
        try
        {
            return await sessions.UseAsync(
                database,
                "dro",
                async connection =>
                {
                    var now = await ServerSight.ReadAsync(connection, cancellationToken).ConfigureAwait(false);
                    return now.InRecovery ? throw new StepFailedException($"{database.Name} is no primary")
                        : await StateAsync(connection, standby, cancellationToken).ConfigureAwait(false) is null ? throw new StepFailedException(
                            $"nobody called '{standby.StandbyName}' streams from {database.Name}: every commit would wait for it")
                        : new JsonObject
                        {
                            ["database"] = database.Name,
                            ["standby"] = standby.Name,
                            ["systemId"] = now.SystemId,
                            ["before"] = now.SynchronousStandbyNames,
                            ["names"] = context.Parameters.OptionalText("names") ?? $"\"{standby.StandbyName}\"",
                        };
                },
                cancellationToken).ConfigureAwait(false);
        }
        catch (Exception failure) when (SessionCalls.FailureOf(failure) is { } reason)
        {
            throw new StepFailedException($"{database.Name} cannot be read: {reason}");
        }
    }

    public Task<StepOutcome> ExecuteAsync(StepContext context, JsonObject intent, CancellationToken cancellationToken) => SetAsync(context, intent, intent.Text("names"), undo: false, cancellationToken);

    /// <summary>A setting that stands is what was meant, whoever set it; one that does not is set again.</summary>
    public async Task<Observation> ObserveAsync(StepContext context, JsonObject intent, CancellationToken cancellationToken)
    {
        try
        {
            return await sessions.UseAsync(
                context.Database(),
                "dro-observes",
                async connection => (await ServerSight.ReadAsync(connection, cancellationToken).ConfigureAwait(false)).SynchronousStandbyNames == intent.Text("names")
                    && await StateAsync(connection, context.Database("standby"), cancellationToken).ConfigureAwait(false) is "sync" or "quorum"
                        ? new Observation(ObservedAnswer.Happened, "commits wait for the standby", new JsonObject { ["before"] = intent.Text("before"), ["syncState"] = "sync" })
                        : new Observation(ObservedAnswer.CannotHappenAnyMore, "commits do not wait for the standby; the setting may be made again", OnlyByRepeating: true),
                cancellationToken).ConfigureAwait(false);
        }
        catch (Exception failure) when (SessionCalls.FailureOf(failure) is { } reason)
        {
            return new Observation(ObservedAnswer.StillMay, reason);
        }
    }

    public Task<StepOutcome> UndoAsync(StepContext context, JsonObject intent, JsonObject? outputs, CancellationToken cancellationToken) =>
        SetAsync(context, intent, intent.Text("before"), undo: true, cancellationToken);

    public string Describe(PlanStep step, Estate estate) => $"let the commits of {step.Parameters.Text("database")} wait for {step.Parameters.Text("standby")}";

    private async Task<StepOutcome> SetAsync(StepContext context, JsonObject intent, string names, bool undo, CancellationToken cancellationToken)
    {
        var deadline = new StepDeadline(time, context.Step.Timeout);
        try
        {
            return await sessions.UseAsync(
                context.Database(),
                DatabaseSessions.NameOf(context.Marker),
                async connection =>
                {
                    var now = await ServerSight.ReadAsync(connection, cancellationToken).ConfigureAwait(false);
                    if (now.InRecovery || now.SystemId != intent.Text("systemId"))
                    {
                        return new StepOutcome.Failed($"{context.Database().Name} is not the primary of this cluster any more");
                    }

                    // ALTER SYSTEM takes no parameters; the text is quoted as PostgreSQL itself quotes it.
                    var quoted = await connection.TextAsync("SELECT quote_literal($1::text)", cancellationToken, names).ConfigureAwait(false);
                    context.Permit.Require();
                    await connection.RunAsync($"ALTER SYSTEM SET synchronous_standby_names = {quoted}", cancellationToken).ConfigureAwait(false);
                    await connection.TextAsync("SELECT pg_reload_conf()::text", cancellationToken).ConfigureAwait(false);
                    string? state;
                    do
                    {
                        state = await StateAsync(connection, context.Database("standby"), cancellationToken).ConfigureAwait(false);
                        now = await ServerSight.ReadAsync(connection, cancellationToken).ConfigureAwait(false);
                        if (now.SynchronousStandbyNames == names && (undo || state is "sync" or "quorum"))
                        {
                            return new StepOutcome.Done(new JsonObject { ["before"] = intent.Text("before"), ["syncState"] = state });
                        }
                    }
                    while (await deadline.LookAgainAsync(cancellationToken).ConfigureAwait(false));

                    return (StepOutcome)new StepOutcome.Unknown($"synchronous_standby_names is '{now.SynchronousStandbyNames}', and the standby is '{state ?? "away"}'");
                },
                cancellationToken).ConfigureAwait(false);
        }
        catch (Exception failure) when (SessionCalls.FailureOf(failure) is { } reason)
        {
            return new StepOutcome.Unknown(reason);
        }
    }

    /// <summary>What the primary calls a standby that streams (<c>async</c>, <c>sync</c>, <c>quorum</c>, <c>potential</c>); null where it does not.</summary>
    private static Task<string?> StateAsync(NpgsqlConnection connection, DatabaseDefinition standby, CancellationToken cancellationToken) => connection.TextAsync(
        "SELECT COALESCE(sync_state, 'unknown') FROM pg_stat_replication WHERE application_name = $1 AND state = 'streaming' LIMIT 1", cancellationToken, standby.StandbyName);
}
