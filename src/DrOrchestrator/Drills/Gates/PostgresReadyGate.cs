using DrOrchestrator.Drills.Steps.Postgres;
using DrOrchestrator.Estates;
using DrOrchestrator.Plans;

namespace DrOrchestrator.Drills.Gates;

/// <summary>
/// <c>postgres-ready</c>: whether a standby can take over from its primary and the primary can come back as a standby, read live of both servers and of both hosts. What it asks for
/// is what has kept promotions waiting, sent queries wrong, or made the way back impossible.
/// </summary>
internal sealed class PostgresReadyGate(DatabaseSessions sessions, DatabaseHosts hosts) : IGateKind
{
    public StepKindShape Shape { get; } = new(
        "postgres-ready",
        StepEffect.None,
        NeedsSite: false,
        "A standby can take over from its primary, and both hosts can be asked.",
        [
            new ParameterShape("primary", ParameterType.DatabaseName, true, "The server that serves."),
            new ParameterShape("standby", ParameterType.DatabaseName, true, "The server that is to take over."),
            new ParameterShape("retry-interval", ParameterType.Duration, false, "Largest wal_retrieve_retry_interval of the standby; 500ms by default."),
        ],
        []);

    public async Task<IReadOnlyList<GateResult>> CheckAsync(StepParameters parameters, Plan plan, Estate estate, CancellationToken cancellationToken)
    {
        var (primary, standby) = (estate.FindDatabase(parameters.Text("primary"))!, estate.FindDatabase(parameters.Text("standby"))!);
        var (one, other) = (ReadAsync(primary, cancellationToken), ReadAsync(standby, cancellationToken));
        var (hostOne, hostOther) = (hosts.LookAsync(primary, cancellationToken), hosts.LookAsync(standby, cancellationToken));
        var (first, firstReason) = await one.ConfigureAwait(false);
        var (second, secondReason) = await other.ConfigureAwait(false);
        var results = new List<GateResult> { Readable(primary, first, firstReason), Readable(standby, second, secondReason) };
        if (first is not null && second is not null)
        {
            results.AddRange(PostgresReadyJudge.Judge(primary, first, standby, second, parameters.Duration("retry-interval", PostgresReadyJudge.LongestRetryInterval)));
        }

        var (statusOne, reasonOne) = await hostOne.ConfigureAwait(false);
        var (statusOther, reasonOther) = await hostOther.ConfigureAwait(false);
        results.Add(PostgresReadyJudge.Host(primary, statusOne, reasonOne, first, isStandby: false));
        results.Add(PostgresReadyJudge.Host(standby, statusOther, reasonOther, second, isStandby: true));
        return results;
    }

    private static GateResult Readable(DatabaseDefinition database, PostgresReadiness? read, string reason) => new(
        $"postgres-ready {database.Name} answers", read is not null, read is null ? reason : "it answers", "can be read", $"server {database.Name}", TimeSpan.Zero, read is null ? "See that the server runs and that the estate's user may sign in." : "");

    private async Task<(PostgresReadiness? Read, string Reason)> ReadAsync(DatabaseDefinition database, CancellationToken cancellationToken)
    {
        try
        {
            return (await sessions.UseAsync(database, "dro", connection => PostgresReadiness.ReadAsync(connection, cancellationToken), cancellationToken).ConfigureAwait(false), "");
        }
        catch (Exception failure) when (SessionCalls.FailureOf(failure) is { } reason)
        {
            return (null, reason);
        }
    }
}
