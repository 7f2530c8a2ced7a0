using Microsoft.Extensions.Logging;

namespace DrOrchestrator.Availability.Sights;

internal static partial class Log
{
    [LoggerMessage(3010, LogLevel.Warning, "What is seen from here does not reach the database, and so does not vote, until it answers again: {Why}")]
    public static partial void SightsNotWritten(ILogger logger, string why);

    [LoggerMessage(3011, LogLevel.Information, "What is seen from here reaches the database.")]
    public static partial void SightsWritten(ILogger logger);

    [LoggerMessage(3012, LogLevel.Critical, "Another process looks from vantage point {Vantage} now; this one ends.")]
    public static partial void LookoutReplaced(ILogger logger, string vantage);

    [LoggerMessage(3013, LogLevel.Warning, "The estate declares {Count} vantage points, but the records are in a SQLite file that no other machine can reach: this server decides alone. Votes need PostgreSQL (--database).")]
    public static partial void VotesNeedPostgres(ILogger logger, int count);

    [LoggerMessage(3014, LogLevel.Information, "Vantage point {Vantage} votes.")]
    public static partial void Votes(ILogger logger, string vantage);

    [LoggerMessage(3015, LogLevel.Warning, "Vantage point {Vantage} does not vote any more: {Why}.")]
    public static partial void VotesNoMore(ILogger logger, string vantage, string why);

    [LoggerMessage(3016, LogLevel.Warning, "What other vantage points see could not be read; until then they do not vote: {Why}")]
    public static partial void SightsNotRead(ILogger logger, string why);
}
