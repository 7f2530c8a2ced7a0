using DrOrchestrator.Calendars;
using DrOrchestrator.Estates;

namespace DrOrchestrator.Web.Dashboard;

/// <summary>The words of the calendar's page.</summary>
internal static class CalendarGlossary
{
    public static readonly Word Calendar = new("年度演练计划", "Calendar");
    public static readonly Word Entries = new("计划安排", "Entries");
    public static readonly Word NoEntries = new("资源与配置清单中没有日历条目。", "The estate has no calendar entries.");
    public static readonly Word Entry = new("条目", "Entry");
    public static readonly Word NextTimes = new("后续时间", "Next times");
    public static readonly Word NextDrill = new("下一次演练", "Next drill");
    public static readonly Word LastTime = new("最近一次", "Last time");
    public static readonly Word Missed = new("已错过", "Missed");
    public static readonly Word AsOf = new("读取时间", "As of");
    public static readonly Word FrozenBy = new("冻结：", "frozen by");
    public static readonly Word Freezes = new("变更冻结期", "Freezes");
    public static readonly Word Freeze = new("冻结期", "Freeze");
    public static readonly Word Days = new("日期", "Days");
    public static readonly Word Signer = new("决定人", "Decided by");
    public static readonly Word InForce = new("生效中", "in force");
    public static readonly Word All = new("全部", "all");
    public static readonly Word CanSwitch = new("能否立即切换", "Could switch now");
    public static readonly Word Yes = new("能", "yes");
    public static readonly Word No = new("不能", "no");
    public static readonly Word NotKnown = new("无法判定", "unknown");

    public static Word Of(FireOutcome outcome) => outcome switch
    {
        FireOutcome.Finding => new("问题", "finding"),
        FireOutcome.Opened => new("已发起", "opened"),
        FireOutcome.Refused => new("未能发起", "not opened"),
        FireOutcome.Missed => Missed,
        FireOutcome.Frozen => new("已冻结", "frozen"),
        FireOutcome.Passed => new("通过", "passed"),
        _ => new("未通过", "not passed"),
    };

    public static Word OfKind(string kind) => kind switch
    {
        CalendarKinds.Drill => new("演练", "drill"),
        CalendarKinds.RestoreCheck => new("恢复验证", "restore check"),
        CalendarKinds.Gates => new("切换前检查", "preflight gates"),
        CalendarKinds.DrillOverdue => new("演练逾期检查", "overdue drills"),
        _ => new(kind, kind),
    };
}
