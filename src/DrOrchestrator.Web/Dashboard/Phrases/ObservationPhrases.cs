namespace DrOrchestrator.Web.Dashboard.Phrases;

/// <summary>What probes and readings of replication saw. What a target or a protocol said itself stays as it is.</summary>
internal static class ObservationPhrases
{
    public static IReadOnlyList<Phrase> All { get; } =
    [
        // probes
        new("HTTP {status:figure}", "HTTP {status}"),
        new("HTTP {status:figure} (expected {wanted:figure})", "HTTP {status}（应为 {wanted}）"),
        new("HTTP {status:figure} (expected {wanted:figure}): {body:free}", "HTTP {status}（应为 {wanted}）：{body}"),
        new("HTTP {status:figure}, but the body does not contain '{wanted:free}': {body:free}", "HTTP {status}，但正文不含 {wanted}：{body}"),
        new("GET {url:name} does not show it any more: {answer:sentence}", "GET {url} 已不再显示该结果：{answer}"),
        new("{workload:name} was scaled to {wanted:figure} and has {found:figure} replicas", "{workload} 曾调整为 {wanted} 个副本，现有 {found} 个"),
        new("{workload:name} is held by a fence again", "{workload} 又被隔离"),
        new("{workload:name} is another one by now", "{workload} 已不是原来的对象"),
        new("accepted by {target:name}", "{target} 已接受连接"),
        new("connection refused by {target:name}", "{target} 拒绝连接"),
        new("connection reset by {target:name}", "{target} 重置了连接"),
        new("{target:name} closed the connection before the answer was complete", "{target} 未答完即关闭连接"),
        new("the name {host:name} cannot be resolved", "无法解析名称 {host}"),
        new("no name server answers for {host:name}", "没有域名服务器答复 {host}"),
        new("no route to {target:name}", "没有到 {target} 的路由"),
        new("no answer within {time:span}", "{time} 内没有应答"),
        new("HTTP {status:figure}, but no complete answer within {time:span}", "HTTP {status}，但 {time} 内未答完"),
        new("{why:sentence} (seen: {seen:sentence})", "{why}（所见：{seen}）"),
        new("the orchestrator stood still for {time:span} during this look", "本次探测期间本程序停顿了 {time}"),
        new("the orchestrator's wall clock moved by {time:span}: suspended machine or stepped clock", "本程序的系统时钟跳变 {time}：机器曾休眠或时钟被调整"),

        // the time line
        new("never observed", "从未监测"),
        new("the database was away and the spool was full from {from:free} to {to:free}: what was seen is not on record", "{from} 至 {to} 数据库不可用且暂存文件已满：期间所见未能留存"),
        new("the database refused the record of what was seen here", "数据库拒绝了此期间所见的记录"),
        new("seen so, but the database refused the record of why", "确有所见，但数据库拒绝了其原因的记录"),
        new("the spool was damaged: what was seen here may not be on record", "暂存文件损坏：此期间所见可能未能留存"),
        new("the orchestrator was not running", "本程序当时未运行"),
        new("the clock was set back by {time:span} or more while the orchestrator was not running", "本程序未运行期间，时钟被回拨了至少 {time}"),
        new("no result for {time:span}", "{time} 内没有探测结果"),
        new("no service probe of a critical function", "关键业务功能没有服务探测"),
        new("no probe looks at this site", "没有针对该中心的探测"),
        new("planned work, change {change:free}", "计划内停机（变更 {change}）"),
        new("known from people: {source:free}", "人工登记的中断：{source}"),
        new("not every critical function is observed", "并非所有关键业务功能都在监测之中"),

        new("results are missing", "缺少探测结果"),
        new("latency floor broken: {bad:figure} of {all:figure} results in {over:span} failed or took over {limit:span}; {share:figure} must not", "延迟低于LQA：{over} 内 {all} 个结果中有 {bad} 个失败或超过 {limit}；{share} 的结果不得如此"),
        new("success floor broken: {bad:figure} of {all:figure} results in {over:span} failed; at least {share:figure} must be good", "成功率低于LQA：{over} 内 {all} 个结果中有 {bad} 个失败；至少 {share} 应为成功"),
        new("throughput floor broken: {mean:figure} on average in {over:span}; at least {least:figure} is wanted", "吞吐量低于LQA：{over} 内平均 {mean}；至少应为 {least}"),
        new("at or above the latency floor for {over:span}", "延迟不低于LQA已达 {over}"),
        new("at or above the success floor for {over:span}", "成功率不低于LQA已达 {over}"),
        new("at or above the throughput floor for {over:span}", "吞吐量不低于LQA已达 {over}"),

        // replication
        new("not read yet", "尚未读取"),
        new("the newest reading is {time:span} old", "最新读数距今 {time}"),
        new("{site:name} has received everything", "{site} 已收到全部数据"),
        new("{site:name} is behind and receives", "{site} 有滞后，正在接收"),
        new("{site:name} does not hear its primary", "{site} 收不到主库的数据"),
        new("{site:name} says it is connected, and has received nothing for {time:span} while the primary moved", "{site} 自称已连接，但在主库有新数据的 {time} 内未收到任何数据"),
        new("at least, as it was behind when reading began", "此为下限，开始读取时已有滞后"),
        new("{site:name} should serve, and calls itself {role:name}", "{site} 应为当前承载，却自称 {role}"),
        new("{site:name} is {role:name} on epoch {epoch:figure}, {other:name} is on epoch {own:figure}: their positions do not compare", "{site} 为 {role}、代次 {epoch}，{other} 为代次 {own}：两者的数据位置不可比较"),
        new("{reason:sentence}, and it was never read before", "{reason}，且此前从未读到过"),
        new("lost if promoted now: {lowest:span} to {highest:span}", "若现在切换将丢失：{lowest} 至 {highest}"),
        new("lost if promoted now: {lowest:span} to unknown", "若现在切换将丢失：至少 {lowest}，上限不明"),
        new("{address:name} answers HTTP {status:figure}", "{address} 答复 HTTP {status}"),
        new("{address:name} does not answer within {time:span}", "{address} 在 {time} 内没有应答"),
        new("recovery point '{point:name}' has no address for {site:name}", "恢复点 {point} 没有 {site} 的地址"),
    ];
}
