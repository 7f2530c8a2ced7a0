namespace DrOrchestrator.Web.Dashboard.Phrases;

/// <summary>What the calendar did, did not do, and read.</summary>
internal static class CalendarPhrases
{
    public static IReadOnlyList<Phrase> All { get; } =
    [
        // missed
        new(
            "The drill of plan {plan:name} due {day:figure} {time:figure} {zone:name} was missed: no server was there to open it. It does not start late by itself; start it by hand: {command:code}",
            "预案 {plan} 应于 {day} {time}（{zone}）进行的演练已错过：届时没有服务器在运行。演练不会自行补办，请人工发起：{command}"),
        new(
            "The restore check of plan {plan:name} due {day:figure} {time:figure} {zone:name} was missed: no server was there to open it. It does not start late by itself; start it by hand: {command:code}",
            "预案 {plan} 应于 {day} {time}（{zone}）进行的恢复验证已错过：届时没有服务器在运行。恢复验证不会自行补办，请人工发起：{command}"),
        new(
            "The gates of plan {plan:name} due {day:figure} {time:figure} {zone:name} were not read: no server was there to do it. They are read at the next time.",
            "预案 {plan} 应于 {day} {time}（{zone}）进行的切换前检查未读取：届时没有服务器在运行。将在下一次时间读取。"),

        // overdue
        new("No run of plan {plan:name} for {system:name} has ever closed; one is due every {within:span}. Start one: {command:code}", "预案 {plan} 对 {system} 尚无执行完毕的记录；要求每 {within} 至少一次。请开始一次：{command}"),
        new(
            "The newest run of plan {plan:name} for {system:name} is run {run:figure}, closed {day:figure} {time:figure} UTC; one is due every {within:span}. Start one: {command:code}",
            "预案 {plan} 对 {system} 最近一次为第 {run} 次运行，于 {day} {time} UTC 结束；要求每 {within} 至少一次。请开始一次：{command}"),

        // not opened
        new("The drill of plan {plan:name} due {day:figure} {time:figure} {zone:name} was not opened: {reason:sentence}", "预案 {plan} 应于 {day} {time}（{zone}）进行的演练未能发起：{reason}"),
        new("The restore check of plan {plan:name} due {day:figure} {time:figure} {zone:name} was not opened: {reason:sentence}", "预案 {plan} 应于 {day} {time}（{zone}）进行的恢复验证未能发起：{reason}"),
        new("System '{system:name}' is held by run {run:figure}, which is not closed. Follow it with: {command:code}", "业务系统 {system} 正被第 {run} 次运行占用，该运行尚未结束。查看：{command}"),
        new("there is no person '{person:name}' in whose name it could be asked for.", "没有名为 {person} 的人员，无法以其名义申请。"),
        new("{person:name} is no operator; only operators ask for runs.", "{person} 不是操作员，只有操作员可以申请。"),
        new("A real switch never starts from a calendar.", "真实事件处置从不由日历发起。"),
        new("Plan '{plan:name}' has no approvals; a calendar only opens runs that wait for one.", "预案 {plan} 没有审批环节；日历只发起需要审批的运行。"),

        // frozen
        new(
            "The drill of plan {plan:name} due {day:figure} {time:figure} {zone:name} was frozen by {freeze:name} until {until:figure}, decided by {signer:free}: {reason:free}",
            "预案 {plan} 应于 {day} {time}（{zone}）进行的演练因变更冻结期 {freeze} 未发起，冻结至 {until}，决定人 {signer}：{reason}"),
        new(
            "The restore check of plan {plan:name} due {day:figure} {time:figure} {zone:name} was frozen by {freeze:name} until {until:figure}, decided by {signer:free}: {reason:free}",
            "预案 {plan} 应于 {day} {time}（{zone}）进行的恢复验证因变更冻结期 {freeze} 未发起，冻结至 {until}，决定人 {signer}：{reason}"),
        new("no-freeze", "不在变更冻结期内"),
        new("no-freeze {freeze:name}", "不在变更冻结期 {freeze} 内"),
        new("no freeze in force", "没有生效的变更冻结期"),
        new("no freeze", "不在变更冻结期内"),
        new("frozen until {day:figure} by {signer:free}: {reason:free}", "变更冻结至 {day}，决定人 {signer}：{reason}"),
        new("freezes of the estate", "资源与配置清单中的变更冻结期"),
        new("Wait until the freeze is over, or have {signer:free} change it in the estate.", "请等待变更冻结期结束，或由 {signer} 在资源与配置清单中调整。"),

        // gates
        new("All {count:figure} gates of plan {plan:name} passed.", "预案 {plan} 的 {count} 项切换前检查全部通过。"),
        new("Plan {plan:name} could not be started ({count:figure} gates do not pass): {check:sentence}: found {value:sentence}, asked {limit:sentence}. {remedy:sentence}", "预案 {plan} 此刻无法开始（{count} 项切换前检查未通过）：{check}：实际为{value}，要求为{limit}。{remedy}"),
        new("Plan {plan:name} could not be started: {check:sentence}: found {value:sentence}, asked {limit:sentence}. {remedy:sentence}", "预案 {plan} 此刻无法开始：{check}：实际为{value}，要求为{limit}。{remedy}"),
        new("could not be read: {reason:free}", "无法读取：{reason}"),
        new("no answer within {time:span}", "{time} 内没有应答"),
        new("it was not asked: the documents before it took {time:span}", "未及询问：其前的文档已用去 {time}"),
        new("a reading", "可以读取"),
        new("all gates of the plan", "预案的全部切换前检查"),
        new("Correct what the gate is asked to look at, then start the run again.", "请更正该项检查的对象，然后重新开始。"),
        new("Find out which of their targets hangs: start a run of the plan, or look at its probes.", "请查明哪个检查对象没有应答：可开始一次运行，或查看其探测。"),
        new("the gates have not been read yet", "切换前检查尚未读取"),
        new("the gates should have been read again by {day:figure} {time:figure} UTC", "切换前检查应在 {day} {time} UTC 之前再次读取"),
    ];
}
