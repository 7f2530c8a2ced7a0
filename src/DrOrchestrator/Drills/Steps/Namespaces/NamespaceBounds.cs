using System.Text.Json.Nodes;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Kubernetes;
using k8s;

namespace DrOrchestrator.Drills.Steps.Namespaces;

/// <summary>What a cluster made of a namespace of a run: a webhook, a controller or another person may have changed what was asked for, or added to it.</summary>
/// <param name="Against">Why it is not bounded as it was meant to be; null where it is.</param>
/// <param name="IsMissing">What bounds it is not there; it may come.</param>
/// <param name="IsCounted">The quota is enforced.</param>
internal sealed record NamespaceBounds(string? Against, bool IsMissing, bool IsCounted)
{
    /// <summary>Reads all of it back, live: the namespace itself, what bounds it, and every other policy.</summary>
    public static async Task<NamespaceBounds> ReadAsync(IKubernetes client, StepContext context, JsonObject intent, NamespaceSettings settings, CancellationToken cancellationToken)
    {
        var name = intent.Text("namespace");
        if (await client.FindAsync(RunNamespace.PathOf(name), cancellationToken).ConfigureAwait(false) is not { } seen)
        {
            return Not($"namespace {name} is gone");
        }

        if (!RunNamespace.IsOf(seen, context, context.Step.Name) || RunNamespace.IsEnding(seen))
        {
            return Not($"namespace {name} is another one by now, or is ending");
        }

        if (RunNamespace.MissesLabel(seen, context, intent) is { } label)
        {
            return Not($"namespace {name} has not the label {label} that was asked for");
        }

        var counted = true;
        foreach (var meant in NamespaceObjects.Of(name, settings, EffectMark.Of(context)))
        {
            var bound = await client.FindAsync(meant.Path, cancellationToken).ConfigureAwait(false);
            if (bound is null || !NamespaceObjects.IsAsMeant(meant, bound))
            {
                return Not(NamespaceObjects.NotAsMeant(name, meant)) with { IsMissing = bound is null };
            }

            counted &= NamespaceObjects.IsCounted(meant, bound);
        }

        var policies = await client.ListObjectsAsync("networking.k8s.io/v1", "networkpolicies", name, cancellationToken).ConfigureAwait(false);
        var others = policies.Where(policy => policy["metadata"]!["name"]!.ToString() != NamespaceObjects.PolicyName && NamespaceObjects.OpensEgress(policy)).Select(policy => policy["metadata"]!["name"]!.ToString()).ToList();
        return others.Count > 0
            ? Not($"namespace {name} has another policy that opens egress ({string.Join(", ", others)}): policies add up, so that what it lets pass is let pass")
            : new NamespaceBounds(null, false, counted);
    }

    private static NamespaceBounds Not(string why) => new(why, false, false);
}
