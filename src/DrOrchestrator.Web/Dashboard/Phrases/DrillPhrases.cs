namespace DrOrchestrator.Web.Dashboard.Phrases;

/// <summary>What a run asks, waits for and ends with, and why an answer is not taken.</summary>
internal static class DrillPhrases
{
    public static IReadOnlyList<Phrase> All { get; } =
    [
        // waiting
        new("{kind:word} '{item:name}' by {role:word}", "{kind} {item}，由{role}应答"),

        // questions
        new("Run plan '{plan:name}' on {systems:names}, asked by {person:name}: {reason:free}", "是否对 {systems} 执行预案 {plan}？申请人 {person}，理由：{reason}"),
        new("Step '{step:name}' ({kind:name}) cannot be taken back. May it run now?", "步骤 {step}（{kind}）是不可回退点。现在可以执行吗？"),
        new(
            "Nobody carried this run for {time:span}. Look who serves now, then confirm to go on from the journal or refuse to abort.",
            "本次运行已中断 {time} 无人推进。请先查明当前由哪个中心承载；确认则从记录处继续，拒绝则中止。"),
        new(
            "Nobody can tell whether step '{step:name}' happened: {detail:sentence}. Look at its target; confirm = it happened, refuse = it did not and cannot any more. Later steps need {outputs:names} of it: confirm with them as the note, in JSON, e.g. {example:free}.",
            "无法判定步骤 {step} 是否已经发生：{detail}。请查看其目标；确认表示已发生，拒绝表示未发生且不会再发生。后续步骤需要其输出 {outputs}：确认时请在备注中以 JSON 给出，例如 {example}。"),
        new(
            "Nobody can tell whether step '{step:name}' happened: {detail:sentence}. Look at its target; confirm = it happened, refuse = it did not and cannot any more.",
            "无法判定步骤 {step} 是否已经发生：{detail}。请查看其目标；确认表示已发生，拒绝表示未发生且不会再发生。"),
        new(
            "Nobody can tell whether step '{step:name}' happened: {detail:sentence}. Look at {site:name}; confirm = it happened, refuse = it did not and cannot any more. Later steps need {outputs:names} of it: confirm with them as the note, in JSON, e.g. {example:free}.",
            "无法判定步骤 {step} 是否已经发生：{detail}。请查看 {site}；确认表示已发生，拒绝表示未发生且不会再发生。后续步骤需要其输出 {outputs}：确认时请在备注中以 JSON 给出，例如 {example}。"),
        new(
            "Nobody can tell whether step '{step:name}' happened: {detail:sentence}. Look at {site:name}; confirm = it happened, refuse = it did not and cannot any more.",
            "无法判定步骤 {step} 是否已经发生：{detail}。请查看 {site}；确认表示已发生，拒绝表示未发生且不会再发生。"),
        new(
            "NOBODY SERVES: {finding:sentence}. The run stopped: {reason:sentence}. Sites: {sites:free}. The interruption goes on. Mend what stopped the run, then confirm to try again; refuse to close it as failed with the service down.",
            "当前无任何中心提供服务：{finding}。运行停止的原因：{reason}。各系统最近一次提升所在中心：{sites}。业务中断仍在持续。请排除原因后确认重试；拒绝则以服务中断状态将本次运行按未成功结束。"),
        new(
            "the estate to fit plan '{plan:name}' (sha256 {hash:name}) again: {reason:sentence} Put the estate back as it was when the run was opened and start the server again",
            "预案 {plan}（sha256 {hash}）与当前配置不符：{reason} 请将配置恢复为本次运行发起时的内容并重新启动服务"),

        // failures
        new("gate '{check:sentence}' does not pass: found {value:sentence}, asked {limit:sentence} (source {source:sentence}). {remedy:sentence}", "切换前检查未通过（{check}）：实际为{value}，要求为{limit}（来源：{source}）。{remedy}"),
        new("gate '{check:sentence}' does not pass: found {value:sentence}, asked {limit:sentence} (source {source:sentence}). ", "切换前检查未通过（{check}）：实际为{value}，要求为{limit}（来源：{source}）。"),
        new("steady state before the switch does not hold: {check:sentence}: found {value:sentence}, asked {limit:sentence}", "切换前稳态检查未通过（{check}）：实际为{value}，要求为{limit}"),
        new("steady state after the switch does not hold: {check:sentence}: found {value:sentence}, asked {limit:sentence}", "切换后稳态检查未通过（{check}）：实际为{value}，要求为{limit}"),
        new("steady state after the way back does not hold: {check:sentence}: found {value:sentence}, asked {limit:sentence}", "回切后稳态检查未通过（{check}）：实际为{value}，要求为{limit}"),
        new("{kind:word} '{item:name}' was refused by {person:name}", "{kind} {item} 被 {person} 拒绝"),
        new("{kind:word} '{item:name}' was refused by {person:name}: {note:free}", "{kind} {item} 被 {person} 拒绝：{note}"),
        new("{kind:word} '{item:name}' was not given by {role:word} before its deadline of {time:span}", "{role}未在期限 {time} 内应答{kind} {item}"),
        new("a person refused to resume the run", "有人拒绝继续本次运行"),
        new("step '{step:name}' failed: {reason:sentence}", "步骤 {step} 未成功：{reason}"),

        // answers that are not taken
        new("Run {run:figure} asks nothing called '{item:name}'.", "第 {run} 次运行没有名为 {item} 的待办事项。"),
        new("Run {run:figure} asks nothing called '{item:name}'; it is closed.", "第 {run} 次运行没有名为 {item} 的待办事项，该运行已结束。"),
        new("'{item:name}' has been answered; an answer stands.", "{item} 已有应答，应答不可更改。"),
        new("'{item:name}' could be answered until {deadline:figure}.", "{item} 的应答期限为 {deadline}，已经过期。"),
        new("'{item:name}' is for {role:word}; {person:name} has: {roles:words}.", "{item} 须由{role}应答；{person} 的角色为：{roles}。"),
        new("'{item:name}' is for {role:word}; {person:name} has: .", "{item} 须由{role}应答；{person} 没有任何角色。"),
        new("{person:name} asked for this run or wrote its plan; somebody else must approve it.", "{person} 是本次运行的申请人或预案编写人，须由其他人审批。"),
        new("The note has {length:figure} characters; allowed: {most:figure}.", "备注有 {length} 个字符，最多 {most} 个。"),
    ];
}
