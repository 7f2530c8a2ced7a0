namespace DrOrchestrator.Web.Dashboard.Phrases;

/// <summary>What is said of a database's host that is asked by <c>pods/exec</c> in the server's pod. What the cluster and the pod answered stays as it is.</summary>
internal static class HostExecPhrases
{
    public static IReadOnlyList<Phrase> All { get; } =
    [
        new("there is no pod '{pod:name}' in namespace {space:name}", "命名空间 {space} 中没有 Pod {pod}"),
        new("pod {pod:name} has no container '{container:name}'; it has: {others:free}", "Pod {pod} 没有容器 {container}；现有容器：{others}"),
        new("container {container:name} of pod {pod:name} does not run", "Pod {pod} 的容器 {container} 未在运行"),
        new("'{data:name}' is on no claim in container {container:name}: a fence there would be gone with the container", "容器 {container} 中的 {data} 不在任何存储卷声明上：在那里的隔离会随容器消失"),
        new(
            "the claim '{claim:name}' is {modes:free}: other nodes may mount it too, so that pod {pod:name} shows nothing of a server there. It must be ReadWriteOncePod, or ReadWriteOnce",
            "存储卷声明 {claim} 的访问模式为 {modes}：其他节点也可挂载，Pod {pod} 无法表明那里的服务器是否在运行。须为 ReadWriteOncePod 或 ReadWriteOnce"),
        new(
            "container {other:name} of pod {pod:name} has the claim '{claim:name}' too, and its processes are not seen from container {container:name}. Set shareProcessNamespace: true in the pod",
            "Pod {pod} 的容器 {other} 也使用存储卷声明 {claim}，而从容器 {container} 看不到它的进程。请在该 Pod 中设置 shareProcessNamespace: true"),
        new("pod {other:name} ({phase:free}) has the claim '{claim:name}' too: what runs there is not seen from pod {pod:name}", "Pod {other}（{phase}）也在使用存储卷声明 {claim}：从 Pod {pod} 看不到那里运行的进程"),
        new(
            "no process of it is seen, its lock file postmaster.pid is there, and the claim '{claim:name}' is ReadWriteOnce: a container of a pod that was deleted by force may live on. Make the claim ReadWriteOncePod, or wait until the server runs again",
            "看不到它的进程，其锁文件 postmaster.pid 仍在，且存储卷声明 {claim} 为 ReadWriteOnce：被强制删除的 Pod 的容器可能仍在运行。请将该声明改为 ReadWriteOncePod，或等服务器重新运行"),
        new(
            "pod {pod:name} was replaced, or its container {container:name} started again, while {verb:name} was asked of it: what it said is not taken",
            "在 Pod {pod} 上执行 {verb} 期间，该 Pod 被替换或其容器 {container} 被重启：其应答不予采信"),
        new("{verb:name} in pod {pod:name} gives no answer within {time:span}", "Pod {pod} 中的 {verb} 在 {time} 内没有应答"),
        new("what {verb:name} in pod {pod:name} did is not known: {reason:free}", "不知 Pod {pod} 中的 {verb} 结果如何：{reason}"),
        new("{verb:name} in pod {pod:name}: the connection to its container was cut: {reason:free}", "Pod {pod} 中的 {verb}：与其容器的连接中断：{reason}"),
        new("{verb:name} in pod {pod:name}: the connection to its container ended without a word of how the command did", "Pod {pod} 中的 {verb}：与其容器的连接已结束，未告知命令的结果"),
        new("{verb:name} in pod {pod:name}: the cluster does not say with what it ended: {words:free}", "Pod {pod} 中的 {verb}：集群未告知命令的退出码：{words}"),
        new("{verb:name} in pod {pod:name}: it says more than {bytes:free} bytes", "Pod {pod} 中的 {verb}：输出超过 {bytes} 字节"),
        new("{verb:name} in pod {pod:name}: {reason:free}", "Pod {pod} 中的 {verb}：{reason}"),
        new("{why:sentence}; the fence of {name:name} is lifted, and its server does not run yet: {reason:sentence}", "{why}；{name} 的隔离已解除，其服务器尚未运行：{reason}"),
        new("the fence of {name:name} is lifted, and its server does not run yet: {reason:sentence}", "{name} 的隔离已解除，其服务器尚未运行：{reason}"),
        new("whoever keeps it running has not started it yet", "负责使其保持运行的一方尚未将其启动"),
        new("the server does not start; see its log", "服务器未能启动，请查看其日志"),
        new("the standby does not start; see its log", "备库未能启动，请查看其日志"),
        new("it was fenced anew while this waited", "等待期间又被重新隔离"),
        new("{status:free}: the cluster lets nobody into container {container:name} of pod {pod:name}", "{status}：集群不允许进入 Pod {pod} 的容器 {container}"),
        new(
            "the server is process 1 of this container: when it is stopped, the container ends and this with it. Go by a container that outlives it: one beside it in a pod with shareProcessNamespace, or one with a supervisor as process 1",
            "服务器是该容器的 1 号进程：停止它时容器随之结束，本操作也随之中断。请使用在它停止后仍存活的容器：启用 shareProcessNamespace 的 Pod 中的旁路容器，或以守护程序为 1 号进程的容器"),
    ];
}
