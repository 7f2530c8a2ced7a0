using DrOrchestrator.Cli.Output;
using DrOrchestrator.Web.Dashboard.Phrases;

namespace DrOrchestrator.Cli.Commands;

/// <summary>The words of <c>dro status</c> by language. A word that is not in the table is printed as the server wrote it.</summary>
internal sealed class StatusWords
{
    private static readonly StatusWords English = new("en", []);

    private static readonly StatusWords Chinese = new("zh-CN", new Dictionary<string, string>
    {
        ["up"] = "正常服务",
        ["down"] = "服务中断",
        ["degraded"] = "服务降级",
        ["maintenance"] = "计划内停机",
        ["unknown"] = "未监测",
        ["met"] = "达标",
        ["at-risk"] = "有风险",
        ["breached"] = "不达标",
        ["indeterminate"] = "无法判定",
        ["serving"] = "当前承载",
        ["standby"] = "灾备",
        ["protected"] = "受保护",
        ["not-protected"] = "未受保护",
        ["site"] = "中心",
        ["role"] = "角色",
        ["state"] = "状态",
        ["latency"] = "响应时间",
        ["reason"] = "原因",
        ["subject"] = "指标",
        ["verdict"] = "判定",
        ["value"] = "数值",
        ["limit"] = "限值",
        ["note"] = "说明",
        ["lost if promoted now: "] = "若现在切换将丢失：",
        ["exposure"] = "当前数据丢失敞口",
        ["availability"] = "系统可用性",
        ["coverage"] = "监测覆盖率",
        ["last drill"] = "最近演练",
        ["next drill"] = "下一次演练",
        ["none yet"] = "尚无",
        ["tier"] = "等级",
        ["the database is away"] = "数据库不可用",
        ["runs, assessments and alerts as of"] = "演练、变更评估和告警的读取时间",
        ["since"] = "自",
        ["rto"] = "RTO",
        ["rpo"] = "RPO",
        ["downtime"] = "非计划服务中断时间",
        ["overall"] = "总体",
        ["critical"] = "严重",
        ["warning"] = "警告",
        ["running"] = "中断计时",
        ["projected end"] = "预计完成",
        ["over the limit"] = "超限",
        ["downtime left"] = "剩余允许中断时间",
        ["runs out on"] = "按目前速度用完于",
        ["predicted"] = "预计恢复时间",
        ["demonstrated"] = "实测恢复时间",
        ["no run has demonstrated it, and no plan predicts it"] = "尚无运行实测，也无预案可预计",
        ["planned"] = "计划内切换",
        ["never run"] = "从未执行，按超时计",
        ["people"] = "人工",
        ["detection"] = "发现",
        ["decision"] = "检查与审批",
        ["forecast error"] = "上次预计误差",
        ["run"] = "运行",
        ["passed"] = "通过",
        ["failed"] = "未通过",
        ["aborted"] = "已中止",
        ["switched-not-returned"] = "已切换，未回切",
        ["failover"] = "灾难切换(非计划)",
        ["switchover"] = "计划内切换",
        ["restore"] = "恢复验证",
        ["findings"] = "问题",
        ["more with"] = "详见",
        ["evidence"] = "依据",
        ["sites"] = "中心",
        ["vantage points"] = "探测点",
        ["vantage point"] = "探测点",
        ["decides"] = "裁定并记录",
        ["votes"] = "参与表决",
        ["does not vote"] = "不参与表决",
        ["last heard"] = "最近上报",
        ["control targets"] = "对照目标数",
        ["replication"] = "数据复制",
        ["worst 365 days"] = "最近 365 天最大敞口",
        ["not observed"] = "未监测",
        ["window"] = "统计期",
        ["24x7"] = "全时口径",
        ["at least"] = "下界",
        ["service time"] = "服务时间口径",
        ["today"] = "今日",
        ["7-days"] = "最近 7 天",
        ["30-days"] = "最近 30 天",
        ["month"] = "本月",
        ["quarter"] = "本季度",
        ["year"] = "本年度",
        ["last-year"] = "上年度",
        ["rolling-365-days"] = "最近 365 天",
        ["qos"] = "服务质量",
        ["forecast"] = "预测",
        ["target"] = "目标",
        ["hour"] = "最近 1 小时",
        ["24-hours"] = "最近 24 小时",
        ["data since"] = "数据起始",
        ["no data"] = "无监测数据",
        ["success"] = "成功率",
        ["throughput"] = "吞吐量",
        ["below LQA"] = "低于LQA",
        ["below target"] = "低于目标",
        ["to"] = "至",
        ["; "] = "；",
        ["the estate has no calendar entries"] = "资源与配置清单中没有日历条目",
        ["drill"] = "演练",
        ["gates"] = "切换前检查",
        ["restore-check"] = "恢复验证",
        ["drill-overdue"] = "演练逾期检查",
        ["mode"] = "方式",
        ["tabletop"] = "桌面演练",
        ["rehearsal"] = "隔离环境预演",
        ["live"] = "生产系统实战演练",
        ["real"] = "真实事件处置",
        ["in the name of"] = "申请人",
        ["plan"] = "预案",
        ["next"] = "下一次",
        ["last"] = "最近一次",
        ["frozen by"] = "冻结：",
        ["missed"] = "已错过",
        ["fire-finding"] = "问题",
        ["fire-opened"] = "已发起",
        ["fire-refused"] = "未能发起",
        ["fire-missed"] = "已错过",
        ["fire-frozen"] = "已冻结",
        ["fire-passed"] = "通过",
        ["fire-not-passed"] = "未通过",
        ["could switch now"] = "能否立即切换",
        ["yes"] = "能",
        ["no"] = "不能",
        ["not known"] = "无法判定",
        ["gates read"] = "检查于",
        ["freeze"] = "变更冻结期",
        ["days"] = "日期",
        ["systems"] = "业务系统",
        ["decided by"] = "决定人",
        ["now"] = "当前",
        ["in force until"] = "生效至",
        ["all"] = "全部",
        ["lab, satisfies no clause"] = "实验环境，不满足任何条款",
    });

    private readonly Dictionary<string, string> _words;

    private StatusWords(string language, Dictionary<string, string> words)
    {
        Language = language;
        _words = words;
    }

    public string Language { get; }

    /// <summary>Of a figure; as a state, "unknown" is that nobody looked.</summary>
    public string UnknownFigure => this == Chinese ? "未知" : "unknown";

    /// <summary>A share, rounded down.</summary>
    public string Percent(double? value) => value is null ? UnknownFigure : Wording.Percent(value);

    /// <summary>An exposure of which only the lower bound is known.</summary>
    public string AtLeastLost(string lowest) => this == Chinese ? $"若现在切换将丢失：至少 {lowest}，上限不明" : $"lost if promoted now: {lowest} or more";

    public string this[string word] => _words.GetValueOrDefault(word, word);

    /// <summary>A sentence of the server in the language of the text.</summary>
    public string Say(string sentence) => this == Chinese ? ChineseText.Of(sentence) : sentence;

    public static StatusWords Of(string language) => language == "zh-CN" ? Chinese : English;
}
