using System.Globalization;
using DrOrchestrator.Drills.Steps.Objects;
using DrOrchestrator.Estates;
using DrOrchestrator.Kubernetes;
using DrOrchestrator.Plans;
using k8s;
using k8s.Models;

namespace DrOrchestrator.Drills.Gates;

/// <summary>
/// <c>rights</c>: may the kubeconfig's user do what the plan's Kubernetes steps will do? Each cluster is asked itself (SelfSubjectAccessReview), for the switch and for the way
/// back; where any is missing comes a Role ready to apply, with all of them: applied over an earlier one of the same plan it takes nothing away. An answer is about rules (RBAC); admission
/// webhooks and quotas are asked by nobody beforehand.
/// </summary>
internal sealed class RightsGate(ClusterConnections connections) : IGateKind
{
    private const string Asked = "every right that the plan's steps need";

    public StepKindShape Shape { get; } = new(
        "rights",
        StepEffect.None,
        NeedsSite: false,
        "The clusters allow what the plan's Kubernetes steps will do.",
        [new ParameterShape("site", ParameterType.SiteName, false, "Only this site; every site that a Kubernetes step acts on by default.")],
        []);

    public async Task<IReadOnlyList<GateResult>> CheckAsync(StepParameters parameters, Plan plan, Estate estate, CancellationToken cancellationToken)
    {
        var only = parameters.OptionalText("site");
        var found = await Task.WhenAll(NeededRights.ToBeFound(plan).Where(read => only is null || read.Site == only).Select(read => FindAsync(estate, read.Site, read.Target, cancellationToken))).ConfigureAwait(false);
        var applied = await Task.WhenAll(NeededRights.ManifestsToBeFound(plan).Where(one => only is null || one.Site == only).Select(one => FindAsync(estate, one.Site, one.Namespace, one.Document, cancellationToken))).ConfigureAwait(false);
        var needed = NeededRights.Of(plan).Concat(NeededRights.OfHosts(plan, estate)).Concat(found.Select(read => read.Right).OfType<NeededRight>()).Concat(applied.SelectMany(one => one.Rights)).Distinct().Where(right => only is null || right.Site == only).GroupBy(right => (right.Site, right.Namespace));
        var results = await Task.WhenAll(needed.Select(group => AskAsync(plan, estate, group.Key.Site, group.Key.Namespace, [.. group], cancellationToken))).ConfigureAwait(false);
        var unknown = NeededRights.UnknownOf(plan).Where(step => only is null || step.Site == only).Select(step =>
            new GateResult($"rights {step.Site} {step.Name}", false, $"unknown: it is not known which rights a step of kind {step.Kind} needs", Asked, "the plan", TimeSpan.Zero, "Try the step in a rehearsal, and leave it out of this gate by naming the other sites."));
        return [.. results, .. unknown, .. found.Select(read => read.Unclear).Concat(applied.Select(one => one.Unclear)).OfType<GateResult>()];
    }

    /// <summary>Which right reads an object of a kind that only the cluster can tell.</summary>
    private async Task<(NeededRight? Right, GateResult? Unclear)> FindAsync(Estate estate, string site, WaitTarget target, CancellationToken cancellationToken)
    {
        try
        {
            return await connections.Of(estate, site).FindKindAsync(target.Word, cancellationToken).ConfigureAwait(false) is KindSearch.Found found
                ? (NeededRights.Reading(site, target, found.Kind), null)
                : Unclear($"'{target.Word}' is no kind, or no single one, of this cluster");
        }
        catch (Exception e) when (ClusterFailure.Of(e, cancellationToken) is { } failure)
        {
            return Unclear(failure.Reason);
        }

        (NeededRight?, GateResult?) Unclear(string why) =>
            (null, new GateResult($"rights {site} {target}", false, $"unknown: {why}", Asked, $"what the Kubernetes API of {site} serves", TimeSpan.Zero, "See that the cluster has the kind, or name api and PLURAL/NAME in the step."));
    }

    /// <summary>By which rights an object of a manifest is applied, of a kind that only the cluster can tell.</summary>
    private async Task<(IReadOnlyList<NeededRight> Rights, GateResult? Unclear)> FindAsync(Estate estate, string site, string? ns, ManifestDocument document, CancellationToken cancellationToken)
    {
        try
        {
            return await connections.Of(estate, site).FindKindAsync(document.Api, document.Kind, cancellationToken).ConfigureAwait(false) is { } kind
                ? ([.. NeededRights.Applying(site, ns, kind.Group, kind.Plural, document.Name)], null)
                : Unclear($"'{document.Kind}' of {document.Api} is no kind of this cluster");
        }
        catch (Exception e) when (ClusterFailure.Of(e, cancellationToken) is { } failure)
        {
            return Unclear(failure.Reason);
        }

        (IReadOnlyList<NeededRight>, GateResult?) Unclear(string why) =>
            ([], new GateResult($"rights {site} {document.Kind}/{document.Name}", false, $"unknown: {why}", Asked, $"what the Kubernetes API of {site} serves", TimeSpan.Zero, "See that the cluster has the kind in that version, or correct the manifest."));
    }

    private async Task<GateResult> AskAsync(Plan plan, Estate estate, string site, string? ns, IReadOnlyList<NeededRight> needed, CancellationToken cancellationToken)
    {
        var check = $"rights {site} {ns ?? "cluster"}";
        var source = $"access reviews in the Kubernetes API of {site}";
        try
        {
            var client = connections.Of(estate, site);
            var answers = await Task.WhenAll(needed.Select(right => AskAsync(client, right, cancellationToken))).ConfigureAwait(false);
            if (answers.FirstOrDefault(answer => answer.Unclear is not null).Unclear is { } unclear)
            {
                return new GateResult(check, false, $"unknown: {unclear}", Asked, source, TimeSpan.Zero, "See that the API server can judge rights: its authorizer answered with an error.");
            }

            var missing = answers.Where(answer => !answer.Allowed).Select(answer => answer.Right).ToList();
            return missing.Count == 0
                ? new GateResult(check, true, string.Create(CultureInfo.InvariantCulture, $"all {needed.Count} rights"), Asked, source, TimeSpan.Zero, "")
                : new GateResult(
                    check,
                    false,
                    string.Create(CultureInfo.InvariantCulture, $"{missing.Count} of {needed.Count} rights are missing: {string.Join(", ", missing)}"),
                    Asked,
                    source,
                    TimeSpan.Zero,
                    $"Apply this at {site} and bind it to the user of its kubeconfig: {RoleText.Of($"dro-{plan.Name}", ns, needed)}");
        }
        catch (Exception e) when (ClusterFailure.Of(e, cancellationToken) is { } failure)
        {
            return new GateResult(check, false, $"unknown: {failure.Reason}", Asked, source, TimeSpan.Zero, "See that the API of the site answers; every user may ask it for their own rights.");
        }
    }

    /// <summary>Asks a cluster whether whoever asks has the right.</summary>
    /// <exception cref="k8s.Autorest.HttpOperationException">It does not say.</exception>
    internal static async Task<(NeededRight Right, bool Allowed, string? Unclear)> AskAsync(IKubernetes client, NeededRight right, CancellationToken cancellationToken)
    {
        var parts = right.Resource.Split('/');
        var review = new V1SelfSubjectAccessReview
        {
            ApiVersion = "authorization.k8s.io/v1",
            Kind = "SelfSubjectAccessReview",
            Spec = new V1SelfSubjectAccessReviewSpec
            {
                ResourceAttributes = new V1ResourceAttributes
                {
                    NamespaceProperty = right.Namespace,
                    Group = right.Group,
                    Resource = parts[0],
                    Subresource = parts.Length > 1 ? parts[1] : null,
                    Verb = right.Verb,
                    Name = right.Name,
                },
            },
        };
        var status = (await client.AuthorizationV1.CreateSelfSubjectAccessReviewAsync(review, cancellationToken: cancellationToken).ConfigureAwait(false)).Status;
        return (right, status is { Allowed: true }, status is null ? "the answer says nothing" : status.Allowed || string.IsNullOrEmpty(status.EvaluationError) ? null : status.EvaluationError);
    }
}
