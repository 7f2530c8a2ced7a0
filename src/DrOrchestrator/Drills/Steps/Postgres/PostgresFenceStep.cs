using System.Globalization;
using System.Text.Json.Nodes;
using DrOrchestrator.Estates;
using DrOrchestrator.Plans;
using DrOrchestrator.RecoveryPoints.Postgres;
using Npgsql;

namespace DrOrchestrator.Drills.Steps.Postgres;

/// <summary>
/// <c>postgres.fence</c>: the old primary's own host stops the server (cleanly where it still can be), shows that nothing of it lives, and keeps it from starting until the fence
/// is lifted, whatever starts there: its control file is out of the way. The proof is read of the host at the moment it is asked for, beside the server's own port.
/// </summary>
internal sealed class PostgresFenceStep(DatabaseHosts hosts, DatabaseSessions sessions, PromotionSight promotions, TimeProvider time) : IFenceKind
{
    private static readonly TimeSpan DefaultPatience = TimeSpan.FromSeconds(5);

    /// <summary>A server that lives answers much sooner; one that is cut off must not hold up the switch.</summary>
    private static readonly TimeSpan LongestCall = TimeSpan.FromMilliseconds(300);

    public StepKindShape Shape { get; } = new(
        "postgres.fence",
        StepEffect.Reversible,
        NeedsSite: false,
        "Stops a PostgreSQL server on its own host, proves that nothing of it lives, and keeps it from starting.",
        [
            new ParameterShape("database", ParameterType.DatabaseName, true, "The server that must not write any more."),
            new ParameterShape("patience", ParameterType.Duration, false, "How long a clean end is waited for before it is stopped at once; 5s by default."),
            new ParameterShape("clean", ParameterType.Boolean, false, "Fail unless it ended cleanly, as a planned switchover needs it."),
        ],
        ["how", "clean", "state", "systemId", "timeline", "end", "facts"])
    {
        IsFence = true,
        NeedsDatabaseHost = true,
    };

    public async Task<JsonObject> PrepareAsync(StepContext context, CancellationToken cancellationToken)
    {
        var database = context.Database();
        var mark = MarkOf(context);
        var asked = AnswersAsync(database, cancellationToken);
        var (status, reason) = await hosts.LookAsync(database, cancellationToken).ConfigureAwait(false);
        var answers = await asked.ConfigureAwait(false);
        return PostgresFenceJudge.Refusal(status, reason, answers, mark) is { } refusal
            ? throw new StepFailedException($"{database.Name} cannot be fenced: {refusal}")
            : new JsonObject
            {
                ["database"] = database.Name,
                ["fence"] = mark,
                ["systemId"] = status!.SystemId,
                ["timeline"] = status.Timeline,
                ["state"] = status.State,
                ["running"] = status.Running || (context.Steps.IntentOf(context.Step.Name)?.Flag("running") ?? false),
                ["patienceSeconds"] = (long)Math.Ceiling(context.Parameters.Duration("patience", DefaultPatience).TotalSeconds),
            };
    }

    public async Task<StepOutcome> ExecuteAsync(StepContext context, JsonObject intent, CancellationToken cancellationToken)
    {
        var database = context.Database();
        var patience = ((long)(intent.Number("patienceSeconds") ?? 0)).ToString(CultureInfo.InvariantCulture);
        context.Permit.Require();
        switch (await hosts.AskAsync(database, cancellationToken, "fence", intent.Text("fence"), patience).ConfigureAwait(false))
        {
            case HostAnswer.Said said:
                var status = HostStatus.From(said.Facts);
                var proof = PostgresFenceJudge.Judge(intent, status, "", await AnswersAsync(database, cancellationToken).ConfigureAwait(false));
                return !proof.Proved ? new StepOutcome.Failed($"the fence of {database.Name} is not proved: {string.Join("; ", proof.Missing)}")
                    : context.Parameters.OptionalText("clean") is "true" && status.End is null ? new StepOutcome.Failed(
                        $"{database.Name} did not end cleanly within {patience}s (its control file says '{status.State}'); it is fenced all the same")
                    : new StepOutcome.Done(Outputs(status, proof, said.Facts.Text("how")));
            case HostAnswer.No no:
                return new StepOutcome.Failed($"the host of {database.Name} refuses: {no.Reason}");
            case HostAnswer.NotYet notYet:
                return new StepOutcome.Failed($"the fence of {database.Name} is not proved: {notYet.Reason}");
            case HostAnswer.Silent silent:
                return new StepOutcome.Unknown(silent.Reason);
            case var other:
                throw new InvalidOperationException($"{other} is no answer of a host");
        }
    }

    public async Task<Observation> ObserveAsync(StepContext context, JsonObject intent, CancellationToken cancellationToken)
    {
        var database = context.Database();
        var (status, reason) = await hosts.LookAsync(database, cancellationToken).ConfigureAwait(false);
        if (status is null)
        {
            return new Observation(ObservedAnswer.StillMay, $"the host of {database.Name} does not say: {reason}");
        }

        if (status.Busy)
        {
            return new Observation(ObservedAnswer.StillMay, "a change is under way at the host");
        }

        var proof = PostgresFenceJudge.Judge(intent, status, reason, await AnswersAsync(database, cancellationToken).ConfigureAwait(false));
        return proof.Proved
            ? new Observation(ObservedAnswer.Happened, "the fence is proved", Outputs(status, proof, "before"))
            : new Observation(ObservedAnswer.CannotHappenAnyMore, $"the fence is not complete: {string.Join("; ", proof.Missing)}", OnlyByRepeating: true);
    }

    public async Task<FenceProof> ProveAsync(StepContext context, JsonObject intent, CancellationToken cancellationToken)
    {
        var asked = AnswersAsync(context.Database(), cancellationToken);
        var (status, reason) = await hosts.LookAsync(context.Database(), cancellationToken).ConfigureAwait(false);
        return PostgresFenceJudge.Judge(intent, status, reason, await asked.ConfigureAwait(false));
    }

    /// <summary>
    /// Lifts the fence, and starts the server again where it ran before. Only while every other server of the system says that it is in recovery, and every request to promote one
    /// can act no more: otherwise two would accept writes.
    /// </summary>
    public async Task<StepOutcome> UndoAsync(StepContext context, JsonObject intent, JsonObject? outputs, CancellationToken cancellationToken)
    {
        var database = context.Database();
        foreach (var other in context.Estate.Databases.Where(other => other.System == database.System && other.Name != database.Name))
        {
            if (await WhyItMayWriteAsync(context, other, cancellationToken).ConfigureAwait(false) is { } why)
            {
                return new StepOutcome.Failed($"the fence of {database.Name} is not lifted: {why}");
            }
        }

        string[] words = intent.Flag("running") ? [intent.Text("fence"), "start"] : [intent.Text("fence")];
        context.Permit.Require();
        return await hosts.AskAsync(database, cancellationToken, "release", words).ConfigureAwait(false) switch
        {
            HostAnswer.Said => new StepOutcome.Done([]),
            HostAnswer.No no => new StepOutcome.Failed(no.Reason),
            HostAnswer.NotYet notYet => new StepOutcome.Failed(notYet.Reason),
            HostAnswer.Silent silent => new StepOutcome.Unknown(silent.Reason),
            var answer => throw new InvalidOperationException($"{answer} is no answer of a host"),
        };
    }

    public string Describe(PlanStep step, Estate estate) => $"stop {step.Parameters.Text("database")} at {step.Site} on its own host and keep it from starting";

    /// <summary>The same for every attempt, so that another one goes on where the one before stopped.</summary>
    private static string MarkOf(StepContext context) => $"{context.RunMark}-{context.Step.Name}";

    private async Task<string?> WhyItMayWriteAsync(StepContext context, DatabaseDefinition other, CancellationToken cancellationToken)
    {
        foreach (var promotion in context.Plan.AllSteps.Where(step => step.Promotes?.FencedBy == context.Step.Name && step.Parameters.OptionalText("database") == other.Name))
        {
            if (context.Steps.IntentOf(promotion.Name) is { } intent
                && await promotions.LookAsync(other, intent, cancellationToken).ConfigureAwait(false) is { Answer: not ObservedAnswer.CannotHappenAnyMore } seen)
            {
                return $"the promotion '{promotion.Name}' of {other.Name} may have acted: {seen.Detail}";
            }
        }

        try
        {
            return await sessions.UseAsync(other, "dro", connection => ServerSight.ReadAsync(connection, cancellationToken), cancellationToken).ConfigureAwait(false) is { InRecovery: true }
                ? null
                : $"{other.Name} is no standby";
        }
        catch (Exception failure) when (SessionCalls.FailureOf(failure) is { } reason)
        {
            return $"{other.Name} does not say that it is a standby: {reason}";
        }
    }

    /// <summary>Whether the server itself answers on its port, and what it is; null where it does not.</summary>
    private async Task<ServerSight?> AnswersAsync(DatabaseDefinition database, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(LongestCall, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        try
        {
            return await sessions.UseAsync(database, "dro", connection => ServerSight.ReadAsync(connection, both.Token), both.Token).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is PostgresUnreachableException or PostgresException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    private static JsonObject Outputs(HostStatus status, FenceProof proof, string how) => new()
    {
        ["how"] = how,
        ["clean"] = status.End is not null,
        ["state"] = status.State,
        ["systemId"] = status.SystemId,
        ["timeline"] = status.Timeline,
        ["end"] = status.End?.ToString(),
        ["facts"] = JournalJson.Array(proof.Facts),
    };
}
