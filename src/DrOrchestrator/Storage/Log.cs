using Microsoft.Extensions.Logging;

namespace DrOrchestrator.Storage;

internal static partial class Log
{
    [LoggerMessage(6201, LogLevel.Warning, "Figures are as last read until the database answers: {Reason}")]
    public static partial void ReadsAway(ILogger logger, string reason);

    [LoggerMessage(6202, LogLevel.Information, "The database answers again; figures are read from it.")]
    public static partial void ReadsBack(ILogger logger);
}
