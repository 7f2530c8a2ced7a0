using System.Text.Json.Nodes;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Estates;
using DrOrchestrator.Kubernetes;
using DrOrchestrator.Plans;

namespace DrOrchestrator.Drills.Steps.Cnpg;

/// <summary><c>cnpg.follow</c>: sees that a demoted cluster is a healthy replica of the new primary, by which its fence is over: it is a standby then. Changes nothing.</summary>
internal sealed class CnpgFollowStep(ClusterConnections connections, TimeProvider time) : IStepKind
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    public StepKindShape Shape { get; } = new(
        "cnpg.follow",
        StepEffect.None,
        NeedsSite: true,
        "Waits until a demoted CloudNativePG cluster follows the new primary with all its instances; ends the fence that demoted it.",
        [
            SiteCalls.NamespaceParameter,
            new ParameterShape("cluster", ParameterType.Text, true, "The Cluster that follows."),
            new ParameterShape("fence", ParameterType.StepName, true, "The cnpg.demote step of that cluster."),
        ],
        ["role"]) { LiftsFence = "fence" };

    public Task<JsonObject> PrepareAsync(StepContext context, CancellationToken cancellationToken)
    {
        var (address, fence) = (CnpgCluster.Address(context), context.Plan.AllSteps.FirstOrDefault(step => step.Name == context.Parameters.Text("fence")));
        return fence is not null && fence.Kind == "cnpg.demote" && fence.Site == context.Site() && fence.Parameters.Text("namespace") == context.Namespace() && fence.Parameters.Text("cluster") == address.Name
            ? Task.FromResult(new JsonObject { ["object"] = address.ToString(), ["fence"] = fence.Name })
            : throw new StepFailedException($"step '{context.Parameters.Text("fence")}' does not demote {address} in {context.Namespace()} at {context.Site()}");
    }

    public async Task<StepOutcome> ExecuteAsync(StepContext context, JsonObject intent, CancellationToken cancellationToken)
    {
        var (address, deadline) = (CnpgCluster.Address(context), new StepDeadline(time, context.Step.Timeout));
        var fence = context.Plan.AllSteps.First(step => step.Name == intent.Text("fence"));
        var to = fence.Parameters.Text("to");
        string seen;
        do
        {
            try
            {
                var cluster = new CnpgCluster(await connections.Of(context.Estate, context.Site()).ReadObjectAsync(address, cancellationToken).ConfigureAwait(false));
                var hasEnded = HasEnded(context, fence, cluster);
                if (hasEnded && cluster is { IsPrimary: false, IsSwitching: false, IsHealthy: true } && cluster.Primary == to)
                {
                    return new StepOutcome.Done(new JsonObject { ["role"] = "standby" });
                }

                seen = cluster.IsPrimary ? "it is declared the primary itself"
                    : cluster.Primary != to ? $"it follows '{cluster.Primary}', not '{to}'"
                    : hasEnded ? cluster.Fares
                    : "nothing shows that the PostgreSQL it was before has ended: it has no demotion token, and is the same object";
            }
            catch (Exception e) when (ClusterFailure.Of(e, cancellationToken) is { } failure)
            {
                seen = failure.Reason;
            }
        }
        while (await deadline.LookAgainAsync(LongestPause, cancellationToken).ConfigureAwait(false));

        return new StepOutcome.Failed($"{address} at {context.Site()} does not follow the new primary within {Durations.Format(context.Step.Timeout)}: {seen}");
    }

    /// <summary>
    /// Its operator's word of before, that all is well, stays where that operator is gone: so the cluster must have been seen to end by its token, or be another one, made anew since.
    /// </summary>
    private static bool HasEnded(StepContext context, PlanStep fence, CnpgCluster cluster) => context.Steps.IntentOf(fence.Name) is { } intent
        ? Demotion.From(intent) is var demotion && (cluster.Uid != demotion.Uid || demotion.TokenOf(cluster, context.Steps.OutputsOf(fence.Name)) is not null)
        : cluster.MadeAt > context.RunOpenedAt || DemotionToken.Read(cluster.DemotionToken) is not null;

    public Task<Observation> ObserveAsync(StepContext context, JsonObject intent, CancellationToken cancellationToken) =>
        Task.FromResult(new Observation(ObservedAnswer.CannotHappenAnyMore, "waiting has no effect"));

    public string Describe(PlanStep step, Estate estate) =>
        $"wait until the CloudNativePG cluster {step.Parameters.Text("cluster")} in {step.Parameters.Text("namespace")} at {step.Site} follows the new primary";
}
