namespace DrOrchestrator.Web.Dashboard.Phrases;

/// <summary>What closed runs have left to do, how it is closed, and why a word that closes it is not taken.</summary>
internal static class DutyPhrases
{
    public static IReadOnlyList<Phrase> All { get; } =
    [
        new("fence {site:name} the moment it answers", "{site} 的旧主一旦应答即予隔离"),

        // how it was closed
        new("seen: it is done", "经查看，已完成"),
        new("closed on the record of run {run:figure}", "已在第 {run} 次运行的记录中了结"),
        new("run {run:figure} has closed them", "已由第 {run} 次运行了结"),
        new("it is closed already", "已经了结"),

        // a word that is not taken
        new("Run {run:figure} has left it; close it there, and it is closed here: {command:code}.", "该事项由第 {run} 次运行遗留；请在该运行中了结，此处即随之了结：{command}。"),
        new("Run {run:figure} has no duty of that name; none is open.", "第 {run} 次运行没有名为此的遗留事项，也没有其他未了结的遗留事项。"),
        new("Run {run:figure} has no duty of that name; open: {names:names}.", "第 {run} 次运行没有名为此的遗留事项；未了结的有：{names}。"),
        new("Closing a duty is for approver; {person:name} has: {roles:words}.", "了结遗留事项须由审批人进行；{person} 的角色为：{roles}。"),
        new("Closing a duty is for approver; {person:name} has: .", "了结遗留事项须由审批人进行；{person} 没有任何角色。"),
        new("Say why nothing is left to do; it goes on record.", "请写明为何已无须再做，理由将记录在案。"),
        new("{person:name} asked for this run or wrote its plan; somebody else must close its duty.", "{person} 是本次运行的申请人或预案编写人，遗留事项须由其他人了结。"),
    ];
}
