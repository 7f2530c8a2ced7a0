using System.Text.Json.Nodes;
using Dapper;
using DrOrchestrator.Drills;
using DrOrchestrator.Estates;
using DrOrchestrator.Evidence;
using DrOrchestrator.Storage;
using DrOrchestrator.Time;

namespace DrOrchestrator.Calendars;

/// <summary>
/// What a <c>drill-overdue</c> entry does when its hour comes: nothing, or one finding on record. The key of (schedule, fire time) and the finding are one
/// transaction, so neither a second firing nor a crash makes two of it, or none.
/// </summary>
internal sealed class OverdueCheck(EstateHolder estates, IDrills drills, WriteGate gate, ITransactionalEvidence evidence, ProcessClock clock)
{
    public async Task RunAsync(string schedule, DateTimeOffset fireTime, CancellationToken cancellationToken)
    {
        if (estates.Current.Calendars.FirstOrDefault(candidate => candidate.Name == schedule) is not { } entry)
        {
            return;
        }

        var runs = await drills.ListAsync(cancellationToken).ConfigureAwait(false);
        if (OverdueDrills.Judge(entry, runs, clock.Now) is not { } overdue)
        {
            return;
        }

        await gate.WriteAsync(
            scope =>
            {
                if (Claim(scope, schedule, fireTime))
                {
                    evidence.AppendWithin(scope, new EvidenceDraft("finding.drill-overdue", "system", null, entry.System, Payload(overdue, fireTime)));
                }
            },
            cancellationToken).ConfigureAwait(false);
    }

    private bool Claim(WriteScope scope, string schedule, DateTimeOffset fireTime) =>
        scope.Connection.Execute(
            "INSERT INTO calendar_fire (schedule, fire_time, claimed_at) VALUES (@schedule, @fireTime, @claimedAt) ON CONFLICT DO NOTHING",
            new { schedule, fireTime = fireTime.ToUnixMicros(), claimedAt = clock.Now.ToUnixMicros() },
            scope.Transaction) == 1;

    private static JsonObject Payload(OverdueDrill overdue, DateTimeOffset fireTime) => new()
    {
        ["schedule"] = overdue.Schedule,
        ["fireTime"] = fireTime.ToRfc3339(),
        ["plan"] = overdue.Plan,
        ["within"] = Plans.Durations.Format(overdue.Within),
        ["newestRun"] = overdue.NewestRun,
        ["newestClosedAt"] = overdue.NewestClosedAt?.ToRfc3339(),
        ["finding"] = overdue.Finding,
    };
}
