namespace DrOrchestrator.Web.Dashboard.Phrases;

/// <summary>Why a run was opened without a forecast.</summary>
internal static class ForecastPhrases
{
    public static IReadOnlyList<Phrase> All { get; } =
    [
        new("no recovery time is forecast for this plan", "该预案没有预计恢复时间"),
        new("the status was not read in time", "未能及时读取状态"),
        new("the status could not be read: {reason:free}", "无法读取状态：{reason}"),
        new("nobody forecasts here", "此处不作预计"),
    ];
}
