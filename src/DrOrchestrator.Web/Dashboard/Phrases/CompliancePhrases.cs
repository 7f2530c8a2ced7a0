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
        new("{lost:figure} lost ({time:span}), worst exposure {worst:span}", "丢失 {lost} 条（{time}），最大敞口 {worst}"),
        new("{lost:figure} lost ({time:span}), exposure not known", "丢失 {lost} 条（{time}），敞口未知"),
        new("{down:span} ({lower:span} to {upper:span} with everything unknown counted as down)", "{down}（{lower} 至 {upper}，上界把未监测时段全部计为中断）"),
        new("{share:figure} of the time observed ({lower:figure} to {upper:figure} of the period)", "已监测时间的 {share}（全时段的 {lower} 至 {upper}）"),

        // limits
        new("none", "无"),
        new("tier {tier:figure}", "第{tier}级"),
        new("{time:span}, the ceiling for about 0 ({source:sentence})", "≈0，现行上限 {time}（{source}）"),
        new("{time:span} a year ({source:sentence})", "每年 {time}（{source}）"),
        new("{time:span} ({source:sentence})", "{time}（{source}）"),
        new("{share:figure} ({source:sentence}), every interruption counted, around the clock", "{share}（{source}），全时口径，计入全部中断"),
        new("JR/T 0199-2020 annex table 2, tier {tier:figure}", "JR/T 0199-2020 附录表2，第{tier}级"),
        new("RTO: the system's own objectives (BIA); the rest: {source:sentence}", "RTO 取业务影响分析确定的目标，其余取 {source}"),
        new("RPO: the system's own objectives (BIA); the rest: {source:sentence}", "RPO 取业务影响分析确定的目标，其余取 {source}"),
        new("RTO and RPO: the system's own objectives (BIA); the rest: {source:sentence}", "RTO 和 RPO 取业务影响分析确定的目标，其余取 {source}"),

        // reasons: recovery time and recovery point
        new("no passed run has demonstrated it", "尚无通过的运行对此作出实测"),
        new("run {run:figure} was a lab run, which satisfies no clause", "第 {run} 次运行在实验环境中进行，不满足任何条款"),
        new("the newest passed run ({run:figure}) is of {day:figure}, more than 13 months ago", "最近一次通过的运行（第 {run} 次）在 {day}，距今已超过 13 个月"),
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
        new("within limits so far", "目前在限值之内"),
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
