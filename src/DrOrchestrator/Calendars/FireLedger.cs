using Dapper;
using DrOrchestrator.Storage;
using DrOrchestrator.Time;

namespace DrOrchestrator.Calendars;

/// <summary>At most once per (schedule, fire time).</summary>
internal sealed class FireLedger(WriteGate gate, ProcessClock clock)
{
    /// <summary>True for the first who asks for this fire time; durable before anything is done about it.</summary>
    public async Task<bool> ClaimAsync(string schedule, DateTimeOffset fireTime, CancellationToken cancellationToken) =>
        await gate.WriteAsync(
            scope => scope.Connection.Execute(
                "INSERT INTO calendar_fire (schedule, fire_time, claimed_at) VALUES (@schedule, @fireTime, @claimedAt) ON CONFLICT DO NOTHING",
                new { schedule, fireTime = fireTime.ToUnixMicros(), claimedAt = clock.Now.ToUnixMicros() },
                scope.Transaction),
            cancellationToken).ConfigureAwait(false) == 1;
}
