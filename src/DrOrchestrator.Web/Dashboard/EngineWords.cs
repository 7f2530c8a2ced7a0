using DrOrchestrator.Calendars;

namespace DrOrchestrator.Web.Dashboard;

/// <summary>What no longer happens when an engine has stopped, in the page's language.</summary>
internal static class EngineWords
{
    public static string WhatNoLongerHappens(EngineState engine, Language language) => (language, engine.Name) switch
    {
        (Language.Chinese, "calendar") when engine.State == EngineCondition.Unknown =>
            "无法得知日历（Quartz）是否在运行：其数据表没有响应。在此期间到期的演练不会发起，切换前检查不会读取，也不检查演练是否逾期。数据库恢复后会自动继续。",
        (Language.Chinese, "workers") when engine.State == EngineCondition.Unknown =>
            "无法得知后台任务（Hangfire）是否在运行：其数据表没有响应。在此期间演练不会开始，也不会继续。探测、数字和页面不受影响；数据库恢复后后台任务会自动继续。",
        (Language.Chinese, "calendar") => "日历（Quartz）已停止：到期的演练不再发起，切换前检查不再读取，也不再检查演练是否逾期。错过的仍会留下记录。演练、探测和页面不受影响。请重新启动 dro serve。",
        (Language.Chinese, "workers") => "后台任务（Hangfire）已停止：演练不再开始，应答之后不再继续，也不再回退。探测、数字和页面不受影响。数据库不可用时，恢复后会自动继续；否则请重新启动 dro serve，未结束的演练届时会继续。",
        (Language.Chinese, "database") when engine.WhatNoLongerHappens?.Contains("spool is full", StringComparison.Ordinal) == true =>
            "数据库不可用，且暂存文件已满：此刻的观测无法留存，将记为“未监测”区间。实时状态不受影响；演练不能开始。请恢复数据库。",
        (Language.Chinese, "database") => "数据库不接受写入：观测暂存在数据目录的暂存文件中，数据库恢复后补写。实时状态不受影响；演练不能开始。请恢复数据库。",
        _ => engine.WhatNoLongerHappens ?? "",
    };
}
