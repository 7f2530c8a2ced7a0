using DrOrchestrator.Drills.Steps.Pods;
using DrOrchestrator.Estates;
using DrOrchestrator.Kubernetes;
using DrOrchestrator.Plans;
using k8s;
using k8s.Models;

namespace DrOrchestrator.Drills.Gates;

/// <summary><c>images-known</c>: can the images of what the plan starts at a site be had there with the other site dark, and are they those that run at the other? Nothing is pulled.</summary>
internal sealed class ImagesKnownGate(ClusterConnections connections) : IGateKind
{
    private const string Limit = "can be had there without the other site";

    public StepKindShape Shape { get; } = new(
        "images-known",
        StepEffect.None,
        NeedsSite: false,
        "The images of what the plan starts at a site can be had there without the other site.",
        [
            new ParameterShape("site", ParameterType.SiteName, true, "Where it is started."),
            new ParameterShape("from", ParameterType.SiteName, false, "The site that runs the same workloads now: the images must be the same by digest."),
            new ParameterShape("registries", ParameterType.TextList, false, "Registry hosts that stand at the site or can be reached whatever becomes of the other; images from any other do not pass."),
        ],
        []);

    public async Task<IReadOnlyList<GateResult>> CheckAsync(StepParameters parameters, Plan plan, Estate estate, CancellationToken cancellationToken)
    {
        var (site, from) = (parameters.Text("site"), parameters.OptionalText("from"));
        var wanted = CapacityGate.Wanted(plan, site);
        var jobs = plan.AllSteps.Where(step => step.Site == site && step.Kind == "k8s.job").ToList();
        IReadOnlyList<StartedDocument> applied;
        try
        {
            applied = StartedDocument.Of(plan, site);
        }
        catch (FormatException e)
        {
            return [Unknown(site, "", e.Message, "Correct the manifest.")];
        }

        if (wanted.Count == 0 && jobs.Count == 0 && applied.Count == 0)
        {
            return [Unknown(site, "", "the plan starts no workload there", "Name the site that the plan's k8s.scale steps start.")];
        }

        try
        {
            var client = connections.Of(estate, site);
            var nodes = await client.AllNodesAsync(null, cancellationToken).ConfigureAwait(false);
            var judge = new ImagesJudge(site, from, parameters.Texts("registries"), nodes);
            var workloads = await Task.WhenAll(wanted.Keys.Where(key => applied.All(one => (one.Namespace, one.Target) != key)).Select(key => WorkloadAsync(judge, client, estate, site, from, key.Namespace, key.Workload, cancellationToken))
                .Concat(applied.Select(one => AppliedAsync(judge, client, estate, site, from, one, cancellationToken)))).ConfigureAwait(false);

            var started = jobs.Select(step => (step.Name, Namespace: step.Parameters.Text("namespace"), Image: step.Parameters.OptionalText("image") ?? JobSettings.DefaultImage))
                .Select(job => judge.Judge(new AskedImage($"{job.Namespace}/job {job.Name}", job.Image, Usual(job.Image), null)));
            var secrets = new List<GateResult>();
            foreach (var (step, named) in jobs.Where(step => IsKnown(step.Parameters.Text("namespace"))).Select(step => (step, step.Parameters.Texts(JobSettings.PullSecrets).Where(IsKnown).ToList())).Where(job => job.Item2.Count > 0))
            {
                var ns = step.Parameters.Text("namespace");
                secrets.Add(judge.JudgeSecrets($"{ns}/job {step.Name}", named, await MissingAsync(client, ns, named, cancellationToken).ConfigureAwait(false)));
            }

            return [.. workloads.SelectMany(one => one), .. started, .. secrets];
        }
        catch (Exception e) when (ClusterFailure.Of(e, cancellationToken) is { } failure)
        {
            return [Unread(site, "", failure)];
        }
    }

    private async Task<IReadOnlyList<GateResult>> WorkloadAsync(ImagesJudge judge, IKubernetes client, Estate estate, string site, string? from, string ns, string workload, CancellationToken cancellationToken)
    {
        var of = $"{ns}/{workload}";
        try
        {
            var name = WorkloadName.Parse(workload);
            var spec = (await client.ReadTemplateAsync(ns, name, cancellationToken).ConfigureAwait(false)).Template.Spec;
            var running = from is null ? null : await RunningAsync(connections.Of(estate, from), ns, name, cancellationToken).ConfigureAwait(false);
            return await ContainersAsync(judge, client, of, ns, spec, running, cancellationToken).ConfigureAwait(false);
        }
        catch (FormatException e)
        {
            return [Unknown(site, " " + of, e.Message, "Correct the name in the plan.")];
        }
        catch (Exception e) when (ClusterFailure.Of(e, cancellationToken) is { } failure)
        {
            return [Unread(site, " " + of, failure)];
        }
    }

    /// <summary>What the manifest says, and not what is there now: compared with the other site where that runs the same workload.</summary>
    private async Task<IReadOnlyList<GateResult>> AppliedAsync(ImagesJudge judge, IKubernetes client, Estate estate, string site, string? from, StartedDocument applied, CancellationToken cancellationToken)
    {
        var of = $"{applied.Namespace}/{applied.Target}";
        try
        {
            var running = from is null || applied.Workload is not { } name ? null : await RunningAsync(connections.Of(estate, from), applied.Namespace, name, cancellationToken).ConfigureAwait(false);
            return await ContainersAsync(judge, client, of, applied.Namespace, applied.Template.Spec, running, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (ClusterFailure.Of(e, cancellationToken) is { } failure)
        {
            return [Unread(site, " " + of, failure)];
        }
    }

    private static async Task<IReadOnlyList<GateResult>> ContainersAsync(ImagesJudge judge, IKubernetes client, string of, string ns, V1PodSpec spec, ILookup<string, string?>? running, CancellationToken cancellationToken)
    {
        var results = (spec.InitContainers ?? []).Concat(spec.Containers)
            .Select(container => judge.Judge(new AskedImage($"{of} {container.Name}", container.Image, container.ImagePullPolicy ?? Usual(container.Image), running is null ? null : [.. running[container.Name]])))
            .ToList();
        var secrets = (spec.ImagePullSecrets ?? []).Select(secret => secret.Name).ToList();
        if (secrets.Count > 0)
        {
            results.Add(judge.JudgeSecrets(of, secrets, await MissingAsync(client, ns, secrets, cancellationToken).ConfigureAwait(false)));
        }

        return results;
    }

    /// <summary>What is not told otherwise is pulled as Kubernetes does: always anew for latest.</summary>
    private static string Usual(string image) => ImageName.Parse(image).Tag == "latest" ? "Always" : "IfNotPresent";

    /// <summary>Digests by container that the workload's pods run at that moment.</summary>
    private static async Task<ILookup<string, string?>> RunningAsync(IKubernetes client, string ns, WorkloadName name, CancellationToken cancellationToken)
    {
        var selector = Workload.SelectorText((await client.ReadTemplateAsync(ns, name, cancellationToken).ConfigureAwait(false)).Selector);
        var pods = await client.AllPodsAsync(ns, selector, cancellationToken).ConfigureAwait(false);
        return pods.Where(pod => pod.Metadata.DeletionTimestamp is null)
            .SelectMany(pod => (pod.Status?.InitContainerStatuses ?? []).Concat(pod.Status?.ContainerStatuses ?? []))
            .ToLookup(status => status.Name, status => ImageName.DigestOf(status.ImageID));
    }

    /// <summary>Whether it stands in the plan, and does not come from another step.</summary>
    private static bool IsKnown(string text) => !text.Contains("${", StringComparison.Ordinal);

    /// <summary>Asked for without what is in them.</summary>
    private static async Task<IReadOnlyList<string>> MissingAsync(IKubernetes client, string ns, IReadOnlyList<string> secrets, CancellationToken cancellationToken)
    {
        var missing = new List<string>();
        foreach (var name in secrets)
        {
            try
            {
                await client.ReadMetadataAsync(new ObjectAddress("v1", "secrets", ns, name), cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (ClusterFailure.Of(e, cancellationToken) is { IsNotFound: true })
            {
                missing.Add(name);
            }
        }

        return missing;
    }

    private static GateResult Unread(string site, string of, ClusterFailure failure) => Unknown(
        site, of, failure.Reason, "See that the API of each site answers and that the kubeconfig's user may read the workloads, pods and the Secrets by which they pull, and list nodes.");

    private static GateResult Unknown(string site, string of, string reason, string remedy) => new($"images-known {site}{of}", false, $"unknown: {reason}", Limit, ImagesJudge.Source(site), TimeSpan.Zero, remedy);
}
