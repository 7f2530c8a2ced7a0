using System.Globalization;
using System.Text.Json.Nodes;
using DrOrchestrator.Drills.Carrying;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Estates;
using DrOrchestrator.Evidence;
using DrOrchestrator.Kubernetes;
using DrOrchestrator.Time;
using k8s;
using k8s.Models;

namespace DrOrchestrator.Drills.Steps.Namespaces;

/// <summary>A namespace that a run made for itself and that is there, whatever became of the run.</summary>
/// <param name="Log">Id of the evidence log of that run; empty where the label is gone.</param>
/// <param name="Run">Its number in that log; null where the label says none.</param>
/// <param name="Expires">From when on nobody needs it; null where the label says none.</param>
/// <param name="State">A word of <see cref="LeftNamespaces"/>.</param>
/// <param name="Holds">Where it is ending and does not go: what holds it. Null otherwise.</param>
public sealed record LeftNamespace(string Site, string Name, string Uid, string Log, long? Run, string Plan, string Mode, DateTimeOffset? Expires, string State, string? Holds)
{
    /// <summary>Its run is one of this server's log: its number means a run here.</summary>
    public required bool IsOwn { get; init; }
}

/// <summary>What a look at the clusters found.</summary>
/// <param name="NotSeen">Sites whose cluster did not answer, and why.</param>
public sealed record LeftNamespacesFound(IReadOnlyList<LeftNamespace> Namespaces, IReadOnlyList<SiteNotSeen> NotSeen);

/// <summary>A site that could not be looked at.</summary>
public sealed record SiteNotSeen(string Site, string Reason);

/// <summary>What became of the removal of a namespace.</summary>
/// <param name="Code">A word of <see cref="LeftNamespaces.RemoveAsync"/>.</param>
/// <param name="Detail">For a person, with the volumes that stay.</param>
public sealed record NamespaceRemoval(bool Accepted, string Code, string Detail)
{
    /// <summary>Volumes behind its claims that are still there, each with <c>name</c>, <c>reclaimPolicy</c> and <c>phase</c>; or <c>unknown: </c> and why, as text. Null where it is not removed.</summary>
    public JsonNode? VolumesLeft { get; init; }
}

/// <summary>
/// Namespaces of runs at all clusters of the estate, by their labels: also those whose run or whole data folder is lost. Looks when it is asked, removes what a person names, by its uid and on
/// record, and nothing by itself.
/// </summary>
public sealed class LeftNamespaces(IDrills drills, EstateHolder estates, IEvidenceLog evidence, ClusterConnections connections, ProcessClock clock)
{
    /// <summary>Its run is open.</summary>
    public const string InUse = "in-use";

    /// <summary>Its run is closed, or not known to its own log.</summary>
    public const string Left = "left";

    /// <summary>Of another log, or of none that can be told, and past its time.</summary>
    public const string Expired = "expired";

    /// <summary>Of another log, whose runs are not known here.</summary>
    public const string Foreign = "foreign";

    /// <summary>It is ending.</summary>
    public const string Ending = "ending";

    /// <summary>For one site: a cluster that hangs keeps no other one waiting.</summary>
    private static readonly TimeSpan LongestLook = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan LongestEnd = TimeSpan.FromSeconds(60);

    /// <summary>Looks at every cluster of the estate, side by side.</summary>
    public Task<LeftNamespacesFound> LookAsync(CancellationToken cancellationToken) => LookAsync(estates.Current, cancellationToken);

    /// <summary>The sites whose clusters those are, by every name that the estate has for each: a cluster is looked at once, by one of them.</summary>
    internal IReadOnlySet<string> OfTheSameClusters(IReadOnlySet<string> sites)
    {
        var clusters = estates.Current.Sites.Where(site => sites.Contains(site.Name)).Select(ClusterOf).ToHashSet();
        return estates.Current.Sites.Where(site => clusters.Contains(ClusterOf(site))).Select(site => site.Name).ToHashSet(StringComparer.Ordinal);
    }

    private static (string? Path, string? Context) ClusterOf(Site site) => (site.KubeconfigPath, site.KubernetesContext);

    private async Task<LeftNamespacesFound> LookAsync(Estate estate, CancellationToken cancellationToken)
    {
        var own = await OwnLogAsync(cancellationToken).ConfigureAwait(false);
        var sites = estate.Sites.Where(site => site.KubeconfigPath is not null).DistinctBy(ClusterOf).ToList();
        var looks = await Task.WhenAll(sites.Select(async site => (Site: site.Name, Look: await BoundedLook.TakeAsync(
            token => ListAsync(estate, site.Name, token), LongestLook, clock.Provider, CancellationToken.None, cancellationToken).ConfigureAwait(false)))).ConfigureAwait(false);

        // Runs behind the clusters: whatever namespace was seen, its run was open before it.
        var runs = (await drills.ListAsync(cancellationToken).ConfigureAwait(false)).ToDictionary(run => run.Id, run => run.ClosedAt is null);
        return new LeftNamespacesFound(
            [.. looks.Where(look => look.Look.Value is not null).SelectMany(look => look.Look.Value!.Select(ns => Read(look.Site, ns, own, runs)))],
            [.. looks.Where(look => look.Look.Value is null).Select(look => new SiteNotSeen(look.Site, look.Look.TimedOut ? "no answer within 10s" : look.Look.Failed!.Message))]);
    }

    /// <summary>Removes one that a person names, and sees it gone. On record before and after.</summary>
    /// <param name="uid">As the look showed it: another namespace of that name is left alone.</param>
    /// <param name="log">Id of its log, where that is not the own one: whoever removes it says that they mean it. Null otherwise.</param>
    /// <returns>Codes: <c>removed</c>, <c>reason-missing</c>, <c>no-such-namespace</c>, <c>in-use</c>, <c>other-log</c>, <c>not-gone</c>.</returns>
    public async Task<NamespaceRemoval> RemoveAsync(string site, string name, string uid, string? log, string? reason, Person person, CancellationToken cancellationToken)
    {
        if (string.IsNullOrWhiteSpace(reason))
        {
            return new NamespaceRemoval(false, "reason-missing", "Say why it is to be removed; it goes on record.");
        }

        // Another estate may be in force before its end, and call another cluster by that name.
        var estate = estates.Current;
        var found = (await LookAsync(estate, cancellationToken).ConfigureAwait(false)).Namespaces;
        if (found.FirstOrDefault(ns => ns.Site == site && ns.Name == name && ns.Uid == uid) is not { } meant)
        {
            return new NamespaceRemoval(false, "no-such-namespace", $"No namespace {name} with uid {uid} that a run has made is seen at {site}; 'dro namespace list' shows those that are.");
        }

        if (meant.State == InUse)
        {
            return new NamespaceRemoval(false, "in-use", $"Run {meant.Run} is open, and {name} is its own: abort the run, or let it remove the namespace.");
        }

        if (meant.Log != await OwnLogAsync(cancellationToken).ConfigureAwait(false) && log != meant.Log)
        {
            return new NamespaceRemoval(false, "other-log", $"Namespace {name} belongs to a run of evidence log '{meant.Log}', whose runs are not known here: see that nobody uses it, then name that log (--of-log).");
        }

        var about = new JsonObject { ["site"] = site, ["namespace"] = name, ["uid"] = uid, ["log"] = meant.Log, ["ofRun"] = meant.Run, ["reason"] = reason };
        await evidence.AppendAsync(new EvidenceDraft("namespace.removal-asked", person.Id, null, null, (JsonObject)about.DeepClone()), cancellationToken).ConfigureAwait(false);
        var (why, left) = await EndAsync(estate, site, name, uid, cancellationToken).ConfigureAwait(false);
        (about["gone"], about["holds"], about["volumes-left"]) = (why is null, why, left?.DeepClone());
        await evidence.AppendAsync(new EvidenceDraft("namespace.removal-seen", "system", null, null, about), cancellationToken).ConfigureAwait(false);
        return left is null
            ? new NamespaceRemoval(false, "not-gone", $"Namespace {name} at {site} is not seen to be gone: {why}")
            : new NamespaceRemoval(true, "removed", $"Namespace {name} at {site} is gone.{(NamespaceVolumes.Words(left) is { } words ? $" {char.ToUpperInvariant(words[0])}{words[1..]}" : "")}") { VolumesLeft = left };
    }

    /// <returns>Why it is not seen to be gone; or null, and which volumes are left.</returns>
    private async Task<(string? Why, JsonNode? Left)> EndAsync(Estate estate, string site, string name, string uid, CancellationToken cancellationToken)
    {
        try
        {
            var behind = await NamespaceVolumes.BehindAsync(() => connections.Of(estate, site), name, cancellationToken).ConfigureAwait(false);
            var deadline = new StepDeadline(clock.Provider, LongestEnd);
            return await NamespaceEnd.RunAsync(() => connections.Of(estate, site), name, uid, () => { }, deadline, cancellationToken).ConfigureAwait(false) is { } why
                ? (why, null)
                : (null, await NamespaceVolumes.LeftAsync(connections.Of(estate, site), behind, clock.Provider, deadline.Remaining, cancellationToken).ConfigureAwait(false));
        }
        catch (Exception e) when (ClusterFailure.Of(e, cancellationToken) is { } failure)
        {
            return (failure.Reason, null);
        }
    }

    private async Task<IReadOnlyList<V1Namespace>> ListAsync(Estate estate, string site, CancellationToken cancellationToken)
    {
        try
        {
            return await connections.Of(estate, site).AllNamespacesAsync($"{RunLabels.ManagedBy}={RunLabels.Us}", cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (ClusterFailure.Of(e, cancellationToken) is { } failure)
        {
            throw new InvalidOperationException(failure.Reason);
        }
    }

    private LeftNamespace Read(string site, V1Namespace ns, string own, Dictionary<long, bool> open)
    {
        string Label(string name) => ns.Metadata.Labels?.TryGetValue(name, out var value) is true ? value : "";
        var expires = DateTimeOffset.TryParseExact(Label(RunLabels.Expires), RunLabels.MomentFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var moment) ? moment : (DateTimeOffset?)null;
        var run = long.TryParse(Label(RunLabels.Run), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : (long?)null;
        var isOwn = Label(RunLabels.Log) == own;
        var state = isOwn && run is { } known && open.TryGetValue(known, out var isOpen) && isOpen ? InUse
            : ns.Metadata.DeletionTimestamp is not null ? Ending
            : isOwn ? Left
            : expires is null || expires > clock.Now ? Foreign
            : Expired;
        var holds = state == Ending ? NamespaceEnd.Holds(JsonNode.Parse(KubernetesJson.Serialize(ns))!.AsObject()) : null;
        return new LeftNamespace(site, ns.Metadata.Name, ns.Metadata.Uid, Label(RunLabels.Log), run, Label(RunLabels.Plan), Label(RunLabels.Mode), expires, state, holds) { IsOwn = isOwn };
    }

    /// <summary>As marks of runs have it.</summary>
    private async Task<string> OwnLogAsync(CancellationToken cancellationToken)
    {
        var created = await evidence.ReadAsync(null, 0, 1, cancellationToken).ConfigureAwait(false);
        return created is [var first, ..] && first.Payload.OptionalText("origin")?.Split('/') is [_, var log, ..] ? RunLabels.Value(log) : "";
    }
}
