using System.Globalization;
using DrOrchestrator.Drills.Steps;
using DrOrchestrator.Drills.Steps.Objects;
using DrOrchestrator.Estates;
using DrOrchestrator.Kubernetes;
using DrOrchestrator.Plans;

namespace DrOrchestrator.Drills.Gates;

/// <summary><c>targets-exist</c>: the workloads a plan names are there and can be read.</summary>
internal sealed class TargetsExistGate(ClusterConnections connections) : IGateKind
{
    public StepKindShape Shape { get; } = new(
        "targets-exist",
        StepEffect.None,
        NeedsSite: false,
        "The workloads are there.",
        [
            new ParameterShape("site", ParameterType.SiteName, true, "Where."),
            SiteCalls.NamespaceParameter,
            new ParameterShape("workloads", ParameterType.TextList, true, "deployment/NAME and statefulset/NAME."),
        ],
        []);

    public async Task<IReadOnlyList<GateResult>> CheckAsync(StepParameters parameters, Plan plan, Estate estate, CancellationToken cancellationToken)
    {
        var site = parameters.Text("site");
        var ns = parameters.Text("namespace");
        var results = new List<GateResult>();
        foreach (var text in parameters.Texts("workloads"))
        {
            var check = $"targets-exist {site} {ns}/{text}";
            try
            {
                var seen = await connections.Of(estate, site).ReadWorkloadAsync(ns, WorkloadName.Parse(text), cancellationToken).ConfigureAwait(false);
                var value = string.Create(CultureInfo.InvariantCulture, $"there, {seen.Ready} of {seen.Replicas} replicas ready (uid {seen.Uid})");
                results.Add(new GateResult(check, true, value, "is there", Source(site), TimeSpan.Zero, ""));
            }
            catch (FormatException e)
            {
                results.Add(new GateResult(check, false, e.Message, "is there", "the plan", TimeSpan.Zero, "Correct the name in the plan."));
            }
            catch (Exception e) when (ClusterFailure.Of(e, cancellationToken) is { IsNotFound: true } && Maker(plan, site, ns, text) is { } maker)
            {
                results.Add(new GateResult(check, true, $"not there: step {maker} makes it", "is there", Source(site), TimeSpan.Zero, ""));
            }
            catch (Exception e) when (ClusterFailure.Of(e, cancellationToken) is { } failure)
            {
                var remedy = failure.IsNotFound ? "Deploy it there, or correct the name in the plan." : "See that the API of the site answers and that the kubeconfig's user may read workloads.";
                results.Add(new GateResult(check, false, failure.Reason, "is there", Source(site), TimeSpan.Zero, remedy));
            }
        }

        return results;
    }

    /// <summary>The step whose manifests hold the workload.</summary>
    private static string? Maker(Plan plan, string site, string ns, string workload) =>
        AppliedDocuments.Of(plan).FirstOrDefault(applied => applied.Site == site && applied.Namespace == ns && ManifestRules.TargetName(applied.Document) == workload)?.Step;

    private static string Source(string site) => $"Kubernetes API of {site}";
}
