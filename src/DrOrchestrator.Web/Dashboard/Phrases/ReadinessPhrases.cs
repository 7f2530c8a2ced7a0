namespace DrOrchestrator.Web.Dashboard.Phrases;

/// <summary>What the gates on rights, capacity, people, backups and a dark site say.</summary>
internal static class ReadinessPhrases
{
    public static IReadOnlyList<Phrase> All { get; } =
    [
        // checks
        new("rights {site:name} cluster", "操作权限：{site} 集群级"),
        new("rights {site:name} {namespace:name}", "操作权限：{site} {namespace}"),
        new("capacity {site:name} {workload:name}", "容量：{site} {workload}"),
        new("capacity {site:name}", "容量：{site}"),
        new("people {role:word} {owner:free}", "人员到位：{role}（{owner}）"),
        new("people {role:word}", "人员到位：{role}"),
        new("backups-verified {system:name}", "备份已通过恢复验证：{system}"),
        new("site-dark {site:name} {probe:name}", "中心确已中断：{site}（探测 {probe}）"),
        new("site-dark {site:name}", "中心确已中断：{site}"),

        // values
        new("all {count:figure} rights", "{count} 项权限齐备"),
        new("{missing:figure} of {count:figure} rights are missing: {rights:free}", "{count} 项权限中缺 {missing} 项：{rights}"),
        new("it is not known which rights a step of kind {kind:name} needs", "不清楚 {kind} 类步骤需要哪些权限"),
        new("all of its pods run already", "其容器组均已在运行"),
        new("{count:figure} of {cpu:figure} CPU and {memory:figure} MiB each fit: {nodes:names}", "{count} 个容器组（各需 {cpu} 核、{memory} MiB）均可安置：{nodes}"),
        new("{left:figure} of {count:figure} find no node: each asks {cpu:figure} CPU and {memory:figure} MiB, the most that is left on one is nothing: no node is ready and takes them", "{count} 个容器组中 {left} 个无处安置：各需 {cpu} 核、{memory} MiB，没有就绪且可接收的节点"),
        new("{left:figure} of {count:figure} find no node: each asks {cpu:figure} CPU and {memory:figure} MiB, the most that is left on one is {freeCpu:figure} CPU and {free:figure} MiB ({node:name})", "{count} 个容器组中 {left} 个无处安置：各需 {cpu} 核、{memory} MiB，单个节点最多剩余 {freeCpu} 核、{free} MiB（{node}）"),
        new("these containers do not say what they ask: {names:names}", "以下容器未声明资源需求：{names}"),
        new("its node affinity is not weighed here", "未评估其节点亲和规则"),
        new("its pod affinity is not weighed here", "未评估其容器组亲和规则"),
        new("its pod anti-affinity is not weighed here", "未评估其容器组反亲和规则"),
        new("the pod anti-affinity of {pod:name} is not weighed here", "未评估 {pod} 的容器组反亲和规则"),
        new("its topology spread is not weighed here", "未评估其拓扑分布规则"),
        new("the plan starts no workload there", "预案没有在该中心启动工作负载"),
        new("{fit:figure} of {all:figure}: {names:names}", "{all} 人中 {fit} 人到位：{names}"),
        new("{fit:figure} of {all:figure}", "{all} 人中 {fit} 人到位"),
        new("no restore check is on record", "没有恢复验证的记录"),
        new("run {run:figure} {outcome:word}, closed {at:figure}", "第 {run} 次运行：{outcome}，于 {at} 结束"),
        new("it serves, as seen from {vantage:name}: {reason:sentence}", "从 {vantage} 看仍在服务：{reason}"),
        new("dark, as seen from {vantages:names}", "已中断，观察点：{vantages}"),
        new("only {vantage:name} looks", "只有 {vantage} 一个观察点在观察"),
        new("{vantage:name} cannot look: {reason:sentence}", "{vantage} 无法观察：{reason}"),
        new("it has not looked before", "此前尚未观察过"),
        new("no probe looks at it", "没有探测观察它"),

        new("'{kind:name}' of {api:name} is no kind of this cluster", "{api} 的 {kind} 在此集群中不是类型"),
        new("the manifest of {object:free} names no containers with images", "{object} 的清单没有写明带镜像的容器"),
        new("the manifest of {object:free} is not what its kind is", "{object} 的清单不符合其类型"),
        new("not there: the plan makes it", "尚不存在：由预案创建"),
        new("not there: step {step:name} makes it", "尚不存在：由步骤 {step} 创建"),
        new("See that the cluster has the kind in that version, or correct the manifest.", "请确认集群有该版本的此类型，或更正清单。"),
        new("Correct the manifest.", "请更正清单。"),
        new("'{word:name}' is no kind, or no single one, of this cluster", "“{word}”在此集群中不是类型，或不是唯一的类型"),

        // limits
        new("every right that the plan's steps need", "预案步骤所需的全部权限"),
        new("room for all of its pods at once, each on one node", "其全部容器组可同时安置，每个容器组在一个节点上"),
        new("{count:figure} or more, trained within {period:span}, not absent, with a token", "至少 {count} 人，{period} 内培训合格，未缺勤，持有令牌"),
        new("passed within {period:span}", "{period} 内通过"),
        new("nobody sees it serve, and two or more vantage points look", "至少两个观察点在观察，且均未见其服务"),
        new("nobody sees it serve", "没有观察点见其服务"),

        // sources
        new("access reviews in the Kubernetes API of {site:name}", "{site} 的 Kubernetes API：权限查询"),
        new("what the Kubernetes API of {site:name} serves", "{site} 的 Kubernetes API：所提供的类型"),
        new("nodes and pods in the Kubernetes API of {site:name}", "{site} 的 Kubernetes API：节点和容器组"),
        new("people of the estate and tokens on record", "清单中的人员和在案令牌"),
        new("runs on record", "在案的运行"),
        new("probe {probe:name} from {count:figure} vantage points", "{count} 个观察点的探测 {probe}"),
        new("the estate", "清单"),

        // remedies
        new("Apply this at {site:name} and bind it to the user of its kubeconfig: {role:free}", "请在 {site} 应用以下角色，并绑定到其 kubeconfig 所用账号：{role}"),
        new("Try the step in a rehearsal, and leave it out of this gate by naming the other sites.", "请在预演中试行该步骤，并在本检查中只列其他中心。"),
        new("See that the API server can judge rights: its authorizer answered with an error.", "请确认 API 服务器能够判定权限：其鉴权组件返回了错误。"),
        new("See that the API of the site answers; every user may ask it for their own rights.", "请确认该中心的 API 有应答；任何账号都可以查询自己的权限。"),
        new("See that the cluster has the kind, or name api and PLURAL/NAME in the step.", "请确认集群有该类型，或在步骤中写明 api 和 PLURAL/NAME。"),
        new("Give each container requests for cpu and memory.", "请为每个容器声明 CPU 和内存需求。"),
        new("Try the plan in a rehearsal: whether its pods find a node under this rule shows only there.", "请预演该预案：在该规则下能否安置容器组只有预演才能看出。"),
        new("Add nodes, or end what the site can do without; then read the gate again.", "请增加节点，或停用该中心可以停用的负载，然后重新检查。"),
        new("Name the site that the plan's k8s.scale steps start.", "请填写预案 k8s.scale 步骤所启动的中心。"),
        new("See that the API of the site answers and that the kubeconfig's user may read workloads there, and nodes and pods of the whole cluster.", "请确认该中心的 API 有应答，且所用账号有权读取其工作负载以及整个集群的节点和容器组。"),
        new("Give the role to more people: nobody else may do it.", "请把该角色授予更多人员：目前没有其他人可以承担。"),
        new("See to it, or name others: {obstacles:sentence}", "请处理，或另行指定人员：{obstacles}"),
        new("{person:name} is absent until {day:figure}", "{person} 缺勤至 {day}"),
        new("{person:name} has no training on record", "{person} 没有培训记录"),
        new("{person:name} was last trained on {day:figure}", "{person} 最近一次培训为 {day}"),
        new("{person:name} holds no token of the role", "{person} 没有该角色的令牌"),
        new("Run a restore check of the system and have it pass (dro drill start, a plan of kind restore).", "请对该系统执行恢复验证并使其通过（dro drill start，类型为 restore 的预案）。"),
        new("Do not fail over on this: find out why others do not see it.", "请勿据此切换：先查明其他观察点为何看不到。"),
        new("Have somebody look from another place, and declare a second vantage point (dro lookout); the plan may say 'vantage-points: one'.", "请派人从另一处观察，并声明第二个观察点（dro lookout）；预案也可以写明 vantage-points: one。"),
        new("See why these say nothing: {names:names}; have somebody look from there.", "请查明以下观察点为何没有消息：{names}；并派人从那里观察。"),
        new("Give the site a probe, and the service one by the way users come in.", "请为该中心设置探测，并按用户访问路径为服务设置探测。"),
    ];
}
