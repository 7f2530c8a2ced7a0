using k8s.Models;

namespace DrOrchestrator.Drills.Gates;

/// <summary>
/// A pod as others see it that are to stand beside it: its namespace and labels, and the terms of its required anti-affinity. As kube-scheduler's InterPodAffinity (v1.36) judges them: a term keeps
/// two pods apart whichever of them has it, and counts those that are ending too. Pure.
/// </summary>
/// <param name="Name">For people: <c>ledger/ledger-api-0</c>.</param>
/// <param name="IsPlanned">A template's, whose pods the API server has not completed yet.</param>
internal sealed record PodApart(string Name, string Namespace, IDictionary<string, string>? Labels, bool IsEnding, bool IsPlanned, IReadOnlyCollection<V1PodAffinityTerm> Terms)
{
    public static PodApart Of(V1Pod pod) => new(
        $"{pod.Metadata.NamespaceProperty}/{pod.Metadata.Name}", pod.Metadata.NamespaceProperty ?? "", pod.Metadata.Labels, pod.Metadata.DeletionTimestamp is not null, false, TermsOf(pod.Spec));

    public static PodApart Of(PodDemand demand) => new(demand.Name, demand.Namespace, demand.Template.Metadata?.Labels, false, true, TermsOf(demand.Spec));

    /// <summary>Keys of the places that it does not share with the other by its own terms.</summary>
    public IEnumerable<string> ApartFrom(PodApart other) => Terms.Count == 0 ? [] : Terms.Where(term => Names(term, other.Namespace) && LabelMatch.Of(term.LabelSelector, other.Labels)).Select(term => term.TopologyKey);

    /// <summary>
    /// May a term that is not weighed mean the other? One by labels of namespaces, which are not read; or one of a template with keys that only its pods have values for: they narrow its selector.
    /// </summary>
    public bool MayBeApartFrom(PodApart other) => Terms.Any(term => !IsWeighed(term) && (Names(term, other.Namespace) || term.NamespaceSelector is not null) && LabelMatch.Of(term.LabelSelector, other.Labels));

    /// <summary>Are all of its terms ones that are weighed, whomever they mean?</summary>
    public bool IsWeighedWhole => Terms.All(IsWeighed);

    private bool IsWeighed(V1PodAffinityTerm term) =>
        (term.NamespaceSelector is not { } spaces || IsAll(spaces)) && !(IsPlanned && (term.MatchLabelKeys is { Count: > 0 } || term.MismatchLabelKeys is { Count: > 0 }));

    /// <summary>Its own namespace, where the term names none.</summary>
    private bool Names(V1PodAffinityTerm term, string ns) =>
        term.Namespaces is { Count: > 0 } named && named.Contains(ns)
        || (term.NamespaceSelector is { } spaces ? IsAll(spaces) : term.Namespaces is not { Count: > 0 } && ns == Namespace);

    private static bool IsAll(V1LabelSelector spaces) => spaces is { MatchLabels: null or { Count: 0 }, MatchExpressions: null or { Count: 0 } };

    private static IReadOnlyCollection<V1PodAffinityTerm> TermsOf(V1PodSpec spec) => [.. spec.Affinity?.PodAntiAffinity?.RequiredDuringSchedulingIgnoredDuringExecution ?? []];
}
