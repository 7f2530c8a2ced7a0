using DrOrchestrator.Estates;
using Npgsql;

namespace DrOrchestrator.Probes.Postgres;

/// <summary>What an exception of the client means.</summary>
internal static class PostgresFailures
{
    public static Finding Describe(Exception exception, PostgresSource source, PostgresTarget target, TimeSpan timeout) => exception switch
    {
        PostgresException error => PostgresJudge.Refused(Refusal(error), target.Database, timeout).Finding,
        TimeoutException or { InnerException: TimeoutException } or OperationCanceledException => Finding.Down($"no answer {ProbeFailures.Within(timeout)}"),
        NpgsqlException { InnerException: null } when exception.Message.Contains("password", StringComparison.OrdinalIgnoreCase) =>
            Finding.Unknown("could not look: the server asks for a password and the probe has none"),
        NpgsqlException { InnerException: EndOfStreamException } => Finding.Down($"{source.Target} closed the connection before the answer was complete"),
        NpgsqlException { InnerException: null } => Finding.Down($"{source.Target}: {ProbeFailures.OneLine(exception.Message)}"),
        NpgsqlException { InnerException: { } inner } => ProbeFailures.Describe(inner, source.Host, source.Port),
        _ => ProbeFailures.Describe(exception, source.Host, source.Port),
    };

    /// <summary>The statement failed and the session goes on: what it did is undone for sure.</summary>
    public static bool IsStatementOnly(PostgresException error) => error.InvariantSeverity is "ERROR";

    /// <summary>A session that was kept from the last look and is gone: the server may well be there.</summary>
    public static bool IsLostSession(Exception exception) =>
        exception is NpgsqlException and not PostgresException { InvariantSeverity: "ERROR" } && exception.InnerException is not TimeoutException;

    public static PostgresRefusal Refusal(PostgresException error) => new(error.SqlState, ProbeFailures.OneLine(error.MessageText));
}
