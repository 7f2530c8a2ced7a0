using Microsoft.Extensions.Logging;

namespace DrOrchestrator.Calendars;

internal static partial class Log
{
    [LoggerMessage(6001, LogLevel.Error, "The calendar did not start: overdue drills are not looked for.")]
    public static partial void CalendarFailed(this ILogger logger, Exception failure);

    [LoggerMessage(6002, LogLevel.Error, "The check of calendar entry {Schedule} due {FireTime} failed; it is tried again at its next hour.")]
    public static partial void CheckFailed(this ILogger logger, string schedule, DateTimeOffset fireTime, Exception failure);

    [LoggerMessage(6003, LogLevel.Error, "The workers did not start: no run is carried on.")]
    public static partial void WorkersFailed(this ILogger logger, Exception failure);

    [LoggerMessage(6004, LogLevel.Error, "Carrying run {Run} ended with an error; the run stays as its journal says and is taken up at the next answer or start.")]
    public static partial void CarryFailed(this ILogger logger, long run, Exception failure);

    [LoggerMessage(6005, LogLevel.Warning, "Whether the {Engine} work cannot be told: the question failed. It is asked again every second.")]
    public static partial void EngineNotSeen(this ILogger logger, string engine, Exception failure);
}
