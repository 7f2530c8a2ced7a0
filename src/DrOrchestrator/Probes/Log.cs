using Microsoft.Extensions.Logging;

namespace DrOrchestrator.Probes;

internal static partial class Log
{
    [LoggerMessage(2001, LogLevel.Information, "{Count} probes are running.")]
    public static partial void Started(ILogger logger, int count);

    [LoggerMessage(2002, LogLevel.Error, "A result of probe {Probe} was not taken; the time until the next one counts as unknown.")]
    public static partial void ResultNotTaken(ILogger logger, string probe, Exception exception);

    [LoggerMessage(2003, LogLevel.Error, "The loop of probe {Probe} ended; nobody looks through it until the next start.")]
    public static partial void LoopEnded(ILogger logger, string probe, Exception exception);
}
