using DrOrchestrator.Drills.Journals;

namespace DrOrchestrator.Web.Dashboard;

/// <summary>Words that come from runs as text; what is not known is shown as it is.</summary>
internal static class RunWords
{
    // Added and not assigned: a key that stands here twice stops every page and every test at once, instead of winning over the other.
    private static readonly Dictionary<string, Word> Known = new(StringComparer.Ordinal)
    {
        // outcomes
        { "open", new("进行中", "open") },
        { "waiting", new("等待人员", "waiting") },
        { "passed", new("通过", "passed") },
        { "switched-not-returned", new("已切换，未回切", "switched, not returned") },
        { "failed", new("未通过", "failed") },
        { "aborted", new("已中止", "aborted") },
        { "pre-empted", new("已让位于真实事件处置", "pre-empted") },
        { "paused", new("已暂停", "paused") },

        // states of steps
        { "pending", new("未开始", "pending") },
        { "running", new("执行中", "running") },
        { "done", new("完成", "done") },
        { "unknown", new("无法判定", "unknown") },
        { "undone", new("已回退", "undone") },
        { "skipped", new("跳过", "skipped") },

        // modes and strengths
        { "tabletop", new("桌面演练", "tabletop drill") },
        { "rehearsal", new("隔离环境预演", "rehearsal (isolated)") },
        { "live", new("生产系统实战演练", "live drill on production") },
        { "real", new("真实事件处置", "real incident") },
        { "sandbox", new("实验环境", "sandbox") },

        // kinds of drill
        { "component-switch", new("双机热备切换演练", "hot-standby pair switch drill") },
        { "test-failover", new("隔离环境预演", "rehearsal (isolated)") },
        { "switchover", new("计划内切换", "planned switchover") },
        { "failover", new("灾难切换(非计划)", "failover (unplanned)") },
        { "failback", new("回切", "failback") },
        { "restore", new("恢复验证", "restore verification") },
        { "joint", new("联合演练", "joint drill") },

        // phases of a run
        { DrillPhase.Opened, new("已立项", DrillPhase.Opened) },
        { DrillPhase.Locks, new("接管业务系统", DrillPhase.Locks) },
        { DrillPhase.Gates, new("切换前检查", DrillPhase.Gates) },
        { DrillPhase.Approvals, new("等待审批", DrillPhase.Approvals) },
        { DrillPhase.SteadyBefore, new("稳态检查", DrillPhase.SteadyBefore) },
        { DrillPhase.Steps, new("切换中", DrillPhase.Steps) },
        { DrillPhase.SteadyAfter, new("切换后稳态检查", DrillPhase.SteadyAfter) },
        { DrillPhase.WayBack, new("回切中", DrillPhase.WayBack) },
        { DrillPhase.SteadyBack, new("回切后稳态检查", DrillPhase.SteadyBack) },
        { DrillPhase.RollingBack, new("回退中", DrillPhase.RollingBack) },
        { DrillPhase.Measuring, new("测算", DrillPhase.Measuring) },

        // recovery-time marks
        { "detected", new("发现", "detected") },
        { "declared", new("宣告", "declared") },
        { "decided", new("决策", "decided") },
        { "fenced", new("旧主隔离(防双写)", "fenced") },
        { "promoted", new("备库提升", "promoted") },
        { "applicationHealthy", new("应用就绪", "application healthy") },
        { "trafficMoved", new("流量切换", "traffic moved") },
        { "technicallyConfirmed", new("技术确认", "technically confirmed") },
        { "businessVerified", new("业务验证", "business verification") },

        // subjects of verdicts
        { "rto", new("恢复时间(RTO)", "RTO") },
        { "rpo", new("恢复点(RPO)", "RPO") },
        { "downtime", new("非计划服务中断时间", "unplanned downtime") },
        { "availability", new("可用性", "availability") },
        { "overall", new("总体", "overall") },

        // verdicts, replication, quality, layers, statements
        { "met", new("达标", "met") },
        { "at-risk", new("有风险", "at risk") },
        { "breached", new("不达标", "breached") },
        { "indeterminate", new("无法判定", "indeterminate") },
        { "not-protected", new("未受保护", "not protected") },
        { "success", new("成功率", "success") },
        { "latency", new("响应时间", "latency") },
        { "throughput", new("吞吐量", "throughput") },
        { "line", new("线路", "line") },
        { "network", new("网络", "network") },
        { "host", new("主机", "host") },
        { "software", new("软件", "software") },
        { "synchronous", new("同步复制", "synchronous") },
        { "synchronous (remote_apply)", new("同步复制(remote_apply)", "synchronous (remote_apply)") },
        { "asynchronous", new("异步复制", "asynchronous") },
        { "service-time-basis", new("服务时间口径声明", "service-time basis") },
        { "raised-ceiling", new("第5级上限声明", "tier 5 ceiling") },
        { "synchronous-commit", new("同步提交声明", "synchronous commit") },

        // what waits
        { "approval", new("审批", "approval") },
        { "task", new("任务", "task") },
        { "step-approval", new("不可回退点的审批", "approval of a point of no return") },
        { "retry", new("是否重试", "whether to try again") },
        { "resume", new("是否继续", "whether to go on") },
        { "stop-decision", new("停止后如何继续", "how to go on after a stop") },
        { "tabletop-step", new("桌面演练步骤", "step of a tabletop") },
        { "step-observation", new("步骤结果确认", "what happened to a step") },
        { "check", new("双人复核", "check by a second person") },
        { "break-glass", new("紧急授权", "break-glass") },
        { "gate-override", new("搁置切换前检查", "gate override") },
        { "shared-tokens", new("令牌经同一人签发", "tokens of one maker") },

        // why an answer is not taken
        { "no-such-item", new("没有该待办事项", "no such item") },
        { "own-run", new("不能审批自己申请或编写的运行", "own run") },
        { "own-step", new("不能复核自己执行的步骤", "own step") },
        { "reason-missing", new("缺少理由", "reason missing") },
        { "attachment-missing", new("缺少附件", "attachment missing") },
        { "attachment-refused", new("附件不符合要求", "attachment refused") },
        { "no-override", new("没有待复核的紧急授权", "no override") },
        { "role-missing", new("没有所需的角色", "role missing") },
        { "already-answered", new("已有应答", "already answered") },
        { "too-late", new("已过期限", "too late") },
        { "run-closed", new("运行已结束", "run closed") },
        { "already-stopped", new("已经停止", "already stopped") },
        { "not-paused", new("并未暂停", "not paused") },
        { "note-too-long", new("备注过长", "note too long") },

        // roles
        { "viewer", new("查看", "viewer") },
        { "operator", new("操作员", "operator") },
        { "approver", new("审批人", "approver") },
        { "business-verifier", new("业务验证人", "business verifier") },
        { "auditor", new("审计", "auditor") },
        { "admin", new("管理员", "admin") },

        // the one person who is built in
        { "Local operator", new("本机操作员", "Local operator") },

        // engines and roles of sites
        { "calendar", new("日历", "calendar") },
        { "workers", new("后台任务", "workers") },
        { "serving", new("当前承载", "serving") },
        { "standby", new("灾备", "standby") },
    };

    public static bool Knows(string text) => Known.ContainsKey(text);

    public static string Word(this string text, Language language) => Known.TryGetValue(text, out var word) ? word.In(language) : text;
}
