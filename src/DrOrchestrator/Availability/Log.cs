using Microsoft.Extensions.Logging;

namespace DrOrchestrator.Availability;

internal static partial class Log
{
    [LoggerMessage(3001, LogLevel.Error, "{Changes} changes of state could not be written; they stay in memory and are tried again every second.")]
    public static partial void NotWritten(ILogger logger, int changes, Exception exception);

    [LoggerMessage(3002, LogLevel.Warning, "Minutes of probes could not be rolled up into hours; they stay, and it is tried again every few seconds.")]
    public static partial void NotRolledUp(ILogger logger, Exception exception);
}
