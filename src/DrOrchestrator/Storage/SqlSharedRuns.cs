using Dapper;
using DrOrchestrator.Drills;
using DrOrchestrator.Time;

namespace DrOrchestrator.Storage;

/// <summary>Runs of all processes, as the database has them.</summary>
internal sealed class SqlSharedRuns(Database database, ProcessClock clock) : ISharedRuns
{
    private static readonly TimeSpan ClosedFor = TimeSpan.FromMinutes(1);

    private sealed record Row(long Run, long? ClosedAt, long Sequence, string Kind, string? Owner, long HeardAt);

    public Task<IReadOnlyList<SharedRun>> ReadAsync(CancellationToken cancellationToken)
    {
        var now = clock.Now;
        using var connection = database.Open();
        return Task.FromResult<IReadOnlyList<SharedRun>>(
        [
            .. connection.Query<Row>(
                """
                SELECT r.run AS Run, r.closed_at AS ClosedAt, j.sequence AS Sequence, j.kind AS Kind, r.lease_owner AS Owner, COALESCE(r.lease_renewed_at, r.opened_at) AS HeardAt
                FROM drill_run r JOIN drill_journal j ON j.run = r.run AND j.sequence = (SELECT MAX(sequence) FROM drill_journal WHERE run = r.run)
                WHERE r.closed_at IS NULL OR r.closed_at > @since ORDER BY r.run
                """,
                new { since = (now - ClosedFor).ToUnixMicros() })
                .Select(row => new SharedRun(
                    row.Run, row.ClosedAt is null, row.Sequence, row.Kind, row.Owner, Silent(now, Micros.FromUnixMicros(row.HeardAt)))),
        ]);
    }

    private static TimeSpan Silent(DateTimeOffset now, DateTimeOffset heard) => now > heard ? now - heard : TimeSpan.Zero;
}
