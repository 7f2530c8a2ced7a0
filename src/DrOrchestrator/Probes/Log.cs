using Microsoft.Extensions.Logging;

namespace DrOrchestrator.Probes;

internal static partial class Log
{
    [LoggerMessage(2001, LogLevel.Information, "{Count} probes are running.")]
    public static partial void Started(ILogger logger, int count);

    [LoggerMessage(2002, LogLevel.Error, "A result of probe {Probe} was not taken; the time until the next one counts as unknown.")]
    public static partial void ResultNotTaken(ILogger logger, string probe, Exception exception);

    [LoggerMessage(2010, LogLevel.Warning, "Probe {Probe} will see nothing: {Refusal}.")]
    public static partial void CommandRefused(ILogger logger, string probe, string refusal);

    [LoggerMessage(2011, LogLevel.Warning, "This server does not trust its own network: {Why}. Failures of probes count as unknown until a control target answers.")]
    public static partial void VantageLost(ILogger logger, string why);

    [LoggerMessage(2012, LogLevel.Information, "The control targets answer again; failures of probes count as down.")]
    public static partial void VantageRegained(ILogger logger);

    [LoggerMessage(2003, LogLevel.Error, "The loop of probe {Probe} ended; nobody looks through it until the next start.")]
    public static partial void LoopEnded(ILogger logger, string probe, Exception exception);
}
