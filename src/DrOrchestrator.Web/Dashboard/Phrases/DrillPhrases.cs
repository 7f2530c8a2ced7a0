namespace DrOrchestrator.Web.Dashboard.Phrases;

/// <summary>What a run asks, waits for and ends with, and why an answer is not taken.</summary>
internal static class DrillPhrases
{
    public static IReadOnlyList<Phrase> All { get; } =
    [
        // waiting
        new("{kind:word} '{item:name}' by {role:word}", "{kind} {item}，由{role}应答"),
        new("{kind:word} '{item:name}' by {role:word}, owner {owner:name} of {department:free}", "{kind} {item}，由{role}应答，责任人 {owner}（{department}）"),
        new("{kind:word} '{item:name}' by {role:word}, owner {owner:free}", "{kind} {item}，由{role}应答，责任部门 {owner}"),

        // questions
        new("Run plan '{plan:name}' on {systems:names}, asked by {person:name}: {reason:free}", "是否对 {systems} 执行预案 {plan}？申请人 {person}，理由：{reason}"),
        new("Step '{step:name}' ({kind:name}) cannot be taken back. May it run now?", "步骤 {step}（{kind}）是不可回退点。现在可以执行吗？"),
        new(
            "The world is not as the journal has it: {amiss:sentence}. Look who serves now, then confirm to go on from the journal or refuse to abort.",
            "现场与运行记录不一致：{amiss}。请先查明当前由哪个中心承载；确认则从记录处继续，拒绝则中止。"),
        new("fence '{step:name}': not proved ({missing:sentence})", "旧主隔离 {step} 未能证实（{missing}）"),
        new("promotion '{step:name}': its target denies it ({detail:sentence})", "提升 {step} 被其目标否认（{detail}）"),
        new("step '{step:name}': {detail:sentence}", "步骤 {step} 的结果已与记录不符（{detail}）"),
        new("step '{name:name}': no answer within {time:span}", "步骤 {name} 的目标在 {time} 内没有应答"),
        new("approval '{item:name}': the token with which {person:name} gave that word was revoked", "审批 {item}：{person} 作出该应答所用的令牌已被吊销"),
        new("approval '{item:name}': {person:name} is {now:name} by now, as the estate says", "审批 {item}：按配置，{person} 现为 {now}"),
        new("approval '{item:name}': {people:names} may not give that word any more, and {rest:free}", "审批 {item}：{people} 已无权作出该应答（另有：{rest}）"),
        new("approval '{item:name}': {people:names} may not give that word any more", "审批 {item}：{people} 已无权作出该应答"),
        new(
            "The estate was changed while this run was under way. Look who serves now, then confirm to go on from the journal or refuse to abort.",
            "本次运行期间配置已变更。请先查明当前由哪个中心承载；确认则从记录处继续，拒绝则中止。"),
        new(
            "The estate was changed while this run was under way: {amiss:sentence}. Look who serves now, then confirm to go on from the journal or refuse to abort.",
            "本次运行期间配置已变更：{amiss}。请先查明当前由哪个中心承载；确认则从记录处继续，拒绝则中止。"),
        new("gate '{name:name}': {check:sentence}: found {value:sentence}, asked {limit:sentence}", "切换前检查 {name} 未通过（{check}）：实际为{value}，要求为{limit}"),
        new("guardrail '{name:name}': {check:sentence}: found {value:sentence}, asked {limit:sentence}", "护栏 {name} 未通过（{check}）：实际为{value}，要求为{limit}"),
        new("fence '{name:name}': no answer within {time:span}", "旧主隔离 {name} 在 {time} 内没有应答"),
        new("gate '{name:name}': no answer within {time:span}", "切换前检查 {name} 在 {time} 内没有应答"),
        new("guardrail '{name:name}': no answer within {time:span}", "护栏 {name} 在 {time} 内没有应答"),
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

        new(
            "BREAK-GLASS: {what:sentence}. Two people, approver or admin, who neither asked for this run nor wrote its plan, each with a written reason; a third reviews it afterwards.",
            "紧急授权：{what}。须由两名审批人或管理员（不得为本次运行的申请人或预案编写人）分别写明理由；事后由第三人复核。"),
        new(
            "step '{step:name}' would promote {system:name} at {site:name} without a fence: the old side at {old:name} may still write, and two sides may diverge ({missing:sentence})",
            "步骤 {step} 将在未隔离旧主的情况下提升 {site} 的 {system}：{old} 的旧主可能仍在写入，两侧数据可能出现分歧（{missing}）"),
        new("its fence '{fence:name}' failed: {reason:sentence}", "其旧主隔离步骤 {fence} 未成功：{reason}"),

        new("The old side answers: the duty of run {run:figure}, which promoted without a fence, is carried out.", "旧主已应答：现执行第 {run} 次运行（未隔离旧主即提升）遗留的隔离义务。"),

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
        new("'{item:name}' was about an earlier reading; '{later:name}' asks about what is found now.", "{item} 针对的是较早的检查结果；目前的结果请答复 {later}。"),
        new("Run {run:figure} asks nothing called '{item:name}'.", "第 {run} 次运行没有名为 {item} 的待办事项。"),
        new("Run {run:figure} asks nothing called '{item:name}'; it is closed.", "第 {run} 次运行没有名为 {item} 的待办事项，该运行已结束。"),
        new("'{item:name}' has been answered; an answer stands.", "{item} 已有应答，应答不可更改。"),
        new("'{item:name}' could be answered until {deadline:figure}.", "{item} 的应答期限为 {deadline}，已经过期。"),
        new("'{item:name}' is for {role:word}; {person:name} has: {roles:words}.", "{item} 须由{role}应答；{person} 的角色为：{roles}。"),
        new("'{item:name}' is for {role:word}; {person:name} has: .", "{item} 须由{role}应答；{person} 没有任何角色。"),
        new("'{item:name}' is for {role:word}; {person:name} has that role, but not in a run of mode {mode:word}.", "{item} 须由{role}应答；{person} 的该角色不适用于方式为“{mode}”的运行。"),
        new("The token of {person:name} was made by {maker:name}, who wrote the plan of this run; answer with one that somebody else made.", "{person} 的令牌由本次运行预案的编写人 {maker} 签发，请使用他人签发的令牌应答。"),
        new("The token with which {who:name} asked for this run was made by {person:name}; somebody else must approve it.", "{who} 申请本次运行所用的令牌由 {person} 签发，须由其他人审批。"),
        new("The token of {person:name} was made by {maker:name}, who has confirmed '{item:name}' already; answer with one that somebody else made.", "{person} 的令牌由 {maker} 签发，{maker} 已确认 {item}，请使用他人签发的令牌应答。"),
        new("The token with which {who:name} confirmed '{item:name}' was made by {person:name}; somebody else must confirm it.", "{who} 确认 {item} 所用的令牌由 {person} 签发，须由其他人确认。"),
        new("NOBODY MAY GIVE IT: {why:sentence} Ask with a token of your own that they did not make, or put the hash of a token of theirs into the estate (token-sha256). {question:sentence}", "无人可以作出该应答：{why}请以非其签发的本人令牌申请，或将其本人令牌的散列值登记在配置中（token-sha256）。{question}"),
        new("A run of plan '{plan:name}' waits for a word that nobody may give: {why:sentence} Ask with a token of your own that they did not make, or put the hash of a token of theirs into the estate (token-sha256).", "预案 {plan} 的运行所需的应答无人可以作出：{why}请以非其签发的本人令牌申请，或将其本人令牌的散列值登记在配置中（token-sha256）。"),
        new("'{item:name}' could not be given: whoever asks ({asker:name}) had a hand in every token of {people:names}, or they in the one it is asked with.", "{item} 无法作出：申请人（{asker}）参与签发了 {people} 的全部令牌，或其参与签发了申请所用的令牌。"),
        new("'{item:name}' rests on the words of {people:names}, and {makers:names} had a hand in both their tokens: one person may have said both.", "{item} 依据 {people} 的应答，而双方令牌的签发均经 {makers} 之手：可能出自同一人。"),
        new("'{item:name}' rests on the words of {people:names}; who made the token of {unknown:names} was not kept then: one person may have said both.", "{item} 依据 {people} 的应答；{unknown} 所用令牌的签发人当时未予记录：可能出自同一人。"),
        new(
            "{why:sentence} This estate wants independent tokens: answer with one that somebody else made, or with one of your own whose hash stands in the estate.",
            "{why}本配置要求令牌相互独立：请使用他人签发的令牌，或使用散列值登记在配置中的本人令牌应答。"),
        new(
            "{maker:name} had a hand in the token of {person:name}, as in those that are to be reviewed; review it with one that somebody else made, or with one of your own whose hash stands in the estate.",
            "{person} 的令牌与待复核的令牌均经 {maker} 之手签发，请使用他人签发的令牌，或使用散列值登记在配置中的本人令牌复核。"),
        new(
            "{maker:name} had a hand in the token of {person:name}, as in that of {other:name}, who took part in this run; review it with one that somebody else made, or with one of your own whose hash stands in the estate.",
            "{person} 的令牌与参与本次运行的 {other} 的令牌均经 {maker} 之手签发，请使用他人签发的令牌，或使用散列值登记在配置中的本人令牌复核。"),
        new("{refusal:sentence} It is of before the chain of its makers was kept: everybody counts who may be in it.", "{refusal}该令牌签发时尚未记录完整的签发链：凡可能在链中的人均计入。"),
        new(
            "The estate has no {who:name} any more, who did or confirmed step '{step:name}'; nobody can tell that somebody else checks it. Put that id back, or say whose it was (formerly).",
            "执行或确认步骤 {step} 的 {who} 已不在配置中，无法确认复核人另有其人。请恢复该标识，或在配置中注明其原属何人（formerly）。"),
        new("The token of {person:name} was made by {maker:name}, who took part in this run; review it with one that somebody else made.", "{person} 的令牌由参与本次运行的 {maker} 签发，请使用他人签发的令牌复核。"),
        new("The estate has no {who:name} any more, who asked for this run; nobody can tell that somebody else approves it. Put that id back, or abort the run and ask for it again.", "本次运行的申请人 {who} 已不在配置中，无法确认审批人另有其人。请恢复该标识，或中止本次运行后重新申请。"),
        new("The token of {person:name} was made by {maker:name}, who asked for this run; answer with one that somebody else made.", "{person} 的令牌由本次运行的申请人 {maker} 签发，请使用他人签发的令牌应答。"),
        new("{person:name} did or confirmed step '{step:name}'; somebody else must check it.", "步骤 {step} 由 {person} 执行或确认，须由其他人复核。"),
        new("'{item:name}' is refused with a reason only: say why, it goes on record.", "拒绝 {item} 必须写明理由，理由将记录在案。"),
        new("'{item:name}' is an override: say why, it goes on record.", "{item} 为紧急授权，必须写明理由，理由将记录在案。"),
        new("'{item:name}' is confirmed with an attachment only: {text:free}", "确认 {item} 必须上传附件：{text}"),
        new("'{item:name}' takes no attachment.", "{item} 不接受附件。"),
        new("The attachment has {length:figure} bytes; allowed: 1 to {most:figure}.", "附件有 {length} 字节，允许 1 至 {most} 字节。"),
        new("The attachment '{name:free}' is of no type that is taken; allowed: {endings:names}.", "附件 {name} 的类型不被接受，允许：{endings}。"),
        new("The attachment '{name:free}' does not begin as a {ending:name} does.", "附件 {name} 的内容与 {ending} 类型不符。"),
        new("Run {run:figure} has no override that waits for a review.", "第 {run} 次运行没有待复核的紧急授权。"),
        new("The review is for approver or auditor; {person:name} has: {roles:words}.", "复核须由审批人或审计进行；{person} 的角色为：{roles}。"),
        new("The review is for approver or auditor; {person:name} has: .", "复核须由审批人或审计进行；{person} 没有任何角色。"),
        new("{person:name} took part in this run; somebody else must review it.", "{person} 参与了本次运行，须由其他人复核。"),
        new("A review says what was looked at and what it found; it goes on record.", "复核须写明查看了什么、结论如何，并将记录在案。"),
        new("{person:name} asked for this run or wrote its plan; somebody else must approve it.", "{person} 是本次运行的申请人或预案编写人，须由其他人审批。"),
        new("The note has {length:figure} characters; allowed: {most:figure}.", "备注有 {length} 个字符，最多 {most} 个。"),
    ];
}
