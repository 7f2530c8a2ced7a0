using System.Globalization;
using System.Text.Json.Nodes;
using DrOrchestrator.Estates;
using DrOrchestrator.Plans;
using DrOrchestrator.RecoveryPoints.Postgres;
using Npgsql;

namespace DrOrchestrator.Drills.Steps.Postgres;

/// <summary>
/// <c>postgres.promote</c>: makes a standby the primary, under preconditions asked in the session that does it. The new primary does not wait for a lost partner unless the plan
/// says so: an inherited <c>synchronous_standby_names</c> would hang every commit.
/// </summary>
internal sealed class PostgresPromoteStep(DatabaseSessions sessions, PromotionSight promotions, TimeProvider time) : IStepKind
{
    private const string Stall = "stall";
    private const string Degrade = "degrade";
    private const int FirstTierToSay = 5;

    /// <summary>A server asks no longer than this whether a request is late.</summary>
    private static readonly TimeSpan LongestRequest = TimeSpan.FromDays(1);

    public StepKindShape Shape { get; } = new(
        "postgres.promote",
        StepEffect.Irreversible,
        NeedsSite: false,
        "Promotes a standby and waits until it accepts writes on a new timeline.",
        [
            new ParameterShape("database", ParameterType.DatabaseName, true, "The standby."),
            new ParameterShape("when-partner-lost", ParameterType.Text, false, "What commits do without a standby: stall keeps synchronous_standby_names, degrade empties it.", [Stall, Degrade])
            {
                RequiredFromTier = FirstTierToSay,
            },
            new ParameterShape("lossless", ParameterType.Boolean, false, "Refuse unless the fence ended the old primary cleanly and the standby has replayed all of it."),
        ],
        ["timeline", "lsn", "forkLsn", "seconds", "synchronousStandbyNames"])
    {
        AlwaysPromotes = true,
    };

    public async Task<JsonObject> PrepareAsync(StepContext context, CancellationToken cancellationToken)
    {
        var database = context.Database();
        var now = await ReadAsync(database, cancellationToken).ConfigureAwait(false);
        var fence = context.Step.Promotes is { } promotion ? context.Steps.OutputsOf(promotion.FencedBy) : null;
        var intent = new JsonObject
        {
            ["database"] = database.Name,
            ["session"] = DatabaseSessions.NameOf(context.Marker),
            ["systemId"] = now.SystemId,
            ["timeline"] = now.Timeline,
            ["received"] = now.Received?.ToString(),
            ["replayed"] = now.Replayed?.ToString(),
            ["synchronousStandbyNames"] = now.SynchronousStandbyNames,
            ["whenPartnerLost"] = context.Parameters.OptionalText("when-partner-lost") ?? Degrade,
            ["mustHaveReplayed"] = context.Parameters.OptionalText("lossless") is "true" ? EndOf(fence) : null,
        };
        return Refusal(intent, fence, now) is { } refusal ? throw new StepFailedException(refusal) : intent;
    }

    public async Task<StepOutcome> ExecuteAsync(StepContext context, JsonObject intent, CancellationToken cancellationToken)
    {
        var deadline = new StepDeadline(time, context.Step.Timeout);
        using var ends = new CancellationTokenSource(deadline.Remaining, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, ends.Token);
        var began = time.GetTimestamp();
        var isAsked = false;
        try
        {
            return await sessions.UseAsync(
                context.Database(),
                intent.Text("session"),
                async connection =>
                {
                    var refusal = Refusal(intent, null, await ServerSight.ReadAsync(connection, both.Token).ConfigureAwait(false))
                        ?? await PartnerAsync(connection, intent, context.Permit, both.Token).ConfigureAwait(false);
                    if (refusal is not null)
                    {
                        return new StepOutcome.Failed(refusal);
                    }

                    // By the server's own clock: a request that is held up on its way, or by a server that stands still, finds its time over there too.
                    var now = await connection.TextAsync("SELECT clock_timestamp()::text", both.Token).ConfigureAwait(false);
                    var left = context.Permit.Left < LongestRequest ? context.Permit.Left : LongestRequest;
                    context.Permit.Require();
                    isAsked = true;
                    var told = await connection.TextAsync(
                        "SELECT CASE WHEN clock_timestamp() < $1::timestamptz + $2::interval THEN pg_promote(false)::text ELSE 'late' END",
                        both.Token,
                        now!,
                        string.Create(CultureInfo.InvariantCulture, $"{(long)left.TotalMilliseconds} milliseconds")).ConfigureAwait(false);
                    if (told is not "true")
                    {
                        return new StepOutcome.Failed(told is "late" ? "the request came to the server after its time was over, and did nothing" : "the server could not tell its postmaster to promote it");
                    }

                    return await PromotedAsync(connection, began, both.Token).ConfigureAwait(false);
                },
                both.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Ended($"no end within {Durations.Format(context.Step.Timeout)}");
        }
        catch (PostgresException refused)
        {
            // Only pg_promote itself, refused, has surely done nothing; a refusal that comes later says nothing about it.
            return isAsked && refused.SqlState is not (PostgresErrorCodes.InsufficientPrivilege or PostgresErrorCodes.ObjectNotInPrerequisiteState)
                ? new StepOutcome.Unknown(SessionCalls.FailureOf(refused)!)
                : new StepOutcome.Failed(SessionCalls.FailureOf(refused)!);
        }
        catch (PostgresUnreachableException unreachable)
        {
            return Ended(unreachable.Message);
        }

        StepOutcome Ended(string reason) => isAsked ? new StepOutcome.Unknown($"{reason}; it was asked to promote") : new StepOutcome.Failed(reason);
    }

    public Task<Observation> ObserveAsync(StepContext context, JsonObject intent, CancellationToken cancellationToken) =>
        promotions.LookAsync(context.Database(), intent, cancellationToken);

    public string Describe(PlanStep step, Estate estate) =>
        $"promote {step.Parameters.Text("database")} at {step.Site}; without a standby its commits {(step.Parameters.OptionalText("when-partner-lost") is Stall ? "stall" : "go on")}";

    /// <summary>Why the server as it is now is not what may be promoted; null when it is.</summary>
    internal static string? Refusal(JsonObject intent, JsonObject? fence, ServerSight now)
    {
        if (!now.InRecovery)
        {
            return string.Create(CultureInfo.InvariantCulture, $"it is no standby: primary on timeline {now.Timeline}");
        }

        if (now.SystemId != intent.Text("systemId") || (fence?.OptionalText("systemId") is { Length: > 0 } fenced && fenced != now.SystemId))
        {
            return $"it is of another cluster: system id {now.SystemId}, the fenced one is {fence?.OptionalText("systemId") ?? intent.Text("systemId")}";
        }

        if (now.Timeline != intent.Number("timeline") || fence?.Number("timeline") > now.Timeline)
        {
            return string.Create(
                CultureInfo.InvariantCulture, $"it is on timeline {now.Timeline}, not on {Math.Max(fence?.Number("timeline") ?? 0, intent.Number("timeline") ?? 0)}: it has missed or begun a promotion");
        }

        return LogSequence.Parse(intent.OptionalText("mustHaveReplayed")) is { } end && !(now.Replayed >= end)
            ? $"it has replayed up to {now.Replayed}, and the old primary's log ends at {end}: acknowledged transactions would be lost"
            : null;
    }

    private static string EndOf(JsonObject? fence) =>
        fence?.OptionalText("end") is { Length: > 0 } end ? end : throw new StepFailedException("lossless: the old primary did not end cleanly, so that where its log ends is not known");

    private async Task<ServerSight> ReadAsync(DatabaseDefinition database, CancellationToken cancellationToken)
    {
        try
        {
            return await sessions.UseAsync(database, "dro", connection => ServerSight.ReadAsync(connection, cancellationToken), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception failure) when (SessionCalls.FailureOf(failure) is { } reason)
        {
            throw new StepFailedException($"{database.Name} cannot be read: {reason}");
        }
    }

    /// <summary>Before the promotion, while it has no effect yet on anybody; null when done. The old value is in the intent.</summary>
    private async Task<string?> PartnerAsync(NpgsqlConnection connection, JsonObject intent, SendPermit permit, CancellationToken cancellationToken)
    {
        if (intent.Text("synchronousStandbyNames").Length == 0 || intent.Text("whenPartnerLost") is Stall)
        {
            return null;
        }

        permit.Require();
        await connection.RunAsync("ALTER SYSTEM SET synchronous_standby_names = ''", cancellationToken).ConfigureAwait(false);
        await connection.TextAsync("SELECT pg_reload_conf()::text", cancellationToken).ConfigureAwait(false);
        var deadline = new StepDeadline(time, TimeSpan.FromSeconds(2));
        while (await connection.TextAsync("SELECT current_setting('synchronous_standby_names')", cancellationToken).ConfigureAwait(false) is { Length: > 0 } names)
        {
            if (!await deadline.LookAgainAsync(cancellationToken).ConfigureAwait(false))
            {
                return $"synchronous_standby_names is '{names}' and cannot be emptied (is it set on the server's command line?): every commit would wait for a standby that is lost";
            }
        }

        return null;
    }

    private async Task<StepOutcome> PromotedAsync(NpgsqlConnection connection, long began, CancellationToken cancellationToken)
    {
        var deadline = new StepDeadline(time, TimeSpan.FromHours(24));
        while (await connection.TextAsync("SELECT pg_is_in_recovery()::text", cancellationToken).ConfigureAwait(false) is "true")
        {
            await deadline.LookAgainAsync(cancellationToken).ConfigureAwait(false);
        }

        var outputs = await PromotionSight.OutputsAsync(connection, await ServerSight.ReadAsync(connection, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
        outputs["seconds"] = Math.Round(time.GetElapsedTime(began).TotalSeconds, 3);
        return new StepOutcome.Done(outputs);
    }
}
