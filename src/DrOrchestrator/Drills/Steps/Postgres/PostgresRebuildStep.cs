using System.Globalization;
using System.Text.Json.Nodes;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Estates;
using DrOrchestrator.Plans;

namespace DrOrchestrator.Drills.Steps.Postgres;

/// <summary>
/// <c>postgres.rebuild</c>: makes a fenced old primary a standby of the new one. Its log beyond the fork is kept and listed first; the standby is made beside the old data (by
/// pg_rewind on a copy, or by a base backup) and takes their place only when it is one. The old data stay, whole and still fenced. Ends the fence.
/// </summary>
internal sealed class PostgresRebuildStep(DatabaseHosts hosts, DatabaseSessions sessions) : IDutyKind, IStandingKind
{
    private const string Rewind = "rewind";
    private const string BaseBackup = "basebackup";
    private const string Kept = "kept ";
    private const string Unaccounted = "unaccounted ";

    public StepKindShape Shape { get; } = new(
        "postgres.rebuild",
        StepEffect.Irreversible,
        NeedsSite: false,
        "Makes a fenced old primary a standby of the new one; what only it has is kept and listed.",
        [
            new ParameterShape("database", ParameterType.DatabaseName, true, "The fenced old primary."),
            new ParameterShape("from", ParameterType.DatabaseName, true, "The primary that goes on."),
            new ParameterShape("fence", ParameterType.StepName, false, "The step of this plan that fenced it; its fence is over then."),
            new ParameterShape("method", ParameterType.Text, true, "How: rewind takes over what changed, basebackup all of it.", [Rewind, BaseBackup]),
            new ParameterShape("replication-user", ParameterType.Text, false, "The role that replicates; the database's own user by default. Its password stands in the .pgpass of the server's account."),
        ],
        ["role", "forkLsn", "oldEnd", "commits", "prepared", "listed", "complete", "kept", "method"])
    {
        LiftsFence = "fence",
        NeedsDatabaseHost = true,
    };

    public async Task<JsonObject> PrepareAsync(StepContext context, CancellationToken cancellationToken)
    {
        var (database, from) = (context.Database(), context.Database("from"));
        var mark = $"{context.RunMark}-{context.Step.Name}";

        // An attempt before has put the new data in place, and the server did not start: the same intent goes on from there. What the fence held is aside by then, and kept.
        if (context.Steps.IntentOf(context.Step.Name) is { } before && (await hosts.For(context).LookAsync(database, cancellationToken).ConfigureAwait(false)).Status?.Rebuilt == mark)
        {
            return before;
        }

        var (found, status) = await Divergence.FindAsync(database, from, hosts.For(context), sessions, cancellationToken).ConfigureAwait(false);
        var method = context.Parameters.Text("method");
        if (method == Rewind && !status.CanRewind)
        {
            throw new StepFailedException($"{database.Name} has neither data checksums nor wal_log_hints, without which pg_rewind does not work: use method {BaseBackup}");
        }

        var intent = found.ToIntent(database.Name, from.Name);
        intent["rebuild"] = mark;
        intent["method"] = method;
        intent["systemId"] = status.SystemId;
        return intent;
    }

    public async Task<StepOutcome> ExecuteAsync(StepContext context, JsonObject intent, CancellationToken cancellationToken)
    {
        var (database, from) = (context.Database(), context.Database("from"));
        if (await SourceAsync(from, intent, cancellationToken).ConfigureAwait(false) is { } refusal)
        {
            return new StepOutcome.Failed(refusal);
        }

        context.Permit.Require();
        var (outputs, list, kept) = await Divergence.KeepAsync(database, intent, hosts.For(context), cancellationToken).ConfigureAwait(false);
        if (outputs is null)
        {
            return new StepOutcome.Failed($"nothing was rebuilt, because what only {database.Name} has could not be kept: {kept.Reason}");
        }

        string[] words =
        [
            intent.Text("rebuild"),
            intent.Text("fence"),
            intent.Text("method"),
            from.Target.Hosts[0],
            from.Target.Port.ToString(CultureInfo.InvariantCulture),
            from.Target.Database,
            context.Parameters.OptionalText("replication-user") ?? from.Target.User,
            WordOf(from.Target.Tls),
            database.StandbyName,
        ];
        context.Permit.Require();
        return await hosts.For(context).AskAsync(database, cancellationToken, "rebuild", words).ConfigureAwait(false) switch
        {
            HostAnswer.Said said when IsStandby(HostStatus.From(said.Facts), intent) => new StepOutcome.Done(Finished(outputs, intent), [list!, .. kept.Evidence, .. said.Evidence]),
            HostAnswer.Said => new StepOutcome.Unknown("the host says that it is done, and names no running standby"),
            HostAnswer.No no => new StepOutcome.Failed($"the host of {database.Name} refuses: {no.Reason}"),

            // What stands, stands: the same intent, carried out again, goes on from there.
            HostAnswer.NotYet notYet => new StepOutcome.Failed(notYet.Reason),
            var silent => new StepOutcome.Unknown(silent.Reason),
        };
    }

    public async Task<Observation> ObserveAsync(StepContext context, JsonObject intent, CancellationToken cancellationToken)
    {
        var database = context.Database();
        var (status, reason) = await hosts.For(context).LookAsync(database, cancellationToken).ConfigureAwait(false);
        if (status is null or { Busy: true })
        {
            return new Observation(ObservedAnswer.StillMay, status is null ? $"the host of {database.Name} does not say: {reason}" : "a change is under way at the host");
        }

        if (!IsStandby(status, intent))
        {
            return new Observation(ObservedAnswer.CannotHappenAnyMore, "it is not rebuilt; what has been done so far is gone on with", OnlyByRepeating: true);
        }

        var (outputs, list, answer) = await Divergence.KeepAsync(database, intent, hosts.For(context), cancellationToken).ConfigureAwait(false);
        return outputs is null
            ? new Observation(ObservedAnswer.StillMay, $"it is rebuilt, and what was kept cannot be read: {answer.Reason}")
            : new Observation(ObservedAnswer.Happened, "it runs as the standby this rebuild made", Finished(outputs, intent), [list!]);
    }

    /// <summary>By the server itself: its host is asked by what may start something there. One that is away says nothing.</summary>
    public async Task<string?> ContradictionAsync(StepContext context, JsonObject intent, CancellationToken cancellationToken)
    {
        var database = context.Database();
        try
        {
            var now = await sessions.UseAsync(database, "dro-observes", connection => ServerSight.ReadAsync(connection, cancellationToken), cancellationToken).ConfigureAwait(false);
            return !now.InRecovery ? $"{database.Name} was made a standby and is a primary"
                : now.SystemId != intent.Text("systemId") ? $"{database.Name} is a server of another cluster by now"
                : null;
        }
        catch (Exception failure) when (SessionCalls.FailureOf(failure) is not null)
        {
            return null;
        }
    }

    /// <summary>
    /// A whole copy of the database per rebuild, on the volume of a server that serves: somebody has to account for it and remove it, or the volume is full one day. That it is gone a host can
    /// show; that what only it had was accounted for (账务核对) a person says: what was committed there, and what was prepared there and may have been decided by its coordinator.
    /// </summary>
    public StepDuty? DutyOf(JsonObject intent, JsonObject outputs)
    {
        if (outputs.Text("kept") is not { Length: > 0 } kept)
        {
            return null;
        }

        var database = intent.Text("database");
        return outputs.Number("commits") is 0 && outputs.Number("prepared") is 0
            ? new StepDuty($"{Kept}{database} {intent.Text("fence")}", $"remove the old data of {database} at {kept}/data: no transaction in them is missing at the new primary, and they take the room of a whole copy", Holds: false)
            : new StepDuty($"{Unaccounted}{database}", $"account for the old data of {database} at {kept}/data, then remove them: they take the room of a whole copy", Holds: false);
    }

    /// <summary>Once their own host says, of that very place, that they are not there any more. One that is asked by Jobs can say so only while its server does not run.</summary>
    public async Task<bool> IsDoneAsync(string subject, Estate estate, CancellationToken cancellationToken) =>
        subject.StartsWith(Kept, StringComparison.Ordinal)
        && subject[Kept.Length..].Split(' ') is [var name, var fence]
        && estate.FindDatabase(name) is { } database
        && await hosts.For(estate).InTimeAsync(database, HostJobs.KeptLook, cancellationToken, fence).ConfigureAwait(false) is HostAnswer.Said said
        && said.Facts.OptionalText("copy") is "false";

    public string Describe(PlanStep step, Estate estate) =>
        $"make {step.Parameters.Text("database")} at {step.Site} a standby of {step.Parameters.Text("from")} ({step.Parameters.Text("method")}); what only it has is kept";

    /// <summary>On a volume that no pod has mounted, nothing runs: the plan's next step brings the workload back, and a look at who streams shows it.</summary>
    private static bool IsStandby(HostStatus status, JsonObject intent) => status is { Standby: true, Fenced: false } && (status.Running || status.Sees == HostStatus.Volume) && status.Rebuilt == intent.Text("rebuild");

    private static JsonObject Finished(JsonObject outputs, JsonObject intent)
    {
        outputs["role"] = "standby";
        outputs["method"] = intent.Text("method");
        return outputs;
    }

    /// <summary>libpq's own words.</summary>
    private static string WordOf(PostgresTls tls) => tls switch
    {
        PostgresTls.VerifyCa => "verify-ca",
        PostgresTls.VerifyFull => "verify-full",
        _ => tls.ToString().ToLowerInvariant(),
    };

    /// <summary>The server that goes on is still what the intent says, and its control file tells its new timeline, by which pg_rewind finds the fork; null when so.</summary>
    private async Task<string?> SourceAsync(DatabaseDefinition from, JsonObject intent, CancellationToken cancellationToken)
    {
        try
        {
            return await sessions.UseAsync(
                from,
                "dro",
                async connection =>
                {
                    var now = await ServerSight.ReadAsync(connection, cancellationToken).ConfigureAwait(false);
                    if (now.InRecovery || now.SystemId != intent.Text("systemId"))
                    {
                        return $"{from.Name} is not the primary of this cluster any more";
                    }

                    await connection.RunAsync("CHECKPOINT", cancellationToken).ConfigureAwait(false);
                    return null;
                },
                cancellationToken).ConfigureAwait(false);
        }
        catch (Exception failure) when (SessionCalls.FailureOf(failure) is { } reason)
        {
            return $"{from.Name} cannot be read: {reason}";
        }
    }
}
