namespace DrOrchestrator.Web.Dashboard.Phrases;

/// <summary>Why the pods of a site cannot be followed.</summary>
internal static class WatchPhrases
{
    public static IReadOnlyList<Phrase> All { get; } =
    [
        new("the list was not read within {time:span}", "容器组清单在 {time} 内未读完"),
        new("the watch did not begin within {time:span}", "监听在 {time} 内没有开始"),
        new("the watch ended as soon as it had begun", "监听刚开始就已结束"),
        new("the watch ended with {code:figure} {message:free}", "监听结束，服务器返回 {code} {message}"),
        new("the watch was cut in the middle of an event", "监听在一条事件中间被切断"),
        new("a line of the watch is no event", "监听中有一行不是事件"),
        new("an event of the watch has more than {size:figure} MiB", "监听中有一条事件超过 {size} MiB"),
        new("the answer is no list of pods, or was cut in its middle", "应答不是容器组清单，或在中间被切断"),
        new("the list of pods has no resourceVersion", "容器组清单没有 resourceVersion"),
        new(
            "{words:free}; this answer does not name what was asked for (some old aggregated API servers and proxies answer so), and is not taken for its absence: see with 'kubectl get' whether it is there, and answer the run's question by that",
            "{words}；该应答未指明所查询的对象（某些旧的聚合 API 服务器和代理如此应答），不能视为对象不存在：请用 kubectl get 查看它是否存在，并据此回答运行提出的问题"),
        new("404 page not found: the API serves no such group or version", "404 页面不存在：该 API 不提供此组或版本"),
        new("404 the server could not find the requested resource: the API serves no such kind, or not in that version", "404 服务器找不到所请求的资源：该 API 不提供此类型，或不提供此版本"),
        new("no connection to {server:name} within {time:span}", "{time} 内未能连接 {server}"),
    ];
}
