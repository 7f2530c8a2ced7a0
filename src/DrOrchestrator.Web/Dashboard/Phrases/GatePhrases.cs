namespace DrOrchestrator.Web.Dashboard.Phrases;

/// <summary>Checks, values, limits, sources and remedies of gates and of steady-state checks.</summary>
internal static class GatePhrases
{
    public static IReadOnlyList<Phrase> All { get; } =
    [
        // checks
        new("targets-exist {site:name} {target:name}", "切换对象存在：{site} {target}"),
        new("standby-healthy {system:name} at {site:name}", "数据复制正常：{system} 至 {site}"),
        new("exposure-in-limit {system:name} at {site:name}", "数据丢失敞口在限值之内：{system} 至 {site}"),
        new("fence-provable {site:name} node {node:name}", "旧主隔离可证实：{site} 节点 {node}"),
        new("fence-provable {site:name} {target:name}", "旧主隔离可证实：{site} {target}"),
        new("probe {probe:name}", "探测 {probe}"),

        // values
        new("there, {ready:figure} of {wanted:figure} replicas ready (uid {uid:name})", "存在，{wanted} 个副本中 {ready} 个就绪（标识 {uid}）"),
        new("Protected: {reason:sentence}", "受保护：{reason}"),
        new("NotProtected: {reason:sentence}", "未受保护：{reason}"),
        new("Unknown: {reason:sentence}", "无法判定：{reason}"),
        new("unknown: {reason:sentence}", "无法判定：{reason}"),
        new("{exposure:span}", "{exposure}"),
        new("spec.replicas has no other owner", "副本数没有其他管理者"),
        new("spec.replicas is owned by {owners:free}; {autoscalers:sentence}", "副本数另由 {owners} 管理；{autoscalers}"),
        new("spec.replicas is owned by {owners:free}", "副本数另由 {owners} 管理"),
        new("no HorizontalPodAutoscaler", "没有自动伸缩"),
        new("HorizontalPodAutoscaler {name:name} scales it", "自动伸缩 {name} 会改动它"),
        new("autoscalers cannot be read ({status:figure})", "无法读取自动伸缩配置（{status}）"),
        new("Ready={ready:name}, lease moved from {before:name} to {after:name}", "就绪状态 {ready}，心跳由 {before} 更新为 {after}"),
        new("Ready={ready:name}, lease did not move from {before:name}", "就绪状态 {ready}，心跳停在 {before}"),
        new("Ready={ready:name}, lease absent", "就绪状态 {ready}，没有心跳"),
        new("up on the time line, {look:sentence} now", "时间线上为正常服务，当前：{look}"),
        new("down on the time line, {look:sentence} now", "时间线上为服务中断，当前：{look}"),
        new("degraded on the time line, {look:sentence} now", "时间线上为服务降级(低于LQA)，当前：{look}"),
        new("maintenance on the time line, {look:sentence} now", "时间线上为计划内停机，当前：{look}"),
        new("unknown on the time line, {look:sentence} now", "时间线上为未监测，当前：{look}"),

        // limits
        new("is there", "存在"),
        new("can be read", "可以读取"),
        new("protected", "受保护"),
        new("up", "正常服务"),
        new("at most {limit:span}", "不超过 {limit}"),
        new("nobody sets its replicas by itself", "没有其他程序自行改动其副本数"),
        new("Ready=True and its lease moves", "节点就绪且心跳持续更新"),

        // sources
        new("Kubernetes API of {site:name}", "{site} 的 Kubernetes API"),
        new("node and lease in the Kubernetes API of {site:name}", "{site} 的 Kubernetes API：节点和心跳"),
        new("managedFields and autoscalers in the Kubernetes API of {site:name}", "{site} 的 Kubernetes API：字段管理者和自动伸缩"),
        new("recovery point {point:name}", "恢复点 {point}"),
        new("the plan", "预案"),

        // remedies
        new("Deploy it there, or correct the name in the plan.", "请在该中心部署，或更正预案中的名称。"),
        new("Correct the name in the plan.", "请更正预案中的名称。"),
        new("See that the API of the site answers and that the kubeconfig's user may read workloads.", "请确认该中心的 API 有应答，且所用账号有权读取工作负载。"),
        new("See that the API of the site answers and that the kubeconfig's user may read workloads, pods, nodes and leases.", "请确认该中心的 API 有应答，且所用账号有权读取工作负载、容器组、节点和心跳。"),
        new("Repair replication to the standby, then start the run again.", "请修复到灾备方的数据复制，然后重新开始。"),
        new("Wait until the standby has caught up, or find out why it lags.", "请等待灾备方追平，或查明滞后原因。"),
        new("Bring the node back, or move the pods to a node that is heard; a silent kubelet cannot confirm that a pod has ended.", "请恢复该节点，或把容器组迁到有心跳的节点；没有心跳的节点无法证实容器组已经终止。"),
        new("Suspend {owners:names} for this workload, or have it leave spec.replicas alone.", "请对该工作负载停用 {owners}，或使其不再改动副本数。"),
        new("Find out why the service does not answer before anything is switched.", "切换之前请先查明服务无应答的原因。"),
    ];
}
