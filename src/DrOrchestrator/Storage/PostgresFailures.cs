using System.Net.Sockets;
using Npgsql;

namespace DrOrchestrator.Storage;

/// <summary>Which failures are the server's, or the line's, and not the statement's; and what they mean to people.</summary>
internal static class PostgresFailures
{
    /// <summary>
    /// The session is gone or never was: no connection, a broken one, one the server ended (class 57P: shutdown, crash, starting up; 25P03: stood still in a
    /// transaction), one it did not let in (28, 3D000, 53300).
    /// </summary>
    public static bool IsAboutTheServer(Exception failure) => failure switch
    {
        PostgresException told => told.SqlState is "25P03" or "3D000" or "53300" || told.SqlState.StartsWith("57P", StringComparison.Ordinal)
            || told.SqlState.StartsWith("28", StringComparison.Ordinal) || told.SqlState.StartsWith("08", StringComparison.Ordinal),
        NpgsqlException or IOException or SocketException or TimeoutException => true,
        ObjectDisposedException or InvalidOperationException { Source: "Npgsql" } => true,
        _ => false,
    };

    /// <summary>By the name of the server's own routine: its words come in many languages, and the code stands for much else.</summary>
    private const string Replans = "RevalidateCachedQuery";

    /// <summary>
    /// The transaction was rolled back by the server for others' sake and may be tried again: also where a statement was prepared before another server of a rolling upgrade changed
    /// the table; the driver prepares it anew.
    /// </summary>
    public static bool IsTransient(Exception failure) => failure is PostgresException { SqlState: PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected }
        or PostgresException { SqlState: PostgresErrorCodes.FeatureNotSupported, Routine: Replans };

    /// <summary>For people, with what to do. Never a password: the server's words name the user only.</summary>
    public static string Explain(Exception failure, string name) => failure switch
    {
        PostgresException { SqlState: "28P01" or "28000" } told =>
            $"{name} does not let us in: {told.MessageText}. Correct user and password of the connection string, or the server's pg_hba.conf.",
        PostgresException { SqlState: "3D000" } told => $"{name}: {told.MessageText}. Make it (CREATE DATABASE ... ENCODING 'UTF8'), or correct the name.",
        PostgresException { SqlState: "53300" } told => $"{name} has no connection left: {told.MessageText}. Raise max_connections, or lower Max Pool Size of the connection string.",
        PostgresException { SqlState: "57P03" } told => $"{name} takes no connections now: {told.MessageText}. Wait until it has started.",
        PostgresException told => $"{name} ended the connection: {told.MessageText} ({told.SqlState}).",
        _ => $"{name} cannot be reached: {Innermost(failure).Message.TrimEnd('.')}. Start it, or correct Host and Port of the connection string.",
    };

    private static Exception Innermost(Exception failure)
    {
        while (failure.InnerException is { } inner)
        {
            failure = inner;
        }

        return failure;
    }
}
