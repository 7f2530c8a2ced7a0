namespace DrOrchestrator.Cli.Commands;

/// <summary>The words of <c>dro availability</c> by language. A word that is not in the table is printed as it is.</summary>
internal sealed class AvailabilityWords
{
    private static readonly AvailabilityWords English = new(new Dictionary<string, string>
    {
        ["all-time"] = "all time",
        ["service-time"] = "service time",
        ["unplanned"] = "unplanned downtime",
        ["planned"] = "planned downtime",
        ["unknown"] = "not observed",
        ["left"] = "downtime left this year",
        ["runs out"] = "at this rate used up on",
        ["not at this rate"] = "not used up at this rate",
        ["rate"] = "rate: unplanned downtime so far over the time observed",
        ["no calendar"] = "no service calendar is declared",
        ["so far"] = "so far, the window is not over",
        ["record"] = "evidence record",
        ["degraded"] = "degraded (below LQA)",
    });

    private static readonly AvailabilityWords Chinese = new(new Dictionary<string, string>
    {
        ["availability"] = "系统可用性",
        ["window"] = "时段",
        ["all-time"] = "全时口径",
        ["service-time"] = "服务时间口径",
        ["unplanned"] = "非计划服务中断时间",
        ["planned"] = "计划内停机",
        ["degraded"] = "服务降级(低于LQA)",
        ["unknown"] = "未监测",
        ["coverage"] = "监测覆盖率",
        ["left"] = "剩余允许中断时间",
        ["of"] = "限值",
        ["runs out"] = "按目前速度用完于",
        ["not at this rate"] = "按目前速度不会用完",
        ["rate"] = "速率：至今的非计划服务中断时间与已监测时间之比",
        ["limits"] = "限值",
        ["rules"] = "规则",
        ["record"] = "证据记录",
        ["no calendar"] = "未登记服务日历",
        ["so far"] = "截至目前，该时段尚未结束",
        ["today"] = "今日",
        ["7-days"] = "最近 7 天",
        ["30-days"] = "最近 30 天",
        ["month"] = "本月",
        ["quarter"] = "本季度",
        ["year"] = "本年度",
        ["last-year"] = "上年度",
        ["rolling-365-days"] = "最近 365 天",
        ["custom"] = "指定时段",
        ["d"] = "天",
        ["h"] = "小时",
        ["min"] = "分钟",
        ["s"] = "秒",
    });

    private readonly Dictionary<string, string> _words;

    private AvailabilityWords(Dictionary<string, string> words) => _words = words;

    public string this[string word] => _words.GetValueOrDefault(word, word);

    public static AvailabilityWords Of(string language) => language == "zh-CN" ? Chinese : English;
}
