namespace DrOrchestrator.Cli.Commands;

/// <summary>The words of <c>dro status</c> by language. A word that is not in the table is printed as the server wrote it.</summary>
internal sealed class StatusWords
{
    private static readonly StatusWords English = new("en", []);

    private static readonly StatusWords Chinese = new("zh-CN", new Dictionary<string, string>
    {
        ["up"] = "正常",
        ["down"] = "服务中断",
        ["degraded"] = "服务降级",
        ["maintenance"] = "计划内停机",
        ["unknown"] = "未监测",
        ["met"] = "达标",
        ["at-risk"] = "有风险",
        ["breached"] = "不达标",
        ["indeterminate"] = "无法判定",
        ["serving"] = "生产",
        ["standby"] = "灾备",
        ["protected"] = "复制正常",
        ["not-protected"] = "复制中断",
        ["site"] = "站点",
        ["role"] = "角色",
        ["state"] = "状态",
        ["latency"] = "时延",
        ["reason"] = "原因",
        ["subject"] = "指标",
        ["verdict"] = "判定",
        ["value"] = "数值",
        ["limit"] = "限值",
        ["note"] = "说明",
        ["exposure"] = "当前数据丢失敞口",
        ["availability"] = "系统可用性",
        ["coverage"] = "监测覆盖率",
        ["last drill"] = "最近演练",
        ["none yet"] = "尚无",
        ["tier"] = "等级",
        ["since"] = "自",
        ["rto"] = "RTO",
        ["rpo"] = "RPO",
        ["downtime"] = "全年中断时间",
        ["overall"] = "总体",
        ["lab, satisfies no clause"] = "实验环境,不满足任何条款",
    });

    private readonly Dictionary<string, string> _words;

    private StatusWords(string language, Dictionary<string, string> words)
    {
        Language = language;
        _words = words;
    }

    public string Language { get; }

    public string this[string word] => _words.GetValueOrDefault(word, word);

    public static StatusWords Of(string language) => language == "zh-CN" ? Chinese : English;
}
