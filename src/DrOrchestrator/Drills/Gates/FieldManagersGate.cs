using System.Text.Json.Nodes;
using DrOrchestrator.Estates;
using DrOrchestrator.Kubernetes;
using DrOrchestrator.Plans;
using k8s;

namespace DrOrchestrator.Drills.Gates;

/// <summary>
/// <c>field-managers</c>: does anybody else set the fields that the plan's Kubernetes steps set? Seen in managedFields, owners, autoscalers (HorizontalPodAutoscaler, KEDA) and the labels and
/// annotations of Argo CD, Flux and Helm. Who writes with a name of ours, or only when a change comes by, is not seen.
/// </summary>
internal sealed class FieldManagersGate(ClusterConnections connections) : IGateKind
{
    private const string Accept = "accept";

    public StepKindShape Shape { get; } = new(
        "field-managers",
        StepEffect.None,
        NeedsSite: false,
        "Nobody else sets by itself the fields that the plan's Kubernetes steps set.",
        [
            new ParameterShape("site", ParameterType.SiteName, false, "Only this site; every site that a Kubernetes step acts on by default."),
            new ParameterShape(Accept, ParameterType.Object, false, "Managers that may stay, by the names the gate gives them, each with the reason."),
        ],
        [])
    {
        Judge = parameters => (parameters.Object(Accept) ?? []).Where(entry => entry.Value is not JsonValue value || !value.TryGetValue<string>(out var reason) || reason.Trim().Length == 0)
            .Select(entry => new ParameterProblem(Accept, $"no reason for '{entry.Key}'", "NAME: reason", "Say why it does not disturb the switch.")),
    };

    public async Task<IReadOnlyList<GateResult>> CheckAsync(StepParameters parameters, Plan plan, Estate estate, CancellationToken cancellationToken)
    {
        var only = parameters.OptionalText("site");
        var judge = new FieldManagersJudge((parameters.Object(Accept) ?? []).ToDictionary(entry => entry.Key, entry => entry.Value!.ToString()));
        IReadOnlyList<SetObject> all;
        try
        {
            all = [.. SetObjects.Of(plan).Where(one => only is null || one.Site == only)];
        }
        catch (FormatException e)
        {
            return [new GateResult(Shape.Kind, false, e.Message, FieldManagersJudge.Limit, "the plan", TimeSpan.Zero, "Correct the name in the plan.")];
        }

        var unknown = SetObjects.UnknownOf(plan).Where(step => only is null || step.Site == only).Select(step => new GateResult(
            $"field-managers {step.Site} {step.Name}", false, $"unknown: what step {step.Name} sets is not known beforehand", FieldManagersJudge.Limit, "the plan", TimeSpan.Zero, "See for yourself who else sets it, and leave the step out of this gate by naming the other sites.")).ToList();
        if (all.Count == 0 && unknown.Count == 0)
        {
            return [new GateResult(Shape.Kind, false, "unknown: the plan's steps set nothing at a cluster", FieldManagersJudge.Limit, "the plan", TimeSpan.Zero, "Leave the gate out, or name a site that the plan's Kubernetes steps change.")];
        }

        var results = await Task.WhenAll(all.GroupBy(one => one.Site).Select(group => SiteAsync(judge, estate, group.Key, [.. group], cancellationToken))).ConfigureAwait(false);
        return [.. results.SelectMany(one => one), .. unknown];
    }

    private async Task<IReadOnlyList<GateResult>> SiteAsync(FieldManagersJudge judge, Estate estate, string site, IReadOnlyList<SetObject> all, CancellationToken cancellationToken)
    {
        try
        {
            var client = connections.Of(estate, site);
            var applications = await OfGroupAsync(client, "argoproj.io", "applications", null, cancellationToken).ConfigureAwait(false);
            var results = await Task.WhenAll(all.Select(one => ObjectAsync(judge, client, one, applications, cancellationToken))).ConfigureAwait(false);
            return [.. results.SelectMany(one => one)];
        }
        catch (Exception e) when (ClusterFailure.Of(e, cancellationToken) is { } failure)
        {
            return [.. all.Select(one => Unread(one, failure))];
        }
    }

    private static async Task<IReadOnlyList<GateResult>> ObjectAsync(FieldManagersJudge judge, IKubernetes client, SetObject one, IReadOnlyList<JsonObject> applications, CancellationToken cancellationToken)
    {
        try
        {
            var seen = await client.ReadObjectAsync(one.Address, cancellationToken).ConfigureAwait(false);
            IReadOnlyList<JsonObject> autoscalers = [], scaled = [];
            if (one.Replicas.Count > 0)
            {
                autoscalers = await client.AutoscalersAsync(one.Address.Namespace!, cancellationToken).ConfigureAwait(false);
                scaled = await OfGroupAsync(client, "keda.sh", "scaledobjects", one.Address.Namespace, cancellationToken).ConfigureAwait(false);
            }

            return judge.Judge(new SeenObject(one, seen, autoscalers, scaled, applications, await SourcesAsync(client, seen, cancellationToken).ConfigureAwait(false)));
        }
        catch (Exception e) when (ClusterFailure.Of(e, cancellationToken) is { } failure)
        {
            return [one.MayBeMissing && failure.IsNotFound
                ? new GateResult(FieldManagersJudge.Check(one), true, "not there: the plan makes it", FieldManagersJudge.Limit, FieldManagersJudge.Source(one.Site), TimeSpan.Zero, "")
                : Unread(one, failure)];
        }
    }

    /// <summary>Objects of a group that not every cluster serves; none where it is not served.</summary>
    private static async Task<IReadOnlyList<JsonObject>> OfGroupAsync(IKubernetes client, string group, string plural, string? ns, CancellationToken cancellationToken) =>
        await client.ServedVersionAsync(group, cancellationToken).ConfigureAwait(false) is { } api ? await client.ListObjectsAsync(api, plural, ns, cancellationToken).ConfigureAwait(false) : [];

    /// <summary>Flux may run in another cluster: what is not here counts as at work.</summary>
    private static async Task<IReadOnlyDictionary<string, JsonObject>> SourcesAsync(IKubernetes client, JsonObject seen, CancellationToken cancellationToken)
    {
        var found = new Dictionary<string, JsonObject>();
        foreach (var (group, kind, ns, name) in FieldManager.SourcesOf(seen))
        {
            try
            {
                if (await client.ServedVersionAsync(group, cancellationToken).ConfigureAwait(false) is { } api)
                {
                    found[$"{kind}/{ns}/{name}"] = await client.ReadObjectAsync(new ObjectAddress(api, kind.ToLowerInvariant() + "s", ns, name), cancellationToken).ConfigureAwait(false);
                }
            }
            catch (Exception e) when (ClusterFailure.Of(e, cancellationToken) is { IsRefusal: true, IsPassing: false })
            {
                // Not there, or not to be read: nothing says that it rests.
            }
        }

        return found;
    }

    private static GateResult Unread(SetObject one, ClusterFailure failure) => new(
        FieldManagersJudge.Check(one), false, $"unknown: {failure.Reason}", FieldManagersJudge.Limit, FieldManagersJudge.Source(one.Site), TimeSpan.Zero,
        failure.IsNotFound ? "Deploy it there, or correct the name in the plan." : "See that the API of the site answers and that the kubeconfig's user may read the plan's objects, and list autoscalers, ScaledObjects and Applications where they are served.");
}
