namespace DrOrchestrator.Web.Dashboard.Phrases;

/// <summary>What the gate on single points of failure says.</summary>
internal static class SinglePointPhrases
{
    public static IReadOnlyList<Phrase> All { get; } =
    [
        // checks
        new("single-points-of-failure {site:name} {workload:name} replicas", "无单点故障：{site} {workload} 副本数"),
        new("single-points-of-failure {site:name} {workload:name} nodes", "无单点故障：{site} {workload} 节点分布"),
        new("single-points-of-failure {site:name} {workload:name} zones", "无单点故障：{site} {workload} 可用区分布"),
        new("single-points-of-failure {site:name} {workload:name} disruption-budget", "无单点故障：{site} {workload} 中断预算"),
        new("single-points-of-failure {site:name} {workload:name}", "无单点故障：{site} {workload}"),
        new("single-points-of-failure", "无单点故障"),

        // values
        new("it has no replica, and the plan starts none", "没有副本，预案也不启动"),
        new("one replica: nothing serves while it is away", "只有一个副本：其不可用时没有服务"),
        new("one replica asked for, and it is not ready now", "要求一个副本，目前未就绪"),
        new("{count:figure} replicas asked for, {ready:figure} ready now", "要求 {count} 个副本，目前就绪 {ready} 个"),
        new("{count:figure} replicas, {ready:figure} ready now", "{count} 个副本，目前就绪 {ready} 个"),
        new("its ready pods stand on {nodes:names}", "就绪的容器组位于节点 {nodes}"),
        new("all its ready pods stand on node {node:name}", "就绪的容器组全部位于节点 {node}"),
        new("no node is ready and takes its pods", "没有就绪且可接纳其容器组的节点"),
        new("{node:name} is the only node that takes its pods", "只有节点 {node} 可接纳其容器组"),
        new("its template keeps its pods on different nodes ({rule:name})", "其模板使容器组分布于不同节点（{rule}）"),
        new("not all its pods run yet, and its template does not keep them on different nodes", "其容器组尚未全部运行，模板也没有使其分布于不同节点"),
        new("its ready pods stand in zones {zones:names}", "就绪的容器组位于可用区 {zones}"),
        new("all its ready pods stand in zone {zone:name}", "就绪的容器组全部位于可用区 {zone}"),
        new("all nodes that take its pods are in zone {zone:name}", "可接纳其容器组的节点全部位于可用区 {zone}"),
        new("its template keeps its pods in different zones ({rule:name})", "其模板使容器组分布于不同可用区（{rule}）"),
        new("not all its pods run yet, and its template does not keep them in different zones", "其容器组尚未全部运行，模板也没有使其分布于不同可用区"),
        new("none of the nodes it stands on is listed", "其所在节点均未列出"),
        new("these nodes do not say in which zone they are: {nodes:names}", "以下节点没有标明所属可用区：{nodes}"),
        new("its operator is told to keep no disruption budget (enablePDB)", "其 operator 被设置为不维护中断预算（enablePDB）"),
        new("no disruption budget of its operator is there", "没有其 operator 创建的中断预算"),
        new("its operator keeps the disruption budgets {budgets:names}", "其 operator 维护中断预算 {budgets}"),
        new("no disruption budget covers it: a drain may end all its pods at once", "没有中断预算覆盖它：排空节点可能同时终止其全部容器组"),
        new("several disruption budgets cover it, so that every eviction is refused: {budgets:names}", "有多个中断预算覆盖它，因此所有驱逐都会被拒绝：{budgets}"),
        new("the numbers of disruption budget {budget:name} cannot be read", "无法读取中断预算 {budget} 的数值"),
        new("disruption budget {budget:name} lets none of {count:figure} go: no node under it can be drained", "中断预算 {budget} 不允许 {count} 个中的任何一个中断：其所在节点无法排空"),
        new("disruption budget {budget:name} lets all {count:figure} go at once", "中断预算 {budget} 允许全部 {count} 个同时中断"),
        new("disruption budget {budget:name} lets {some:figure} of {count:figure} go at once", "中断预算 {budget} 允许 {count} 个中的 {some} 个同时中断"),
        new("disruption budget {budget:name} covers other pods too, which may be all that it keeps: {pods:names}", "中断预算 {budget} 还覆盖其他容器组，可能只保住那些：{pods}"),
        new("what step {step:name} starts is not known beforehand", "无法预先得知步骤 {step} 启动什么"),
        new("the plan starts and relies on nothing at a cluster", "该预案不启动也不依赖集群中的任何工作负载"),
        new("how many replicas it is given another step will tell", "其副本数要由另一步骤给出"),

        // limits, sources
        new("no single pod, node, zone or drain (part of 7.2 b and 7.3 d; disks and data are not looked at)", "容器组、节点、可用区、排空无单点（7.2 b、7.3 d 的一部分；未检查磁盘与数据）"),
        new("workloads, pods, nodes and disruption budgets in the Kubernetes API of {site:name}", "{site} 的 Kubernetes API：工作负载、容器组、节点和中断预算"),

        // remedies
        new("Have the plan start it, or leave it out of the plan.", "请在预案中启动它，或从预案中去掉。"),
        new("Run two or more, or accept it in the plan with what stands in for it, such as the standby at the other site.", "请运行两个以上副本；或在预案中接受，并说明由什么替代，例如另一中心的备机。"),
        new("Find out why the others are not ready before anything relies on them.", "请先查明其余副本未就绪的原因。"),
        new("Find out why it is not ready before anything relies on it.", "请先查明其未就绪的原因。"),
        new("Ask again: nodes come and go between two reads.", "请重试：两次读取之间节点可能有变动。"),
        new("Give each workload a disruption budget of its own.", "请为每个工作负载单独设置中断预算。"),
        new("Bring nodes back, or add some.", "请恢复或增加节点。"),
        new("Add nodes, or let its pods stand on others.", "请增加节点，或允许其容器组位于其他节点。"),
        new("Spread its pods over nodes: topologySpreadConstraints with topologyKey {key:name} and whenUnsatisfiable DoNotSchedule.", "请使其容器组分布于不同节点：topologySpreadConstraints，topologyKey 为 {key}，whenUnsatisfiable 为 DoNotSchedule。"),
        new("Spread its pods over zones: topologySpreadConstraints with topologyKey {key:name} and whenUnsatisfiable DoNotSchedule.", "请使其容器组分布于不同可用区：topologySpreadConstraints，topologyKey 为 {key}，whenUnsatisfiable 为 DoNotSchedule。"),
        new("Label the nodes with {key:name}; where the site is one zone by design, accept it in the plan with the reason.", "请为节点加上标签 {key}；如该中心本来只有一个可用区，请在预案中接受并说明理由。"),
        new("Add nodes in another zone, or accept it in the plan with the reason.", "请在另一可用区增加节点，或在预案中接受并说明理由。"),
        new("Leave spec.enablePDB of the cluster at true.", "请保持集群的 spec.enablePDB 为 true。"),
        new("See that the operator of CloudNativePG runs and may make PodDisruptionBudgets.", "请确认 CloudNativePG 的 operator 在运行，且有权创建 PodDisruptionBudget。"),
        new("Give it a PodDisruptionBudget with maxUnavailable 1.", "请为其设置 maxUnavailable 为 1 的 PodDisruptionBudget。"),
        new("Keep one of them.", "请只保留其中一个。"),
        new("Correct its minAvailable or maxUnavailable.", "请更正其 minAvailable 或 maxUnavailable。"),
        new("Set its maxUnavailable to 1.", "请把其 maxUnavailable 设为 1。"),
        new("Name the workload in the step, or leave the site out of this gate by naming the other.", "请在步骤中写明工作负载，或在本检查中只列另一中心。"),
        new("Leave the gate out, or name a site where the plan's steps start something.", "请去掉本检查，或指定预案步骤有启动动作的中心。"),
        new("Write the number into the step.", "请在步骤中写明数量。"),
        new("See that the API of the site answers.", "请确认该中心的 API 有应答。"),
    ];
}
