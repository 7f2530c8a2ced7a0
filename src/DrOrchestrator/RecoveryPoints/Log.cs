using Microsoft.Extensions.Logging;

namespace DrOrchestrator.RecoveryPoints;

internal static partial class Log
{
    [LoggerMessage(4001, LogLevel.Error, "A look at recovery point {RecoveryPoint} failed in a way nobody foresaw; its exposure is unknown until one succeeds.")]
    public static partial void LookFailed(ILogger logger, string recoveryPoint, Exception exception);

    [LoggerMessage(4002, LogLevel.Error, "Exposures could not be written; they stay in memory and are tried again every second.")]
    public static partial void ExposureNotWritten(ILogger logger, Exception exception);

    [LoggerMessage(4003, LogLevel.Error, "Canary {Run}/{Leg} stopped: no marker goes out that is not on record.")]
    public static partial void CanaryEnded(ILogger logger, long run, string leg, Exception exception);
}
