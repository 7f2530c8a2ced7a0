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
        new("{workload:name} at {site:name} is not ready after {time:span}: {reason:sentence}", "{site} 的 {workload} 在 {time} 后仍未就绪：{reason}"),
    ];
}
