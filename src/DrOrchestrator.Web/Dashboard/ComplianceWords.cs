namespace DrOrchestrator.Web.Dashboard;

/// <summary>Words of the compliance cards.</summary>
internal static class ComplianceWords
{
    public static readonly Word Rules = new("规则版本", "Rules");
    public static readonly Word RecoveryTime = new("恢复时间(RTO)", "Recovery time (RTO)");
    public static readonly Word Demonstrated = new("实测恢复时间", "Demonstrated recovery time");
    public static readonly Word Predicted = new("预计恢复时间", "Predicted recovery time");
    public static readonly Word Running = new("中断计时", "Running clock");
    public static readonly Word Run = new("运行", "Run");
    public static readonly Word Day = new("日期", "Day");
    public static readonly Word Planned = new("计划内", "planned");
    public static readonly Word Counts = new("是否计入", "Counts");
    public static readonly Word Yes = new("计入", "yes");
    public static readonly Word Half = new("一半情况下不超过", "Half of the time within");
    public static readonly Word Most = new("二十次中十九次不超过", "Nineteen times out of twenty within");
    public static readonly Word Detection = new("发现", "Detection");
    public static readonly Word Decision = new("检查与审批", "Gates and approval");
    public static readonly Word CriticalPath = new("关键路径", "Critical path");
    public static readonly Word NeverRun = new("从未执行，按超时计", "never run, at its timeout");
    public static readonly Word ByPeople = new("人工", "people");
    public static readonly Word LastError = new("上次预计误差", "Error of the last forecast");
    public static readonly Word Elapsed = new("已用时", "Elapsed");
    public static readonly Word LimitAt = new("达到限值", "Limit reached at");
    public static readonly Word ProjectedEnd = new("预计完成", "Projected end");
    public static readonly Word RecoveryPoint = new("恢复点(RPO)", "Recovery point (RPO)");
    public static readonly Word Now = new("现在", "Now");
    public static readonly Word Year = new("最近 365 天最大敞口", "Worst of the last 365 days");
    public static readonly Word Over = new("超限时间", "Time over the limit");
    public static readonly Word Unseen = new("未监测", "Not observed");
    public static readonly Word Day24 = new("最近 24 小时的数据丢失敞口", "Exposure over the last 24 hours");
    public static readonly Word Gap = new("未知或未受保护", "unknown or not protected");
    public static readonly Word Windows = new("系统可用性", "Availability");
    public static readonly Word Window = new("统计期", "Window");
    public static readonly Word AroundTheClock = new("全时口径", "Around the clock");
    public static readonly Word ServiceTime = new("服务时间口径", "Service time");
    public static readonly Word PlannedDowntime = new("计划内停机", "Planned downtime");
    public static readonly Word Left = new("剩余允许中断时间", "Downtime left this year");
    public static readonly Word AtLeast = new("至少", "at least");
    public static readonly Word RunsOut = new("按目前速度用完", "Runs out at this rate");
    public static readonly Word NotThisYear = new("本年度不会用完", "not this year");
    public static readonly Word Quality = new("服务质量", "Quality of service");
    public static readonly Word Figure = new("指标", "Figure");
    public static readonly Word Forecast = new("预测", "Forecast");
    public static readonly Word Target = new("目标", "Target");
    public static readonly Word Floor = new("可接受的最低质量(LQA)", "Lowest acceptable (LQA)");
    public static readonly Word DataSince = new("数据起始", "data since");
    public static readonly Word NoData = new("无监测数据", "no data");
    public static readonly Word ReviewBy = new("复审期限", "Review by");
    public static readonly Word Signer = new("签署人", "Signed by");
    public static readonly Word AgreedWith = new("商定部门", "Agreed with");
    public static readonly Word ReviewOverdue = new("复审逾期", "review overdue");
    public static readonly Word NoQuality = new("尚未声明服务质量", "No quality of service is declared");
    public static readonly Word Findings = new("问题", "Findings");
    public static readonly Word Clause = new("条款", "Clause");
    public static readonly Word Finding = new("问题", "Finding");
    public static readonly Word Alerts = new("告警", "Alerts");
    public static readonly Word Raised = new("发生", "Raised");
    public static readonly Word NoAlerts = new("当前没有告警。", "No alert holds.");
    public static readonly Word EvidenceBehind = new("依据", "Evidence");

    /// <summary>A standing window.</summary>
    public static Word OfWindow(string window) => window switch
    {
        "hour" => new("最近 1 小时", "last hour"),
        "24-hours" => new("最近 24 小时", "last 24 hours"),
        "today" => new("今日", "today"),
        "7-days" => new("最近 7 天", "last 7 days"),
        "30-days" => new("最近 30 天", "last 30 days"),
        "month" => new("本月", "this month"),
        "quarter" => new("本季度", "this quarter"),
        "year" => new("本年度", "this year"),
        "last-year" => new("上年度", "last year"),
        "rolling-365-days" => new("最近 365 天", "last 365 days"),
        _ => new(window, window),
    };

    /// <summary>A figure of service quality.</summary>
    public static Word OfFigure(string figure) => figure switch
    {
        "availability" => new("可用性", "availability"),
        "success" => new("成功率", "success"),
        "latency" => new("响应时间", "latency"),
        "throughput" => new("吞吐量", "throughput"),
        _ => new(figure, figure),
    };

    /// <summary>Severity of an alert.</summary>
    public static Word OfSeverity(string severity) => severity == "critical" ? new("严重", "critical") : new("警告", "warning");
}
