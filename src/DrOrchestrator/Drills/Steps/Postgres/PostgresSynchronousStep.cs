using System.Text.Json.Nodes;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Estates;
using DrOrchestrator.Plans;
using DrOrchestrator.RecoveryPoints.Postgres;
using Npgsql;

namespace DrOrchestrator.Drills.Steps.Postgres;

/// <summary>
/// <c>postgres.synchronous</c>: lets the commits of a primary wait for a standby again once that is back (a promotion that degrades has ended it). Only while the standby streams;
/// done when the primary itself calls it synchronous.
/// </summary>
internal sealed class PostgresSynchronousStep(DatabaseSessions sessions, TimeProvider time) : IReversibleStepKind, IDutyKind, IStandingKind
{
    public StepKindShape Shape { get; } = new(
        "postgres.synchronous",
        StepEffect.Reversible,
        NeedsSite: false,
        "Lets the commits of a primary wait for a standby that streams from it.",
        [
            new ParameterShape("database", ParameterType.DatabaseName, true, "The primary."),
            new ParameterShape("standby", ParameterType.DatabaseName, true, "The standby waited for."),
            new ParameterShape("names", ParameterType.Text, false, "What synchronous_standby_names becomes; the standby's own name by default. Empty (a promotion that emptied nothing): it stays as it is."),
        ],
        ["before", "syncState", "waitedForNobodyFrom", "waitedForNobodyUntil"]);

    /// <summary>Every commit hangs while a standby that is waited for is away: it is not waited for longer than this.</summary>
    private static readonly TimeSpan LongestHang = TimeSpan.FromSeconds(10);

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
                    var names = context.Parameters.OptionalText("names") ?? $"\"{standby.StandbyName}\"";
                    return now.InRecovery ? throw new StepFailedException($"{database.Name} is no primary")
                        : names.Length > 0 && Lack(names, standby) is { } lack ? throw new StepFailedException(lack)
                        : names.Length > 0 && await StateAsync(connection, standby, cancellationToken).ConfigureAwait(false) is null ? throw new StepFailedException(
                            $"nobody called '{standby.StandbyName}' streams from {database.Name}: every commit would wait for it" + now.WhyUnseen)
                        : new JsonObject
                        {
                            ["database"] = database.Name,
                            ["standby"] = standby.Name,
                            ["systemId"] = now.SystemId,
                            ["before"] = now.SynchronousStandbyNames,
                            ["names"] = names,
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
                async connection =>
                {
                    var now = await ServerSight.ReadAsync(connection, cancellationToken).ConfigureAwait(false);
                    var state = await StateAsync(connection, context.Database("standby"), cancellationToken).ConfigureAwait(false);
                    return intent.Text("names").Length == 0 ? new Observation(ObservedAnswer.Happened, "it stays as it is", Outputs(intent, state, null, ""))
                        : now.SynchronousStandbyNames == intent.Text("names") && state is "sync" or "quorum"
                        ? new Observation(ObservedAnswer.Happened, "commits wait for the standby", await OutputsAsync(connection, intent, state, now, cancellationToken).ConfigureAwait(false))
                        : new Observation(ObservedAnswer.CannotHappenAnyMore, "commits do not wait for the standby; the setting may be made again", OnlyByRepeating: true);
                },
                cancellationToken).ConfigureAwait(false);
        }
        catch (Exception failure) when (SessionCalls.FailureOf(failure) is { } reason)
        {
            return new Observation(ObservedAnswer.StillMay, reason);
        }
    }

    public IReadOnlyList<StepTarget> TargetsOf(StepContext context) => [StepTarget.Server(context.Estate, context.Parameters.Text("database"), "synchronous_standby_names")];

    /// <summary>The setting alone: a standby that is away for a while is waited for, as was asked.</summary>
    public async Task<string?> ContradictionAsync(StepContext context, JsonObject intent, CancellationToken cancellationToken)
    {
        var (database, names) = (context.Database(), intent.Text("names"));
        try
        {
            var now = await sessions.UseAsync(database, "dro-observes", connection => ServerSight.ReadAsync(connection, cancellationToken), cancellationToken).ConfigureAwait(false);
            return names.Length == 0 ? null
                : now.InRecovery ? $"{database.Name} is no primary"
                : now.SynchronousStandbyNames != names ? $"synchronous_standby_names of {database.Name} was set to '{names}' and is {(now.SynchronousStandbyNames.Length > 0 ? $"'{now.SynchronousStandbyNames}'" : "empty")}"
                : null;
        }
        catch (Exception failure) when (SessionCalls.FailureOf(failure) is not null)
        {
            return null;
        }
    }

    public Task<StepOutcome> UndoAsync(StepContext context, JsonObject intent, JsonObject? outputs, CancellationToken cancellationToken) =>
        intent.Text("names").Length == 0 ? Task.FromResult<StepOutcome>(new StepOutcome.Done([])) : SetAsync(context, intent, intent.Text("before"), undo: true, cancellationToken);

    /// <summary>By what the primary itself called the standby: also where somebody else had set the names.</summary>
    public bool Does(string subject, JsonObject intent, JsonObject outputs) => subject == SubjectOf(intent.Text("database")) && outputs.Text("syncState") is ("sync" or "quorum");

    /// <summary>The duty that a promotion leaves which empties the names of a server.</summary>
    internal static string SubjectOf(string database) => $"synchronous {database}";

    public string Describe(PlanStep step, Estate estate) => $"let the commits of {step.Parameters.Text("database")} wait for {step.Parameters.Text("standby")}";

    private async Task<StepOutcome> SetAsync(StepContext context, JsonObject intent, string names, bool undo, CancellationToken cancellationToken)
    {
        var deadline = new StepDeadline(time, context.Step.Timeout < LongestHang ? context.Step.Timeout : LongestHang);
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

                    string? state = await StateAsync(connection, context.Database("standby"), cancellationToken).ConfigureAwait(false);
                    if (names.Length == 0 && !undo)
                    {
                        return new StepOutcome.Done(Outputs(intent, state, null, ""));
                    }

                    context.Permit.Require();
                    await SetAsync(connection, names, cancellationToken).ConfigureAwait(false);
                    do
                    {
                        state = await StateAsync(connection, context.Database("standby"), cancellationToken).ConfigureAwait(false);
                        now = await ServerSight.ReadAsync(connection, cancellationToken).ConfigureAwait(false);
                        if (now.SynchronousStandbyNames == names && (undo || state is "sync" or "quorum"))
                        {
                            return new StepOutcome.Done(undo ? Outputs(intent, state, null, "") : await OutputsAsync(connection, intent, state, now, cancellationToken).ConfigureAwait(false));
                        }
                    }
                    while (await deadline.LookAgainAsync(cancellationToken).ConfigureAwait(false));

                    var seen = $"synchronous_standby_names is '{now.SynchronousStandbyNames}', and the standby is '{state ?? "away"}'";
                    if (undo)
                    {
                        return new StepOutcome.Unknown(seen);
                    }

                    // Nobody to wait for: every commit hangs meanwhile.
                    context.Permit.Require();
                    await SetAsync(connection, intent.Text("before"), cancellationToken).ConfigureAwait(false);
                    return (StepOutcome)new StepOutcome.Failed($"{seen}; it is '{intent.Text("before")}' again, as before");
                },
                cancellationToken).ConfigureAwait(false);
        }
        catch (Exception failure) when (SessionCalls.FailureOf(failure) is { } reason)
        {
            return new StepOutcome.Unknown(reason);
        }
    }

    /// <summary>ALTER SYSTEM takes no parameters; the text is quoted as PostgreSQL itself quotes it.</summary>
    private static async Task SetAsync(NpgsqlConnection connection, string names, CancellationToken cancellationToken)
    {
        var quoted = await connection.TextAsync("SELECT quote_literal($1::text)", cancellationToken, names).ConfigureAwait(false);
        await connection.RunAsync($"ALTER SYSTEM SET synchronous_standby_names = {quoted}", cancellationToken).ConfigureAwait(false);
        await connection.TextAsync("SELECT pg_reload_conf()::text", cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Why commits under such names would not wait for the standby; null when they do. A list that others can satisfy waits for whoever is first.</summary>
    internal static string? Lack(string names, DatabaseDefinition standby) =>
        !StandbyNames.TryParse(names, out var parsed) ? $"'{names}' is no value of synchronous_standby_names"
        : !parsed.Lists(standby.StandbyName) ? $"'{names}' does not name '{standby.StandbyName}'"
        : !parsed.ByPriority && parsed.AcceptsWithout(standby.StandbyName) ? $"with '{names}' commits may be acknowledged without '{standby.StandbyName}'"
        : null;

    /// <summary>From when to when commits waited for nobody: from the promotion, which ended it, to now; by the server's clock. Empty where that is not known, or was not so.</summary>
    private static async Task<JsonObject> OutputsAsync(NpgsqlConnection connection, JsonObject intent, string? state, ServerSight now, CancellationToken cancellationToken)
    {
        try
        {
            return Outputs(
                intent,
                state,
                intent.Text("before").Length > 0 ? "" : await PromotionSight.PromotedAtAsync(connection, now.Timeline, cancellationToken).ConfigureAwait(false),
                await connection.TextAsync("SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')", cancellationToken).ConfigureAwait(false) ?? "");
        }
        catch (PostgresException)
        {
            // Our role may not look at files of the server.
            return Outputs(intent, state, null, "");
        }
    }

    private static JsonObject Outputs(JsonObject intent, string? state, string? from, string until) => new()
    {
        ["before"] = intent.Text("before"),
        ["syncState"] = state ?? "",
        ["waitedForNobodyFrom"] = from ?? "",
        ["waitedForNobodyUntil"] = from is { Length: > 0 } ? until : "",
    };

    /// <summary>What the primary calls a standby that streams (<c>async</c>, <c>sync</c>, <c>quorum</c>, <c>potential</c>); null where it does not.</summary>
    private static Task<string?> StateAsync(NpgsqlConnection connection, DatabaseDefinition standby, CancellationToken cancellationToken) => connection.TextAsync(
        "SELECT COALESCE(sync_state, 'unknown') FROM pg_stat_replication WHERE application_name = $1 AND state = 'streaming' LIMIT 1", cancellationToken, standby.StandbyName);
}
