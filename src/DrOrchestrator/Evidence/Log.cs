using Microsoft.Extensions.Logging;

namespace DrOrchestrator.Evidence;

internal static partial class Log
{
    [LoggerMessage(EventId = 1801, Level = LogLevel.Critical, Message = "The evidence log cannot be continued; nothing will be appended, so nothing will be done: {Reason}")]
    public static partial void LogBroken(this ILogger logger, string reason);

    [LoggerMessage(EventId = 1802, Level = LogLevel.Error, Message = "No checkpoint of the evidence log could be signed; the next one is tried as usual")]
    public static partial void CheckpointFailed(this ILogger logger, Exception failure);
}
