using Dapper;
using DrOrchestrator.Calendars;
using DrOrchestrator.Evidence;
using DrOrchestrator.Time;

namespace DrOrchestrator.Storage;

/// <summary>Fire times in the database; the primary key is what keeps a firing to once.</summary>
internal sealed class SqlFireLedger(WriteGate gate, ITransactionalEvidence evidence, ProcessClock clock) : IFireLedger
{
    public Task<bool> RecordOnceAsync(string schedule, DateTimeOffset fireTime, EvidenceDraft finding, CancellationToken cancellationToken) =>
        gate.WriteAsync(
            scope =>
            {
                var claimed = scope.Connection.Execute(
                    "INSERT INTO calendar_fire (schedule, fire_time, claimed_at) VALUES (@schedule, @fireTime, @claimedAt) ON CONFLICT DO NOTHING",
                    new { schedule, fireTime = fireTime.ToUnixMicros(), claimedAt = clock.Now.ToUnixMicros() },
                    scope.Transaction) == 1;
                if (claimed)
                {
                    evidence.AppendWithin(scope, finding);
                }

                return claimed;
            },
            cancellationToken);
}
