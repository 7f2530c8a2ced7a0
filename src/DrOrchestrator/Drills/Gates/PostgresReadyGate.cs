using DrOrchestrator.Drills.Steps.Postgres;
using DrOrchestrator.Estates;
using DrOrchestrator.Plans;

namespace DrOrchestrator.Drills.Gates;

/// <summary>
/// <c>postgres-ready</c>: whether a standby can take over from its primary and the primary can come back as a standby, read live of both servers and of both hosts. What it asks for
/// is what has kept promotions waiting, sent queries wrong, or made the way back impossible.
/// </summary>
internal sealed class PostgresReadyGate(DatabaseSessions sessions, DatabaseHosts hosts, TimeProvider time) : IGateKind
{
    /// <summary>Of one server or host: a server that stands still, or is cut off, never answers by itself, and the other one's answers are wanted all the same.</summary>
    private static readonly TimeSpan LongestLook = TimeSpan.FromSeconds(5);

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
        var (one, other) = (ReadAsync(primary, plan, cancellationToken), ReadAsync(standby, plan, cancellationToken));
        var (hostOne, hostOther) = (CheckAsync(primary, estate, cancellationToken), CheckAsync(standby, estate, cancellationToken));
        var (first, firstReason) = await one.ConfigureAwait(false);
        var (second, secondReason) = await other.ConfigureAwait(false);
        var results = new List<GateResult> { Readable(primary, first, firstReason), Readable(standby, second, secondReason) };
        results.AddRange(new[] { (primary, first), (standby, second) }.Where(server => server.Item2 is not null).Select(server => PostgresReadyJudge.Rights(server.Item1, DatabaseRight.Of(plan, server.Item1.Name), server.Item2!)));
        if (first is not null && second is not null)
        {
            results.AddRange(PostgresReadyJudge.Judge(primary, first, standby, second, parameters.Duration("retry-interval", PostgresReadyJudge.LongestRetryInterval)));

            // Where nothing may be lost (tier 6), only commits that wait for the standby show it.
            results.Add(PostgresReadyJudge.Synchrony(first, standby, mustWait: estate.FindSystem(standby.System)?.Classify().Limits?.RpoCeiling == TimeSpan.Zero));
        }

        results.AddRange(HostsOf(await hostOne.ConfigureAwait(false), primary, first, isStandby: false));
        results.AddRange(HostsOf(await hostOther.ConfigureAwait(false), standby, second, isStandby: true));
        return results;
    }

    private static IEnumerable<GateResult> HostsOf((HostStatus? Status, string Reason, HostAnswer Check, (bool Could, string Words)? Job) host, DatabaseDefinition database, PostgresReadiness? read, bool isStandby) =>
        host.Job is { } job ? [PostgresHostJudge.Job(database, job.Could, job.Words)] : [PostgresReadyJudge.Host(database, host.Status, host.Reason, read, isStandby), .. PostgresHostJudge.Judge(database, host.Check)];

    private static GateResult Readable(DatabaseDefinition database, PostgresReadiness? read, string reason) => new(
        $"postgres-ready {database.Name} answers", read is not null, read is null ? reason : "it answers", "can be read", $"server {database.Name}", TimeSpan.Zero, read is null ? "See that the server runs and that the estate's user may sign in." : "");

    private Task<(PostgresReadiness? Read, string Reason)> ReadAsync(DatabaseDefinition database, Plan plan, CancellationToken cancellationToken) => InTimeAsync(
        async token =>
        {
            try
            {
                return (await sessions.UseAsync(database, "dro", connection => PostgresReadiness.ReadAsync(connection, DatabaseRight.Of(plan, database.Name), token), token).ConfigureAwait(false), "");
            }
            catch (Exception failure) when (SessionCalls.FailureOf(failure) is { } reason)
            {
                return ((PostgresReadiness?)null, reason);
            }
        },
        reason => (null, reason),
        cancellationToken);

    /// <summary>What its host says is there, and whether the host could do what a run will ask of it.</summary>
    private Task<(HostStatus? Status, string Reason, HostAnswer Check, (bool Could, string Words)? Job)> CheckAsync(DatabaseDefinition database, Estate estate, CancellationToken cancellationToken) => InTimeAsync(
        async token =>
        {
            var asked = hosts.For(estate);

            // While the server runs, no Job may look at its volume: it is asked only whether one could.
            if (await asked.TryJobAsync(database, token).ConfigureAwait(false) is { } job)
            {
                return ((HostStatus?)null, "", (HostAnswer)new HostAnswer.No(""), ((bool, string)?)job);
            }

            var status = asked.LookAsync(database, token);
            var check = asked.InTimeAsync(database, "check", token);
            var (said, reason) = await status.ConfigureAwait(false);
            return (said, reason, await check.ConfigureAwait(false), null);
        },
        reason => (null, reason, new HostAnswer.Silent(reason), null),
        cancellationToken);

    private async Task<T> InTimeAsync<T>(Func<CancellationToken, Task<T>> look, Func<string, T> late, CancellationToken cancellationToken)
    {
        using var ends = new CancellationTokenSource(LongestLook, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, ends.Token);
        try
        {
            return await look(both.Token).WaitAsync(both.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return late($"no answer within {Durations.Format(LongestLook)}");
        }
    }
}
