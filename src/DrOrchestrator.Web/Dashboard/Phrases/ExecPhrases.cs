namespace DrOrchestrator.Web.Dashboard.Phrases;

/// <summary>What is said of steps that run a command in a container. What the command, the cluster or the container's runtime said stays as it is.</summary>
internal static class ExecPhrases
{
    public static IReadOnlyList<Phrase> All { get; } =
    [
        // what may have been started before
        new("{why:sentence}; {program:name} may have been started before, and what that did is not known", "{why}；{program} 此前可能已启动过，其结果不明"),

        // what a program is started with
        new("'{place:name}' has a value at '{name:name}', which by its name holds a secret", "“{place}”在 {name} 处有值，按其名称属于机密"),

        // which container
        new("no pod of '{target:name}' in namespace {space:name} is ready; there are {count:figure}", "命名空间 {space} 中 {target} 没有就绪的 Pod；共有 {count} 个"),
        new("there is no {workload:name} in namespace {space:name}", "命名空间 {space} 中没有 {workload}"),
        new("pod {pod:name} has more than one container, and 'container' names none; it has: {others:free}", "Pod {pod} 有多个容器，而 container 未指明；现有容器：{others}"),
        new("pod {pod:name} is being deleted", "Pod {pod} 正在删除"),
        new("{lost:sentence} since the step was prepared; {program:name} was not started", "步骤准备之后：{lost}；未启动 {program}"),
        new("{lost:sentence} while {program:name} ran: where it ran, and what of it stands, is not known", "{program} 运行期间：{lost}；它在何处运行、有何结果均不明"),
        new("pod {pod:name} is gone", "Pod {pod} 已不存在"),
        new("pod {pod:name} was replaced by another one of that name", "Pod {pod} 已被同名的另一个替换"),
        new("container {container:name} of pod {pod:name} has ended, or was started again", "Pod {pod} 的容器 {container} 已结束或被重启"),

        // whether it began
        new("container {container:name} of pod {pod:name} cannot start {program:name}: {why:free}", "Pod {pod} 的容器 {container} 无法启动 {program}：{why}"),
        new("whether {program:name} began in pod {pod:name} is not known: {why:sentence}", "不知 {program} 是否已在 Pod {pod} 中启动：{why}"),
        new("{program:name} could not be started within {time:span}", "未能在 {time} 内启动 {program}"),
        new("{program:name} could not be started: {why:sentence}; it takes the rights to create and to get pods/exec in namespace {space:name}", "未能启动 {program}：{why}；需要命名空间 {space} 中对 pods/exec 的 create 和 get 权限"),
        new("{program:name} could not be started: {why:sentence}", "未能启动 {program}：{why}"),

        // how it ended
        new("what {program:name} did in pod {pod:name} is not known: {why:sentence}", "不知 {program} 在 Pod {pod} 中的结果：{why}"),
        new("{program:name} did not end within {time:span}; it may go on in pod {pod:name}, where it is not ended from here", "{program} 未在 {time} 内结束；它可能仍在 Pod {pod} 中运行，此处不会将其终止"),
        new("{program:name} has ended, and whether it ran in the pod that was chosen cannot be read: {why:free}", "{program} 已结束，但无法读取它是否在所选的 Pod 中运行：{why}"),
        new("the connection to its container was cut: {why:free}", "与其容器的连接中断：{why}"),
        new("the connection to its container ended without a word of how the command did", "与其容器的连接已结束，未告知命令的结果"),
        new("the cluster does not say with what it ended: {words:free}", "集群未告知命令的退出码：{words}"),
        new("by the plan {program:name} run twice, also at once, is as run once", "预案声明 {program} 重复执行（包括同时执行）与执行一次等效"),
    ];
}
