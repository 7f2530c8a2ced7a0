namespace DrOrchestrator.Discovery;

/// <summary>What an estate is suggested from.</summary>
/// <param name="Kubeconfig">Full path of a kubeconfig, or of several with colons between.</param>
/// <param name="Contexts">Contexts in it, without doubles: the first is where the systems serve, the others are where they stand by.</param>
/// <param name="Namespaces">Empty for all but those that begin with <c>kube-</c>.</param>
public sealed record SuggestRequest(string Kubeconfig, IReadOnlyList<string> Contexts, IReadOnlyList<string> Namespaces);

/// <summary>What came of it.</summary>
public abstract record SuggestResult
{
    private SuggestResult()
    {
    }

    /// <param name="Yaml">The text of an estate's file. Where a key is empty a person has to answer, and the loader refuses it until then.</param>
    /// <param name="Questions">How many keys are empty.</param>
    /// <param name="Sites">Their names in the estate, in the order of the request's contexts.</param>
    /// <param name="NotSeen">What could not be listed, each a sentence with the right that is missing or the server's answer: what stands there is not in the file.</param>
    public sealed record Suggested(string Yaml, int Questions, IReadOnlyList<string> Sites, IReadOnlyList<SuggestedSystem> Systems, int Probes, IReadOnlyList<string> NotSeen) : SuggestResult;

    /// <summary>What was asked for cannot be done so: an unknown context, no right at all, nothing that runs.</summary>
    public sealed record Refused(string Reason) : SuggestResult;

    /// <summary>A cluster did not answer.</summary>
    public sealed record Silent(string Reason) : SuggestResult;
}

/// <summary>A namespace, taken for a system.</summary>
/// <param name="Name">In the estate.</param>
public sealed record SuggestedSystem(string Name, string Namespace, IReadOnlyList<SuggestedWorkload> Workloads);

/// <summary>One workload, matched by kind and name over the sites.</summary>
/// <param name="Workload"><c>deployment/NAME</c>, <c>statefulset/NAME</c>, or <c>cluster/NAME</c> of CloudNativePG.</param>
/// <param name="Replicas">Asked for, by the name of the site; sites where there is none are left out.</param>
/// <param name="Database">The database it is taken for and by what, as words; null where nothing speaks for one.</param>
public sealed record SuggestedWorkload(string Workload, IReadOnlyDictionary<string, int> Replicas, string? Database);
