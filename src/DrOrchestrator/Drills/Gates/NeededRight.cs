using System.Text.Json.Nodes;
using DrOrchestrator.Drills.Steps.Cnpg;
using DrOrchestrator.Drills.Steps.Fences;
using DrOrchestrator.Drills.Steps.Objects;
using DrOrchestrator.Drills.Steps.Pods;
using DrOrchestrator.Estates;
using DrOrchestrator.Kubernetes;
using DrOrchestrator.Plans;

namespace DrOrchestrator.Drills.Gates;

/// <summary>One call of a plan's step, as Kubernetes judges rights.</summary>
/// <param name="Namespace">Null for what belongs to the whole cluster.</param>
/// <param name="Group">API group; empty for the core group.</param>
/// <param name="Resource">Plural, with its subresource: <c>pods/log</c>.</param>
/// <param name="Name">Of the one object; null where the right is asked for all of them.</param>
internal sealed record NeededRight(string Site, string? Namespace, string Group, string Resource, string Verb, string? Name)
{
    /// <summary><c>patch statefulsets.apps/ledger-store</c>.</summary>
    public override string ToString() => $"{Verb} {Resource}{(Group.Length == 0 ? "" : $".{Group}")}{(Name is null ? "" : $"/{Name}")}";
}

/// <summary>Which calls each Kubernetes kind makes, its way back and its proofs included. Pure; a test holds the table against what the steps send.</summary>
internal static class NeededRights
{
    private const string Prefix = "k8s.";
    private const string Postgres = "postgres.";
    private const string Reference = "${";

    private static readonly Dictionary<string, Func<Where, IEnumerable<NeededRight>>> Kinds = new(StringComparer.Ordinal)
    {
        ["k8s.scale"] = where => where.Workloads([where.Text("workload")], "get", "patch"),
        ["k8s.patch"] = where => where.Object(where.Text("api"), where.Text("resource"), "get", "patch"),
        ["k8s.apply"] = where => where.Applied(),
        ["k8s.rollout"] = where => [.. where.Workloads([where.Text("workload")], "get"), where.Core("pods", "list")],
        ["k8s.fence"] = where => Fence(where, where.Parameters.Texts("workloads")),

        // Taken back, a lift is a fence again.
        ["k8s.unfence"] = where => [.. Fence(where, where.Names("workloads")), where.Batch("jobs", "list")],
        ["k8s.unfence-earlier"] = where => [.. Fence(where, where.Names("workloads")), where.Batch("jobs", "list")],
        ["k8s.job"] = where =>
        [
            where.Batch("jobs", "list"), where.Batch("jobs", "get"), where.Batch("jobs", "create"), where.Core("pods", "list"), where.Core("pods/log", "get"),

            // By its own name each, never every Secret there is.
            .. JobSettings.SecretsOf(where.Parameters).Select(secret => where.Core("secrets", "get") with { Name = secret.Contains(Reference, StringComparison.Ordinal) ? null : secret }),
        ],
        ["k8s.wait"] = where => where.Read(),
        ["k8s.exec"] = where =>
        [
            .. where.Parameters.Has("workload") ? where.Workloads([where.Text("workload")], "get") : [],
            .. where.Parameters.Has("pod") ? [] : (NeededRight[])[where.Core("pods", "list")],
            where.Core("pods", "get") with { Name = where.Pod },

            // A WebSocket is opened by GET; from 1.35 on 'create' is asked for too.
            where.Core("pods/exec", "create") with { Name = where.Pod },
            where.Core("pods/exec", "get") with { Name = where.Pod },
        ],
        ["cnpg.demote"] = where => where.Object(CnpgCluster.Api, $"{CnpgCluster.Plural}/{where.Text("cluster")}", "get", "patch"),
        ["cnpg.follow"] = where => where.Object(CnpgCluster.Api, $"{CnpgCluster.Plural}/{where.Text("cluster")}", "get"),
        ["k8s.namespace"] = RunSpace,
        ["k8s.namespace-remove"] = where => [where.Cluster("", "namespaces", "get"), where.Cluster("", "namespaces", "delete"), where.Cluster("batch", "jobs", "list"), where.Cluster("", "persistentvolumeclaims", "list"), where.Cluster("", "persistentvolumes", "get")],
    };

    /// <summary>The kinds whose calls are known.</summary>
    public static IReadOnlyCollection<string> Known => Kinds.Keys;

    /// <summary>Steps that act on a cluster in a way the table does not know: their rights cannot be asked for.</summary>
    public static IReadOnlyList<PlanStep> UnknownOf(Plan plan) => [.. plan.AllSteps.Where(step => step.Kind.StartsWith(Prefix, StringComparison.Ordinal) && !Kinds.ContainsKey(step.Kind))];

    /// <summary>Steps that read an object of a kind which only the cluster itself can tell.</summary>
    public static IEnumerable<(string Site, WaitTarget Target)> ToBeFound(Plan plan) =>
        plan.AllSteps.Where(step => step.Kind == "k8s.wait" && step.Site is not null).Select(step => (step.Site!, WaitTarget.Of(step.Parameters))).Where(read => read.Item2.Known is null).Distinct();

    /// <summary>Documents of manifests whose kind only the cluster itself can tell.</summary>
    public static IEnumerable<(string Site, string? Namespace, ManifestDocument Document)> ManifestsToBeFound(Plan plan) =>
        AppliedDocuments.Of(plan).Where(applied => !AppliedDocuments.IsBuiltIn(applied.Document)).Select(applied => (applied.Site, KnownName(applied.Namespace), applied.Document)).Distinct();

    /// <summary>The rights by which an object is applied and taken back.</summary>
    public static IEnumerable<NeededRight> Applying(string site, string? ns, string group, string plural, string name) =>
        ((string[])["get", "patch", "delete"]).Select(verb => new NeededRight(site, ns, group, plural, verb, name)).Append(new NeededRight(site, ns, group, plural, "create", null));

    /// <summary>Null, which asks for all of them, where only the run will know it.</summary>
    private static string? KnownName(string text) => text.Contains(Reference, StringComparison.Ordinal) ? null : text;

    /// <summary>The right to read an object.</summary>
    public static NeededRight Reading(string site, WaitTarget target, ServedKind kind) =>
        new(site, kind.IsNamespaced ? target.Namespace : null, kind.Group, kind.Plural, "get", target.Name.Contains(Reference, StringComparison.Ordinal) ? null : target.Name);

    /// <summary>Everything the plan's steps ask of clusters, each once; of the switch and of the way back.</summary>
    public static IReadOnlyList<NeededRight> Of(Plan plan) =>
        [.. plan.AllSteps.Where(step => step.Site is not null && Kinds.ContainsKey(step.Kind)).SelectMany(step => Kinds[step.Kind](new Where(step.Site!, step.Parameters) { Manifest = AppliedDocuments.ManifestOf(plan, step) })).Distinct()];

    /// <summary>What the PostgreSQL steps ask of clusters, for the databases of their systems whose hosts are asked by Jobs or <c>pods/exec</c>.</summary>
    public static IReadOnlyList<NeededRight> OfHosts(Plan plan, Estate estate) => !plan.AllSteps.Any(step => step.Kind.StartsWith(Postgres, StringComparison.Ordinal)) ? [] :
    [
        .. estate.Databases.Where(database => plan.Systems.Contains(database.System, StringComparer.Ordinal)).SelectMany(database => database.Host is DatabaseHost.Exec exec ?
        [
            new(database.Site, exec.Namespace, "", "pods", "list", null),
            new(database.Site, exec.Namespace, "", "persistentvolumeclaims", "get", null),

            // Whether the one or the other is asked depends on the release of the cluster.
            new(database.Site, exec.Namespace, "", "pods/exec", "create", exec.Pod),
            new(database.Site, exec.Namespace, "", "pods/exec", "get", exec.Pod),
        ]
        : database.Host is not DatabaseHost.Job job ? [] : (NeededRight[])
        [
            new(database.Site, job.Namespace, "batch", "jobs", "list", null),
            new(database.Site, job.Namespace, "batch", "jobs", "get", null),
            new(database.Site, job.Namespace, "batch", "jobs", "create", null),
            new(database.Site, job.Namespace, "batch", "jobs", "delete", null),
            new(database.Site, job.Namespace, "", "pods", "list", null),
            new(database.Site, job.Namespace, "", "pods/log", "get", null),
            new(database.Site, job.Namespace, "", "persistentvolumeclaims", "get", job.Claim),
            .. new Where(database.Site, new StepParameters(new JsonObject { ["namespace"] = job.Namespace })).Workloads([job.Workload], "get"),
        ]),
    ];

    private static IEnumerable<NeededRight> Fence(Where where, IReadOnlyList<string> workloads) =>
    [
        .. where.Workloads(workloads, "get", "patch"),
        where.Core("pods", "list"),
        where.Core("pods", "patch"),
        new NeededRight(where.Site, null, "", "nodes", "get", null),
        new NeededRight(where.Site, FenceSight.LeaseNamespace, "coordination.k8s.io", "leases", "get", null),
    ];

    /// <summary>The namespace is not there yet, so that no Role can be: what is done in it is a right in all of them.</summary>
    private static IEnumerable<NeededRight> RunSpace(Where where)
    {
        var secrets = where.Parameters.Texts("copy-secrets");
        return
        [
            .. ((string[])["get", "create", "delete"]).Select(verb => where.Cluster("", "namespaces", verb)),
            .. ((string[])["get", "create"]).SelectMany(verb => (NeededRight[])
            [
                where.Cluster("networking.k8s.io", "networkpolicies", verb), where.Cluster("", "resourcequotas", verb), where.Cluster("", "limitranges", verb),
                .. where.Parameters.Object("prove") is not null ? [where.Cluster("batch", "jobs", verb)] : (NeededRight[])[],
            ]),
            where.Cluster("networking.k8s.io", "networkpolicies", "list"),

            // Undone, it says which volumes stay behind.
            where.Cluster("", "persistentvolumeclaims", "list"),
            where.Cluster("", "persistentvolumes", "get"),
            .. where.Parameters.Object("prove") is not null ? [where.Cluster("", "pods", "list"), where.Cluster("", "pods/log", "get")] : (NeededRight[])[],
            .. where.Parameters.Object("prove") is { } proof && proof["forbidden"] is null ? [new NeededRight(where.Site, "default", "discovery.k8s.io", "endpointslices", "list", null)] : (NeededRight[])[],

            // Before it is made a copy is looked for, in a namespace whose name the run makes up: by its own name, never every Secret there is.
            .. secrets.Count > 0 ? [where.Cluster("", "secrets", "create")] : (NeededRight[])[],
            .. secrets.Select(secret => secret.Split('/')).Where(parts => parts.Length == 2)
                .SelectMany(parts => ((string?[])[parts[0], null]).Select(ns => new NeededRight(where.Site, ns, "", "secrets", "get", parts[1]))),
        ];
    }

    /// <summary>A step's site and parameters. What comes from another step is not known yet: the right is asked for all names then.</summary>
    private sealed record Where(string Site, StepParameters Parameters)
    {
        /// <summary>The manifests that the step applies; null for none.</summary>
        public Manifest? Manifest { get; init; }

        /// <summary>Null, which asks for all of them, where only the run will know it: the one that it makes for itself.</summary>
        private string? Namespace => KnownName(Parameters.Text("namespace"));

        public string Text(string name) => Parameters.Text(name);

        /// <summary>Null where it is chosen by the run.</summary>
        public string? Pod => Parameters.OptionalText("pod") is { } pod && !pod.Contains(Reference, StringComparison.Ordinal) ? pod : null;

        public IReadOnlyList<string> Names(string name) => Parameters.Object(name) is { } map ? [.. map.Select(entry => entry.Key)] : [];

        public NeededRight Core(string resource, string verb) => new(Site, Namespace, "", resource, verb, null);

        public NeededRight Cluster(string group, string resource, string verb) => new(Site, null, group, resource, verb, null);

        public NeededRight Batch(string resource, string verb) => new(Site, Namespace, "batch", resource, verb, null);

        public IEnumerable<NeededRight> Workloads(IReadOnlyList<string> workloads, params string[] verbs) => workloads.SelectMany(workload =>
        {
            var parts = workload.Split('/');
            var resources = parts[0] switch { "deployment" => ["deployments"], "statefulset" => ["statefulsets"], _ => (string[])["deployments", "statefulsets"] };
            var name = parts.Length == 2 && !workload.Contains(Reference, StringComparison.Ordinal) ? parts[1] : null;
            return resources.SelectMany(resource => verbs.Select(verb => new NeededRight(Site, Namespace, "apps", resource, verb, name)));
        });

        public IEnumerable<NeededRight> Object(string api, string resource, params string[] verbs)
        {
            var parts = resource.Split('/');
            var name = parts.Length == 2 && !resource.Contains(Reference, StringComparison.Ordinal) ? parts[1] : null;
            var group = api.Contains('/', StringComparison.Ordinal) ? api.Split('/')[0] : "";
            return verbs.Select(verb => new NeededRight(Site, Namespace, group, parts[0], verb, name));
        }

        public IEnumerable<NeededRight> Applied() => (Manifest?.Documents ?? []).Where(AppliedDocuments.IsBuiltIn)
            .SelectMany(document => Applying(Site, Namespace, ServedKind.GroupOf(document.Api), ManifestRules.GuessedPlural(document.Kind), document.Name));

        public IEnumerable<NeededRight> Read() => WaitTarget.Of(Parameters) is { Known: { } kind } target ? [Reading(Site, target, kind)] : [];
    }
}
