using DrOrchestrator.Kubernetes;
using DrOrchestrator.Plans;

namespace DrOrchestrator.Drills.Gates;

/// <summary>A document that a <c>k8s.apply</c> step of a plan applies.</summary>
/// <param name="Step">Its name.</param>
/// <param name="Namespace">As the plan writes it: it may be another step's output.</param>
internal sealed record AppliedDocument(string Step, string Site, string Namespace, ManifestDocument Document);

/// <summary>What a plan's manifests hold, for the gates. Pure.</summary>
internal static class AppliedDocuments
{
    /// <summary>Groups of Kubernetes itself, whose plurals are as its servers guess them.</summary>
    private static readonly string[] BuiltIn =
        ["", "apps", "batch", "autoscaling", "policy", "networking.k8s.io", "rbac.authorization.k8s.io", "coordination.k8s.io", "discovery.k8s.io", "events.k8s.io", "storage.k8s.io", "resource.k8s.io"];

    public static IEnumerable<AppliedDocument> Of(Plan plan) => plan.AllSteps.Where(step => step.Site is not null)
        .SelectMany(step => (ManifestOf(plan, step)?.Documents ?? []).Select(document => new AppliedDocument(step.Name, step.Site!, step.Parameters.Text("namespace"), document)));

    /// <summary>The manifests of a step; null for a step that has none.</summary>
    public static Manifest? ManifestOf(Plan plan, PlanStep step) => step.Kind == "k8s.apply" ? plan.Manifests.GetValueOrDefault(step.Parameters.OptionalText("manifest") ?? "") : null;

    public static bool IsBuiltIn(ManifestDocument document) => BuiltIn.Contains(ServedKind.GroupOf(document.Api));
}
