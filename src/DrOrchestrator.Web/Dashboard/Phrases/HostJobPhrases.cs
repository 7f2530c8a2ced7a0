namespace DrOrchestrator.Web.Dashboard.Phrases;

/// <summary>What is said of a database's host that is asked by Jobs on the server's volume. What the cluster answered stays as it is.</summary>
internal static class HostJobPhrases
{
    public static IReadOnlyList<Phrase> All { get; } =
    [
        new("'{verb:name}' is done by steps of a run only", "{verb} 只能由演练或处置的步骤执行"),
        new("{why:sentence}; the same may have been asked of the host before, and what that did is not known", "{why}；此前可能已向该主机提出过同样的请求，其结果不明"),
        new("Job {name:name} was not made: {trouble:sentence}", "未创建 任务 {name}：{trouble}"),
        new("Job {name:name} is still at work on its volume", "任务 {name} 仍在其数据卷上执行"),
        new("Job {name:name} gives no answer within {time:span}: {trouble:sentence}", "任务 {name} 在 {time} 内没有应答：{trouble}"),
        new("Job {name:name} left no exit code: {words:free}", "任务 {name} 没有留下退出码：{words}"),
        new("a Job {name:name} is there that this run has not made", "已有同名 任务 {name}，但不是本次运行创建的"),
        new("Job {name:name} cannot be made: {reason:free}", "无法创建 任务 {name}：{reason}"),
        new("how Job {name:name} ended is not known after {time:span}: {trouble:sentence}", "经过 {time} 仍不知 任务 {name} 的结果：{trouble}"),
        new("its time was over before it could be made", "创建之前时限已过"),
        new("it is still running", "仍在执行"),
        new("it has no pod yet", "尚无 Pod"),
        new("its pod waits: {words:free}", "其 Pod 在等待：{words}"),
        new("its pod waits for a node: {words:free}", "其 Pod 在等待节点：{words}"),
        new("there is no claim '{claim:name}' in namespace {space:name}", "命名空间 {space} 中没有存储卷声明 {claim}"),
        new(
            "the claim '{claim:name}' is {modes:free}: other nodes may mount it too, so that a Job on it shows nothing of a server there. It must be ReadWriteOncePod, or ReadWriteOnce",
            "存储卷声明 {claim} 的访问模式为 {modes}：其他节点也可挂载，任务 无法表明那里的服务器是否在运行。须为 ReadWriteOncePod 或 ReadWriteOnce"),
        new(
            "pod {pod:name} ({state:free}) has the claim '{claim:name}': while it does, a Job shows nothing of the server. Fence {workload:name} first (k8s.fence)",
            "Pod {pod}（{state}）正在使用存储卷声明 {claim}：此时 任务 无法表明服务器是否在运行。请先隔离 {workload}（k8s.fence）"),
        new(
            "its lock file postmaster.pid is there, and the claim '{claim:name}' is ReadWriteOnce: a container of a pod that was deleted by force may live on. Fence {workload:name} by a k8s.fence step before this one, or make the claim ReadWriteOncePod",
            "其锁文件 postmaster.pid 仍在，且存储卷声明 {claim} 为 ReadWriteOnce：被强制删除的 Pod 的容器可能仍在运行。请在本步骤之前用 k8s.fence 步骤隔离 {workload}，或将该声明改为 ReadWriteOncePod"),
        new("postgres-ready {name:name} host job", "PostgreSQL 可接管：{name} 的主机 任务"),
        new("a Job could be made on its volume", "可以在其数据卷上创建 任务"),
        new("a Job may be made on claim {claim:name} ({modes:free}) once {workload:name} is fenced", "隔离 {workload} 之后，可以在存储卷声明 {claim}（{modes}）上创建 任务"),
        new(
            "Correct 'job:' under the database's 'host:' in the estate, or what the cluster says stands against it: it cannot be fenced otherwise.",
            "请更正清单中该数据库 host: 之下的 job:，或解决集群所指出的问题：否则无法隔离旧主。"),
    ];
}
