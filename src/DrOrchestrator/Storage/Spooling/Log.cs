using Microsoft.Extensions.Logging;

namespace DrOrchestrator.Storage.Spooling;

internal static partial class Log
{
    public static void Tell(ILogger logger, SpoolFinding found)
    {
        if (found.TornBytes > 0)
        {
            Torn(logger, found.TornBytes);
        }

        if (found.DamagedBytes > 0)
        {
            Damaged(logger, found.DamagedBytes, found.DamagedCopy ?? "nothing, for lack of room");
        }
    }

    [LoggerMessage(6101, LogLevel.Error, "The database takes no observations; they go to the spool in the data folder and arrive later. Live figures go on.")]
    public static partial void Away(ILogger logger, Exception exception);

    [LoggerMessage(6102, LogLevel.Information, "The database has everything the spool held; it was away since {Since:o}.")]
    public static partial void Back(ILogger logger, DateTimeOffset since);

    [LoggerMessage(6103, LogLevel.Critical, "The spool is full ({Bytes} bytes): from now on observations are lost until the database is back. The time becomes an unknown interval.")]
    public static partial void Full(ILogger logger, long bytes);

    [LoggerMessage(6104, LogLevel.Error, "The spool overflowed from {From:o} to {To:o}: {Probes} probes have an unknown interval of that time on record.")]
    public static partial void GapRecorded(ILogger logger, DateTimeOffset from, DateTimeOffset to, int probes);

    [LoggerMessage(6105, LogLevel.Warning, "The spool ended in {Bytes} bytes of a record whose writing was cut off; nobody was told that it was kept.")]
    public static partial void Torn(ILogger logger, long bytes);

    [LoggerMessage(6106, LogLevel.Critical, "The last {Bytes} bytes of the spool are not what was written; they may have held observations. The time becomes an unknown interval. They are kept as {Copy}.")]
    public static partial void Damaged(ILogger logger, long bytes, string copy);

    [LoggerMessage(6107, LogLevel.Information, "{Bytes} bytes of an earlier process wait in the spool.")]
    public static partial void Found(ILogger logger, long bytes);

    [LoggerMessage(6108, LogLevel.Error, "The spool could not be replayed; it is tried again every second.")]
    public static partial void NotReplayed(ILogger logger, Exception exception);

    [LoggerMessage(6109, LogLevel.Critical, "The database refuses what was seen of {Subjects} subjects: {Reason}. It is kept as {Path}, an unknown interval is on record instead; what follows goes on.")]
    public static partial void Refused(ILogger logger, int subjects, string path, string? reason);
}
