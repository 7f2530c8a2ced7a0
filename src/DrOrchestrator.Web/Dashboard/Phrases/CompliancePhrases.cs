namespace DrOrchestrator.Web.Dashboard.Phrases;

/// <summary>Values, limits and reasons of verdicts.</summary>
internal static class CompliancePhrases
{
    public static IReadOnlyList<Phrase> All { get; } =
    [
        // values
        new("not demonstrated", "尚无实测"),
        new("not judged", "不作判定"),
        new("nothing observed", "尚无监测数据"),
        new("{time:span} (upper bound)", "{time}（上界）"),
        new("{time:span} (upper bound, planned)", "{time}（上界，计划内切换）"),
        new("{lost:figure} lost ({time:span}), worst exposure {worst:span}", "丢失 {lost} 条（{time}），最大敞口 {worst}"),
        new("{lost:figure} lost ({time:span}), exposure not known", "丢失 {lost} 条（{time}），敞口未知"),
        new("{down:span} ({lower:span} to {upper:span} with everything unknown counted as down)", "{down}（{lower} 至 {upper}，上界把未监测时段全部计为中断）"),
        new("{share:figure} of the time observed ({lower:figure} to {upper:figure} of the period)", "已监测时间的 {share}（全时段的 {lower} 至 {upper}）"),

        // limits
        new("none", "无"),
        new("tier {tier:figure}", "第{tier}级"),
        new("{time:span}, a deviation from about 0 ({source:sentence})", "≈0，现行上限 {time}，偏差（{source}）"),
        new("{time:span}, the ceiling for about 0 ({source:sentence})", "≈0，现行上限 {time}（{source}）"),
        new("{time:span} a year ({source:sentence})", "每年 {time}（{source}）"),
        new("{time:span} ({source:sentence})", "{time}（{source}）"),
        new("{share:figure} ({source:sentence}), every interruption counted, around the clock", "{share}（{source}），全时口径，计入全部中断"),
        new("the system's own objective (BIA)", "业务影响分析确定的目标"),
        new("overlay {name:name}: {source:free}", "本机构规定 {name}：{source}"),
        new("JR/T 0199-2020 annex table 2, tier {tier:figure}", "JR/T 0199-2020 附录表2，第{tier}级"),
        new("RTO: the system's own objectives (BIA); the rest: {source:sentence}", "RTO 取业务影响分析确定的目标，其余取 {source}"),
        new("RPO: the system's own objectives (BIA); the rest: {source:sentence}", "RPO 取业务影响分析确定的目标，其余取 {source}"),
        new("RTO and RPO: the system's own objectives (BIA); the rest: {source:sentence}", "RTO 和 RPO 取业务影响分析确定的目标，其余取 {source}"),

        // reasons: recovery time and recovery point
        new("no passed run has demonstrated it", "尚无通过的运行对此作出实测"),
        new("run {run:figure} ended as {outcome:word}", "第 {run} 次运行的结果为：{outcome}"),
        new("run {run:figure} overrode a gate, and the review of that is not closed", "第 {run} 次运行越过了切换前检查，事后复核尚未完成"),
        new("run {run:figure} was a real incident without a summary report yet", "第 {run} 次运行为真实事件处置，尚无总结报告"),
        new("run {run:figure} was a restore, which speaks for systems that have backups only", "第 {run} 次运行为恢复验证，仅对只有备份的系统有效"),
        new("run {run:figure} was a {kind:word}, which shows no recovery", "第 {run} 次运行为{kind}，不体现恢复时间和数据丢失"),
        new("run {run:figure} did not fail back", "第 {run} 次运行没有回切"),
        new("run {run:figure} was not verified by the business", "第 {run} 次运行没有业务验证"),
        new("it counts {lost:figure} lost and no more", "仅计入清点结果：丢失 {lost} 条"),
        new("run {run:figure} is stale: changed since: {parts:names}", "第 {run} 次运行已失效，其后发生变更：{parts}"),
        new("run {run:figure} has no fingerprint of what it ran on", "第 {run} 次运行没有记录运行对象的指纹"),
        new("whether something changed since run {run:figure} is not known: not read: {parts:names}", "无法得知第 {run} 次运行之后有无变更，未能读取：{parts}"),
        new("a passed run of plan {plan:name} restores it", "预案 {plan} 再次运行通过后恢复有效"),
        new("changed since run {run:figure}: {parts:names}", "第 {run} 次运行之后发生变更：{parts}"),
        new("a second person assesses it, or a rehearsal passes, by {day:figure}", "须于 {day} 前由第二人完成评估，或通过一次隔离环境预演"),
        new("the earlier run {run:figure} took {time:span}", "更早的第 {run} 次运行用时 {time}"),
        new("the earlier run {run:figure} lost up to {time:span}", "更早的第 {run} 次运行丢失达 {time}"),
        new("the exposure of the window is not known", "统计期内的数据丢失敞口未知"),
        new("the later run {run:figure} failed", "之后的第 {run} 次运行未通过"),
        new("the interruption that goes on has taken {time:span} so far", "正在进行的中断已持续 {time}"),
        new("the best of {count:figure} standbys is {standby:name}", "在 {count} 个灾备中心中取最好的：{standby}"),
        new("asynchronous replication", "异步复制"),
        new("periodic copies are no continuous replication", "定期拷贝不是持续复制"),
        new("nothing arrived at the standby for {time:span} of the window", "统计期内有 {time} 灾备方未收到任何数据"),
        new("worst exposure of the window {time:span}", "统计期内最大敞口 {time}"),
        new("the exposure was not known for {time:span} of the window", "统计期内有 {time} 数据丢失敞口未知"),
        new("synchronous commit is attested, not measured", "同步提交为声明，不是实测"),
        new("run {run:figure} was a lab run, which satisfies no clause", "第 {run} 次运行在实验环境中进行，不满足任何条款"),
        new("the newest passed run ({run:figure}) is of {day:figure}, more than {months:figure} months ago", "最近一次通过的运行（第 {run} 次）在 {day}，距今已超过 {months} 个月"),
        new("run {run:figure} measured no recovery time", "第 {run} 次运行未测得恢复时间"),
        new("run {run:figure} counted no loss", "第 {run} 次运行未清点数据丢失量"),
        new("run {run:figure} has no exposure over its window", "第 {run} 次运行期间没有数据丢失敞口的读数"),
        new("nothing arrived at the standby for {time:span} before the interruption", "中断前有 {time} 灾备方未收到任何数据"),
        new("the exposure was not known for {time:span} before the interruption", "中断前有 {time} 数据丢失敞口未知"),
        new("demonstrated by run {run:figure} ({kind:word}) on {day:figure}", "由第 {run} 次运行（{kind}）于 {day} 实测"),
        new("now towards {standby:name}: {reason:sentence}", "目前至 {standby}：{reason}"),
        new("tier 6 needs proof that every commit waited for the standby", "第6级需要证明每次提交都等到灾备方确认"),
        new("zero lost proves nothing by itself", "仅凭丢失为零不能证明"),

        // reasons: the year
        new("even the lower bound is over the limit", "即使按下界计算也已超出限值"),
        new("the last 365 days are over the limit", "最近 365 天已超出限值"),
        new("even the upper bound is within the limit", "即使按上界计算也在限值之内"),
        new("within limits so far", "截至目前未超限"),
        new("the year is not over", "本年度尚未结束"),
        new("observed {time:span} of the year", "本年度已监测 {time}"),
        new("probe {probe:name} may take {time:span} to confirm an interruption", "探测 {probe} 确认一次中断最长需要 {time}"),
        new("a quarter of the RTO is {time:span}", "RTO 的四分之一为 {time}"),
        new("probe {probe:name} looks every {time:span}", "探测 {probe} 每 {time} 进行一次"),
        new("1% of the yearly downtime limit is {time:span}", "全年中断时间限值的 1% 为 {time}"),
        new("tier {tier:figure} wants two vantage points", "第{tier}级需要两个探测点"),
        new("there is one", "目前只有一个"),

        // the overall one
        new("the worst of all: {subjects:words}", "取各项中最差的：{subjects}"),
        new("table 2 has no limits for tiers 1 and 2", "附录表2 对第1级和第2级没有限值"),
        new("{subjects:words}", "{subjects}"),
        new("lab, satisfies no clause", "实验环境，不满足任何条款"),
    ];
}
