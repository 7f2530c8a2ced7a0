namespace DrOrchestrator.Web.Dashboard.Phrases;

/// <summary>How requests, Jobs, waits, canaries and restores of steps end. What a receiver or a cluster said stays as it is.</summary>
internal static class StepEndPhrases
{
    public static IReadOnlyList<Phrase> All { get; } =
    [
        // http
        new("GET {url:name} answers {answer:free}: no JSON object that could be put back, as 'undo: restore' asks", "GET {url} 应答 {answer}：没有可按 undo: restore 放回的 JSON 对象"),
        new("GET {url:name} gives no ETag; if-match needs one", "GET {url} 没有给出 ETag，而 if-match 需要它"),
        new("GET {url:name} shows it", "GET {url} 表明已发生"),
        new("{method:name} {url:name} answers {answer:free}, which is not expected", "{method} {url} 应答 {answer}，不在预期之内"),
        new("{method:name} {url:name} answers {answer:free}", "{method} {url} 应答 {answer}"),
        new("{method:name} {url:name}: {answer:sentence}; whether it happened is not known", "{method} {url}：{answer}；是否已发生不明"),
        new("{method:name} {url:name} is not seen to have happened, and sent twice it is as sent once", "未见 {method} {url} 已发生；发送两次与发送一次等效"),
        new("whether {method:name} {url:name} happened cannot be seen, and sent twice it would count twice", "无法看到 {method} {url} 是否已发生，而发送两次会生效两次"),
        new("{url:name} was changed by another since it was read: it is {now:free} now", "{url} 在读取之后已被他方更改：现为 {now}"),
        new("there was no body at {url:name} before that could be put back", "{url} 此前没有可放回的内容"),
        new("{url:name} could not be put back: {trouble:sentence}", "{url} 无法放回：{trouble}"),
        new("no answer ({trouble:sentence})", "无应答（{trouble}）"),
        new("marker-field needs a body to stand in", "marker-field 需要有 body 才能写入"),
        new("if-match, observe-equals and undo: restore need observe-path, the place to look at", "if-match、observe-equals 和 undo: restore 需要 observe-path，即观察之处"),
        new("undo: body and undo-body go together", "undo: body 与 undo-body 须同时给出"),
        new("expect-status: '{status:free}'; allowed: 100 to 599", "expect-status：“{status}”；允许 100 至 599"),

        // k8s.job
        new("the Job would be called '{job:name}', {length:figure} characters; allowed: {most:figure}. Give the step a shorter name", "任务名将为 {job}，共 {length} 个字符；最多 {most} 个。请为步骤取更短的名称"),
        new("there is no Job {job:name}; a late request and a new one would be the same Job", "没有任务 {job}；迟到的请求与新请求会是同一个任务"),
        new("Job {job:name} has not ended: {why:sentence}", "任务 {job} 尚未结束：{why}"),
        new("Job {job:name} is complete", "任务 {job} 已完成"),
        new("Job {job:name} cannot be read: {why:free}", "无法读取任务 {job}：{why}"),
        new("job failed with exit code {code:figure}, by which it says that it changed nothing: {words:free}", "任务失败，退出码 {code} 表明未作任何更改：{words}"),
        new("job failed with exit code {code:figure}; its effect is unknown", "任务失败，退出码 {code}；其作用不明"),
        new("job ended with exit code {code:figure}, and its log is not kept: secret {secret:name} is not there any more, so that nobody can say what of it is secret", "任务已结束，退出码 {code}，但未保存其日志：密钥 {secret} 已不存在，无法判断日志中哪些内容属于机密"),
        new("job ended with exit code {code:figure}, and its log is not kept: secret {secret:name} was changed or made anew since the Job was prepared, so that nobody can say what of it is secret", "任务已结束，退出码 {code}，但未保存其日志：密钥 {secret} 在任务准备之后被更改或重建，无法判断日志中哪些内容属于机密"),
        new("job succeeded, but its log is longer than what is read of one: what its last line says of '{field:name}' is not known", "任务成功，但其日志超出读取上限，最后一行中字段 {field} 的值未知"),
        new("job succeeded, but the last line of its log has no field '{field:name}'", "任务成功，但其日志最后一行没有字段 {field}"),

        // k8s.patch
        new("{object:name} at {site:name} is held by the fence {mark:name}; only k8s.unfence lifts it", "{site} 的 {object} 由旧主隔离 {mark} 保持；只有 k8s.unfence 能解除"),
        new("{object:name} has again what it had before the patch", "{object} 又恢复为修改之前的内容"),
        new("{object:name} was changed since it was prepared ({before:free} -> {now:free})", "{object} 在准备之后被改动（{before} -> {now}）"),
        new("{object:name} was left as it is: it does not carry {mark:name}, so what stands there is not of this step's doing", "{object} 保持现状：其上没有标记 {mark}，现状并非本步骤所致"),
        new("{object:name} was left as it is: it carries no mark of this run, so what stands there is not of its doing", "{object} 保持现状：其上没有本次运行的标记，现状并非本次运行所致"),
        new("{object:name} was left as it is: another step of the run has marked it, and nothing shows what this one had done to it", "{object} 保持现状：本次运行的另一步骤已在其上留下标记，无从得知本步骤曾对其做过什么"),
        new("{object:name} was left as it is: others have changed since what the step had set", "{object} 保持现状：本步骤所设内容此后已被他人更改"),

        new("{object:name} has fields that others hold, and only with 'force: true' are they taken over: {who:free}", "{object} 的部分字段由其他管理者持有，只有写明 force: true 才会接管：{who}"),
        new("{object:name} takes no patch of type {type:name}: {why:free}", "{object} 不接受 {type} 类型的补丁：{why}"),
        new("{object:name} cannot be tried (dryRun=All): {why:free}", "无法对 {object} 试运行（dryRun=All）：{why}"),
        new("the API of {object:name} would leave out a part of the patch: {what:free}", "{object} 的 API 会略去补丁中的一部分：{what}"),
        new("the API of {object:name} keeps what it is only to try (dryRun=All): it has changed it, and nothing shows what was there before", "{object} 的 API 未按试运行（dryRun=All）处理而是保存了更改：对象已被改动，且无从得知之前的内容"),
        new("the change of {object:name} touches {field:free}, which holds a secret: its value would come into the journal", "对 {object} 的更改涉及 {field}，按名称它存放机密：其值会进入流水"),

        // k8s.apply
        new("document {number:figure}: {reason:sentence} (applied before it: {done:free})", "第 {number} 个文档：{reason}（此前已应用：{done}）"),
        new("document {number:figure}: {reason:sentence}", "第 {number} 个文档：{reason}"),
        new("document {number:figure} ({object:free}): the API of {site:name} serves no {kind:name} in {api:name}", "第 {number} 个文档（{object}）：{site} 的 API 在 {api} 中不提供 {kind}"),
        new("document {number:figure} ({object:free}): it belongs to the whole cluster, and the step acts in a namespace", "第 {number} 个文档（{object}）：它属于整个集群，而本步骤只在命名空间内操作"),
        new("document {number:figure} ({object:free})", "第 {number} 个文档（{object}）"),
        new("{file:name} (sha256 {now:name}) is not what the step meant to apply (sha256 {meant:name})", "{file}（sha256 {now}）不是本步骤准备应用的内容（sha256 {meant}）"),
        new("the manifests {file:name} were not read with the plan", "清单文件 {file} 未随预案一同读取"),
        new("{object:name} is gone since it was prepared", "{object} 在准备之后已不存在"),
        new("{object:name} was made by others since it was prepared", "{object} 在准备之后已由他人创建"),
        new("{object:name} cannot be applied: {why:free}", "无法应用 {object}：{why}"),
        new("whether {object:name} was applied is not known: {why:sentence}", "{object} 是否已应用不明：{why}"),
        new("{object:name} is gone: there is nothing to put back", "{object} 已不存在：没有可恢复的内容"),
        new("{object:name} was left as it is: what stands there is not of this step's doing", "{object} 保持现状：现状并非本步骤所致"),
        new("{object:name} was left as it is: others have changed since what the step had set ({field:free})", "{object} 保持现状：本步骤所设内容此后已被他人更改（{field}）"),
        new("it is being deleted, and held by {finalizers:free}", "正在删除，被 {finalizers} 阻住"),
        new("{object:name} cannot be taken back: {why:free}", "无法撤回 {object}：{why}"),
        new("whether {object:name} was taken back is not known: {why:sentence}", "{object} 是否已撤回不明：{why}"),
        new("all {count:figure} documents carry {mark:name}", "全部 {count} 个文档均带有标记 {mark}"),
        new("{some:figure} of {all:figure} documents carry {mark:name}; not applied: {open:free}; asked again, it goes on with these", "{all} 个文档中有 {some} 个带有标记 {mark}；尚未应用：{open}；再次执行时从这些继续"),
        new("the objects in {space:name} cannot be read: {why:free}", "无法读取 {space} 中的对象：{why}"),
        new("{object:name} is gone", "{object} 已不存在"),
        new("{object:name} has again what it had before it was applied", "{object} 又恢复为应用之前的内容"),

        // dro plan --dry-run
        new("steps of kind {kind:name} have no dry run", "{kind} 类型的步骤没有试运行"),
        new("an admission webhook takes no dry run, so that only the step itself will see: {why:sentence}", "某个准入 webhook 不接受试运行，只有步骤本身才能查明：{why}"),
        new("{object:name} was changed between each look and its try: {why:sentence}", "{object} 在每次查看与试运行之间都被更改：{why}"),
        new("whether every pod ends, and can be kept from vanishing unseen until then, only the fence itself will see", "各 pod 是否都会终止、此前能否保证不被悄然移除，只有隔离步骤本身才能查明"),
        new("whether its operator ends PostgreSQL cleanly and writes the demotion token, only the demotion itself will see", "其 operator 是否会正常停止 PostgreSQL 并写下降级令牌，只有降级步骤本身才能查明"),
        new("what is made in the namespace, and its proof, cannot be tried before it is there", "命名空间尚不存在，其中要创建的内容及其证明无法试运行"),
        new("what it acts on comes from a step before it", "其对象由前面的步骤给出"),
        new("step {step:name} changes it before; now: {reason:sentence}", "步骤 {step} 会先更改它；目前：{reason}"),

        // k8s.rollout
        new("{some:figure} of {all:figure} replicas of {workload:name} are {state:free}", "{workload} 的 {all} 个副本中有 {some} 个 {state}"),
        new("the controller has not seen the change of {workload:name} yet", "控制器尚未看到 {workload} 的更改"),
        new("{count:figure} old replicas of {workload:name} are still there", "{workload} 仍有 {count} 个旧副本"),
        new("{count:figure} surplus replicas of {workload:name} are still there", "{workload} 仍有 {count} 个多余副本"),
        new("pod {pod:name} is not scheduled: {why:free}", "Pod {pod} 未被调度：{why}"),
        new("container {container:name} of pod {pod:name} waits: {why:free}", "Pod {pod} 的容器 {container} 在等待：{why}"),
        new("container {container:name} of pod {pod:name} runs but is not ready", "Pod {pod} 的容器 {container} 已运行但未就绪"),
        new("container {container:name} of pod {pod:name} ended last with exit code {code:figure} ({reason:free})", "Pod {pod} 的容器 {container} 上次以退出码 {code} 结束（{reason}）"),
        new("no more pods can be made: {why:free}", "无法再创建 Pod：{why}"),
        new("the controller at {site:name} has given the rollout of {workload:name} up (progressDeadlineSeconds): {why:sentence}", "{site} 的控制器已放弃 {workload} 的滚动发布（progressDeadlineSeconds）：{why}"),

        // what only looks, waits or asks
        new("waiting has no effect", "等待不产生作用"),
        new("reading has no effect", "读取不产生作用"),
        new("a question is asked again", "重新提问"),
        new("nothing read yet", "尚未读到"),
        new("recovery point '{point:name}' of {system:name} was not {state:free} in time; last reading: {reading:free}", "{system} 的恢复点 {point} 未在期限内达到 {state}；最近读数：{reading}"),

        // canary
        new("a canary that is to {action:name} needs 'endpoint'", "执行 {action} 的金丝雀写入需要 endpoint"),
        new("the canary '{leg:name}' ended by itself, so that nothing can be said of what was written after it: {why:free}", "金丝雀写入 {leg} 自行终止，其后写入的情况无从得知：{why}"),
        new("a canary ends with its process and is started again under the same numbering", "金丝雀写入随其进程结束，并以同一编号重新开始"),

        // restores
        new("the estate names no program for the restore place '{place:name}'", "清单未为恢复位置 {place} 指定程序"),
        new("the estate has no restore place '{place:name}' any more", "清单中已没有恢复位置 {place}"),
        new("the estate has no recovery point '{point:name}'", "清单中没有恢复点 {point}"),
        new("the recovery point '{point:name}' compares logs and tells no moment of a backup", "恢复点 {point} 比较的是日志，不给出备份时刻"),
        new("the recovery point '{point:name}' tells of no backup now: {why:sentence}", "恢复点 {point} 目前没有给出备份：{why}"),
        new("somebody is at it there", "该处正有人在操作"),
        new("it is {state:name}, and nobody is at it", "现为 {state}，且无人在操作"),
        new("it is restored", "已恢复"),
        new("it is restored, but is not what was asked for", "已恢复，但不是所要求的"),
        new("{reason:sentence}; whether it is removed again is not known", "{reason}；是否已再次移除不明"),
        new("the host does not say of which moment the backup is", "主机未说明该备份的时刻"),
        new("the backup {backup:name} says it is of {moment:figure}, which is after {asked:figure}, when it was asked for: one of the clocks is wrong", "备份 {backup} 自称为 {moment}，晚于请求时刻 {asked}：其中一个时钟有误"),
        new("the host says it removed {mark:name}, and does not show it", "主机称已移除 {mark}，但未能表明"),
        new("removing may be asked for again", "可再次要求移除"),
        new("check '{check:name}' asks the source, and no 'source:' is named", "检查 {check} 要与源比对，却未指定 source:"),
        new("check '{check:name}' is no mapping; allowed: {keys:free}", "检查 {check} 不是映射；允许：{keys}"),
        new("check '{check:name}' has the unknown key '{key:free}'; allowed: {keys:free}", "检查 {check} 有未知的键“{key}”；允许：{keys}"),
        new("check '{check:name}' needs sql: and one of expect:, at-least:, as-source: true; else it cannot fail", "检查 {check} 需要 sql:，以及 expect:、at-least:、as-source: true 之一，否则不可能失败"),
        new("'checks' is empty: a restore that nobody looks into proves nothing. Allowed: {form:free}", "checks 为空：无人查看的恢复什么也证明不了。应为 {form}"),
        new("the server at {server:name} works in '{folder:free}', not in the folder of {mark:name}: it is another one", "{server} 的服务器工作于“{folder}”，而不是 {mark} 的目录：它是另一个服务器"),
        new("{what:free} could not be asked of {server:name}: {why:free}", "无法向 {server} 查询 {what}：{why}"),
        new("the newest row: there is none", "最新的行：没有"),
        new("the newest row is of {moment:figure}, {age:span} before {backup:figure}, the moment the backup claims; {most:span} is allowed", "最新的行为 {moment}，比备份所称时刻 {backup} 早 {age}；允许 {most}"),
    ];
}
