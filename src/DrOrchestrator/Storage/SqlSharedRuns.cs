using Dapper;
using DrOrchestrator.Drills.Owners;

namespace DrOrchestrator.Storage;

/// <summary>Runs of all processes, as the database has them.</summary>
internal sealed class SqlSharedRuns(Database database, LeaseClock leases) : ISharedRuns
{
    private static readonly TimeSpan ClosedFor = TimeSpan.FromMinutes(1);

    private sealed record Row(long Run, long? ClosedAt, long Sequence, string Kind, string? Owner, long HeardAt, long LetGo, long Now);

    public Task<IReadOnlyList<SharedRun>> ReadAsync(CancellationToken cancellationToken)
    {
        using var connection = database.Open();
        var began = leases.Begin();
        var rows = connection.Query<Row>(
            $"""
             SELECT r.run AS Run, r.closed_at AS ClosedAt, j.sequence AS Sequence, j.kind AS Kind, r.lease_owner AS Owner, COALESCE(r.lease_renewed_at, r.opened_at) AS HeardAt, r.lease_let_go AS LetGo, {leases.Sql} AS Now
             FROM drill_run r JOIN drill_journal j ON j.run = r.run AND j.sequence = (SELECT MAX(sequence) FROM drill_journal WHERE run = r.run)
             WHERE r.closed_at IS NULL OR r.closed_at > {leases.Sql} - @closedFor ORDER BY r.run
             """,
            new { now = leases.Now, closedFor = ClosedFor.Ticks / TimeSpan.TicksPerMicrosecond }).AsList();
        leases.Keep([.. rows.Select(row => row.Run)]);
        var look = rows.Count > 0 ? leases.Look(began, rows[0].Now) : default;
        return Task.FromResult<IReadOnlyList<SharedRun>>(
            [.. rows.Select(row => new SharedRun(row.Run, row.ClosedAt is null, row.Sequence, row.LetGo != 0, row.Owner, leases.AgeOf(look, row.Run, row.HeardAt).Value))]);
    }
}
