using System.Globalization;
using System.Text.Json.Nodes;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Estates;
using DrOrchestrator.Plans;

namespace DrOrchestrator.Drills.Steps.Postgres;

/// <summary>
/// <c>postgres.fence</c>: the old primary's own host stops the server (cleanly where it still can be), shows that nothing of it lives, and keeps it from starting until the fence
/// is lifted, whatever starts there: its control file is out of the way. The proof is read of the host at the moment it is asked for, beside the server's own port.
/// </summary>
internal sealed class PostgresFenceStep(DatabaseHosts hosts, DatabaseSessions sessions, PromotionSight promotions, OtherServers others, TimeProvider time) : IFenceKind
{
    private static readonly TimeSpan DefaultPatience = TimeSpan.FromSeconds(5);

    /// <summary>For a clean end, which nothing is gained by cutting short.</summary>
    private static readonly TimeSpan DefaultCleanPatience = TimeSpan.FromSeconds(60);

    /// <summary>A server that its host finds running and that does not speak in this time stands still or is cut off: it must not hold up the switch.</summary>
    private static readonly TimeSpan ShortPatience = TimeSpan.FromMilliseconds(300);

    /// <summary>Two journeys to the other side of the earth and back.</summary>
    private static readonly TimeSpan LongPatience = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan TimeToAnswer = TimeSpan.FromSeconds(5);

    public StepKindShape Shape { get; } = new(
        "postgres.fence",
        StepEffect.Reversible,
        NeedsSite: false,
        "Stops a PostgreSQL server on its own host, proves that nothing of it lives, and keeps it from starting.",
        [
            new ParameterShape("database", ParameterType.DatabaseName, true, "The server that must not write any more."),
            new ParameterShape("patience", ParameterType.Duration, false, "How long a clean end is waited for before it is stopped at once; 5s by default."),
            new ParameterShape("clean", ParameterType.Boolean, false, "Nothing is forced, and it is a failure (the server serves on) unless it ended cleanly, as a planned switchover needs it; patience is 60s by default."),
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
        var began = time.GetTimestamp();
        var asked = DatabasePort.LookAsync(database, LongPatience, time, cancellationToken);
        var (status, reason) = await hosts.For(context).LookAsync(database, cancellationToken).ConfigureAwait(false);
        var port = await PortAsync(database, asked, status is { Running: true } ? ShortPatience - time.GetElapsedTime(began) : LongPatience, cancellationToken).ConfigureAwait(false);
        var adopted = PostgresFenceJudge.AdoptedOf(status, context.RunMark);
        if (PostgresFenceJudge.Refusal(status, reason, port, mark, adopted) is { } refusal)
        {
            throw new StepFailedException($"{database.Name} cannot be fenced: {refusal}");
        }

        var isClean = IsClean(context);
        if (isClean)
        {
            await ReadyToEndAsync(database, status!, cancellationToken).ConfigureAwait(false);
        }

        return new JsonObject
        {
            ["database"] = database.Name,
            ["fence"] = mark,
            ["adopted"] = adopted,
            ["systemId"] = status!.SystemId,
            ["timeline"] = status.Timeline,
            ["state"] = status.State,

            // Another run's fence is on a server that ran once: who lifts ours wants it to serve again.
            ["running"] = status.Running || adopted is not null || (context.Steps.IntentOf(context.Step.Name)?.Flag("running") ?? false),
            ["patienceSeconds"] = (long)Math.Ceiling(context.Parameters.Duration("patience", isClean ? DefaultCleanPatience : DefaultPatience).TotalSeconds),
        };
    }

    public async Task<StepOutcome> ExecuteAsync(StepContext context, JsonObject intent, CancellationToken cancellationToken)
    {
        var database = context.Database();
        var isClean = IsClean(context);
        var deadline = new StepDeadline(time, context.Step.Timeout);
        string[] words =
        [
            intent.Text("fence"),
            ((long)(intent.Number("patienceSeconds") ?? 0)).ToString(CultureInfo.InvariantCulture),
            isClean ? "clean" : "any",
            .. intent.OptionalText("adopted") is { Length: > 0 } adopted ? [adopted] : Array.Empty<string>(),
        ];
        while (true)
        {
            context.Permit.Require();
            switch (await hosts.For(context).AskAsync(database, cancellationToken, "fence", words).ConfigureAwait(false))
            {
                case HostAnswer.Said said:
                    var status = HostStatus.From(said.Facts);
                    var proof = PostgresFenceJudge.Judge(intent, status, "", await DatabasePort.LookAsync(database, ShortPatience, time, cancellationToken).ConfigureAwait(false));
                    return !proof.Proved ? new StepOutcome.Failed($"the fence of {database.Name} is not proved: {string.Join("; ", proof.Missing)}")
                        : isClean && status.End is null ? await ServeAgainAsync(context, intent, status, cancellationToken).ConfigureAwait(false)
                        : new StepOutcome.Done(Outputs(status, proof, said.Facts.Text("how")), said.Evidence);
                case HostAnswer.No no:
                    return new StepOutcome.Failed($"the host of {database.Name} refuses: {no.Reason}", no.Evidence);
                case HostAnswer.NotYet notYet when isClean:
                    // It ends, and nothing forces it: a planned stop is no crash. How much longer, people decide.
                    if (!await deadline.LookAgainAsync(cancellationToken).ConfigureAwait(false))
                    {
                        return new StepOutcome.Unknown($"{database.Name}: {notYet.Reason}");
                    }

                    break;
                case HostAnswer.NotYet notYet:
                    return new StepOutcome.Failed($"the fence of {database.Name} is not proved: {notYet.Reason}", notYet.Evidence);
                case HostAnswer.Silent silent:
                    return new StepOutcome.Unknown(silent.Reason);
                case var other:
                    throw new InvalidOperationException($"{other} is no answer of a host");
            }
        }
    }

    public async Task<Observation> ObserveAsync(StepContext context, JsonObject intent, CancellationToken cancellationToken)
    {
        var database = context.Database();
        var (status, reason) = await hosts.For(context).LookAsync(database, cancellationToken).ConfigureAwait(false);
        if (status is null)
        {
            return new Observation(ObservedAnswer.StillMay, $"the host of {database.Name} does not say: {reason}");
        }

        if (status.Busy)
        {
            return new Observation(ObservedAnswer.StillMay, "a change is under way at the host");
        }

        var proof = PostgresFenceJudge.Judge(intent, status, reason, await DatabasePort.LookAsync(database, LongPatience, time, cancellationToken).ConfigureAwait(false));
        return proof.Proved && IsClean(context) && status.End is null
            ? new Observation(
                ObservedAnswer.CannotHappenAnyMore,
                $"{WhyUnclean(database, status)}; it is stopped, and nobody may be promoted without loss. It is let go again and started: by hand, 'release {intent.Text("fence")} start' at its host",
                OnlyByRepeating: true)
            : proof.Proved
            ? new Observation(ObservedAnswer.Happened, "the fence is proved", Outputs(status, proof, "before"))
            : new Observation(ObservedAnswer.CannotHappenAnyMore, $"the fence is not complete: {string.Join("; ", proof.Missing)}", OnlyByRepeating: true);
    }

    public async Task<FenceProof> ProveAsync(StepContext context, JsonObject intent, CancellationToken cancellationToken)
    {
        var rest = others.LookAsync(context.Estate, context.Database(), intent.Text("systemId"), cancellationToken);
        var held = await ProveHeldAsync(context, intent, cancellationToken).ConfigureAwait(false);
        var (facts, missing) = await rest.ConfigureAwait(false);
        return new FenceProof(held.Proved && missing.Count == 0, [.. held.Facts, .. facts], [.. held.Missing, .. missing]);
    }

    public async Task<FenceProof> ProveHeldAsync(StepContext context, JsonObject intent, CancellationToken cancellationToken)
    {
        var database = context.Database();
        var port = DatabasePort.LookAsync(database, LongPatience, time, cancellationToken);
        var (status, reason) = await hosts.For(context).LookAsync(database, cancellationToken).ConfigureAwait(false);
        var held = PostgresFenceJudge.Judge(intent, status, reason, await port.ConfigureAwait(false));

        // Whatever has the lock there may be about to lift it.
        return status is { Busy: true } ? held with { Proved = false, Missing = [.. held.Missing, "a change is under way at the host"] } : held;
    }

    /// <summary>
    /// Lifts the fence, and starts the server again where it ran before. Only while every other server of the system says that it is in recovery, and every request to promote one
    /// can act no more: otherwise two would accept writes.
    /// </summary>
    public async Task<StepOutcome> UndoAsync(StepContext context, JsonObject intent, JsonObject? outputs, CancellationToken cancellationToken)
    {
        var database = context.Database();
        var deadline = new StepDeadline(time, context.Step.Timeout);
        foreach (var other in context.Estate.Databases.Where(other => other.System == database.System && other.Name != database.Name))
        {
            if (await WhyItMayWriteAsync(context, other, cancellationToken).ConfigureAwait(false) is { } why)
            {
                return new StepOutcome.Failed($"the fence of {database.Name} is not lifted: {why}");
            }
        }

        // A process that stood still meanwhile asks for nothing: another one may have promoted since.
        if (deadline.HasPassed)
        {
            return new StepOutcome.Failed($"the fence of {database.Name} is not lifted: the time for it is over");
        }

        string[] words = intent.Flag("running") ? [intent.Text("fence"), "start", WaitOf(deadline)] : [intent.Text("fence")];
        context.Permit.Require();
        return await hosts.For(context).AskAsync(database, cancellationToken, "release", words).ConfigureAwait(false) switch
        {
            HostAnswer.Said => new StepOutcome.Done([]),
            HostAnswer.No no => new StepOutcome.Failed(no.Reason),

            // It starts by itself, now or in some minutes: nobody may go by the word "fenced".
            HostAnswer.NotYet notYet when !HostStatus.From(notYet.Facts).Fenced => new StepOutcome.Unknown($"the fence of {database.Name} is lifted, and its server does not run yet: {notYet.Reason}"),
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

    /// <summary>So that the host says how it is before the step's time is over.</summary>
    private static string WaitOf(StepDeadline deadline) => ((long)Math.Max(1, (deadline.Remaining - TimeToAnswer).TotalSeconds)).ToString(CultureInfo.InvariantCulture);

    private static bool IsClean(StepContext context) => context.Parameters.OptionalText("clean") is "true";

    private static string WhyUnclean(DatabaseDefinition database, HostStatus status) => status.State == "shut down"
        ? $"{database.Name} ended cleanly, and the end of its log cannot be read (pg_waldump)"
        : $"{database.Name} did not end cleanly (its control file says '{status.State}')";

    /// <summary>What was seen on the port; where a server speaks there, what it says of itself.</summary>
    private async Task<PortSight> PortAsync(DatabaseDefinition database, Task<PortSight> asked, TimeSpan patience, CancellationToken cancellationToken)
    {
        if (!asked.IsCompleted && (patience <= TimeSpan.Zero || await Task.WhenAny(asked, Task.Delay(patience, time, cancellationToken)).ConfigureAwait(false) != asked))
        {
            return new PortSight.Silent($"no answer from its port within {Durations.Format(ShortPatience)}");
        }

        var seen = await asked.ConfigureAwait(false);
        return seen is PortSight.Speaks ? new PortSight.Speaks((await others.AskAsync(database, cancellationToken).ConfigureAwait(false)).Sight) : seen;
    }

    /// <summary>
    /// Before a server is asked to end cleanly: that it can. Its log is flushed to its data files while it still serves, so that the checkpoint of its end is short.
    /// </summary>
    private async Task ReadyToEndAsync(DatabaseDefinition database, HostStatus status, CancellationToken cancellationToken)
    {
        if (!status.Running)
        {
            if (status.End is null)
            {
                throw new StepFailedException($"{database.Name} does not run, and {WhyUnclean(database, status)}: nothing was changed");
            }

            return;
        }

        try
        {
            await sessions.UseAsync<object?>(
                database,
                "dro",
                async connection =>
                {
                    await connection.RunAsync("CHECKPOINT", cancellationToken).ConfigureAwait(false);
                    return null;
                },
                cancellationToken).ConfigureAwait(false);
        }
        catch (Exception failure) when (SessionCalls.FailureOf(failure) is { } reason)
        {
            throw new StepFailedException($"{database.Name} cannot make the checkpoint that shortens its end: {reason}");
        }
    }

    /// <summary>It is stopped, but not as a planned switch needs it: what was done is taken back at once, so that it serves on where nobody else may.</summary>
    private async Task<StepOutcome> ServeAgainAsync(StepContext context, JsonObject intent, HostStatus status, CancellationToken cancellationToken)
    {
        var why = WhyUnclean(context.Database(), status);
        return await UndoAsync(context, intent, null, cancellationToken).ConfigureAwait(false) switch
        {
            StepOutcome.Done => new StepOutcome.Failed($"{why}; the fence is lifted{(intent.Flag("running") ? " and the server runs again" : "")}"),
            StepOutcome.Failed failed => new StepOutcome.Unknown($"{why}; it is stopped and fenced, and could not be let go again: {failed.Reason}"),
            StepOutcome.Unknown unknown => new StepOutcome.Unknown($"{why}; {unknown.Reason}"),
            var other => other,
        };
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
