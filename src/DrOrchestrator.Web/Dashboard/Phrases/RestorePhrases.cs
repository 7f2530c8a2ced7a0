namespace DrOrchestrator.Web.Dashboard.Phrases;

/// <summary>How restore checks end badly, as far as the engine and its script say it.</summary>
internal static class RestorePhrases
{
    public static IReadOnlyList<Phrase> All { get; } =
    [
        new("the backup {backup:name} does not match its manifest: {reason:sentence}", "备份 {backup} 与其清单不符：{reason}"),
        new("the backup {backup:name} has no backup_manifest: nothing shows that it is whole", "备份 {backup} 没有 backup_manifest：无从证明其完整"),
        new("the backup {backup:name} is not whole: {reason:sentence}", "备份 {backup} 不完整：{reason}"),
        new("of which moment the backup {backup:name} is cannot be told: {reason:sentence}", "无法判定备份 {backup} 所代表的时刻：{reason}"),
        new("the newest backup {backup:name} is of {moment:name}: {lost:span} would be lost, {limit:span} is allowed", "最新备份 {backup} 的时刻为 {moment}：将丢失 {lost}，上限为 {limit}"),
        new("the recovery point claims a backup of {claimed:name}, the newest that can be restored, {backup:name}, is of {moment:name}", "恢复点声称有 {claimed} 的备份，而能够恢复的最新备份 {backup} 的时刻为 {moment}"),
        new("the restored data are not what they should be: {problems:sentence}", "恢复出的数据与应有内容不符：{problems}"),
        new("{mark:name} is not removed: {reason:sentence}", "{mark} 未能清除：{reason}"),
        new("step '{step:name}' has restored nothing in this run", "步骤 {step} 在本次运行中没有恢复任何数据"),
    ];
}
