using Microsoft.Extensions.Logging;

namespace DrOrchestrator.Compliance;

internal static partial class Log
{
    [LoggerMessage(EventId = 2501, Level = LogLevel.Warning, Message = "ALERT {Severity} {Key}: {Text}")]
    public static partial void Raised(this ILogger logger, string severity, string key, string text);

    [LoggerMessage(EventId = 2502, Level = LogLevel.Information, Message = "Alert {Key} cleared after {Lasted}")]
    public static partial void Cleared(this ILogger logger, string key, TimeSpan lasted);

    [LoggerMessage(EventId = 2503, Level = LogLevel.Error, Message = "Alerts could not be looked at or kept; looked at again in a few seconds")]
    public static partial void NotLooked(this ILogger logger, Exception failure);

    [LoggerMessage(EventId = 2504, Level = LogLevel.Warning, Message = "Service quality over long windows could not be added up; tried again every second")]
    public static partial void QosNotAddedUp(this ILogger logger, Exception failure);

    [LoggerMessage(EventId = 2505, Level = LogLevel.Warning, Message = "Service quality of {System} over the last hour could not be added up; tried again every few seconds")]
    public static partial void HourNotAddedUp(this ILogger logger, Exception failure, string system);

    [LoggerMessage(EventId = 2506, Level = LogLevel.Warning, Message = "Service quality could not be added up of {Count} windows; tried again in two minutes. The first of them: {Which}")]
    public static partial void WindowsNotAddedUp(this ILogger logger, Exception failure, int count, string which);
}
