using Microsoft.Extensions.Logging;

namespace DrOrchestrator.Web;

internal static partial class Log
{
    [LoggerMessage(7001, LogLevel.Warning, "A sign-in from {Address} failed at {Path}: no person has that token.")]
    public static partial void SignInFailed(this ILogger logger, string address, string path);

    [LoggerMessage(7002, LogLevel.Warning, "Sign-ins from {Address} have failed {Count} times; more are answered 429 until {Until:HH:mm:ss} UTC.")]
    public static partial void SignInsThrottled(this ILogger logger, string address, int count, DateTimeOffset until);

    [LoggerMessage(7003, LogLevel.Information, "{Person} signed in at the pages.")]
    public static partial void SignedIn(this ILogger logger, string person);

    [LoggerMessage(7004, LogLevel.Error, "{Method} {Path} failed; its answer carries trace {Trace}.")]
    public static partial void RequestFailed(this ILogger logger, string method, string path, string trace, Exception failure);

    [LoggerMessage(7006, LogLevel.Critical, "This server ends, because another has taken its place while the database was away: {Reason}")]
    public static partial void TurnLost(this ILogger logger, string reason);

    [LoggerMessage(7008, LogLevel.Warning, "This server stands by and writes and sends nothing. The turn of the database: {Holder}")]
    public static partial void StandsBy(this ILogger logger, string holder);

    [LoggerMessage(7009, LogLevel.Warning, "The turn of the database is free; this server asks for it.")]
    public static partial void TurnFree(this ILogger logger);

    [LoggerMessage(7007, LogLevel.Error, "What the pages fall back on while the database is away could not be read.")]
    public static partial void NotRead(this ILogger logger, Exception failure);

    [LoggerMessage(7005, LogLevel.Warning, "{Method} {Path} could not be answered: {Reason}")]
    public static partial void DatabaseAway(this ILogger logger, string method, string path, string reason);
}
