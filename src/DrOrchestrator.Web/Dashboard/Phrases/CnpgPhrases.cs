namespace DrOrchestrator.Web.Dashboard.Phrases;

/// <summary>What demotions of CloudNativePG clusters say. What an operator says of its cluster stays as it is.</summary>
internal static class CnpgPhrases
{
    public static IReadOnlyList<Phrase> All { get; } =
    [
        new("{cluster:name} at {site:name} cannot be demoted: it {why:sentence}", "无法降级 {site} 的 {cluster}：{why}"),
        new("is in no distributed topology: spec.replica needs primary and source, and no enabled", "不在分布式拓扑中：spec.replica 需要 primary 和 source，且不得有 enabled"),
        new("is '{other:name}' itself", "它就是“{other}”"),
        new("applies with a delay (minApplyDelay): no token leads to a promotion then", "延迟应用日志（minApplyDelay）：此时无法凭令牌提升"),
        new("knows no external cluster '{other:name}', which it would follow", "没有名为“{other}”的外部集群可供跟随"),
        new("is not written: it follows '{other:name}'", "不是主集群：它跟随“{other}”"),
        new("{cluster:name} is to be written by '{now:name}', not by '{wanted:name}'", "{cluster} 的主集群声明为“{now}”，而非“{wanted}”"),
        new("{cluster:name} ({uid:name}) is declared a replica of '{other:name}'", "{cluster}（{uid}）已声明为“{other}”的副本"),
        new("its operator has not written its demotion token yet: {fares:free}", "其 Operator 尚未写出降级令牌：{fares}"),
        new("whether {cluster:name} was demoted is not known: {why:free}", "{cluster} 是否已降级不明：{why}"),
        new("its operator says nothing of it", "其 Operator 没有说明"),
        new("its PostgreSQL {system:name} ended cleanly at {redo:name} on timeline {timeline:name}, as its demotion token says", "降级令牌表明其 PostgreSQL {system} 已在时间线 {timeline} 的 {redo} 处正常停止"),
        new("its demotion token cannot be read", "无法读取其降级令牌"),
        new("{cluster:name} is not a primary again yet: {fares:free}", "{cluster} 尚未重新成为主集群：{fares}"),
        new("{cluster:name} is still being demoted, and can be promoted again only after that", "{cluster} 仍在降级，之后才能重新提升"),
        new("{cluster:name} was left as it is: it is not as this step has made it", "{cluster} 保持现状：其状态并非本步骤所致"),
        new("{cluster:name} at {site:name} does not follow the new primary within {time:span}: {seen:sentence}", "{site} 的 {cluster} 未在 {time} 内跟随新的主集群：{seen}"),
        new("it follows '{now:name}', not '{wanted:name}'", "它跟随“{now}”，而非“{wanted}”"),
        new("nothing shows that the PostgreSQL it was before has ended: it has no demotion token, and is the same object", "没有证据表明其原先的 PostgreSQL 已停止：没有降级令牌，且仍是同一对象"),
        new("a demotion token of another demotion came or went since it was prepared, by which nobody could tell its own", "自准备以来，另一次降级的令牌出现或消失，因而无法辨认本次的令牌"),
        new("it is declared the primary itself", "它自身被声明为主集群"),
        new("step '{step:name}' does not demote {cluster:name} in {namespace:name} at {site:name}", "步骤 {step} 并不降级 {site} 命名空间 {namespace} 中的 {cluster}"),
    ];
}
