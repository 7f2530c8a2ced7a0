namespace DrOrchestrator.Web.Dashboard.Phrases;

/// <summary>What the kinds of recovery points say beyond comparing two positions. What a server or a program said itself stays as it is.</summary>
internal static class RecoveryPointPhrases
{
    public static IReadOnlyList<Phrase> All { get; } =
    [
        new("this kind of recovery point cannot tell whether commits wait for the standby", "该类恢复点无法判断提交是否等待备库"),
        new("{site:name} is another database: its identifier is {theirs:name}, that of {other:name} is {own:name}", "{site} 是另一个数据库：其标识为 {theirs}，{other} 的标识为 {own}"),
        new("{reason:sentence}, but nothing was written since that would show that it still receives: {why:sentence}", "{reason}，但此后没有写入可证明其仍在接收：{why}"),
        new("this kind writes no heartbeat", "该类恢复点不写心跳"),

        // copies of a moment
        new("the newest copy that counts is {copy:free}, older than the {time:span} expected", "最新有效副本为 {copy}，已超过预期的 {time}"),
        new("the newest copy that counts is {copy:free}", "最新有效副本为 {copy}"),
        new("{copy:free} represents a moment {time:span} in the future: one of the clocks is wrong", "{copy} 所代表的时刻在未来 {time}：有一方的时钟不准"),
        new("its clock differs from ours by {time:span}, which was corrected", "对方时钟与本程序相差 {time}，已作校正"),
    ];
}
