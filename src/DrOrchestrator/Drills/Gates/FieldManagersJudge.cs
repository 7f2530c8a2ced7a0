using System.Globalization;
using System.Text.Json.Nodes;
using DrOrchestrator.Kubernetes;

namespace DrOrchestrator.Drills.Gates;

/// <summary>An object that a plan sets fields of, and what its cluster says of those who may set them too.</summary>
/// <param name="Seen">With its managedFields.</param>
/// <param name="Autoscalers">HorizontalPodAutoscalers of its namespace.</param>
/// <param name="ScaledObjects">Of KEDA, in its namespace.</param>
/// <param name="Applications">Of Argo CD, of the whole cluster.</param>
/// <param name="Sources">Kustomizations and HelmReleases of Flux that its labels name, as <see cref="FieldManager"/> names them; one that is not in this cluster is not among them.</param>
internal sealed record SeenObject(
    SetObject Set, JsonObject Seen, IReadOnlyList<JsonObject> Autoscalers, IReadOnlyList<JsonObject> ScaledObjects, IReadOnlyList<JsonObject> Applications, IReadOnlyDictionary<string, JsonObject> Sources);

/// <summary>Somebody else who sets fields of an object.</summary>
/// <param name="Name">By which the plan may accept it: <c>argocd-controller</c>, <c>HorizontalPodAutoscaler/ledger-api</c>.</param>
/// <param name="Remedy">Empty where it does not set them by itself.</param>
internal sealed record FieldManager(string Name, string Value, string Remedy)
{
    public const string KustomizationLabel = "kustomize.toolkit.fluxcd.io";
    public const string HelmReleaseLabel = "helm.toolkit.fluxcd.io";

    /// <summary>What of Flux the labels of an object name.</summary>
    public static IEnumerable<(string Group, string Kind, string Namespace, string Name)> SourcesOf(JsonObject seen)
    {
        foreach (var (group, kind) in ((string, string)[])[(KustomizationLabel, "Kustomization"), (HelmReleaseLabel, "HelmRelease")])
        {
            if (FieldManagersJudge.Meta(seen, "labels", $"{group}/name") is { } name)
            {
                yield return (group, kind, FieldManagersJudge.Meta(seen, "labels", $"{group}/namespace") ?? FieldManagersJudge.Meta(seen, "namespace") ?? "", name);
            }
        }
    }
}

/// <summary>Decides who else sets the fields that a plan sets, and who of them by itself: such a one puts them back in the middle of a switch. Pure.</summary>
internal sealed class FieldManagersJudge(IReadOnlyDictionary<string, string> accepted)
{
    internal const string Limit = "nobody else sets its fields by itself";

    private const string KubeController = "kube-controller-manager";
    private const string Paused = "autoscaling.keda.sh/paused";

    private static readonly string[] ArgoManagers = ["argocd-controller", "argocd-application-controller"];

    /// <summary>One result for each other manager; one that says so where there is none.</summary>
    public IReadOnlyList<GateResult> Judge(SeenObject one)
    {
        FieldManager[] others = [.. Autoscalers(one), .. ScaledObjects(one), .. Operators(one), .. Argo(one), .. Flux(one), .. Helm(one), .. Owners(one)];
        return others.Length == 0
            ? [Result(one.Set, "", true, "no other manager is seen", "")]
            : [.. others.Select(other => accepted.GetValueOrDefault(other.Name) is { } reason
                ? Result(one.Set, $" by {other.Name}", true, $"{other.Value}; accepted by the plan: {reason}", "")
                : Result(one.Set, $" by {other.Name}", other.Remedy.Length == 0, other.Value, other.Remedy))];
    }

    internal static string Check(SetObject set) => $"field-managers {set.Site} {set}";

    internal static string Source(string site) => $"managedFields, owners, labels and autoscalers in the Kubernetes API of {site}";

    internal static string? Meta(JsonObject seen, params string[] path) => path.Aggregate(seen["metadata"], (node, name) => (node as JsonObject)?[name])?.ToString();

    private static GateResult Result(SetObject set, string by, bool passed, string value, string remedy) => new(Check(set) + by, passed, value, Limit, Source(set.Site), TimeSpan.Zero, remedy);

    /// <summary>Owners of the fields themselves, but those that were told of already: us, and the programs behind an Application, a Kustomization or a HelmRelease.</summary>
    private static IEnumerable<FieldManager> Owners(SeenObject one)
    {
        var scaled = Scalers(one).Any();
        string[] told = [.. Argo(one).SelectMany(_ => ArgoManagers), .. FieldManager.SourcesOf(one.Seen).Select(source => source.Kind == "Kustomization" ? "kustomize-controller" : "helm-controller")];
        foreach (var group in FieldOwnership.Of(one.Seen, one.Set.Fields).Where(found => !FieldOwners.IsOurs(found.Owner.Manager) && !told.Contains(found.Owner.Manager)).GroupBy(found => found.Owner.Manager))
        {
            var value = $"{string.Join(", ", group.Select(found => found.Owner).Distinct())} owns {string.Join(", ", group.SelectMany(found => found.Fields).Distinct())}";
            if (IsByHand(group.Key))
            {
                yield return new FieldManager(group.Key, $"{value}: a person or a script", "");
            }
            else if (group.Key == "helm")
            {
                yield return new FieldManager(group.Key, $"{value}: each upgrade of its release sets it again", "");
            }
            else if (group.Key != KubeController || one.Set.Replicas.Count == 0)
            {
                yield return new FieldManager(group.Key, value, $"Find out what {group.Key} is. Stop it for this object or have it leave the field alone; where it never sets it by itself, accept it in the plan with the reason.");
            }
            else if (!scaled)
            {
                yield return new FieldManager(group.Key, $"{value}: an autoscaler set it that is no more", "");
            }
        }
    }

    /// <summary>Tools that write once, when somebody starts them. Flux and Argo CD run kubectl's library under names of their own.</summary>
    private static bool IsByHand(string manager) => manager is "kubectl" or "before-first-apply" || manager.StartsWith("kubectl-", StringComparison.Ordinal);

    private static IEnumerable<JsonObject> Scalers(SeenObject one) => one.Set.Replicas.Count == 0 ? [] : one.Autoscalers.Where(scaler => IsTarget(scaler, one, null));

    private static IEnumerable<FieldManager> Autoscalers(SeenObject one) => Scalers(one)
        .Where(scaler => !OwnersOf(scaler).Any(owner => owner["kind"]?.ToString() == "ScaledObject" && one.ScaledObjects.Any(scaled => Meta(scaled, "name") == owner["name"]?.ToString())))
        .Select(scaler =>
        {
            var name = Meta(scaler, "name")!;
            var (least, most) = (Number(scaler["spec"]?["minReplicas"]) ?? 1, Number(scaler["spec"]?["maxReplicas"]) ?? 0);

            // At 0 an autoscaler rests (ScalingDisabled), unless it may go down to 0 by itself.
            return one.Set.Replicas.All(count => count == 0) && least > 0
                ? new FieldManager($"HorizontalPodAutoscaler/{name}", $"HorizontalPodAutoscaler {name} leaves it alone at 0 replicas", "")
                : new FieldManager(
                    $"HorizontalPodAutoscaler/{name}",
                    string.Create(CultureInfo.InvariantCulture, $"HorizontalPodAutoscaler {name} scales it between {least} and {most}"),
                    $"Take HorizontalPodAutoscaler {name} away for the switch, or give it in both minReplicas and maxReplicas the number that the plan sets.");
        });

    private static IEnumerable<FieldManager> ScaledObjects(SeenObject one) => one.Set.Replicas.Count == 0 ? [] : one.ScaledObjects.Where(scaler => IsTarget(scaler, one, "Deployment")).Select(scaler =>
    {
        var name = Meta(scaler, "name")!;
        return Meta(scaler, "annotations", Paused) == "true"
            ? new FieldManager($"ScaledObject/{name}", $"ScaledObject {name} of KEDA is paused", "")
            : new FieldManager($"ScaledObject/{name}", $"ScaledObject {name} of KEDA scales it", $"Pause it: kubectl -n {one.Set.Address.Namespace} annotate scaledobject {name} {Paused}=true");
    });

    private static bool IsTarget(JsonObject scaler, SeenObject one, string? usualKind)
    {
        var target = scaler["spec"]?["scaleTargetRef"];
        var kind = target?["kind"]?.ToString() ?? usualKind;
        return target?["name"]?.ToString() == one.Set.Address.Name && string.Equals(kind + "s", one.Set.Address.Plural, StringComparison.OrdinalIgnoreCase);
    }

    private static IEnumerable<FieldManager> Operators(SeenObject one) => OwnersOf(one.Seen).Select(owner => new FieldManager(
        $"{owner["kind"]}/{owner["name"]}",
        $"{owner["kind"]} {owner["name"]} ({owner["apiVersion"]}) owns it: an operator sets its fields",
        $"Have the plan change {owner["kind"]} {owner["name"]} (k8s.patch) in place of what is made from it, or pause its operator for it."));

    private static IEnumerable<JsonObject> OwnersOf(JsonObject seen) =>
        (seen["metadata"]?["ownerReferences"] as JsonArray ?? []).OfType<JsonObject>().Where(owner => owner["controller"] is JsonValue value && value.TryGetValue<bool>(out var controls) && controls);

    private static IEnumerable<FieldManager> Argo(SeenObject one)
    {
        // NAME:GROUP/KIND:NAMESPACE/NAME, with the Application's namespace in front (NAMESPACE_NAME) where Applications live in several.
        var tracked = Meta(one.Seen, "annotations", "argocd.argoproj.io/tracking-id")?.Split(':')[0];
        var label = Meta(one.Seen, "labels", "argocd.argoproj.io/instance") ?? Meta(one.Seen, "labels", "app.kubernetes.io/instance");
        var application = one.Applications.FirstOrDefault(found => tracked is not null
            ? Meta(found, "name") == tracked || $"{Meta(found, "namespace")}_{Meta(found, "name")}" == tracked
            : Meta(found, "name") == label && found["spec"]?["destination"]?["namespace"]?.ToString() == one.Set.Address.Namespace);
        if ((application is null ? tracked : Meta(application, "name")) is not { } name)
        {
            yield break;
        }

        var how = application is null ? "is not in this cluster, so nothing is known of how it syncs"
            : application["spec"]?["syncPolicy"]?["automated"] is not JsonObject automated || automated["enabled"]?.ToString() == "false" ? "syncs it by hand only"
            : one.Set.Fields.All(path => IsIgnored(application, one, path)) ? "leaves these fields alone"
            : "syncs it by itself";
        yield return new FieldManager(
            $"Application/{name}",
            $"Argo CD Application {name} {how}",
            how is "syncs it by hand only" or "leaves these fields alone" ? ""
                : $"Switch the automated sync of Argo CD Application {name} off for the switch, or have it leave them alone: ignoreDifferences with jsonPointers for {Pointers(one)} and the sync option RespectIgnoreDifferences=true.");
    }

    /// <summary>Without RespectIgnoreDifferences the next sync sets the field all the same.</summary>
    private static bool IsIgnored(JsonObject application, SeenObject one, string[] path) =>
        (application["spec"]?["syncPolicy"]?["syncOptions"] as JsonArray ?? []).Any(option => option?.ToString() == "RespectIgnoreDifferences=true")
        && (application["spec"]?["ignoreDifferences"] as JsonArray ?? []).OfType<JsonObject>().Any(rule =>
            rule["kind"]?.ToString() is { } kind && (kind == "*" || kind == one.Seen["kind"]?.ToString())
            && (rule["name"] is null || rule["name"]!.ToString() == one.Set.Address.Name)
            && (rule["namespace"] is null || rule["namespace"]!.ToString() == one.Set.Address.Namespace)
            && (rule["jsonPointers"] as JsonArray ?? []).Any(pointer => pointer?.ToString() is { } text && (Pointer(path) == text || Pointer(path).StartsWith(text + "/", StringComparison.Ordinal))));

    private static string Pointers(SeenObject one) => string.Join(", ", one.Set.Fields.Select(Pointer));

    /// <summary>RFC 6901.</summary>
    private static string Pointer(string[] path) => string.Concat(path.Select(name => "/" + name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal)));

    private static IEnumerable<FieldManager> Flux(SeenObject one) => FieldManager.SourcesOf(one.Seen).Select(source =>
    {
        var name = $"{source.Kind}/{source.Namespace}/{source.Name}";
        var rests = one.Sources.GetValueOrDefault(name)?["spec"]?["suspend"] is JsonValue suspend && suspend.TryGetValue<bool>(out var suspended) && suspended ? "is suspended"
            : source.Kind == "Kustomization" && Meta(one.Seen, "annotations", $"{FieldManager.KustomizationLabel}/reconcile") == "disabled" ? "passes it over"
            : null;
        return new FieldManager(
            name,
            $"Flux {source.Kind} {source.Namespace}/{source.Name} {rests ?? "applies it"}",
            rests is not null ? "" : $"Suspend it for the switch: flux suspend {source.Kind.ToLowerInvariant()} {source.Name} -n {source.Namespace}; its manifests may leave the fields out for good, then accept it in the plan with the reason.");
    });

    private static IEnumerable<FieldManager> Helm(SeenObject one) => Meta(one.Seen, "annotations", "meta.helm.sh/release-name") is { } release && !FieldManager.SourcesOf(one.Seen).Any()
        ? [new FieldManager($"Helm/{release}", $"Helm release {release} made it: its next upgrade sets its fields again", "")]
        : [];

    private static int? Number(JsonNode? node) => node is JsonValue value && value.TryGetValue<int>(out var number) ? number : null;
}
