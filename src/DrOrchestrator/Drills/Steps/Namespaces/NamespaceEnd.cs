using System.Text.Json.Nodes;
using DrOrchestrator.Drills.Carrying;
using DrOrchestrator.Kubernetes;
using k8s;

namespace DrOrchestrator.Drills.Steps.Namespaces;

/// <summary>The end of a namespace: asked for by its uid, and seen.</summary>
internal static class NamespaceEnd
{
    /// <summary>Conditions of a namespace that does not go, as its controller writes them.</summary>
    private static readonly string[] Holding = ["NamespaceDeletionDiscoveryFailure", "NamespaceDeletionGroupVersionParsingFailure", "NamespaceDeletionContentFailure", "NamespaceContentRemaining", "NamespaceFinalizersRemaining"];

    /// <summary>Asks for its end until that is seen, or the time is over.</summary>
    /// <returns>Null once it is gone; otherwise why not.</returns>
    /// <exception cref="PermitOverException">Nothing may be sent any more.</exception>
    public static async Task<string?> RunAsync(Func<IKubernetes> client, string name, string uid, Action permit, StepDeadline deadline, CancellationToken cancellationToken)
    {
        var trouble = "it was not looked at";
        do
        {
            try
            {
                var seen = await client().FindAsync(RunNamespace.PathOf(name), cancellationToken).ConfigureAwait(false);
                if (seen is null || RunNamespace.Uid(seen) != uid)
                {
                    return null;
                }

                trouble = Holds(seen);
                if (!RunNamespace.IsEnding(seen) && !deadline.HasPassed)
                {
                    permit();
                    await client().DeleteAsync(RunNamespace.PathOf(name), uid, cancellationToken).ConfigureAwait(false);
                }
            }
            catch (Exception e) when (ClusterFailure.Of(e, cancellationToken) is { } failure)
            {
                trouble = failure.Reason;
                if (failure.IsFinal && !failure.IsNotFound)
                {
                    return trouble;
                }
            }
        }
        while (await deadline.WaitAsync(SiteCalls.PollInterval, cancellationToken).ConfigureAwait(false));
        return trouble;
    }

    /// <summary>What keeps it, in the words of its controller. Pure.</summary>
    public static string Holds(JsonObject seen)
    {
        var conditions = (seen["status"]?["conditions"] as JsonArray ?? []).OfType<JsonObject>().Where(condition => condition["status"]?.ToString() == "True" && Holding.Contains(condition["type"]?.ToString()))
            .Select(condition => $"{condition["type"]}: {condition["message"]}").ToList();
        return conditions.Count > 0 ? string.Join("; ", conditions) : RunNamespace.IsEnding(seen) ? "what is in it is still ending" : "its end was not asked for yet";
    }
}
