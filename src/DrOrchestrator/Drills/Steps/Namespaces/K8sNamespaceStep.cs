using System.Globalization;
using System.Text.Json.Nodes;
using DrOrchestrator.Drills.Carrying;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Estates;
using DrOrchestrator.Kubernetes;
using DrOrchestrator.Plans;

namespace DrOrchestrator.Drills.Steps.Namespaces;

/// <summary>
/// <c>k8s.namespace</c>: makes a namespace for this run, bounds it by policy and quota before anything can run in it, copies named Secrets, and lets a pod prove that production cannot be
/// reached from it. All of it is made by name, so that asked again it goes on where it was. Undone, the namespace goes with everything in it.
/// </summary>
internal sealed class K8sNamespaceStep(ClusterConnections connections, TimeProvider time) : IReversibleStepKind, IStandingKind, IDutyKind, ITriedKind
{
    public const string Kind = "k8s.namespace";

    public StepKindShape Shape { get; } = new(
        Kind,
        StepEffect.Reversible,
        NeedsSite: true,
        "Makes a namespace for this run, with a quota and without a way out, and lets a pod of it prove that it does not reach production.",
        NamespaceSettings.Shapes,
        ["namespace", "uid", "expires", "proved", "tried", "untried", "forbidden", "secrets"])
    {
        Judge = parameters => [.. NamespaceSettings.Problems(parameters), .. NamespaceSettings.ControlProblems(parameters)],
        JudgeRehearsal = (rehearsed, _) => NamespaceSettings.RehearsalProblems(rehearsed),
        MakesNamespace = true,
        CopiesFrom = parameters => parameters.Texts("copy-secrets").Select(text => text.Split('/')[0]),
        CopiesSecrets = parameters => parameters.Texts("copy-secrets").Select(text => text.Split('/')[^1]),
    };

    /// <summary>A namespace left behind by a rehearsal takes room and holds copies of Secrets, as one of a live run does.</summary>
    public bool OwesAfterRehearsals => true;

    /// <summary>How production is looked at.</summary>
    internal EgressTargets Targets { get; init; } = new(connections, time);

    public async Task<JsonObject> PrepareAsync(StepContext context, CancellationToken cancellationToken)
    {
        var settings = NamespaceSettings.Of(context.Parameters);
        var name = RunNamespace.NameOf(context, context.Step.Name);
        if (context.Marker.Length > RunNamespace.LongestName)
        {
            throw new StepFailedException(string.Create(
                CultureInfo.InvariantCulture, $"the Job in it would be called '{context.Marker}', {context.Marker.Length} characters; allowed: {RunNamespace.LongestName}. Give the step a shorter name"));
        }

        var client = connections.Of(context.Estate, context.Site());
        var seen = await SiteCalls.ReadOrFailAsync($"namespace {name} at {context.Site()}", () => client.FindAsync(RunNamespace.PathOf(name), cancellationToken), cancellationToken).ConfigureAwait(false);
        if (seen is not null && (!RunNamespace.IsOf(seen, context, context.Step.Name) || RunNamespace.IsEnding(seen)))
        {
            throw new StepFailedException(RunNamespace.IsEnding(seen) ? $"namespace {name} at {context.Site()} is ending: {NamespaceEnd.Holds(seen)}" : $"a namespace {name} is at {context.Site()} that this run has not made");
        }

        var intent = Meant(context, settings);
        intent["secrets"] = await NamespaceSecrets.PrepareAsync(client, settings, context.Site(), cancellationToken).ConfigureAwait(false);
        if (settings.Proof is { } proof)
        {
            intent["prove"] = await new ProofPlan(Targets).PrepareAsync(client, context, settings, proof, cancellationToken).ConfigureAwait(false);
        }

        return intent;
    }

    /// <summary>The namespace itself. What is made in it, the API takes only once it is there; production is not looked at either.</summary>
    public async Task<IReadOnlyList<TriedObject>> TryAsync(StepContext context, CancellationToken cancellationToken)
    {
        var intent = Meant(context, NamespaceSettings.Of(context.Parameters));
        await connections.Of(context.Estate, context.Site()).CreateAsync("api/v1/namespaces", RunNamespace.Make(context, intent), FieldOwners.Namespace, cancellationToken, dryRun: true).ConfigureAwait(false);
        return
        [
            new TriedObject($"namespaces/{intent.Text("namespace")}", TriedAnswer.Made, []),
            new TriedObject("", TriedAnswer.NotTried, [], "what is made in the namespace, and its proof, cannot be tried before it is there"),
        ];
    }

    public async Task<StepOutcome> ExecuteAsync(StepContext context, JsonObject intent, CancellationToken cancellationToken)
    {
        var deadline = new StepDeadline(time, context.Step.Timeout);
        var making = new NamespaceMaking(() => connections.Of(context.Estate, context.Site()), Targets, context, intent, NamespaceSettings.Of(context.Parameters), deadline);
        do
        {
            try
            {
                if (await making.GoOnAsync(cancellationToken).ConfigureAwait(false) is { } outcome)
                {
                    return outcome;
                }
            }
            catch (Exception e) when (ClusterFailure.Of(e, cancellationToken) is { } failure)
            {
                if (making.Ends(failure) is { } outcome)
                {
                    return outcome;
                }
            }
        }
        while (await deadline.LookAgainAsync(cancellationToken).ConfigureAwait(false));

        return making.OutOfTime();
    }

    /// <summary>Whatever has been made of it, the same intent goes on from there; a late request would make what stands already.</summary>
    public Task<Observation> ObserveAsync(StepContext context, JsonObject intent, CancellationToken cancellationToken) =>
        Task.FromResult(new Observation(ObservedAnswer.CannotHappenAnyMore, $"namespace {intent.Text("namespace")} and what is in it are made by name; asked again, it goes on from what is there", OnlyByRepeating: true));

    public IReadOnlyList<StepTarget> TargetsOf(StepContext context) => [new("site", context.Site(), RunNamespace.NameOf(context, context.Step.Name))];

    public async Task<string?> ContradictionAsync(StepContext context, JsonObject intent, CancellationToken cancellationToken)
    {
        try
        {
            return (await NamespaceBounds.ReadAsync(connections.Of(context.Estate, context.Site()), context, intent, NamespaceSettings.Of(context.Parameters), cancellationToken).ConfigureAwait(false)).Against;
        }
        catch (Exception e) when (ClusterFailure.Of(e, cancellationToken) is not null)
        {
            return null;
        }
    }

    public async Task<StepOutcome> UndoAsync(StepContext context, JsonObject intent, JsonObject? outputs, CancellationToken cancellationToken)
    {
        var (name, deadline) = (intent.Text("namespace"), new StepDeadline(time, context.Step.Timeout));
        try
        {
            var client = connections.Of(context.Estate, context.Site());
            if (await client.FindAsync(RunNamespace.PathOf(name), cancellationToken).ConfigureAwait(false) is not { } seen)
            {
                return context.Repeats ? Gone(name, NamespaceVolumes.NotSeen) : new StepOutcome.Done([]);
            }

            if (!RunNamespace.IsOf(seen, context, context.Step.Name))
            {
                return new StepOutcome.Done(new JsonObject { [Rollback.Left] = $"namespace {name} was left as it is: this run has not made it" });
            }

            var behind = await NamespaceVolumes.BehindAsync(client, seen, cancellationToken).ConfigureAwait(false);
            return await NamespaceEnd.RunAsync(() => connections.Of(context.Estate, context.Site()), name, RunNamespace.Uid(seen), context.Permit.Require, deadline, cancellationToken).ConfigureAwait(false) is { } why
                ? new StepOutcome.Failed($"namespace {name} is not seen to be gone: {why}")
                : Gone(name, await NamespaceVolumes.LeftAsync(client, behind, time, deadline.Remaining, cancellationToken).ConfigureAwait(false));
        }
        catch (Exception e) when (ClusterFailure.Of(e, cancellationToken) is { } failure)
        {
            return new StepOutcome.Failed($"namespace {name} is not seen to be gone: {failure.Reason}");
        }
    }

    /// <summary>Undone; which volumes stay stands beside that in the journal.</summary>
    private static StepOutcome.Done Gone(string name, JsonNode left) =>
        new(NamespaceVolumes.Words(left) is { } words ? new JsonObject { [Rollback.Left] = $"namespace {name} is gone; {words}" } : []);

    public StepDuty? DutyOf(JsonObject intent, JsonObject outputs) => NamespaceDuty.Of(intent.Text("site"), intent.Text("namespace"), outputs.Text("uid"));

    public StepDuty? DutyOfFailed(JsonObject intent, JsonObject? left) => NamespaceDuty.Of(intent.Text("site"), intent.Text("namespace"), left?.OptionalText("uid") ?? NamespaceDuty.AnyUid);

    public Task<bool> IsDoneAsync(string subject, Estate estate, CancellationToken cancellationToken) => NamespaceDuty.IsDoneAsync(connections, subject, estate, cancellationToken);

    /// <summary>What the namespace itself is made by.</summary>
    private JsonObject Meant(StepContext context, NamespaceSettings settings) => new()
    {
        ["namespace"] = RunNamespace.NameOf(context, context.Step.Name),
        ["site"] = context.Site(),
        ["expires"] = (time.GetUtcNow() + settings.KeepFor).UtcDateTime.ToString(RunLabels.MomentFormat, CultureInfo.InvariantCulture),
        ["podSecurity"] = settings.PodSecurity,
    };

    public string Describe(PlanStep step, Estate estate) =>
        $"make a namespace for the run at {step.Site}, {(step.Parameters.Object("prove") is { } proof ? $"and let a pod of it try to reach production (it may reach {proof["control"]})" : "without a proof that it does not reach production")}";
}
