using System.Globalization;
using System.Net;
using DrOrchestrator.Estates;
using DrOrchestrator.Kubernetes;
using k8s;
using k8s.Models;

namespace DrOrchestrator.Drills.Gates;

/// <summary>What a credential was told about one right, or by one try.</summary>
/// <param name="Allowed">Null where nobody knows.</param>
/// <param name="Words">Of the server, where it is not clear; empty otherwise.</param>
/// <param name="IsTry">A request was sent, and not only a question.</param>
internal sealed record PowerAnswer(NeededRight Right, bool? Allowed, string Words, bool IsTry)
{
    /// <summary>The server does not know who asks (401): no rights, or nobody whom it could know just now.</summary>
    public bool IsStranger { get; init; }
}

/// <summary>
/// What the credential of one site may do in a namespace of another: each right is asked for (SelfSubjectAccessReview), and what the plan does there is tried as a dry run. Both must
/// be refused: a review knows rules alone, and a try one request alone.
/// </summary>
internal sealed class ClusterPowers(ClusterConnections connections)
{
    private const string Limit = "no right at all";

    /// <summary>In the place of a name that only the run will know. Whether it is there does not matter: rights are judged first.</summary>
    private const string AnyName = "drorchestrator-rehearsal";

    /// <summary>Of every refusal of an authorizer ("User ... cannot patch resource ..."). Other things answer 403 too, behind it: admission webhooks, quotas, pod security.</summary>
    private const string NotAuthorized = " cannot ";

    private static readonly string[] Effects = ["create", "update", "patch", "delete"];

    private static readonly V1Patch Nothing = new("""{"metadata":{"annotations":{"drorchestrator.io/rehearsal":"tried"}}}""", V1Patch.PatchType.MergePatch);

    /// <param name="credential">The site of the rehearsal.</param>
    /// <param name="site">The site of production.</param>
    /// <param name="acted">The rights by which the live plan acts there.</param>
    public async Task<GateResult> TryAsync(Estate estate, string credential, string site, string ns, IReadOnlyList<NeededRight> acted, CancellationToken cancellationToken)
    {
        try
        {
            using var client = connections.WithCredentialOf(estate, site, credential);
            var tries = TriesOf(site, ns, acted).Select(right => AnswerAsync(right, isTry: true, token => TryAsync(client, right, token), cancellationToken));
            var questions = Rights(site, ns, acted).Select(right => AnswerAsync(right, isTry: false, token => AskAsync(client, right, token), cancellationToken));
            var answers = await Task.WhenAll(tries.Concat(questions)).ConfigureAwait(false);
            return Judge(credential, site, ns, answers, answers.Any(answer => answer.IsStranger) ? await DoubtAsync(estate, credential, site, ns, cancellationToken).ConfigureAwait(false) : null);
        }
        catch (ClusterAccessException declared)
        {
            return Unknown(credential, site, ns, declared.Message);
        }
    }

    /// <summary>What the answers come to. Pure.</summary>
    /// <param name="doubt">Why it does not count that the server knows nobody of that credential; null where it does.</param>
    internal static GateResult Judge(string credential, string site, string ns, IReadOnlyList<PowerAnswer> answers, string? doubt = null)
    {
        var allowed = answers.Where(answer => answer.Allowed is true).Select(answer => answer.Right).Distinct().ToList();
        if (allowed.Count > 0)
        {
            var rights = string.Join(", ", allowed);
            return new GateResult(
                Check(credential, site, ns), false, $"it has: {rights}", Limit, Source(credential, site), TimeSpan.Zero,
                $"Take these rights in namespace {ns} of {site} from the user of {credential}'s kubeconfig: {rights}. Then start the rehearsal again.");
        }

        if (answers.FirstOrDefault(answer => answer.Allowed is null) is { } unclear)
        {
            return Unknown(credential, site, ns, $"no clear answer to {unclear.Right}: {unclear.Words}");
        }

        if (doubt is not null && answers.Any(answer => answer.IsStranger))
        {
            return Unknown(credential, site, ns, doubt);
        }

        var (tried, asked) = (answers.Count(answer => answer.IsTry), answers.Count(answer => !answer.IsTry));
        return tried == 0
            ? Unknown(credential, site, ns, "nothing was tried")
            : new GateResult(Check(credential, site, ns), true, string.Create(CultureInfo.InvariantCulture, $"tries refused: {tried}; rights denied: {asked}"), Limit, Source(credential, site), TimeSpan.Zero, "");
    }

    /// <summary>
    /// A token in the middle of its rotation, a clock that is off and an authentication webhook that is down are 401 too, and ten minutes later they are not. So the same credential must be
    /// known at its own cluster now, and the server that knows it not must know its own.
    /// </summary>
    private async Task<string?> DoubtAsync(Estate estate, string credential, string site, string ns, CancellationToken cancellationToken)
    {
        var known = await Task.WhenAll(IsKnownAsync(estate, credential, ns, cancellationToken), IsKnownAsync(estate, site, ns, cancellationToken)).ConfigureAwait(false);
        return !known[0] ? $"{site} does not know the credential of {credential}, and neither does {credential} now: it may be known there later"
            : !known[1] ? $"{site} does not know the credential of {credential}, nor its own now: it may know both later"
            : null;
    }

    /// <summary>Whether a site's own credential is one that its server knows now, whatever it may do.</summary>
    private async Task<bool> IsKnownAsync(Estate estate, string site, string ns, CancellationToken cancellationToken)
    {
        try
        {
            using var client = connections.WithCredentialOf(estate, site, site);
            await RightsGate.AskAsync(client, new NeededRight(site, ns, "*", "*", "*", null), cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (Exception e) when (ClusterFailure.Of(e, cancellationToken) is { } failure)
        {
            return failure.Status is HttpStatusCode.Forbidden;
        }
    }

    /// <summary>What is tried: the plan's own patches and Jobs; where it makes none of those (it only acts by <c>pods/exec</c>), a patch of a workload. Pure.</summary>
    private static IEnumerable<NeededRight> TriesOf(string site, string ns, IReadOnlyList<NeededRight> acted) =>
        acted.Where(right => right is { Group: "apps", Verb: "patch" } or { Resource: "jobs", Verb: "create" }).Distinct().DefaultIfEmpty(new NeededRight(site, ns, "apps", "statefulsets", "patch", null));

    /// <summary>What is asked for: every change of what the plan acts on, the ways around it, and everything at once. Pure.</summary>
    internal static IReadOnlyList<NeededRight> Rights(string site, string ns, IReadOnlyList<NeededRight> acted) =>
    [
        .. acted.SelectMany(right => Effects.Select(verb => right with { Verb = verb, Name = verb == "create" ? null : right.Name })).Distinct(),
        new(site, ns, "", "pods/exec", "create", null),

        // Where a WebSocket is opened by GET, and the cluster is older than 1.35, this one is enough to run any command in a pod.
        new(site, ns, "", "pods/exec", "get", null),
        new(site, ns, "", "secrets", "get", null),

        // A list holds what is in them too.
        new(site, ns, "", "secrets", "list", null),
        new(site, ns, "*", "*", "*", null),
    ];

    private static async Task<PowerAnswer> AnswerAsync(NeededRight right, bool isTry, Func<CancellationToken, Task<(bool? Allowed, string Words)>> ask, CancellationToken cancellationToken)
    {
        try
        {
            var (allowed, words) = await ask(cancellationToken).ConfigureAwait(false);
            return new PowerAnswer(right, allowed, words, isTry);
        }
        catch (Exception e) when (e is not ClusterAccessException && ClusterFailure.Of(e, cancellationToken) is { } failure)
        {
            // Whoever is not known there has no rights. That one may not even ask for them says nothing of the rights themselves.
            bool? allowed = failure.Status is HttpStatusCode.Unauthorized ? false
                : !isTry ? null
                : failure.Status is HttpStatusCode.Forbidden ? !failure.Reason.Contains(NotAuthorized, StringComparison.Ordinal)
                : failure.IsRefusal && !failure.IsPassing ? true
                : null;
            return new PowerAnswer(right, allowed, failure.Reason, isTry) { IsStranger = failure.Status is HttpStatusCode.Unauthorized };
        }
    }

    private static async Task<(bool? Allowed, string Words)> TryAsync(IKubernetes client, NeededRight right, CancellationToken cancellationToken)
    {
        var name = right.Name ?? AnyName;
        if (right.Resource == "jobs")
        {
            var pod = new V1PodSpec { RestartPolicy = "Never", Containers = [new V1Container { Name = "none", Image = "none" }] };
            var job = new V1Job { ApiVersion = "batch/v1", Kind = "Job", Metadata = new V1ObjectMeta { Name = name }, Spec = new V1JobSpec { Template = new V1PodTemplateSpec { Spec = pod } } };
            await client.BatchV1.CreateNamespacedJobAsync(job, right.Namespace, dryRun: "All", cancellationToken: cancellationToken).ConfigureAwait(false);
        }
        else if (right.Resource == "deployments")
        {
            await client.AppsV1.PatchNamespacedDeploymentAsync(Nothing, name, right.Namespace, dryRun: "All", cancellationToken: cancellationToken).ConfigureAwait(false);
        }
        else
        {
            await client.AppsV1.PatchNamespacedStatefulSetAsync(Nothing, name, right.Namespace, dryRun: "All", cancellationToken: cancellationToken).ConfigureAwait(false);
        }

        return (true, "");
    }

    private static async Task<(bool? Allowed, string Words)> AskAsync(IKubernetes client, NeededRight right, CancellationToken cancellationToken)
    {
        var (_, allowed, unclear) = await RightsGate.AskAsync(client, right, cancellationToken).ConfigureAwait(false);
        return unclear is null ? (allowed, "") : (null, unclear);
    }

    private static GateResult Unknown(string credential, string site, string ns, string why) => new(
        Check(credential, site, ns), false, $"unknown: {why}", Limit, Source(credential, site), TimeSpan.Zero, $"See that the API of {site} answers to the credential of {credential}: with a refusal.");

    internal static string Check(string credential, string site, string ns) => $"{RehearsalProof.Kind} {credential} at {site} {ns}";

    private static string Source(string credential, string site) => $"access reviews and dry runs in the Kubernetes API of {site} with the credential of {credential}";
}
