using Microsoft.Extensions.Logging;

namespace DrOrchestrator.Calendars;

internal static partial class Log
{
    [LoggerMessage(6001, LogLevel.Error, "The calendar did not start: no drill is opened, no gates are read and no overdue drill is looked for by it.")]
    public static partial void CalendarFailed(this ILogger logger, Exception failure);

    [LoggerMessage(6002, LogLevel.Error, "Calendar entry {Schedule} due {FireTime} failed; where it left nothing on record it is found missed, and it fires again at its next time.")]
    public static partial void FireFailed(this ILogger logger, string schedule, DateTimeOffset fireTime, Exception failure);

    [LoggerMessage(6003, LogLevel.Error, "The workers did not start: no run is carried on.")]
    public static partial void WorkersFailed(this ILogger logger, Exception failure);

    [LoggerMessage(6004, LogLevel.Error, "Carrying run {Run} ended with an error; the run stays as its journal says and is taken up at the next answer or start.")]
    public static partial void CarryFailed(this ILogger logger, long run, Exception failure);

    [LoggerMessage(6005, LogLevel.Warning, "Whether the {Engine} work cannot be told: the question failed. It is asked again every second.")]
    public static partial void EngineNotSeen(this ILogger logger, string engine, Exception failure);

    [LoggerMessage(6006, LogLevel.Warning, "Calendar entry {Schedule} was missed {Times} times, last at {Newest}; nothing is made up for.")]
    public static partial void Missed(this ILogger logger, string schedule, int times, DateTimeOffset newest);

    [LoggerMessage(6007, LogLevel.Warning, "What of the calendar was missed cannot be told: the look failed. It is tried again every few seconds.")]
    public static partial void MissedNotLooked(this ILogger logger, Exception failure);
}
