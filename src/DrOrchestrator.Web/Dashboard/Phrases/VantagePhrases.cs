namespace DrOrchestrator.Web.Dashboard.Phrases;

/// <summary>What several vantage points make of a result together, and what is missing of them. Sentences of more words come before those they could be taken for.</summary>
internal static class VantagePhrases
{
    public static IReadOnlyList<Phrase> All { get; } =
    [
        // they disagree
        new("degraded: from {a:name} ({why:sentence}); from {b:name} ({why2:sentence}); up from {c:name} ({good:sentence}); up from {d:name} ({good2:sentence})", "服务降级：{a}（{why}）、{b}（{why2}）探测失败；{c}（{good}）、{d}（{good2}）探测正常"),
        new("degraded: from {a:name} ({why:sentence}); up from {b:name} ({good:sentence}); up from {c:name} ({good2:sentence}); up from {d:name} ({good3:sentence})", "服务降级：{a}（{why}）探测失败；{b}（{good}）、{c}（{good2}）、{d}（{good3}）探测正常"),
        new("degraded: from {a:name} ({why:sentence}); up from {b:name} ({good:sentence}); up from {c:name} ({good2:sentence})", "服务降级：{a}（{why}）探测失败；{b}（{good}）、{c}（{good2}）探测正常"),
        new("degraded: from {a:name} ({why:sentence}); up from {b:name} ({good:sentence}); {c:name} cannot look: {blind:sentence}", "服务降级：{a}（{why}）探测失败；{b}（{good}）探测正常；{c} 无法探测：{blind}"),
        new("degraded: from {a:name} ({why:sentence}); up from {b:name} ({good:sentence})", "服务降级：{a}（{why}）探测失败；{b}（{good}）探测正常"),

        // more than half
        new("down from {a:name} ({why:sentence}); from {b:name} ({why2:sentence}); from {c:name} ({why3:sentence}); up from {d:name} ({good:sentence})", "{a}（{why}）、{b}（{why2}）、{c}（{why3}）探测失败；{d}（{good}）探测正常"),
        new("down from {a:name} ({why:sentence}); from {b:name} ({why2:sentence}); up from {c:name} ({good:sentence})", "{a}（{why}）、{b}（{why2}）探测失败；{c}（{good}）探测正常"),

        // the one that decides cannot look
        new("down from {a:name} ({why:sentence}); from {b:name} ({why2:sentence}); {c:name} cannot look: {blind:sentence}", "{a}（{why}）、{b}（{why2}）探测失败；{c} 无法探测：{blind}"),
        new("down from {a:name} ({why:sentence}); {c:name} cannot look: {blind:sentence}", "{a}（{why}）探测失败；{c} 无法探测：{blind}"),
        new("up from {a:name} ({good:sentence}); up from {b:name} ({good2:sentence}); {c:name} cannot look: {blind:sentence}", "{a}（{good}）、{b}（{good2}）探测正常；{c} 无法探测：{blind}"),
        new("up from {a:name} ({good:sentence}); {c:name} cannot look: {blind:sentence}", "{a}（{good}）探测正常；{c} 无法探测：{blind}"),

        // who does not vote, and what one place cannot see
        new("vantage point {point:name} does not vote: {why:sentence}", "探测点 {point} 不参与表决：{why}"),
        new("votes need PostgreSQL", "多个探测点表决需要 PostgreSQL"),
        new("the database is away", "数据库不可用"),
        new("not heard yet", "尚未上报"),
        new("silent", "已停止上报"),
        new("looks by another version of the estate", "所用的资源与配置清单版本不同"),
        new("{point:name} alone votes now", "目前只有 {point} 参与表决"),
        new("vantage point {point:name}, which decides, has no control target", "负责裁定的探测点 {point} 没有对照目标"),
        new("no control target is declared", "没有声明对照目标"),
        new("vantage point {point:name}, which votes, has no control target", "参与表决的探测点 {point} 没有对照目标"),
        new("that it sees something down does not count while the server cannot look", "服务端无法探测时，其“服务中断”的结论不予采信"),
        new("it takes a failure of its own network for one of the service", "它会把自身网络的故障当作服务故障"),
        new("the server takes a failure of its own network for one of the service", "本程序会把自身网络的故障当作服务故障"),
        new("Keep the records in PostgreSQL (dro serve --database), or declare one vantage point only.", "请将记录存入 PostgreSQL（dro serve --database），或只声明一个探测点。"),
        new("Start 'dro look' there with the same estate, or take the vantage point out of it.", "请在该处用相同的资源与配置清单启动 dro look，或删除该探测点。"),
        new("Bring the database back: vantage points are heard through it.", "请恢复数据库：各探测点经由数据库上报。"),
        new("Declare control targets for every vantage point.", "请为每个探测点声明对照目标。"),
    ];
}
