using System.Globalization;
using k8s.Models;

namespace DrOrchestrator.Drills.Gates;

/// <summary>An image that the plan has started at the site.</summary>
/// <param name="Of">What asks for it: <c>ledger/deployment/api main</c>.</param>
/// <param name="Policy"><c>Always</c>, <c>IfNotPresent</c> or <c>Never</c>.</param>
/// <param name="Elsewhere">Digests that the same container runs at the other site now, null for one that gives none; null where nobody is to look there.</param>
internal sealed record AskedImage(string Of, string Image, string Policy, IReadOnlyList<string?>? Elsewhere);

/// <summary>
/// Decides whether an image can be had at a site, and is the one that runs at the other. A node lists 50 images at most, so one that is not listed may be there: absence is unknown.
/// Whether a registry answers, and what its tags mean there, is seen by nobody without pulling. Pure.
/// </summary>
/// <param name="registries">Hosts that the plan says belong to the site or can be reached whatever becomes of the other.</param>
internal sealed class ImagesJudge(string site, string? other, IReadOnlyList<string> registries, IEnumerable<V1Node> nodes)
{
    private readonly IReadOnlyList<V1Node> _nodes = [.. nodes.Where(node => node.Spec?.Unschedulable is not true && node.Status?.Conditions?.Any(condition => condition is { Type: "Ready", Status: "True" }) == true)];

    private string Limit => other is null ? "can be had there without the other site" : $"can be had there without the other site, and is the one that {other} runs";

    public GateResult Judge(AskedImage asked)
    {
        var image = ImageName.Parse(asked.Image);
        var digests = _nodes.Select(node => DigestsOn(node, image)).Where(found => found is not null).Select(found => found!).ToList();
        var there = string.Create(CultureInfo.InvariantCulture, $"{asked.Image} is listed on {digests.Count} of {_nodes.Count} nodes");
        var isNamed = registries.Contains(image.Registry, StringComparer.Ordinal);
        if (registries.Count > 0 && !isNamed)
        {
            return Result(asked, false, $"{asked.Image} comes from {image.Registry}", $"Have a registry of the site hold it and name the image there; allowed by the plan: {string.Join(", ", registries)}.");
        }

        if (Difference(asked, image, [.. digests.SelectMany(found => found).Distinct()]) is { } difference)
        {
            return difference;
        }

        var isEverywhere = _nodes.Count > 0 && digests.Count == _nodes.Count;
        return asked.Policy == "Always" ? isNamed
                ? Result(asked, true, $"{there}; it is pulled at each start from {image.Registry}, which the plan names", "")
                : Result(asked, false, $"unknown: it is pulled at each start from {image.Registry}, and nothing says that it answers when the other site is dark", "Set imagePullPolicy IfNotPresent and pin the image by its digest; or name the registry in the gate once you know that it stands at the site.")
            : isEverywhere ? Result(asked, true, there, "")
            : asked.Policy != "Never" && isNamed ? Result(asked, true, $"{there}; it is pulled from {image.Registry}, which the plan names", "")
            : Result(asked, false, $"unknown: {there}, and a node lists no more than 50", asked.Policy == "Never"
                ? "Bring the image to every node: its imagePullPolicy is Never."
                : $"Pull it on every node beforehand (a DaemonSet does), or name {image.Registry} in the gate once you know that it can be reached without the other site.");
    }

    /// <summary>One result for all Secrets by which a workload pulls.</summary>
    public GateResult JudgeSecrets(string of, IReadOnlyList<string> names, IReadOnlyList<string> missing) => new(
        $"images-known {site} {of} imagePullSecrets", missing.Count == 0, missing.Count == 0 ? $"there: {string.Join(", ", names)}" : $"not there: {string.Join(", ", missing)}", "are there", Source(site), TimeSpan.Zero,
        missing.Count == 0 ? "" : "Create these Secrets in the workload's namespace at the site.");

    public static string Source(string site) => $"nodes, workloads and pods in the Kubernetes API of {site}";

    private GateResult? Difference(AskedImage asked, ImageName image, IReadOnlyList<string> here)
    {
        if (asked.Elsewhere is not { } running)
        {
            return null;
        }

        var elsewhere = running.Where(digest => digest is not null).Distinct().ToList();
        if (elsewhere.Count == 0 || running.Contains(null))
        {
            return Result(asked, false, $"unknown: {other} does not say by digest which image it runs", $"See that the workload runs at {other} from a registry, or leave 'from' out.");
        }

        IReadOnlyList<string> meant = image.Digest is null ? here : [image.Digest];
        return meant.Count == 0 ? Result(asked, false, $"unknown: nothing at {site} says which digest {asked.Image} is", "Pin the image by its digest at both sites.")
            : elsewhere.Count > 1 || meant.Count > 1 || meant[0] != elsewhere[0]
                ? Result(asked, false, $"{asked.Image} is {string.Join(", ", meant)} at {site}, {other} runs {string.Join(", ", elsewhere)}", "The tag has moved, or the sites were deployed apart: deploy the same digest at both.")
                : null;
    }

    /// <summary>Digests under which a node lists the image; null where it does not list it.</summary>
    private static IReadOnlyList<string>? DigestsOn(V1Node node, ImageName image)
    {
        foreach (var listed in node.Status.Images ?? [])
        {
            var names = (listed.Names ?? []).Where(name => !name.Contains("<none>", StringComparison.Ordinal)).Select(ImageName.Parse).Where(name => name.Repository == image.Repository).ToList();
            if (names.Any(name => image.Digest is null ? name.Digest is null && name.Tag == image.Tag : name.Digest == image.Digest))
            {
                return [.. names.Select(name => name.Digest).OfType<string>().Distinct()];
            }
        }

        return null;
    }

    private GateResult Result(AskedImage asked, bool passed, string value, string remedy) =>
        new($"images-known {site} {asked.Of}", passed, value, Limit, Source(asked.Elsewhere is null ? site : $"{site} and {other}"), TimeSpan.Zero, remedy);
}
