namespace DrOrchestrator.Web.Dashboard.Phrases;

/// <summary>How runs are stopped, by people, by guardrails and by real runs; what they ask then, and what they leave to do.</summary>
internal static class StopPhrases
{
    public static IReadOnlyList<Phrase> All { get; } =
    [
        // waiting, ending
        new("paused by system: {reason:sentence}", "已由系统暂停：{reason}"),
        new("paused by {person:name}: {reason:free}", "已由 {person} 暂停：{reason}"),
        new("aborted by system: {reason:sentence}", "已由系统中止：{reason}"),
        new("aborted by {person:name}: {reason:sentence}; its plan could not be read, nothing was observed or undone", "已由 {person} 中止：{reason}；其预案无法读取，未核查也未回退任何操作"),
        new("pre-empted by run {run:figure}: {reason:sentence}; its plan could not be read, nothing was observed or undone", "已让位于第 {run} 次运行：{reason}；其预案无法读取，未核查也未回退任何操作"),
        new("aborted by {person:name}: {reason:free}", "已由 {person} 中止：{reason}"),
        new("pre-empted by run {run:figure}: {reason:sentence}", "已让位于第 {run} 次运行：{reason}"),
        new("its systems were taken away by run {run:figure} (break-glass by {people:names})", "其业务系统已由第 {run} 次运行接管（紧急授权：{people}）"),
        new("system '{system:name}' is held by run {run:figure}, which is real too", "业务系统 {system} 正由第 {run} 次运行占用，该运行同为真实事件处置"),
        new("guardrail '{check:sentence}' is broken: found {value:sentence}, asked {limit:sentence}", "运行护栏被突破（{check}）：实际为{value}，要求为{limit}"),
        new("a real run needs system '{system:name}': {reason:free}", "真实事件处置需要业务系统 {system}：{reason}"),

        // questions
        new("The run was stopped in phase '{phase:word}' by system: {reason:sentence}. Confirm this one to GO ON where it stopped.", "本次运行在“{phase}”阶段由系统停止：{reason}。确认此项：从停止处继续。"),
        new("The run was stopped in phase '{phase:word}' by system: {reason:sentence}. Confirm this one to ROLL BACK what was done and close the run.", "本次运行在“{phase}”阶段由系统停止：{reason}。确认此项：回退已完成的操作并结束运行。"),
        new("The run was stopped in phase '{phase:word}' by system: {reason:sentence}. Confirm this one to CLOSE the run as it stands.", "本次运行在“{phase}”阶段由系统停止：{reason}。确认此项：按现状结束运行。"),
        new("The run was stopped in phase '{phase:word}' by {person:name}: {reason:free}. Confirm this one to GO ON where it stopped.", "本次运行在“{phase}”阶段由 {person} 停止：{reason}。确认此项：从停止处继续。"),
        new("The run was stopped in phase '{phase:word}' by {person:name}: {reason:free}. Confirm this one to ROLL BACK what was done and close the run.", "本次运行在“{phase}”阶段由 {person} 停止：{reason}。确认此项：回退已完成的操作并结束运行。"),
        new("The run was stopped in phase '{phase:word}' by {person:name}: {reason:free}. Confirm this one to CLOSE the run as it stands.", "本次运行在“{phase}”阶段由 {person} 停止：{reason}。确认此项：按现状结束运行。"),
        new("The run stopped: {reason:sentence}. Confirm this one to GO ON where it stopped.", "本次运行已停止：{reason}。确认此项：从停止处继续。"),
        new("The run stopped: {reason:sentence}. Confirm this one to ROLL BACK what was done and close the run.", "本次运行已停止：{reason}。确认此项：回退已完成的操作并结束运行。"),
        new("The run stopped: {reason:sentence}. Confirm this one to CLOSE the run as it stands.", "本次运行已停止：{reason}。确认此项：按现状结束运行。"),
        new(
            "Gate '{check:sentence}' does not pass: found {value:sentence}, asked {limit:sentence} (source {source:sentence}). {remedy:sentence} Confirm with a reason to go on all the same; refuse to end the run before its first effect.",
            "切换前检查未通过（{check}）：实际为{value}，要求为{limit}（来源：{source}）。{remedy} 写明原因并确认则仍然继续；拒绝则在首个操作之前结束运行。"),
        new(
            "Run {run:figure} has not handed system '{system:name}' over within {time:span}. Confirm to take it away: whoever carries that run can write nothing more, and what it has in flight may still act.",
            "第 {run} 次运行未在 {time} 内交出业务系统 {system}。确认则强制接管：推进该运行的进程不能再写入任何记录，其已发出的操作仍可能生效。"),
        new(
            "Run {run:figure} has not handed system '{system:name}' over within {time:span}. Confirm to take it away: whoever carries that run can write nothing more, and what it has in flight may still act: {steps:names}. This run then begins nothing for up to {wait:span}.",
            "第 {run} 次运行未在 {time} 内交出业务系统 {system}。确认则强制接管：推进该运行的进程不能再写入任何记录，其已发出的操作仍可能生效：{steps}。接管后本次运行最长 {wait} 内不开始任何操作。"),
        new(
            "What run {run:figure} had in flight may act for {time:span} after its systems were taken away: whatever it began last. This run begins nothing before that. Confirm with a reason to begin at once all the same.",
            "第 {run} 次运行被接管后，其最后发出的操作在 {time} 内仍可能生效。在此之前本次运行不开始任何操作；写明原因并确认则立即开始。"),
        new(
            "What run {run:figure} had in flight may act for {time:span} after its systems were taken away: {steps:names}. This run begins nothing before that. Confirm with a reason to begin at once all the same.",
            "第 {run} 次运行被接管后，其已发出的操作（{steps}）在 {time} 内仍可能生效。在此之前本次运行不开始任何操作；写明原因并确认则立即开始。"),
        new(
            "The run was aborted by {person:name}: {reason:sentence}. Its plan cannot be read, so that nothing is observed or undone: what it began stays as it is ({steps:names}), or the estate is put back as it was and the server started again. Confirm this one to CLOSE the run as it stands.",
            "本次运行已由 {person} 中止：{reason}。其预案无法读取，因此不核查也不回退任何操作：已开始的步骤（{steps}）保持现状；也可将配置恢复原样并重新启动服务。确认此项：按现状结束运行。"),
        new(
            "Tabletop: nothing is sent. Step '{step:name}' would {would:free}. Say how it would go; confirm = it would be done, refuse = it would fail.",
            "桌面演练，不会发出任何操作。步骤 {step} 在实战中将执行：{would}。请说明将如何进行；确认表示能够完成，拒绝表示会失败。"),
        new(
            "NOBODY SERVES: {finding:sentence}. The run stopped: {reason:sentence}. Sites: {sites:free}. The interruption goes on. Bring the service back, then confirm to look again; refuse to close the run with the service down.",
            "当前无任何中心提供服务：{finding}。运行停止的原因：{reason}。各系统最近一次提升所在中心：{sites}。业务中断仍在持续。请恢复服务后确认，将再次检查；拒绝则以服务中断状态结束本次运行。"),

        // steps
        new("stopped before anything was sent", "停止时尚未发出任何操作"),
        new("{workload:name} was left as it is ({replicas:figure} replicas): it carries no mark of this run, so what stands there is not of its doing", "{workload} 保持现状（{replicas} 个副本）：其上没有本次运行的标记，现状并非本次运行所致"),
        new("stopped in flight", "操作发出后停止，结果待查明"),
        new("ended: the run was aborted", "因运行中止而结束"),
        new("ended: the run was pre-empted", "因让位于真实事件处置而结束"),
        new("it was done, but '{check:sentence}' is not as it must be after it: found {value:sentence}, asked {limit:sentence}", "操作已完成，但其后的核验未通过（{check}）：实际为{value}，要求为{limit}"),
        new("no answer within {time:span}", "{time} 内没有应答"),

        // what a promotion would lose, before the question about it
        new("Lost if {system:name} were promoted at {site:name} now: {lowest:span} to {highest:span}. {question:sentence}", "若此刻将 {system} 提升至 {site}，将丢失：{lowest} 至 {highest}。{question}"),
        new("Lost if {system:name} were promoted at {site:name} now: {lowest:span} to unknown. {question:sentence}", "若此刻将 {system} 提升至 {site}，将丢失：至少 {lowest}，上限不明。{question}"),
        new("Lost if {system:name} were promoted at {site:name} now: unknown. {question:sentence}", "若此刻将 {system} 提升至 {site}，将丢失多少：不明。{question}"),
        new("Lost if {system:name} were promoted at {site:name} now: unknown, nobody reads it. {question:sentence}", "若此刻将 {system} 提升至 {site}，将丢失多少：不明，未监测其数据丢失敞口。{question}"),
        new("Lost of {point:name} if {system:name} were promoted at {site:name} now: {lowest:span} to {highest:span}. {question:sentence}", "若此刻将 {system} 提升至 {site}，{point} 将丢失：{lowest} 至 {highest}。{question}"),
        new("Lost of {point:name} if {system:name} were promoted at {site:name} now: {lowest:span} to unknown. {question:sentence}", "若此刻将 {system} 提升至 {site}，{point} 将丢失：至少 {lowest}，上限不明。{question}"),
        new("Lost of {point:name} if {system:name} were promoted at {site:name} now: unknown. {question:sentence}", "若此刻将 {system} 提升至 {site}，{point} 将丢失多少：不明。{question}"),

        // left to do
        new("find out whether step '{step:name}' happened: nobody knows", "查明步骤 {step} 是否已经发生：目前无人知晓"),
        new("find out what it left behind: nobody looked when it was ended", "查明其遗留状态：结束时无人核查"),
        new("step '{step:name}' ({kind:name}) stays in effect at {site:name}: see whether it must be undone by hand, the plan of the run cannot be read", "步骤 {step}（{kind}）在 {site} 仍然有效：预案无法读取，请判断是否须人工回退"),
        new("step '{step:name}' ({kind:name}) stays in effect: see whether it must be undone by hand, the plan of the run cannot be read", "步骤 {step}（{kind}）仍然有效：预案无法读取，请判断是否须人工回退"),
        new("fence the old side of step '{step:name}', which promoted without a fence", "隔离步骤 {step} 的旧主：该步骤在未隔离旧主的情况下完成提升"),
        new("restore the service: nobody serves", "恢复服务：当前无任何中心提供服务"),
        new("re-protect the system: bring a standby back and see it caught up", "恢复灾备保护：重新接入备库并确认数据追平"),
        new("let commits of {database:name} wait for a standby again: its synchronous_standby_names was '{names:free}' before the promotion, and is empty", "恢复 {database} 提交时对备库的同步等待：提升前其 synchronous_standby_names 为“{names}”，现为空"),
        new(
            "remove the old data of {database:name} at {path:name}: no transaction in them is missing at the new primary, and they take the room of a whole copy",
            "删除 {database} 保留在 {path} 的旧数据：其中没有新主库缺少的事务，且占用一份完整副本的空间"),
        new("see that commits of {database:name} wait for a standby again: its synchronous_standby_names was '{names:free}' before the promotion was tried, and may be empty", "查明并恢复 {database} 提交时对备库的同步等待：尝试提升前其 synchronous_standby_names 为“{names}”，现可能为空"),
        new("account for the old data of {database:name} at {path:name}, then remove them: they take the room of a whole copy", "核对 {database} 保留在 {path} 的旧数据后予以删除：其占用一份完整副本的空间"),
        new("fail back to the declared serving site by a linked run", "以关联的运行回切到登记的承载中心"),

        // orders that are not taken
        new("Run {run:figure} is closed ({outcome:word}); nothing of it can be stopped or go on.", "第 {run} 次运行已结束（{outcome}），不能再停止或继续。"),
        new("'abort' is for {needed:words}; {person:name} has: {roles:words}.", "中止须由{needed}提出；{person} 的角色为：{roles}。"),
        new("'pause' is for {needed:words}; {person:name} has: {roles:words}.", "暂停须由{needed}提出；{person} 的角色为：{roles}。"),
        new("'resume' is for {needed:words}; {person:name} has: {roles:words}.", "继续须由{needed}提出；{person} 的角色为：{roles}。"),
        new("Say why run {run:figure} is to abort; it goes on record.", "请写明中止第 {run} 次运行的原因，原因将记录在案。"),
        new("Say why run {run:figure} is to pause; it goes on record.", "请写明暂停第 {run} 次运行的原因，原因将记录在案。"),
        new("Run {run:figure} is not paused.", "第 {run} 次运行并未暂停。"),
        new("Run {run:figure} was stopped by {person:name} already ({what:word}): {reason:free}", "第 {run} 次运行已由 {person} 停止（{what}）：{reason}"),
        new("Run {run:figure} has done everything and is being closed.", "第 {run} 次运行已全部完成，正在结束。"),
        new("'{item:name}' is confirmed with a reason, as the note; it goes on record.", "确认 {item} 须在备注中写明原因，原因将记录在案。"),
    ];
}
