using System.Globalization;
using System.Text.Json.Nodes;
using DrOrchestrator.Drills.Duties;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Estates;
using DrOrchestrator.Kubernetes;
using DrOrchestrator.Plans;
using DrOrchestrator.RecoveryPoints;

namespace DrOrchestrator.Drills.Steps.Fences;

/// <summary>
/// <c>k8s.unfence-earlier</c>: lifts the fence that another run left standing, on the way home from a switch that was not returned. Whose fence it is, people have said when the run
/// was started (<c>--closes</c>); that it is that one, that it still holds, and that the other side serves under the epoch that run began, is read live before the intent and
/// again right before the effect. Anything else that is seen there is a refusal. Undo holds it at 0 again.
/// </summary>
internal sealed class K8sEarlierUnfenceStep(FenceLift lift, K8sFenceStep fences, IEarlierFences earlier, IPositions positions, IServingSites serving) : IReversibleStepKind, IStandingKind
{
    public StepKindShape Shape { get; } = new(
        "k8s.unfence-earlier",
        StepEffect.Reversible,
        NeedsSite: true,
        "Lifts the fence of the run that this one closes: gives the held workloads replicas again, once the old side is a standby and the other side is seen to serve.",
        [
            SiteCalls.NamespaceParameter,
            new ParameterShape("fence", ParameterType.Text, true, "Name of the k8s.fence step in the plan of the earlier run."),
            new ParameterShape("of-plans", ParameterType.TextList, true, "Plans whose fence it may be; the run is the one named with --closes."),
            new ParameterShape("recovery-point", ParameterType.RecoveryPointName, true, "The recovery point by which the serving side is seen to be primary, and of which epoch."),
            new ParameterShape("rejoined-by", ParameterType.StepName, true, "The step whose output 'role' says 'standby'."),
            new ParameterShape("accounted-by", ParameterType.StepName, true, "The task in which a person has accounted for what only the old side had (账务核对)."),
            new ParameterShape("workloads", ParameterType.Object, true, "Replicas by workload: { \"statefulset/NAME\": 1 }; 0 keeps it down."),
        ],
        ["workloads", "ofRun", "servedBy", "epoch"]) { EndsEarlierFenceOf = "of-plans" };

    public async Task<JsonObject> PrepareAsync(StepContext context, CancellationToken cancellationToken)
    {
        var left = await earlier.FindAsync(context.Run, context.Parameters.Text("fence"), context.Parameters.Texts("of-plans"), cancellationToken).ConfigureAwait(false);
        var rejoined = FenceLift.RequireStandby(context);
        if (context.Steps.OutputsOf(context.Parameters.Text("accounted-by"))?["by"]?.ToString() is not { Length: > 0 } accountant)
        {
            throw new StepFailedException($"nobody has accounted for what only {context.Site()} had: step '{context.Parameters.Text("accounted-by")}' has no answer");
        }

        var (fence, facts) = await StandingAsync(context, left, cancellationToken).ConfigureAwait(false);
        var (site, epoch) = await ServesAsync(context, left, rejoined, cancellationToken).ConfigureAwait(false);
        var workloads = await lift.MeantAsync(context, fence, cancellationToken).ConfigureAwait(false);
        return await lift.ActiveJobAsync(context, cancellationToken).ConfigureAwait(false) is { } active
            ? throw new StepFailedException(active)
            : new JsonObject
            {
                ["site"] = fence.Site,
                ["namespace"] = fence.Namespace,
                [EarlierFences.OfRun] = left.Run,
                ["ofPlan"] = left.Plan,
                ["fence"] = fence.Fence,
                ["mark"] = fence.Marker,
                ["servedBy"] = site,
                ["epoch"] = epoch,
                ["accountedBy"] = accountant,
                ["facts"] = JournalJson.Array(facts),
                ["workloads"] = workloads,
            };
    }

    public async Task<StepOutcome> ExecuteAsync(StepContext context, JsonObject intent, CancellationToken cancellationToken)
    {
        try
        {
            // A part of it may stand already, from a life before this one; for the rest everything is asked again.
            if ((await lift.ObserveAsync(context, intent, [], cancellationToken).ConfigureAwait(false)).Answer is not ObservedAnswer.Happened)
            {
                await AskAgainAsync(context, intent, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (StepFailedException e)
        {
            return FenceLift.NotNow(context, e.Message);
        }

        return await lift.ApplyAsync(context, intent, undo: false, cancellationToken).ConfigureAwait(false) ?? new StepOutcome.Done(Outputs(intent));
    }

    public Task<Observation> ObserveAsync(StepContext context, JsonObject intent, CancellationToken cancellationToken) =>
        lift.ObserveAsync(context, intent, Outputs(intent), cancellationToken);

    public IReadOnlyList<StepTarget> TargetsOf(StepContext context) => FenceLift.TargetsOf(context);

    public Task<string?> ContradictionAsync(StepContext context, JsonObject intent, CancellationToken cancellationToken) => lift.ContradictionAsync(context, intent, cancellationToken);

    public async Task<StepOutcome> UndoAsync(StepContext context, JsonObject intent, JsonObject? outputs, CancellationToken cancellationToken) =>
        await lift.ApplyAsync(context, intent, undo: true, cancellationToken).ConfigureAwait(false) ?? new StepOutcome.Done([]);

    public string Describe(PlanStep step, Estate estate) =>
        $"lift the fence '{step.Parameters.Text("fence")}' that an earlier run ({string.Join(" or ", step.Parameters.Texts("of-plans"))}) left in {step.Parameters.Text("namespace")} at {step.Site}: {step.Parameters.Object("workloads")?.ToJsonString()}";

    private async Task AskAgainAsync(StepContext context, JsonObject intent, CancellationToken cancellationToken)
    {
        var left = await earlier.FindAsync(context.Run, context.Parameters.Text("fence"), context.Parameters.Texts("of-plans"), cancellationToken).ConfigureAwait(false);
        await ServesAsync(context, left, FenceLift.RequireStandby(context), cancellationToken).ConfigureAwait(false);
        foreach (var (name, _) in FenceLift.Wanted(context))
        {
            // Another fence over this one changes no replicas, so that the generation does not tell.
            var held = (await lift.ReadAsync(context, name, cancellationToken).ConfigureAwait(false)).Annotation(Annotations.Marker);
            if (held != context.Marker && held != intent.Text("mark"))
            {
                throw new StepFailedException(Another(name.ToString(), context.Site(), held, left));
            }
        }

        if (await lift.ActiveJobAsync(context, cancellationToken).ConfigureAwait(false) is { } active)
        {
            throw new StepFailedException(active);
        }
    }

    private static string Another(string workload, string site, string? held, EarlierFence left) =>
        $"{workload} at {site} is held by another fence, {held ?? "without a mark"}, not by step '{left.Step}' of run {left.Run}; what stands there belongs to another run";

    /// <summary>The fence as it is held now: by that run, under one of its marks, and still proved.</summary>
    private async Task<(FenceIntent Fence, IReadOnlyList<string> Facts)> StandingAsync(StepContext context, EarlierFence left, CancellationToken cancellationToken)
    {
        if (left.Intent["workloads"] is not JsonArray || left.Intent["fence"] is null)
        {
            throw new StepFailedException($"step '{left.Step}' of run {left.Run} holds no workloads: it is no fence of kind k8s.fence");
        }

        var fence = FenceIntent.From(left.Intent);
        if (fence.Site != context.Site() || fence.Namespace != context.Namespace())
        {
            throw new StepFailedException($"step '{left.Step}' of run {left.Run} fenced {fence.Namespace} at {fence.Site}, not {context.Namespace()} at {context.Site()}");
        }

        var mark = default(string);
        foreach (var workload in fence.Workloads)
        {
            var seen = await lift.ReadAsync(context, WorkloadName.Parse(workload.Workload), cancellationToken).ConfigureAwait(false);
            var held = seen.Annotation(Annotations.Marker);
            if (seen.Annotation(Annotations.Fence) != Annotations.FenceHeld)
            {
                throw new StepFailedException($"{workload.Workload} at {fence.Site} is not held by a fence any more");
            }

            if (held is null || !left.Marks.Contains(held, StringComparer.Ordinal) || (mark is not null && mark != held))
            {
                throw new StepFailedException(Another(workload.Workload, fence.Site, held, left));
            }

            // Under the run's own mark no later owner of that run can have gone on unseen.
            if (!held.EndsWith("-undo", StringComparison.Ordinal) && long.TryParse(seen.Annotation(Annotations.Epoch), NumberStyles.None, CultureInfo.InvariantCulture, out var epoch) && epoch > left.Epoch)
            {
                throw new StepFailedException(string.Create(CultureInfo.InvariantCulture, $"{workload.Workload} at {fence.Site} carries epoch {epoch}, newer than anything on record of run {left.Run} ({left.Epoch}): its journal is not whole"));
            }

            mark = held;
        }

        fence = fence with { Marker = mark! };
        var proof = await fences.ProveAsync(context.Estate, fence.ToJson(), cancellationToken).ConfigureAwait(false);
        return proof.Proved
            ? (fence, proof.Facts)
            : throw new StepFailedException($"the fence of run {left.Run} does not hold any more: {string.Join("; ", proof.Missing)}");
    }

    /// <summary>Who serves now, by the journal and by its own word, and under which epoch.</summary>
    private async Task<(string Site, string Epoch)> ServesAsync(StepContext context, EarlierFence left, JsonObject rejoined, CancellationToken cancellationToken)
    {
        var name = context.Parameters.Text("recovery-point");
        var system = context.Estate.RecoveryPoints.FirstOrDefault(point => point.Name == name)?.System ?? throw new StepFailedException($"the estate has no recovery point '{name}'");
        var site = serving.ServingSiteOf(system);
        if (site == context.Site())
        {
            throw new StepFailedException($"{system} is served from {site} by the journal: there is nothing to come back from, and its fence is not to be lifted under it");
        }

        SitePosition seen;
        try
        {
            seen = await positions.ReadSiteAsync(name, site, cancellationToken).ConfigureAwait(false);
        }
        catch (HttpRequestException unreadable)
        {
            throw new StepFailedException($"who serves {system} cannot be seen: {unreadable.Message}");
        }

        var epoch = seen.Epoch.ToString(CultureInfo.InvariantCulture);
        if (seen.Role is not "primary")
        {
            throw new StepFailedException($"{system} should be served from {site}, which says that it is {seen.Role}: nobody is seen to serve, and the fence stays");
        }

        if (left.ServedEpoch is { } begun && begun != epoch)
        {
            throw new StepFailedException($"{site} serves under epoch {epoch}, run {left.Run} had begun epoch {begun}: somebody has promoted since, and what stands there is not what that run left");
        }

        return rejoined["epoch"]?.ToString() is { } joined && joined != epoch
            ? throw new StepFailedException($"{context.Site()} has been rejoined to epoch {joined}, {site} serves under epoch {epoch}")
            : (site, epoch);
    }

    private static JsonObject Outputs(JsonObject intent) => new()
    {
        ["workloads"] = FenceLift.Replicas(intent),
        ["ofRun"] = intent[EarlierFences.OfRun]!.DeepClone(),
        ["servedBy"] = intent["servedBy"]!.DeepClone(),
        ["epoch"] = intent["epoch"]!.DeepClone(),
    };
}
