using System.Globalization;
using System.Text.Json.Nodes;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Estates;
using DrOrchestrator.Plans;

namespace DrOrchestrator.Drills.Steps.Postgres;

/// <summary>
/// <c>postgres.replication</c>: waits until a standby is as far as the plan needs it: it streams, it has caught up with its primary, or it has received or replayed a position on a
/// timeline. Both sides are asked, and a receiver that merely says <c>streaming</c> proves nothing: what the primary had written must have arrived.
/// </summary>
internal sealed class PostgresReplicationStep(DatabaseSessions sessions, TimeProvider time) : IStepKind
{
    private const string Streaming = "streaming";
    private const string CaughtUp = "caught-up";
    private const string Received = "received";

    private const string Replayed = "replayed";

    public StepKindShape Shape { get; } = new(
        "postgres.replication",
        StepEffect.None,
        NeedsSite: false,
        "Waits until a standby streams, has caught up, or has received or replayed a position on a timeline.",
        [
            new ParameterShape("database", ParameterType.DatabaseName, true, "The standby."),
            new ParameterShape("until", ParameterType.Text, true, "What is waited for.", [Streaming, CaughtUp, Received, Replayed]),
            new ParameterShape("primary", ParameterType.DatabaseName, false, "The primary; for streaming and caught-up."),
            new ParameterShape("lsn", ParameterType.Text, false, "The position; for received and replayed."),
            new ParameterShape("timeline", ParameterType.Integer, false, "The timeline it must be on; for received and replayed."),
        ],
        ["timeline", "received", "replayed", "syncState", "seconds"]);

    public Task<JsonObject> PrepareAsync(StepContext context, CancellationToken cancellationToken)
    {
        var until = context.Parameters.Text("until");
        var isPosition = until is Received or Replayed;
        if (isPosition && LogSequence.Parse(context.Parameters.OptionalText("lsn")) is null)
        {
            throw new StepFailedException($"until {until} needs 'lsn', a position such as 0/3000060; it is '{context.Parameters.OptionalText("lsn")}'");
        }

        if (!isPosition && !context.Parameters.Has("primary"))
        {
            throw new StepFailedException($"until {until} needs 'primary'");
        }

        return Task.FromResult(new JsonObject
        {
            ["database"] = context.Parameters.Text("database"),
            ["until"] = until,
            ["primary"] = context.Parameters.OptionalText("primary"),
            ["lsn"] = context.Parameters.OptionalText("lsn"),
            ["timeline"] = context.Parameters.Has("timeline") ? context.Parameters.Integer("timeline") : null,
        });
    }

    public async Task<StepOutcome> ExecuteAsync(StepContext context, JsonObject intent, CancellationToken cancellationToken)
    {
        var deadline = new StepDeadline(time, context.Step.Timeout);
        using var ends = new CancellationTokenSource(deadline.Remaining, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, ends.Token);
        var began = time.GetTimestamp();
        var missing = "nothing was seen yet";
        try
        {
            do
            {
                try
                {
                    var (outputs, lack) = await LookAsync(context, intent, both.Token).ConfigureAwait(false);
                    if (outputs is not null)
                    {
                        outputs["seconds"] = Math.Round(time.GetElapsedTime(began).TotalSeconds, 3);
                        return new StepOutcome.Done(outputs);
                    }

                    missing = lack;
                }
                catch (Exception failure) when (SessionCalls.FailureOf(failure) is { } reason)
                {
                    missing = reason;
                }
            }
            while (await deadline.LookAgainAsync(cancellationToken).ConfigureAwait(false));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // The end of the attempt; what was missing last is the reason.
        }

        return new StepOutcome.Failed($"{context.Parameters.Text("database")} is not {intent.Text("until")} after {Durations.Format(context.Step.Timeout)}: {missing}");
    }

    public Task<Observation> ObserveAsync(StepContext context, JsonObject intent, CancellationToken cancellationToken) =>
        Task.FromResult(new Observation(ObservedAnswer.CannotHappenAnyMore, "looking has no effect"));

    public string Describe(PlanStep step, Estate estate) =>
        $"wait until {step.Parameters.Text("database")} {step.Parameters.Text("until") switch
        {
            Streaming => $"streams from {step.Parameters.OptionalText("primary")}",
            CaughtUp => $"has caught up with {step.Parameters.OptionalText("primary")}",
            var word => $"has {word} {step.Parameters.OptionalText("lsn")}",
        }}";

    /// <summary>Whether a standby is where a position is; the reason when it is not. Pure.</summary>
    internal static string? Lack(ServerSight standby, string until, LogSequence position, double? timeline)
    {
        var has = until is Replayed or CaughtUp ? standby.Replayed : standby.Received;
        return !standby.InRecovery ? string.Create(CultureInfo.InvariantCulture, $"it is no standby: primary on timeline {standby.Timeline}")
            : timeline is { } wanted && standby.Timeline != wanted ? string.Create(CultureInfo.InvariantCulture, $"it is on timeline {standby.Timeline}, not on {wanted}")
            : has >= position ? null
            : $"it has {(until is Replayed or CaughtUp ? "replayed" : "received")} up to {has?.ToString() ?? "nothing"}, {position} is waited for";
    }

    private async Task<(JsonObject? Outputs, string Missing)> LookAsync(StepContext context, JsonObject intent, CancellationToken cancellationToken)
    {
        var database = context.Database();
        var until = intent.Text("until");
        var (position, timeline, attached) = (LogSequence.Parse(intent.OptionalText("lsn")), intent.Number("timeline"), (Attached?)null);
        if (position is null)
        {
            // The primary first: what it had written before the standby was asked is what must have arrived.
            var (primary, found) = await sessions.UseAsync(context.Database("primary"), "dro", connection => PrimaryAsync(connection, database, cancellationToken), cancellationToken)
                .ConfigureAwait(false);
            if (primary.InRecovery || found is not { State: "streaming" })
            {
                return (null, primary.InRecovery ? $"{intent.Text("primary")} is no primary" : found is null or { State: "" } ? $"nobody called '{database.StandbyName}' streams from {intent.Text("primary")}" + primary.WhyUnseen : $"it is '{found.State}' at {intent.Text("primary")}");
            }

            (position, timeline, attached) = (primary.Written, primary.Timeline, found);
        }

        var standby = await sessions.UseAsync(database, "dro", connection => ServerSight.ReadAsync(connection, cancellationToken), cancellationToken).ConfigureAwait(false);
        return Lack(standby, until, position!.Value, timeline) is { } lack
            ? (null, lack)
            : (new JsonObject
            {
                ["timeline"] = standby.Timeline,
                ["received"] = standby.Received?.ToString(),
                ["replayed"] = standby.Replayed?.ToString(),
                ["syncState"] = attached?.SyncState ?? "unknown",
            }, "");
    }

    private static async Task<(ServerSight Primary, Attached? Found)> PrimaryAsync(Npgsql.NpgsqlConnection connection, DatabaseDefinition standby, CancellationToken cancellationToken)
    {
        var primary = await ServerSight.ReadAsync(connection, cancellationToken).ConfigureAwait(false);
        var row = await connection.TextAsync(
            "SELECT COALESCE(state, '') || '/' || COALESCE(sync_state, 'unknown') FROM pg_stat_replication WHERE application_name = $1 ORDER BY backend_start DESC LIMIT 1",
            cancellationToken,
            standby.StandbyName).ConfigureAwait(false);
        return (primary, row?.Split('/') is [var state, var sync] ? new Attached(state, sync) : null);
    }

    /// <summary>A standby as its primary sees it.</summary>
    private sealed record Attached(string State, string SyncState);
}
