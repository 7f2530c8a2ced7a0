namespace DrOrchestrator.Web.Dashboard.Phrases;

/// <summary>How steps end badly, as far as the engine says it; what a target answered stays as it is.</summary>
internal static class StepPhrases
{
    public static IReadOnlyList<Phrase> All { get; } =
    [
        new("no end within {time:span}", "{time} 内没有结束"),
        new("could not be prepared: {reason:sentence}", "无法准备：{reason}"),
        new("a person says it did not happen", "经人员确认并未发生"),
        new("it waits for a person", "等待人员应答"),
        new("the target could not be read: {reason:sentence}", "无法读取目标：{reason}"),
        new("promotion refused: the fence '{fence:name}' is not proved: {missing:sentence}", "拒绝提升备库：旧主隔离 {fence} 未获证实：{missing}"),
        new("the fence of {site:name} is not proved: {missing:sentence}", "{site} 的旧主隔离未获证实：{missing}"),
        new("step '{step:name}' is not done", "步骤 {step} 尚未完成"),
        new("probe '{probe:name}' did not become {state:name} in time; it is {now:name}: {reason:sentence}", "探测 {probe} 未在期限内达到 {state}，当前为 {now}：{reason}"),
        new("the fence is lifted only from a standby: step '{step:name}' says role '{role:name}'", "旧主只有成为备库后才能解除隔离：步骤 {step} 给出的角色是 {role}"),
        new("{workload:name} at {site:name} is not held by a fence any more", "{site} 的 {workload} 已不再被隔离"),
        new("the fence cannot be lifted while Job {job:name} is not finished: it could still promote", "任务 {job} 尚未结束，仍可能提升旧主，不能解除隔离"),
        new("{workload:name} at {site:name} is held by another fence, {mark:name}, not by step '{step:name}' of run {run:figure}; what stands there belongs to another run", "{site} 的 {workload} 处于另一道隔离 {mark} 之下，并非运行 {run} 的步骤 {step}；它属于另一次运行"),
        new("{workload:name} at {site:name} carries epoch {epoch:figure}, newer than anything on record of run {run:figure} ({known:figure}): its journal is not whole", "{site} 的 {workload} 带有纪元 {epoch}，新于运行 {run} 在案的 {known}：该运行的日志不完整"),
        new("the fence of run {run:figure} does not hold any more: {missing:sentence}", "运行 {run} 的旧主隔离已不成立：{missing}"),
        new("{system:name} should be served from {site:name}, which says that it is {role:name}: nobody is seen to serve, and the fence stays", "{system} 应由 {site} 提供服务，而它自称是 {role}：看不到有谁在服务，隔离保持不变"),
        new("{site:name} serves under epoch {epoch:figure}, run {run:figure} had begun epoch {begun:figure}: somebody has promoted since, and what stands there is not what that run left", "{site} 以纪元 {epoch} 提供服务，而运行 {run} 开始的是纪元 {begun}：此后有人做过提升，现状已不是该运行留下的"),
        new("who serves {system:name} cannot be seen: {reason:sentence}", "看不到 {system} 由谁提供服务：{reason}"),
        new("{system:name} is served from {site:name} by the journal: there is nothing to come back from, and its fence is not to be lifted under it", "日志记载 {system} 由 {site} 提供服务：无需回切，也不得在其下解除隔离"),
        new("{site:name} has been rejoined to epoch {joined:figure}, {serving:name} serves under epoch {epoch:figure}", "{site} 已归入纪元 {joined}，而 {serving} 以纪元 {epoch} 提供服务"),
        new("nobody has accounted for what only {site:name} had: step '{step:name}' has no answer", "尚无人就仅存于 {site} 的数据完成账务核对：步骤 {step} 没有应答"),
        new("run {run:figure} has closed what run {earlier:figure} left to do; its fence is not this run's to lift", "运行 {run} 已了结运行 {earlier} 的遗留事项；其隔离不应由本次运行解除"),
        new("{workload:name} at {site:name} is not ready after {time:span}: {reason:sentence}", "{site} 的 {workload} 在 {time} 后仍未就绪：{reason}"),
    ];
}
