namespace DrOrchestrator.Web.Dashboard.Phrases;

/// <summary>Alerts, findings of the estate, forecasts and proofs of synchronous commit.</summary>
internal static class AlertPhrases
{
    public static IReadOnlyList<Phrase> All { get; } =
    [
        // alerts
        new("service interruption: {reason:sentence}", "服务中断：{reason}"),
        new("below LQA: {reason:sentence}", "低于LQA：{reason}"),
        new("{figure:word} is {value:span}; LQA is {limit:span}", "{figure}为 {value}；LQA 为 {limit}"),
        new("{figure:word} is {value:span}; the target is {limit:span}", "{figure}为 {value}；目标为 {limit}"),
        new("{figure:word} {quantile:name} is {value:span}; LQA is {limit:span}", "{figure} {quantile} 为 {value}；LQA 为 {limit}"),
        new("{figure:word} {quantile:name} is {value:span}; the target is {limit:span}", "{figure} {quantile} 为 {value}；目标为 {limit}"),
        new("{figure:word} is {value:figure}; LQA is {limit:figure}", "{figure}为 {value}；LQA 为 {limit}"),
        new("{figure:word} is {value:figure}; the target is {limit:figure}", "{figure}为 {value}；目标为 {limit}"),
        new("exposure towards {standby:name} is {value:span}; the limit is {limit:span}", "至 {standby} 的数据丢失敞口为 {value}；限值为 {limit}"),
        new("replication to {standby:name} is {state:word}: {reason:sentence}", "至 {standby} 的数据复制{state}：{reason}"),
        new("the verdict on {subject:word} is {verdict:word}: {reason:sentence}", "{subject}的判定为{verdict}：{reason}"),

        new("run {run:figure} is overdue since {due:figure}: {waiting:sentence}", "第 {run} 次运行自 {due} 起逾期：{waiting}"),
        new("run {run:figure} asks: {question:sentence}", "第 {run} 次运行请求：{question}"),
        new("run {run:figure} promoted without a fence: '{step:name}' is still missing; keep the old side from writing until it is fenced", "第 {run} 次运行在未隔离旧主的情况下完成了提升：隔离步骤“{step}”仍未完成；在其完成之前须确保旧主不能写入"),
        new("run {run:figure} waits for its review: {why:sentence}", "第 {run} 次运行尚待事后复核：{why}"),
        new("run {run:figure} set a rule aside ({subject:name}) and waits for its review", "第 {run} 次运行使用了紧急授权（{subject}），尚待事后复核"),

        // findings
        new("no quality of service is declared", "尚未声明服务质量"),
        new("Declare 'qos:' with a forecast, its basis and a review date.", "请在资源与配置清单中声明预测、依据和复审期限。"),
        new("no quality of service is agreed with the business", "尚未与业务部门商定服务质量"),
        new("Agree on targets and declare them under 'qos:'.", "请商定目标并在资源与配置清单中声明。"),
        new("the review of the quality of service was due on {day:figure}", "服务质量应于 {day} 复审"),
        new("Review it and set the next date.", "请复审并确定下次期限。"),
        new("no probe looks at the layer {layer:word}", "没有针对{layer}的探测"),
        new("Add a probe, or say with 'layer:' which one looks at it.", "请增加探测，或在资源与配置清单中指明由哪个探测覆盖。"),
        new("depends on {other:name}, which is held to tier {tier:figure}; this system to tier {required:figure}", "依赖 {other}，其等级为第{tier}级，而本系统为第{required}级"),
        new("Raise the tier of the dependency, or remove it.", "请提高所依赖系统的等级，或解除依赖。"),
        new("uses the product {product:free}, which supports tier {tier:figure}; tier {required:figure} is required", "所用产品 {product} 支持第{tier}级，而要求为第{required}级"),
        new("Use a product that supports it, and keep the proof.", "请选用支持该等级的产品并保存证明。"),
        new("no product is declared with the tier it supports", "尚未声明所用产品及其支持的等级"),
        new("Declare 'products:', each with its tier and the proof.", "请在资源与配置清单中声明各产品的等级和证明。"),
        new("the statement {statement:word} ended on {day:figure}", "{statement}已于 {day} 到期"),
        new("Have it stated and reviewed anew, or remove it.", "请重新声明并复核，或删除。"),
        new("Look more often, confirm sooner, or add a vantage point.", "请缩短探测间隔、减少确认次数，或增加探测点。"),
        new("moments are labelled {time:span} behind the wall clock: the machine was suspended or its clock was set", "所记时刻比系统时钟慢 {time}：机器曾休眠，或时钟被调整"),
        new("moments are labelled {time:span} ahead of the wall clock: the machine was suspended or its clock was set", "所记时刻比系统时钟快 {time}：机器曾休眠，或时钟被调整"),
        new("Restart the orchestrator, so that moments are labelled by the wall clock again.", "请重启本程序，使所记时刻重新以系统时钟为准。"),

        // forecasts
        new("the gates of run {run:figure} did not pass: {reason:free}", "第 {run} 次运行的切换前检查未通过：{reason}"),

        // policies and proofs
        new("{share:figure} of the committed time observed ({lower:figure} to {upper:figure} of it)", "已监测服务时间的 {share}（全部服务时间的 {lower} 至 {upper}）"),
        new("{share:figure} ({source:sentence}), unplanned interruptions over committed service time by {policy:free} of the whole estate, approved by {approver:free}", "{share}（{source}），服务时间口径，依据适用于全部系统的 {policy}，{approver} 审批"),
        new("{share:figure} ({source:sentence}), unplanned interruptions over committed service time by {policy:free}, approved by {approver:free}", "{share}（{source}），服务时间口径，依据 {policy}，{approver} 审批"),
        new("not over committed service time: {policy:free} of the whole estate, approved by {approver:free}, speaks only from {day:figure} on", "未按服务时间口径判定：适用于全部系统的 {policy}（{approver} 审批）自 {day} 起才有效"),
        new("not over committed service time: {policy:free}, approved by {approver:free}, speaks only from {day:figure} on", "未按服务时间口径判定：{policy}（{approver} 审批）自 {day} 起才有效"),
        new("stated by {owner:free}, reviewed by {reviewer:free}", "由 {owner} 声明，{reviewer} 复核"),
        new("commits did not wait for the standby on {day:figure}: {reason:free}", "{day} 提交未等待灾备方：{reason}"),
        new("commits do not wait for the standby now: {reason:free}", "目前提交未等待灾备方：{reason}"),
        new("whether commits wait for the standby now is not known: {reason:free}", "目前无法得知提交是否等待灾备方：{reason}"),
        new("synchronous commit is not proven for {missing:span} of the {seen:span} seen", "在已监测的 {seen} 中有 {missing} 未能证明同步提交"),
        new("synchronous commit is proven for all of the {seen:span} seen", "在已监测的 {seen} 内均证明为同步提交"),
        new("the window of 365 days is not full", "尚不满 365 天"),
        new("synchronous commit is proven for the whole window", "整个统计期内均证明为同步提交"),
    ];
}
