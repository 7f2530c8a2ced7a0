namespace DrOrchestrator.Web.Dashboard.Phrases;

/// <summary>Why a cluster cannot be asked at all: what stands in its kubeconfig, or what is missing there. What the operating system said stays as it is.</summary>
internal static class ClusterPhrases
{
    public static IReadOnlyList<Phrase> All { get; } =
    [
        new("context '{context:free}' not found in {place:free}; it has: {contexts:free}", "{place} 中没有上下文 {context}；其中有：{contexts}"),
        new("site '{site:name}' is not in the estate; it has: {sites:free}", "estate 中没有中心 {site}；其中有：{sites}"),
        new("site '{site:name}' has no Kubernetes context; give it kubeconfig and context in the estate", "中心 {site} 没有 Kubernetes 上下文；请在 estate 中为其填写 kubeconfig 和 context"),
        new("kubeconfig {path:free} cannot be read: {problem:free}", "无法读取 kubeconfig {path}：{problem}"),
        new("kubeconfig {path:free} is not one YAML mapping", "kubeconfig {path} 不是一个 YAML 映射"),
        new("{what:free} names no cluster", "{what} 未指明 cluster"),
        new("{what:free} names no user", "{what} 未指明 user"),
        new("tokenFile {path:free} is empty", "tokenFile {path} 为空"),
        new("tokenFile {path:free} cannot be read: {problem:free}", "无法读取 tokenFile {path}：{problem}"),
        new("{what:free} has 'exec' and another credential; keep one of them", "{what} 既有 exec 又有另一种凭据；请只保留其一"),
    ];
}
