using System.Globalization;
using DrOrchestrator.Calendars;
using DrOrchestrator.Plans;
using DrOrchestrator.Web.Dashboard.Phrases;

namespace DrOrchestrator.Web.Dashboard;

/// <summary>Which drill is overdue and what to do, in the page's language.</summary>
internal static class OverdueWords
{
    public static Html Finding(OverdueDrill overdue, Language language)
    {
        if (language != Language.Chinese)
        {
            return Html.Of($"{overdue.Finding}");
        }

        var newest = overdue is { NewestRun: { } run, NewestClosedAt: { } closed }
            ? Html.Of($"最近一次为第 {run} 次运行，于 {closed.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)} UTC 结束")
            : Html.Of($"尚无执行完毕的记录");
        return Html.Of($"{newest}；要求每 {SpanUnits.Translate(Durations.Format(overdue.Within))} 至少一次。请开始一次：<code>dro drill start {overdue.Plan}</code>");
    }
}
