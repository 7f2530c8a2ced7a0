namespace DrOrchestrator.Web.Dashboard.Phrases;

/// <summary>What a fence of workloads says of its proof, and what stands in the way of holding or giving replicas.</summary>
internal static class FencePhrases
{
    public static IReadOnlyList<Phrase> All { get; } =
    [
        // the workload
        new("{workload:name} does not exist any more: nothing holds it at 0", "{workload} 已不存在：没有什么使其保持 0 副本"),
        new("{workload:name} does not exist any more", "{workload} 已不存在"),
        new("{workload:name} was replaced by another object of that name (uid {before:name} -> {now:name})", "{workload} 已被同名的另一对象取代（uid {before} -> {now}）"),
        new("{workload:name} was replaced since it was prepared (uid {before:name} -> {now:name})", "{workload} 在准备之后已被取代（uid {before} -> {now}）"),
        new("{workload:name} was changed since it was prepared (generation {before:figure} -> {now:figure}, it asks for {replicas:free} replicas now)", "{workload} 在准备之后被改动（generation {before} -> {now}，现要求 {replicas} 个副本）"),
        new("{workload:name} does not carry the mark {mark:name} of this fence (it carries {other:name})", "{workload} 没有本次旧主隔离的标记 {mark}（现为 {other}）"),
        new("{workload:name} does not carry {mark:name}; a late request would meet the same resourceVersion", "{workload} 没有标记 {mark}；迟到的请求会以同一 resourceVersion 为前提"),
        new("{workload:name} does not carry {mark:name} and was changed since: a late request would meet another resourceVersion", "{workload} 没有标记 {mark}，且此后已被改动：迟到的请求会遇到另一 resourceVersion"),
        new("{workload:name} was replaced by another object of that name: whether it carried {mark:name} before, nobody can tell", "{workload} 已被同名的另一对象取代：原对象是否带有标记 {mark}，无从得知"),
        new("{workload:name} carries the mark {other:name} by now: whether it carried {mark:name} before, nobody can tell", "{workload} 现带有标记 {other}：此前是否带有标记 {mark}，无从得知"),
        new("{workload:name} asks for {replicas:free} replicas: spec.replicas was taken over by someone", "{workload} 要求 {replicas} 个副本：spec.replicas 已被他方接管"),
        new("{workload:name} asks for {replicas:free} replicas: spec.replicas was taken over by {others:free}", "{workload} 要求 {replicas} 个副本：spec.replicas 已被 {others} 接管"),
        new("spec.replicas of {workload:name} is not owned by {owner:name} any more", "{workload} 的 spec.replicas 已不归 {owner} 所有"),
        new("spec.replicas of {workload:name} is also owned by {others:free}", "{workload} 的 spec.replicas 同时归 {others} 所有"),
        new("the controller of {workload:name} has not seen the change yet", "{workload} 的控制器尚未看到此更改"),
        new("{workload:name} still has {pods:figure} pods by its status", "按其状态，{workload} 仍有 {pods} 个 Pod"),
        new("{workload:name} ({uid:name}) is held at 0 by {owner:name} with the mark {mark:name}; its controller has seen it and counts 0 pods", "{workload}（{uid}）由 {owner} 以标记 {mark} 保持 0 副本；其控制器已看到，且 Pod 数为 0"),
        new("{workload:name} asked for {replicas:figure} pods but had none when the fence began: whether an earlier one still runs cannot be seen", "隔离开始时 {workload} 要求 {replicas} 个 Pod 却一个也没有：无法看到更早的 Pod 是否仍在运行"),
        new("{workload:name} is held at 0 by the fence {mark:name}, which has no record of how its pods ended", "{workload} 由旧主隔离 {mark} 保持 0 副本，而该隔离没有其 Pod 如何结束的记录"),
        new("{workload:name} at {site:name} is held at 0 by the fence {mark:name}; only k8s.unfence lifts it", "{site} 的 {workload} 由旧主隔离 {mark} 保持 0 副本；只有 k8s.unfence 能解除"),
        new("{workload:name} is not held by step '{step:name}'; it holds: {workloads:names}", "{workload} 不在步骤 {step} 的隔离之下；该步骤隔离的是：{workloads}"),
        new("{workload:name} carries {mark:name}", "{workload} 带有标记 {mark}"),
        new("every workload carries {mark:name}", "各工作负载均带有标记 {mark}"),
        new("{workload:name} cannot be changed: {why:free}", "无法更改 {workload}：{why}"),
        new("whether {workload:name} was changed is not known: {why:free}", "{workload} 是否已更改不明：{why}"),
        new("workloads: {workload:name} has '{replicas:free}' replicas; allowed: a whole number, 0 or more", "workloads：{workload} 的副本数为“{replicas}”；应为 0 或以上的整数"),
        new("workloads is empty: a fence needs at least one workload", "workloads 为空：旧主隔离至少需要一个工作负载"),
        new("{replicas:free} replicas; allowed: 0 to 10000", "副本数 {replicas}；允许 0 至 10000"),
        new("its time was over before it could be sent", "未及发送，时限已过"),

        // its pods
        new("pod {pod:name} ({uid:name})", "Pod {pod}（{uid}）"),
        new("pod {pod:name} ({uid:name}) is gone without its end having been seen", "Pod {pod}（{uid}）已消失，而未见其结束"),
        new("pod {pod:name} ({uid:name}) never reached a node", "Pod {pod}（{uid}）从未到达节点"),
        new("pod {pod:name} ({uid:name}) on {node:name} has ended: {ends:sentence}", "节点 {node} 上的 Pod {pod}（{uid}）已结束：{ends}"),
        new("{pod:sentence} has ended but its object is still there", "{pod} 已结束，但其对象仍在"),
        new("{pod:sentence} has not been asked to end yet", "{pod} 尚未被要求结束"),
        new("{pod:sentence} was asked to end but {why:sentence}", "{pod} 已被要求结束，但{why}"),
        new("{pod:sentence} has ended, and node {node:name} has not been heard since", "{pod} 已结束，而此后未再收到节点 {node} 的消息"),
        new("{pod:sentence} mounts the claim {claim:name} too", "{pod} 也挂载了存储卷声明 {claim}"),
        new("{pod:sentence} was deleted by force (grace period 0) while {why:sentence}: its process may live on", "{pod} 在{why}时被强制删除（宽限期 0）：其进程可能仍在运行"),
        new("it ran", "它仍在运行"),
        new("no other pod mounts the claim {claim:name}", "没有其他 Pod 挂载存储卷声明 {claim}"),
        new("container {container:name} has no status", "容器 {container} 没有状态"),
        new("container {container:name} is running", "容器 {container} 仍在运行"),
        new("container {container:name} is waiting ({why:free})", "容器 {container} 在等待（{why}）"),
        new("container {container:name} with exit code {code:figure} at {at:figure}", "容器 {container}，退出码 {code}，{at}"),
        new("pod {pod:name} is still held", "Pod {pod} 仍被留住"),
        new("a late request may still hold pod {pod:name}", "迟到的请求仍可能留住 Pod {pod}"),
        new(
            "pod {pod:name} could not be marked ({why:free}): a late request of this fence may still hold it. See that it carries no finalizer {finalizer:name}, and take that off otherwise",
            "无法标记 Pod {pod}（{why}）：本次旧主隔离的迟到请求仍可能留住它。请确认其上没有终结器 {finalizer}，如有请移除"),
        new(
            "{workload:name} could not be marked ({why:free}): a late request of this fence may still hold it at 0. See that it asks for the replicas it should",
            "无法标记 {workload}（{why}）：本次旧主隔离的迟到请求仍可能使其保持 0 副本。请确认其要求的副本数正确"),
        new("a late request may still hold {workload:name}: {why:free}", "迟到的请求仍可能使 {workload} 保持 0 副本：{why}"),
        new("pod {pod:name} cannot be kept from vanishing unseen", "无法防止 Pod {pod} 在未被看到时消失"),
        new("the pods of {site:name} cannot be let go: {reason:sentence}", "无法放开 {site} 的 Pod：{reason}"),

        // their nodes
        new("{node:sentence}: its kubelet cannot confirm that {pod:sentence} has ended", "{node}：其 kubelet 无法确认 {pod} 已结束"),
        new("{node:sentence}: its kubelet cannot confirm that its pods have ended", "{node}：其 kubelet 无法确认其上的 Pod 已结束"),
        new("node {node:name} does not exist", "节点 {node} 不存在"),
        new("node {node:name} is NotReady (Ready={ready:name})", "节点 {node} 未就绪（Ready={ready}）"),
        new("node {node:name} has not been heard since its pods ended", "其 Pod 结束之后未再收到节点 {node} 的消息"),
        new("node {node:name} is Ready and has been heard since: its lease moved from {before:figure} to {now:figure}", "节点 {node} 就绪，且此后有消息：其租约由 {before} 更新至 {now}"),

        // the cluster and the steps before
        new("the API of {site:name} answers: {why:free}", "{site} 的 API 应答：{why}"),
        new("nothing could be read", "什么都无法读取"),
        new("the fence is proved", "旧主隔离已获证实"),
        new("the fence is not complete: {missing:sentence}", "旧主隔离尚不完整：{missing}"),
        new("step '{step:name}' has fenced nothing in this run", "步骤 {step} 在本次运行中没有隔离任何对象"),
        new("step '{step:name}' fenced {namespace:name} at {site:name}, not {other:name} at {place:name}", "步骤 {step} 隔离的是 {site} 的 {namespace}，不是 {place} 的 {other}"),
        new("step '{step:name}' of run {run:figure} fenced {namespace:name} at {site:name}, not {other:name} at {place:name}", "运行 {run} 的步骤 {step} 隔离的是 {site} 的 {namespace}，不是 {place} 的 {other}"),
        new("step '{step:name}' of run {run:figure} holds no workloads: it is no fence of kind k8s.fence", "运行 {run} 的步骤 {step} 未保持任何工作负载：它不是 k8s.fence 类型的隔离"),
        new("step '{step:name}' names no site", "步骤 {step} 未指定站点"),
    ];
}
