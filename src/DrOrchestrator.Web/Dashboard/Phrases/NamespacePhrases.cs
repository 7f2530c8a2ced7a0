namespace DrOrchestrator.Web.Dashboard.Phrases;

/// <summary>What is said of namespaces that runs make for themselves. What a cluster said stays as it is.</summary>
internal static class NamespacePhrases
{
    public static IReadOnlyList<Phrase> All { get; } =
    [
        // before anything is made
        new("the Job in it would be called '{job:name}', {length:figure} characters; allowed: {most:figure}. Give the step a shorter name", "其中的任务名将为 {job}，共 {length} 个字符；最多 {most} 个。请为步骤取更短的名称"),
        new("a namespace {space:name} is at {site:name} that this run has not made", "{site} 已有命名空间 {space}，并非本次运行所建"),
        new("namespace {space:name} at {site:name} is ending: {why:sentence}", "{site} 的命名空间 {space} 正在删除：{why}"),
        new("there is no secret {secret:name} at {site:name}", "{site} 没有密钥对象 {secret}"),
        new("secret {secret:name} is the token of a service account: a copy would be its rights", "密钥对象 {secret} 是服务账号的令牌：复制它等于复制其权限"),
        new("that no pod reaches {place:name} would prove nothing: {why:sentence}", "即使没有 Pod 能到达 {place}，也证明不了什么：{why}"),
        new("its name was not found", "未能解析其名称"),
        new("it is on the orchestrator's own machine, which for a pod is itself", "它位于编排器所在主机，对 Pod 而言即其自身"),
        new("it does not answer the orchestrator either", "它对编排器也没有应答"),
        new("nothing of production answers the orchestrator, so that nothing can be proved: name 'targets' that do", "生产环境中没有任何目标应答编排器，无从证明：请在 targets 中列出有应答的目标"),
        new("'allow-egress' opens a way to production: {place:name} ({what:sentence})", "allow-egress 打开了通往生产的路径：{place}（{what}）"),

        new("that no pod reaches {place:name} ({what:sentence}) is not tried: {why:sentence}. A rehearsal asks for it, or for its name under 'accept-untried'", "未验证 Pod 无法到达 {place}（{what}）：{why}。预演须加以验证，或在 accept-untried 中列出其名称"),
        new("that no pod reaches {what:sentence} is not tried: {why:sentence}. A rehearsal asks for it, or for its name under 'accept-untried'", "未验证 Pod 无法到达 {what}：{why}。预演须加以验证，或在 accept-untried 中列出其名称"),
        new("the estate names no database of system {system:name}, so that nothing of it is tried: name 'targets', or 'system {again:name}' under 'accept-untried'", "清单中没有系统 {system} 的数据库，对其未作任何验证：请列出 targets，或在 accept-untried 中列出“system {again}”"),
        new("no exception of 'allow-egress' lets the control {place:name} pass: a pod that reached it would prove that the network enforces nothing", "allow-egress 没有任何一项放行对照目标 {place}：若 Pod 到达了它，只说明网络不执行任何策略"),
        new("no pod can look up the control {place:name}: 'dns' is false", "Pod 无法解析对照目标 {place}：dns 为 false"),
        new("the control {place:name} cannot be looked up: its name was not found", "无法解析对照目标 {place}：未能解析其名称"),
        new("what is forbidden, {place:name}, cannot be looked up: its name was not found", "无法解析禁止目标 {place}：未能解析其名称"),
        new("what is forbidden, {place:name}, does not answer the orchestrator, so that a pod that misses it proves nothing: name a place that does, or 'forbidden {again:name}' under 'accept-untried'", "禁止目标 {place} 对编排器没有应答，Pod 到不了它证明不了什么：请改列有应答的目标，或在 accept-untried 中列出“forbidden {again}”"),
        new("no address at which pods find the API server of {site:name} answers the orchestrator, so that a pod that misses it proves nothing: name a place under 'forbidden' that does, or '{server:free}' under 'accept-untried'", "Pod 所用的 {site} 的 API 服务器地址均未应答编排器，Pod 到不了它们证明不了什么：请在 forbidden 中列出有应答的目标，或在 accept-untried 中列出“{server}”"),
        new("{place:name} is under 'forbidden', and 'allow-egress' lets it pass, or it is every pod's own: it proves nothing", "{place} 列在 forbidden 中，却被 allow-egress 放行，或对每个 Pod 而言即其自身：证明不了什么"),
        new("the cluster at {site:name} tells its pods no address of its API server that 'allow-egress' does not list: name a place under 'forbidden' that its pods reach where no policy stands", "{site} 的集群没有告知其 Pod 任何未被 allow-egress 放行的 API 服务器地址：请在 forbidden 中列出一个在没有策略时 Pod 能够到达的目标"),

        new("the plan's", "预案所列"),
        new("database {name:name}", "数据库 {name}"),
        new("endpoint {name:name}", "端点 {name}"),
        new("API server of {site:name}", "{site} 的 API 服务器"),

        // making it
        new("its time was over before it could be made", "未及创建，时间已到"),
        new("the quota {quota:name} is not enforced yet", "配额 {quota} 尚未生效"),
        new("the pod that tries to reach production has not ended", "尝试访问生产的 Pod 尚未结束"),
        new("whether namespace {space:name} was made is not known: {why:sentence}", "命名空间 {space} 是否已创建不明：{why}"),
        new("namespace {space:name} cannot be made: {why:free}", "无法创建命名空间 {space}：{why}"),
        new("namespace {space:name} was not ready within {time:span}: {why:sentence}", "命名空间 {space} 未在 {time} 内就绪：{why}"),
        new("a secret {name:name} is in namespace {space:name} that is no copy of {secret:name}", "命名空间 {space} 中已有密钥对象 {name}，并非 {secret} 的副本"),
        new("secret {secret:name} was changed since it was prepared", "密钥对象 {secret} 在准备之后被改动"),
        new("namespace {space:name} and what is in it are made by name; asked again, it goes on from what is there", "命名空间 {space} 及其内容均按名称创建；再次执行时从现状继续"),

        // the proof
        new("namespace {space:name} is not proved: {why:sentence}", "命名空间 {space} 未能证明隔离：{why}"),
        new("a pod of it reached production at {places:names}: the network does not enforce what the policy says", "其中的 Pod 到达了生产 {places}：网络并未执行该策略"),
        new("a pod of it reached {places:names}, which 'allow-egress' does not list: the network enforces no policy, and it is something else that keeps pods from production", "其中的 Pod 到达了 allow-egress 未列出的 {places}：网络不执行任何策略，使 Pod 到不了生产的是别的原因"),
        new("all that is forbidden to the pod ({places:names}) is on its own node, which most networks let it reach whatever a policy says: name a place elsewhere under 'forbidden'", "对该 Pod 禁止的目标（{places}）都在其所在节点上，而多数网络无论策略如何都放行对本节点的访问：请在 forbidden 中列出别处的目标"),
        new("the pod that tries to reach production did not come to its end", "尝试访问生产的 Pod 未运行到结束"),
        new("the pod that tries to reach production reached nothing, not even {control:name}, which it may: it proves nothing", "尝试访问生产的 Pod 什么也没有到达，连允许到达的 {control} 也没有：证明不了什么"),
        new("the pod says nothing of {place:name} between two times at which it reached {control:name}: it proves nothing", "在两次到达 {control} 之间，Pod 没有给出 {place} 的结果：证明不了什么"),
        new("{places:names} stopped answering the orchestrator meanwhile", "其间 {places} 不再应答编排器"),

        // afterwards
        new("namespace {space:name} is gone", "命名空间 {space} 已不存在"),
        new("namespace {space:name} is another one by now, or is ending", "命名空间 {space} 已换成另一个，或正在删除"),
        new("what bounds namespace {space:name} ({name:name}) is not as it was made", "命名空间 {space} 的限制（{name}）与所建不符"),
        new("namespace {space:name} has not the label {label:name} that was asked for", "命名空间 {space} 没有所要求的标签 {label}"),
        new("namespace {space:name} has another policy that opens egress ({names:names}): policies add up, so that what it lets pass is let pass", "命名空间 {space} 另有放开出口的策略（{names}）：策略是叠加的，它放行的即被放行"),
        new("namespace {space:name} was left as it is: this run has not made it", "命名空间 {space} 保持现状：并非本次运行所建"),
        new("namespace {space:name} is not seen to be gone: {why:sentence}", "未见命名空间 {space} 已消失：{why}"),
        new("namespace {space:name} is gone; {volumes:sentence}", "命名空间 {space} 已不存在；{volumes}"),
        new("of its volumes these stay with their data, for people to remove: {kept:free}; and these are still there, their provisioner has not removed them yet: {going:free}", "其下列数据卷连同数据保留，须由人工删除：{kept}；下列数据卷仍在，供应程序尚未将其删除：{going}"),
        new("of its volumes these stay with their data, for people to remove: {volumes:free}", "其下列数据卷连同数据保留，须由人工删除：{volumes}"),
        new("of its volumes these are still there, their provisioner has not removed them yet: {volumes:free}", "其下列数据卷仍在，供应程序尚未将其删除：{volumes}"),
        new("whether volumes of it are still there is not known: {why:sentence}", "其数据卷是否仍在不明：{why}"),
        new("the namespace was ending already when it was looked at", "查看时该命名空间已在删除"),
        new("it was gone already when it was looked at", "查看时它已不存在"),
        new("it was not looked at", "未及查看"),
        new("what is in it is still ending", "其中的内容仍在结束"),
        new("its end was not asked for yet", "尚未请求删除"),
        new("namespace {space:name} may still be made: a request for it got no answer", "命名空间 {space} 仍可能被创建：创建请求没有得到应答"),
        new("step '{step:name}' has made no namespace in this run", "步骤 {step} 在本次运行中没有创建命名空间"),
        new("step '{step:name}' made its namespace at {site:name}, not at {other:name}", "步骤 {step} 的命名空间建在 {site}，而不是 {other}"),
        new("Job {job:name} in namespace {space:name} has not ended: what it says would be lost", "命名空间 {space} 中的任务 {job} 尚未结束：其输出将会丢失"),
        new("remove namespace {space:name} at {site:name}, which the run has made for itself", "删除 {site} 的命名空间 {space}：该运行为自身所建"),
        new("{kind:free} {name:name} at {site:name} cannot be read: {why:free}", "无法读取 {site} 的 {kind} {name}：{why}"),
    ];
}
