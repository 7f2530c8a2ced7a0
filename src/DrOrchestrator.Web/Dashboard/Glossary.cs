using DrOrchestrator.Availability;
using DrOrchestrator.Compliance;
using DrOrchestrator.RecoveryPoints;

namespace DrOrchestrator.Web.Dashboard;

/// <summary>The words of the pages. Those of the standard and of the trade are as the project's glossary has them; use no others for the same thing.</summary>
internal static class Glossary
{
    public static readonly Word Colon = new("：", ": ");
    public static readonly Word Comma = new("，", ", ");
    public static readonly Word Between = new("、", ", ");
    public static readonly Word Stop = new("。", ". ");

    public static readonly Word Systems = new("业务系统", "Systems");
    public static readonly Word Drills = new("演练与切换", "Drills");
    public static readonly Word Workers = new("后台任务", "Jobs");
    public static readonly Word SignIn = new("登录", "Sign in");
    public static readonly Word SignOut = new("退出登录", "Sign out");
    public static readonly Word Token = new("令牌", "Token");
    public static readonly Word TokenHint = new("本机操作员的令牌在数据目录的以下文件中", "The local operator's token is in this file of the data folder");
    public static readonly Word UnknownToken = new("没有人使用这个令牌。", "No person has that token.");
    public static readonly Word TooMany = new("登录失败次数过多，请稍后再试。", "Too many failed sign-ins. Try again in a minute.");
    public static readonly Word Lab = new("实验环境，不满足任何条款", "lab, satisfies no clause");
    public static readonly Word LabBanner = new(
        "实验环境，不满足任何条款：这里的判定只比较数字。",
        "Lab, satisfies no clause: verdicts here compare numbers only.");

    public static readonly Word Tier = new("容灾能力等级", "DR capability tier");
    public static readonly Word Department = new("责任部门", "Responsible department");
    public static readonly Word ServingNow = new("当前承载", "Serving now");
    public static readonly Word Standby = new("灾备中心", "standby");
    public static readonly Word Latency = new("响应时间", "Latency");
    public static readonly Word Since = new("起始", "since");
    public static readonly Word Probes = new("探测", "Probes");
    public static readonly Word Probe = new("探测", "Probe");
    public static readonly Word Target = new("探测目标", "Target");
    public static readonly Word NewestLook = new("最新结果", "Newest result");
    public static readonly Word Phases = new("各段用时", "Where the time went");
    public static readonly Word PhaseDns = new("域名解析", "dns");
    public static readonly Word PhaseConnect = new("建立连接", "connect");
    public static readonly Word PhaseTls = new("TLS 握手", "tls");
    public static readonly Word PhaseFirstByte = new("首字节", "first byte");
    public static readonly Word PhaseTransfer = new("传输", "transfer");
    public static readonly Word LastFailures = new("最近的失败经过", "Story of the last failures");
    public static readonly Word Until = new("至", "until");
    public static readonly Word VantagePoints = new("探测点", "Vantage points");
    public static readonly Word VantagePoint = new("探测点", "Vantage point");
    public static readonly Word Decides = new("裁定并记录", "decides");
    public static readonly Word Votes = new("参与表决", "votes");
    public static readonly Word DoesNotVote = new("不参与表决", "does not vote");
    public static readonly Word LastHeard = new("最近上报", "Last heard");
    public static readonly Word ControlTargets = new("对照目标数", "Control targets");
    public static readonly Word Exposure = new("当前数据丢失敞口", "Exposure now");
    public static readonly Word Replication = new("数据复制", "Replication");
    public static readonly Word LostIfPromoted = new("若现在切换将丢失", "Lost if promoted now");
    public static readonly Word Availability = new("系统可用性(全时口径)", "Availability (24x7)");
    public static readonly Word Coverage = new("监测覆盖率", "Coverage");
    public static readonly Word Bounds = new("上下界", "Bounds");
    public static readonly Word Downtime = new("非计划服务中断时间", "Unplanned downtime");
    public static readonly Word Verdicts = new("判定", "Verdicts");
    public static readonly Word Limit = new("限值", "Limit");
    public static readonly Word Value = new("数值", "Value");
    public static readonly Word Reason = new("原因", "Reason");
    public static readonly Word LastDrill = new("最近一次演练", "Last drill");
    public static readonly Word OpenDrill = new("正在进行", "In progress");
    public static readonly Word NoDrill = new("尚无记录", "none on record");
    public static readonly Word WaitsForPeople = new("待办", "Waits for a person");
    public static readonly Word NothingWaits = new("没有待办事项。", "Nothing waits for a person.");
    public static readonly Word OverdueTitle = new("逾期", "Overdue");
    public static readonly Word Overdue = new("演练逾期", "Drill overdue");
    public static readonly Word Timeline = new("时间线", "Timeline");
    public static readonly Word LastHours = new("最近 24 小时", "Last 24 hours");
    public static readonly Word NoSystems = new("资源与配置清单中没有业务系统。", "The estate has no systems.");
    public static readonly Word NoRuns = new("还没有任何演练。开始一次", "No run yet. Start one");
    public static readonly Word EngineStopped = new("引擎已停止", "An engine has stopped");
    public static readonly Word EngineUnknown = new("引擎状态不明", "Not known of an engine");
    public static readonly Word DatabaseAway = new("数据库不可用，自", "The database is away since");
    public static readonly Word LiveGoesOn = new("实时状态、数据丢失敞口和中断计时不受影响", "Live states, exposures and running outages go on");
    public static readonly Word AsLastRead = new("演练、变更评估和告警以最后一次读取为准，读取时间", "Runs, assessments and alerts are as last read at");
    public static readonly Word UtcNote = new("时间均为 UTC", "Times are UTC");

    public static readonly Word Plan = new("预案", "Plan");
    public static readonly Word Mode = new("方式", "Mode");
    public static readonly Word Kind = new("类型", "Kind");
    public static readonly Word Strength = new("证明力", "Strength");
    public static readonly Word Participants = new("参演人员", "Took part");
    public static readonly Word RequestedBy = new("申请人", "Requested by");
    public static readonly Word Opened = new("开始", "Opened");
    public static readonly Word Closed = new("结束", "Closed");
    public static readonly Word Outcome = new("结果", "Outcome");
    public static readonly Word Phase = new("阶段", "Phase");
    public static readonly Word Step = new("步骤", "Step");
    public static readonly Word State = new("状态", "State");
    public static readonly Word Site = new("中心", "Site");
    public static readonly Word Start = new("开始", "Start");
    public static readonly Word Duration = new("用时", "Duration");
    public static readonly Word Simulated = new("模拟人员应答", "simulated people");
    public static readonly Word TokenMadeBy = new("令牌签发人", "token made by");
    public static readonly Word RolledBack = new("已回退", "rolled back");
    public static readonly Word PointOfNoReturn = new("不可回退点", "point of no return");
    public static readonly Word WayBack = new("回切", "Failback");
    public static readonly Word TheSwitch = new("切换", "Switch");
    public static readonly Word Ended = new("已结束", "ended");
    public static readonly Word Failure = new("失败原因", "Failure");
    public static readonly Word Preflight = new("切换前检查", "Preflight gates");
    public static readonly Word Check = new("检查项", "Check");
    public static readonly Word Source = new("来源", "Source");
    public static readonly Word Age = new("数据时效", "Age");
    public static readonly Word Remedy = new("处理办法", "Remedy");
    public static readonly Word Approvals = new("审批与应答", "Approvals and answers");
    public static readonly Word Person = new("人员", "Person");
    public static readonly Word Item = new("事项", "Item");
    public static readonly Word Question = new("问题", "Question");
    public static readonly Word Role = new("角色", "Role");
    public static readonly Word Deadline = new("期限", "Deadline");
    public static readonly Word Confirmed = new("确认", "confirmed");
    public static readonly Word Declined = new("拒绝", "declined");
    public static readonly Word Note = new("备注", "Note");
    public static readonly Word ReasonOfAnswer = new("理由(拒绝时必填)", "Reason (a refusal needs one)");
    public static readonly Word ReasonOfOverride = new("理由(必填)", "Reason (needed)");
    public static readonly Word Attachment = new("附件", "Attachment");
    public static readonly Word AttachmentNeeded = new("附件(确认时必须上传)", "Attachment (needed to confirm)");
    public static readonly Word Quorum = new("需要人数", "People needed");
    public static readonly Word GivenBy = new("已确认", "confirmed by");
    public static readonly Word MayAnswer = new("可应答人", "Who may answer");
    public static readonly Word NobodyMayAnswer = new("目前无人可以应答", "nobody at present");
    public static readonly Word Owner = new("责任人", "Owner");
    public static readonly Word Due = new("应完成时间", "Due");
    public static readonly Word TaskOverdue = new("逾期", "overdue");
    public static readonly Word BreakGlassBanner = new("紧急授权：有人请求在本次运行中搁置一条规则。须由两名不同的人分别写明理由。", "Break-glass: this run asks people to set a rule aside. Two different people, each with a written reason.");
    public static readonly Word OverrideBanner = new("本次运行使用了紧急授权，尚待事后复核；复核之前不计入任何条款。", "This run set a rule aside and is to be reviewed; until then it counts for nothing.");
    public static readonly Word SharedTokensBanner = new("本次运行中须由两人分别作出的应答，所用令牌经同一人之手签发，尚待事后复核；复核之前不计入任何条款。", "Words of this run that must be of two people were given with tokens that one person had a hand in; it is to be reviewed, and until then it counts for nothing.");
    public static readonly Word UnfencedBanner = new("本次运行在未隔离旧主的情况下完成提升。旧主所在中心一旦应答即自动隔离；在此之前须防止旧主写入。隔离步骤", "This run promoted without a fence. The old side is fenced the moment it answers; until then somebody must keep it from writing. Fence step");
    public static readonly Word OverridesTitle = new("紧急授权与事后复核", "Overrides and their review");
    public static readonly Word ReviewedBy = new("复核人", "Reviewed by");
    public static readonly Word NotReviewed = new("待复核", "to be reviewed");
    public static readonly Word Review = new("提交复核", "Close the review");
    public static readonly Word ReviewFinding = new("复核意见(必填)", "What the review found (needed)");
    public static readonly Word Confirm = new("确认", "Confirm");
    public static readonly Word Refuse = new("拒绝", "Refuse");
    public static readonly Word ConfirmCovers = new("确认即包括以下不可回退点", "Your confirmation covers these points of no return");
    public static readonly Word NotYours = new("您不能应答此项。", "You may not answer this.");
    public static readonly Word SignInToAnswer = new("登录后可在此应答", "Sign in to answer here");
    public static readonly Word OrByCommand = new("或使用命令", "or use the command");
    public static readonly Word AbortRun = new("中止", "Abort");
    public static readonly Word PauseRun = new("暂停", "Pause");
    public static readonly Word ResumeRun = new("继续", "Resume");
    public static readonly Word StopOrGoOn = new("暂停、继续或中止本次运行", "Pause, resume or abort this run");
    public static readonly Word StopHint = new("自此不再开始任何新操作。中止和暂停须写明原因。", "From then on nothing new begins. Abort and pause need a reason.");
    public static readonly Word StepsDone = new("已完成的步骤", "Done");
    public static readonly Word StepsNotKnown = new("已发出、结果未知的步骤", "In flight, not known");
    public static readonly Word StepsObserved = new("停止后已查明的步骤", "Was in flight, known now");
    public static readonly Word StepsNotBegun = new("未开始的步骤", "Not begun");
    public static readonly Word Guardrail = new("运行护栏", "Guardrail");
    public static readonly Word Duties = new("遗留事项", "Left to do");
    public static readonly Word Findings = new("发现的问题（步骤失败后继续）", "Findings (failed, passed over)");
    public static readonly Word ClosesRun = new("承接的运行", "Completes run");
    public static readonly Word ClosedByRun = new("遗留事项已由下列运行完成", "Completed by run");
    public static readonly Word WouldCheck = new("实战时将检查", "Would be checked");
    public static readonly Word NotTaken = new("应答未被受理", "The answer was not taken");
    public static readonly Word At = new("时间", "Time");
    public static readonly Word DemonstratedRto = new("实测恢复时间", "Demonstrated recovery time");
    public static readonly Word OverallRecovery = new("整体恢复时间(全部系统)", "Overall recovery time (all systems)");
    public static readonly Word PlannedRto = new("计划内切换用时", "Planned switchover");
    public static readonly Word RtoLimit = new("恢复时间目标(RTO)", "RTO limit");
    public static readonly Word RpoLimit = new("恢复点目标(RPO)", "RPO limit");
    public static readonly Word OfLimit = new("占限值的 {0}", "{0} of the limit");
    public static readonly Word TechnicalFigure = new("技术确认用时", "Technical figure");
    public static readonly Word NotRestored = new("尚未恢复，至少 ", "not restored, at least ");
    public static readonly Word CountedLoss = new("实测数据丢失量", "Counted data loss");
    public static readonly Word Sent = new("已发送", "Sent");
    public static readonly Word Acknowledged = new("已确认", "Acknowledged");
    public static readonly Word InDoubt = new("存疑", "In doubt");
    public static readonly Word Refused = new("被拒绝", "Refused");
    public static readonly Word Lost = new("丢失", "Lost");
    public static readonly Word LostSeconds = new("丢失时长", "Lost time");
    public static readonly Word WorstExposure = new("最大敞口", "Worst exposure");
    public static readonly Word NotProtectedFor = new("中断前未受保护", "Not protected before the interruption");
    public static readonly Word UnknownFor = new("中断前敞口无法判定", "Exposure not known before the interruption");
    public static readonly Word InDoubtSurvivors = new("存疑但已写入", "In doubt, survived");
    public static readonly Word Evidence = new("证据记录", "Evidence");
    public static readonly Word Records = new("条记录", "records");
    public static readonly Word AuditPackHint = new("导出审计取证包", "Export the audit pack");
    public static readonly Word Met = new("达标", "met");
    public static readonly Word NotMet = new("不达标", "breached");
    public static readonly Word Passed = new("通过", "passed");
    public static readonly Word NotPassed = new("未通过", "not passed");
    public static readonly Word From = new("自", "From");
    public static readonly Word To = new("至", "To");
    public static readonly Word ErrorBar = new("误差", "Error bar");

    public static Word Of(IntervalState state) => state switch
    {
        IntervalState.Up => new("正常服务", "up"),
        IntervalState.Degraded => new("服务降级(低于LQA)", "degraded (below LQA)"),
        IntervalState.Down => new("服务中断", "service interruption"),
        IntervalState.Maintenance => new("计划内停机", "planned downtime"),
        _ => new("未监测", "not observed"),
    };

    public static Word Of(ReplicationState state) => state switch
    {
        ReplicationState.Protected => new("受保护", "protected"),
        ReplicationState.NotProtected => new("未受保护", "not protected"),
        _ => new("无法判定", "unknown"),
    };

    public static Word Of(Verdict verdict) => verdict switch
    {
        Verdict.Met => Met,
        Verdict.AtRisk => new("有风险", "at risk"),
        Verdict.Breached => NotMet,
        _ => new("无法判定", "indeterminate"),
    };
}
