using Microsoft.Extensions.Logging;

namespace DrOrchestrator.Credentials;

internal static partial class Log
{
    [LoggerMessage(EventId = 2601, Level = LogLevel.Information, Message = "Token {Id} of {Person} was made by {Actor}, good until {Until:u}")]
    public static partial void TokenMade(this ILogger logger, long id, string person, string actor, DateTimeOffset until);

    [LoggerMessage(EventId = 2602, Level = LogLevel.Information, Message = "Token {Id} of {Person} was revoked by {Actor}")]
    public static partial void TokenRevoked(this ILogger logger, long id, string person, string actor);

    [LoggerMessage(EventId = 2603, Level = LogLevel.Warning, Message = "Tokens of people could not be read or kept; tried again in a few seconds. Tokens revoked elsewhere may still be good here")]
    public static partial void TokensNotRead(this ILogger logger, Exception failure);
}
