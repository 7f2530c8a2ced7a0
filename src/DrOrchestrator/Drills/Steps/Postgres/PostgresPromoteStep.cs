using System.Globalization;
using System.Text.Json.Nodes;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Estates;
using DrOrchestrator.Plans;
using DrOrchestrator.RecoveryPoints.Postgres;
using Npgsql;

namespace DrOrchestrator.Drills.Steps.Postgres;

/// <summary>
/// <c>postgres.promote</c>: makes a standby the primary, under preconditions asked in the session that does it. The new primary does not wait for a lost partner unless the plan
/// says so: an inherited <c>synchronous_standby_names</c> would hang every commit.
/// </summary>
internal sealed class PostgresPromoteStep(DatabaseSessions sessions, PromotionSight promotions, OtherServers others, TimeProvider time) : IDutyKind
{
    private readonly TakenNames _names = new(sessions, time);

    private const string Stall = "stall";
    private const string Degrade = "degrade";
    private const int FirstTierToSay = 5;

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
        ["timeline", "lsn", "forkLsn", "seconds", "synchronousStandbyNames", "emptied", "promotedAt"])
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
            ["synchronousStandbyNames"] = now.SynchronousStandbyNames.Length > 0 ? now.SynchronousStandbyNames : TakenBefore(context),
            ["takenBefore"] = now.SynchronousStandbyNames.Length == 0 && TakenBefore(context).Length > 0,
            ["whenPartnerLost"] = context.Parameters.OptionalText("when-partner-lost") ?? Degrade,
            ["mustHaveReplayed"] = context.Parameters.OptionalText("lossless") is "true" ? EndOf(fence) : null,
        };
        return (Refusal(intent, fence, now) ?? await ObjectionAsync(context, database, intent, now, cancellationToken).ConfigureAwait(false)) is { } refusal
            ? throw new StepFailedException(refusal)
            : intent;
    }

    public async Task<StepOutcome> ExecuteAsync(StepContext context, JsonObject intent, CancellationToken cancellationToken)
    {
        var deadline = new StepDeadline(time, context.Step.Timeout);
        using var ends = new CancellationTokenSource(deadline.Remaining, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, ends.Token);
        var began = time.GetTimestamp();
        var isAsked = false;
        var isEmptied = intent.Flag("takenBefore");
        try
        {
            var outcome = await sessions.UseAsync<StepOutcome>(
                context.Database(),
                intent.Text("session"),
                async connection =>
                {
                    // Its clock, then ours: a process that stands still in between, or a request that is held up on its way, has less time left than it thinks, never more.
                    var clock = double.Parse((await connection.TextAsync("SELECT extract(epoch FROM clock_timestamp())::float8::text", both.Token).ConfigureAwait(false))!, CultureInfo.InvariantCulture);
                    var left = deadline.Remaining < context.Permit.Left ? deadline.Remaining : context.Permit.Left;
                    var until = clock + left.TotalSeconds;
                    var refusal = Refusal(intent, null, await ServerSight.ReadAsync(connection, both.Token).ConfigureAwait(false));
                    if (refusal is null)
                    {
                        isEmptied |= Empties(intent);
                        refusal = Empties(intent) ? await _names.TakeAsync(connection, context.Permit, both.Token).ConfigureAwait(false) : null;
                    }

                    if (refusal is null && deadline.HasPassed)
                    {
                        refusal = "the time for it was over before it was asked for";
                    }

                    if (refusal is null)
                    {
                        context.Permit.Require();
                        isAsked = true;
                    }

                    try
                    {
                        refusal ??= await connection.TextAsync("SELECT CASE WHEN clock_timestamp() < to_timestamp($1) THEN pg_promote(false)::text ELSE 'late' END", both.Token, until).ConfigureAwait(false) switch
                        {
                            "true" => null,
                            "late" => "the time for it was over when the server was asked",
                            _ => "the server could not tell its postmaster to promote it",
                        };
                    }
                    catch (PostgresException refused) when (IsSurelyNot(refused))
                    {
                        refusal = SessionCalls.FailureOf(refused);
                    }

                    if (refusal is not null)
                    {
                        isAsked = false;
                        return new StepOutcome.Failed(refusal);
                    }

                    return await PromotedAsync(connection, intent, began, both.Token).ConfigureAwait(false);
                },
                both.Token).ConfigureAwait(false);

            // Behind the end of that session: no statement of it takes again what is given back.
            return outcome is StepOutcome.Failed failed ? await FailedAsync(failed.Reason).ConfigureAwait(false) : outcome;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return await EndedAsync($"no end within {Durations.Format(context.Step.Timeout)}").ConfigureAwait(false);
        }
        catch (PostgresException refused)
        {
            // A refusal that comes after pg_promote says nothing about it.
            return await EndedAsync(SessionCalls.FailureOf(refused)!).ConfigureAwait(false);
        }
        catch (PostgresUnreachableException unreachable)
        {
            return await EndedAsync(unreachable.Message).ConfigureAwait(false);
        }

        async Task<StepOutcome> EndedAsync(string reason) => isAsked ? new StepOutcome.Unknown($"{reason}; it was asked to promote") : await FailedAsync(reason).ConfigureAwait(false);

        async Task<StepOutcome> FailedAsync(string reason)
        {
            var (text, left) = isEmptied ? await _names.GiveBackAsync(context, intent).ConfigureAwait(false) : ("", null);
            return new StepOutcome.Failed(reason + text) { Left = left };
        }
    }

    public async Task<Observation> ObserveAsync(StepContext context, JsonObject intent, CancellationToken cancellationToken)
    {
        var seen = await promotions.LookAsync(context.Database(), intent, cancellationToken).ConfigureAwait(false);
        if (seen.Outputs is { } outputs)
        {
            outputs["emptied"] = Emptied(intent);
        }

        if (seen.Answer is not ObservedAnswer.CannotHappenAnyMore || !Empties(intent))
        {
            return seen;
        }

        var (text, left) = await _names.GiveBackAsync(context, intent).ConfigureAwait(false);
        return seen with { Detail = seen.Detail + text, Left = left };
    }

    /// <summary>What it takes from a server is somebody's to give back: until then its commits wait for nobody, now or at its next promotion.</summary>
    /// <remarks>Outputs that a person has given by word ("it happened") may lack it; the intent knows.</remarks>
    public StepDuty? DutyOf(JsonObject intent, JsonObject outputs) => (outputs.ContainsKey("emptied") ? outputs.Text("emptied") : Emptied(intent)) is { Length: > 0 } names
        ? new StepDuty(
            PostgresSynchronousStep.SubjectOf(intent.Text("database")),
            $"let commits of {intent.Text("database")} wait for a standby again: its synchronous_standby_names was '{names}' before the promotion, and is empty",
            Holds: true)
        : null;

    /// <summary>Names that were taken and may not have been given back: nobody has read that they stand there again.</summary>
    public StepDuty? DutyOfFailed(JsonObject intent, JsonObject? left) => (left?.OptionalText("emptied") ?? Emptied(intent)) is { Length: > 0 } names
        ? new StepDuty(
            PostgresSynchronousStep.SubjectOf(intent.Text("database")),
            $"see that commits of {intent.Text("database")} wait for a standby again: its synchronous_standby_names was '{names}' before the promotion was tried, and may be empty",
            Holds: true)
        : null;

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

        // On a later one than the fenced server it follows somebody else, who was promoted beside; on an earlier one it has missed what the fenced server wrote last.
        var expected = fence?.Number("timeline") ?? intent.Number("timeline");
        if (now.Timeline != intent.Number("timeline") || now.Timeline != expected)
        {
            return string.Create(CultureInfo.InvariantCulture, $"it is on timeline {now.Timeline}, not on {expected}: it has missed or begun a promotion");
        }

        return LogSequence.Parse(intent.OptionalText("mustHaveReplayed")) is { } end && !(now.Replayed >= end)
            ? $"it has replayed up to {now.Replayed}, and the old primary's log ends at {end}: acknowledged transactions would be lost"
            : null;
    }

    /// <summary>Only pg_promote itself, refused so, has surely done nothing.</summary>
    private static bool IsSurelyNot(PostgresException refused) => refused.SqlState is PostgresErrorCodes.InsufficientPrivilege or PostgresErrorCodes.ObjectNotInPrerequisiteState;

    /// <summary>Whether the promotion takes the names of standbys from the server that it would wait for.</summary>
    private static bool Empties(JsonObject intent) => intent.Text("synchronousStandbyNames").Length > 0 && intent.Text("whenPartnerLost") is not Stall;

    /// <summary>The names that an attempt before this one has taken, and could not give back: empty by our doing, not as it was.</summary>
    private static string TakenBefore(StepContext context) => context.Steps.IntentOf(context.Step.Name) is { } before ? Emptied(before) : "";

    private static string Emptied(JsonObject intent) => Empties(intent) ? intent.Text("synchronousStandbyNames") : "";

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

    /// <summary>Others of the cluster that answer must be behind. One that is ahead may only be so because the last bytes are still on their way to the disk here.</summary>
    private async Task<string?> ObjectionAsync(StepContext context, DatabaseDefinition database, JsonObject intent, ServerSight now, CancellationToken cancellationToken)
    {
        if (context.Step.Promotes is not { } promotion)
        {
            return null;
        }

        var fence = context.Plan.AllSteps.FirstOrDefault(step => step.Name == promotion.FencedBy);
        var except = fence?.Kind is "postgres.fence" ? fence.Parameters.OptionalText("database") : null;
        var deadline = new StepDeadline(time, TimeSpan.FromSeconds(2));
        while (await others.ObjectionAsync(context.Estate, database, except, now, cancellationToken).ConfigureAwait(false) is { } objection)
        {
            if (!await deadline.LookAgainAsync(cancellationToken).ConfigureAwait(false))
            {
                return objection;
            }

            now = await ReadAsync(database, cancellationToken).ConfigureAwait(false);
            (intent["received"], intent["replayed"]) = (now.Received?.ToString(), now.Replayed?.ToString());
        }

        return null;
    }

    private async Task<StepOutcome> PromotedAsync(NpgsqlConnection connection, JsonObject intent, long began, CancellationToken cancellationToken)
    {
        var deadline = new StepDeadline(time, TimeSpan.FromHours(24));
        while (await connection.TextAsync("SELECT pg_is_in_recovery()::text", cancellationToken).ConfigureAwait(false) is "true")
        {
            await deadline.LookAgainAsync(cancellationToken).ConfigureAwait(false);
        }

        var outputs = await PromotionSight.OutputsAsync(connection, await ServerSight.ReadAsync(connection, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
        outputs["emptied"] = Emptied(intent);
        outputs["seconds"] = Math.Round(time.GetElapsedTime(began).TotalSeconds, 3);
        return new StepOutcome.Done(outputs);
    }
}
