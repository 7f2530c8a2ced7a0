using System.Net;
using System.Text.Json.Nodes;
using DrOrchestrator.Drills.Steps.Cnpg;
using DrOrchestrator.Estates;
using DrOrchestrator.Kubernetes;
using DrOrchestrator.Plans;
using k8s;
using k8s.Models;

namespace DrOrchestrator.Drills.Gates;

/// <summary><c>single-points-of-failure</c>: does one pod, one node, one zone or one drain end what the plan starts or relies on (a part of 7.2 b and 7.3 d)? Reads at that moment, lists in pages.</summary>
internal sealed class SinglePointsGate(ClusterConnections connections) : IGateKind
{
    private const string Accept = "accept";
    private const string Kind = SinglePointsJudge.Kind;

    public StepKindShape Shape { get; } = new(
        Kind,
        StepEffect.None,
        NeedsSite: false,
        "No single pod, node, zone or drain ends what the plan starts or relies on.",
        [
            new ParameterShape("site", ParameterType.SiteName, false, "Only this site; every site where the plan starts or relies on a workload by default."),
            new ParameterShape(Accept, ParameterType.Object, false, "Findings that may stay, by the names the gate gives them (NAMESPACE/KIND/NAME FINDING), each with the reason."),
        ],
        [])
    {
        Judge = parameters => (parameters.Object(Accept) ?? []).SelectMany(entry => Problems(entry.Key, entry.Value)),
    };

    public async Task<IReadOnlyList<GateResult>> CheckAsync(StepParameters parameters, Plan plan, Estate estate, CancellationToken cancellationToken)
    {
        try
        {
            return await JudgeAsync(parameters, plan, estate, cancellationToken).ConfigureAwait(false);
        }
        catch (FormatException e)
        {
            return [new GateResult(Kind, false, $"unknown: {e.Message}", SinglePointsJudge.Limit, "the plan", TimeSpan.Zero, "Correct the manifest.")];
        }
    }

    private async Task<IReadOnlyList<GateResult>> JudgeAsync(StepParameters parameters, Plan plan, Estate estate, CancellationToken cancellationToken)
    {
        var only = parameters.OptionalText("site");
        var judge = new SinglePointsJudge((parameters.Object(Accept) ?? []).ToDictionary(entry => entry.Key, entry => entry.Value!.ToString()));
        var all = ReliedWorkloads.Of(plan, estate).Where(one => only is null || one.Site == only).ToList();
        var late = ReliedWorkloads.ToldLater(plan).Where(step => only is null || step.Site == only).Select(step => new GateResult(
            $"{Kind} {step.Site} {step.Name}", false, $"unknown: what step {step.Name} starts is not known beforehand", SinglePointsJudge.Limit, "the plan", TimeSpan.Zero, "Name the workload in the step, or leave the site out of this gate by naming the other.")).ToList();
        if (all.Count == 0 && late.Count == 0)
        {
            return [new GateResult(Kind, false, "unknown: the plan starts and relies on nothing at a cluster", SinglePointsJudge.Limit, "the plan", TimeSpan.Zero, "Leave the gate out, or name a site where the plan's steps start something.")];
        }

        var results = await Task.WhenAll(all.GroupBy(one => one.Site).Select(group => SiteAsync(judge, plan, estate, group.Key, [.. group], cancellationToken))).ConfigureAwait(false);
        return [.. results.SelectMany(one => one), .. late];
    }

    private static IEnumerable<ParameterProblem> Problems(string name, JsonNode? reason)
    {
        if (reason is not JsonValue value || !value.TryGetValue<string>(out var text) || text.Trim().Length == 0)
        {
            yield return new ParameterProblem(Accept, $"no reason for '{name}'", "NAMESPACE/KIND/NAME FINDING: reason", "Say why it may stay, and what stands in for it.");
        }

        if (name.Split(' ') is not [var workload, var finding] || workload.Split('/').Length != 3 || !SinglePointsJudge.Findings.Contains(finding))
        {
            yield return new ParameterProblem(Accept, $"'{name}' is no finding", $"NAMESPACE/KIND/NAME and one of {string.Join(", ", SinglePointsJudge.Findings)}", "Write the name as the gate's result gives it behind the site.");
        }
    }

    private async Task<IReadOnlyList<GateResult>> SiteAsync(SinglePointsJudge judge, Plan plan, Estate estate, string site, IReadOnlyList<ReliedWorkload> all, CancellationToken cancellationToken)
    {
        var rights = new Rights(plan, site, RightsOf(site, all));
        try
        {
            var client = connections.Of(estate, site);
            var nodes = await SightAsync(rights, null, token => client.AllNodesAsync(null, token), cancellationToken).ConfigureAwait(false);
            var (budgets, pods) = (new Dictionary<string, Sighting<V1PodDisruptionBudget>>(StringComparer.Ordinal), new Dictionary<string, Sighting<V1Pod>>(StringComparer.Ordinal));
            foreach (var ns in all.Select(one => one.Namespace).Distinct(StringComparer.Ordinal))
            {
                budgets[ns] = await SightAsync(rights, ns, token => client.AllBudgetsAsync(ns, token), cancellationToken).ConfigureAwait(false);
                pods[ns] = await SightAsync(rights, ns, token => client.AllPodsAsync(ns, null, token), cancellationToken).ConfigureAwait(false);
            }

            var looks = await Task.WhenAll(all.Select(one => LookAsync(rights, client, one, cancellationToken))).ConfigureAwait(false);
            return [.. looks.SelectMany(look => look.Is is { } found ? judge.Judge(Seen(look.Of, found, looks, pods[look.Of.Namespace], nodes, budgets[look.Of.Namespace])) : [look.Unread!])];
        }
        catch (Exception e) when (ClusterFailure.Of(e, cancellationToken) is { } failure)
        {
            return [.. all.Select(one => Unread(one, failure.Reason, "See that the API of the site answers."))];
        }
    }

    private static SeenWorkload Seen(ReliedWorkload one, Declared found, Look[] looks, Sighting<V1Pod> pods, Sighting<V1Node> nodes, Sighting<V1PodDisruptionBudget> budgets)
    {
        var count = one.Given ?? found.Replicas;
        var siblings = looks.Where(look => look.Of != one && look.Of.Namespace == one.Namespace && look.Is is not null).Select(look => new OtherPods(look.Of.Target, look.Is!.Template?.Metadata?.Labels));
        return new SeenWorkload(
            one, count, found.Template, pods with { Found = pods.Found?.Where(pod => LabelMatch.Of(found.Selector, pod.Metadata.Labels)).ToList() }, nodes, budgets, found.KeepsBudgets)
        {
            IsToBeStarted = one.Manifest is not null || found.Replicas < count,
            Others = [.. siblings, .. (pods.Found ?? []).Where(pod => !LabelMatch.Of(found.Selector, pod.Metadata.Labels)).Select(pod => new OtherPods(pod.Metadata.Name, pod.Metadata.Labels))],
        };
    }

    private static async Task<Look> LookAsync(Rights rights, IKubernetes client, ReliedWorkload one, CancellationToken cancellationToken)
    {
        try
        {
            var declared = one.Manifest is { } manifest ? await AppliedAsync(client, one, manifest, cancellationToken).ConfigureAwait(false)
                : one.IsCnpg ? await CnpgAsync(client, one, cancellationToken).ConfigureAwait(false)
                : await DeclaredAsync(client, one, cancellationToken).ConfigureAwait(false);
            return one.IsToldLater ? new Look(one, null, Unread(one, "how many replicas it is given another step will tell", "Write the number into the step.")) : new Look(one, declared, null);
        }
        catch (FormatException e)
        {
            return new Look(one, null, Unread(one, e.Message, "Correct the name in the plan."));
        }
        catch (Exception e) when (ClusterFailure.Of(e, cancellationToken) is { } failure)
        {
            return new Look(one, null, Unread(one, failure.Reason, failure.IsNotFound ? "Deploy it there, or correct the name in the plan."
                : failure.Status is HttpStatusCode.Forbidden ? rights.Remedy(one.Namespace)
                : "See that the API of the site answers and that the kubeconfig's user may read workloads."));
        }
    }

    /// <summary>What the manifest says. A number that it leaves out stays as it is there; what is not there yet gets one.</summary>
    private static async Task<Declared> AppliedAsync(IKubernetes client, ReliedWorkload one, StartedDocument manifest, CancellationToken cancellationToken)
    {
        var labels = manifest.Selector.Count > 0 ? manifest.Selector : manifest.Template.Metadata?.Labels;
        var declared = new Declared(manifest.Replicas, manifest.Template, new V1LabelSelector { MatchLabels = labels ?? new Dictionary<string, string>() }, null);
        if (one.Given is not null)
        {
            return declared;
        }

        try
        {
            return declared with { Replicas = (await DeclaredAsync(client, one, cancellationToken).ConfigureAwait(false)).Replicas };
        }
        catch (Exception e) when (ClusterFailure.Of(e, cancellationToken) is { IsNotFound: true })
        {
            return declared;
        }
    }

    private static async Task<Declared> DeclaredAsync(IKubernetes client, ReliedWorkload one, CancellationToken cancellationToken)
    {
        var name = WorkloadName.Parse(one.Target);
        if (name.Kind == WorkloadName.Deployment)
        {
            var deployment = (await client.AppsV1.ReadNamespacedDeploymentAsync(name.Name, one.Namespace, cancellationToken: cancellationToken).ConfigureAwait(false)).Spec;
            return new Declared(deployment.Replicas ?? 1, deployment.Template, deployment.Selector, null);
        }

        var set = (await client.AppsV1.ReadNamespacedStatefulSetAsync(name.Name, one.Namespace, cancellationToken: cancellationToken).ConfigureAwait(false)).Spec;
        return new Declared(set.Replicas ?? 1, set.Template, set.Selector, null);
    }

    /// <summary>A cluster of CloudNativePG has no template: what its operator makes of <c>spec.affinity</c> and <c>spec.topologySpreadConstraints</c>.</summary>
    private static async Task<Declared> CnpgAsync(IKubernetes client, ReliedWorkload one, CancellationToken cancellationToken)
    {
        var name = one.Target.Split('/')[1];
        var spec = (await client.ReadObjectAsync(new ObjectAddress(CnpgCluster.Api, CnpgCluster.Plural, one.Namespace, name), cancellationToken).ConfigureAwait(false))["spec"]?.AsObject() ?? [];
        var labels = new Dictionary<string, string> { [SinglePointsJudge.CnpgLabel] = name, ["cnpg.io/podRole"] = "instance" };
        var affinity = spec["affinity"];
        var apart = affinity?["enablePodAntiAffinity"]?.ToString() != "false" && affinity?["podAntiAffinityType"]?.ToString() == "required";
        var pod = new V1PodSpec
        {
            NodeSelector = affinity?["nodeSelector"] is JsonObject wanted ? KubernetesJson.Deserialize<Dictionary<string, string>>(wanted.ToJsonString()) : null,
            Tolerations = affinity?["tolerations"] is JsonArray tolerated ? KubernetesJson.Deserialize<List<V1Toleration>>(tolerated.ToJsonString()) : null,
            TopologySpreadConstraints = spec["topologySpreadConstraints"] is JsonArray rules ? KubernetesJson.Deserialize<List<V1TopologySpreadConstraint>>(rules.ToJsonString()) : null,
            Affinity = new V1Affinity
            {
                NodeAffinity = affinity?["nodeAffinity"] is JsonObject nodes ? KubernetesJson.Deserialize<V1NodeAffinity>(nodes.ToJsonString()) : null,
                PodAntiAffinity = !apart ? null : new V1PodAntiAffinity
                {
                    RequiredDuringSchedulingIgnoredDuringExecution = [new V1PodAffinityTerm { TopologyKey = affinity?["topologyKey"]?.ToString() is { Length: > 0 } key ? key : "kubernetes.io/hostname", LabelSelector = new V1LabelSelector { MatchLabels = labels } }],
                },
            },
        };
        var instances = spec["instances"] is JsonValue value && value.TryGetValue<int>(out var count) ? count : 1;
        return new Declared(instances, new V1PodTemplateSpec { Metadata = new V1ObjectMeta { Labels = labels }, Spec = pod }, new V1LabelSelector { MatchLabels = labels }, spec["enablePDB"]?.ToString() != "false");
    }

    /// <summary>All that this gate asks of a site.</summary>
    private static IReadOnlyList<NeededRight> RightsOf(string site, IReadOnlyList<ReliedWorkload> all) =>
    [
        new(site, null, "", "nodes", "list", null),
        .. all.Select(one => one.Namespace).Distinct(StringComparer.Ordinal).SelectMany(ns => (NeededRight[])[new(site, ns, "", "pods", "list", null), new(site, ns, "policy", "poddisruptionbudgets", "list", null)]),
        .. all.Select(one => (one.Namespace, one.IsCnpg, Parts: one.Target.Split('/'))).Where(one => one.Parts is [CnpgCluster.Plural or WorkloadName.Deployment or WorkloadName.StatefulSet, _])
            .Select(one => new NeededRight(site, one.Namespace, one.IsCnpg ? ServedKind.GroupOf(CnpgCluster.Api) : "apps", one.IsCnpg ? CnpgCluster.Plural : one.Parts[0] + "s", "get", one.Parts[1])),
    ];

    /// <summary>A list, or why there is none: what one right does not show leaves the other findings as they are.</summary>
    /// <param name="ns">Null for what belongs to the whole cluster.</param>
    private static async Task<Sighting<T>> SightAsync<T>(Rights rights, string? ns, Func<CancellationToken, Task<IReadOnlyList<T>>> list, CancellationToken cancellationToken)
    {
        try
        {
            return new Sighting<T>(await list(cancellationToken).ConfigureAwait(false), "", "");
        }
        catch (Exception e) when (ClusterFailure.Of(e, cancellationToken) is { } failure)
        {
            return new Sighting<T>(null, failure.Reason, failure.Status is HttpStatusCode.Forbidden ? rights.Remedy(ns) : "See that the API of the site answers.");
        }
    }

    private static GateResult Unread(ReliedWorkload one, string reason, string remedy) => new(SinglePointsJudge.Check(one), false, $"unknown: {reason}", SinglePointsJudge.Limit, SinglePointsJudge.Source(one.Site), TimeSpan.Zero, remedy);

    /// <summary>A workload as it is declared: how many its own spec asks for now.</summary>
    private sealed record Declared(int Replicas, V1PodTemplateSpec Template, V1LabelSelector Selector, bool? KeepsBudgets);

    /// <summary>One of the two is there.</summary>
    private sealed record Look(ReliedWorkload Of, Declared? Is, GateResult? Unread);

    /// <summary>A Role with all that the gate asks there, under a name of its own: neither one of its own nor that of <c>rights</c> is taken away by applying it.</summary>
    private sealed record Rights(Plan Plan, string Site, IReadOnlyList<NeededRight> All)
    {
        public string Remedy(string? ns) => $"Apply this at {Site} and bind it to the user of its kubeconfig: {RoleText.Of($"dro-{Plan.Name}-single-points", ns, All.Where(right => right.Namespace == ns))}";
    }
}
