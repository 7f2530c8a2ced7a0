using DrOrchestrator.Compliance;
using DrOrchestrator.Drills;

namespace DrOrchestrator.Web;

/// <summary>Passed runs, as the verdicts see them.</summary>
internal sealed class DemonstratedRuns(IDrills drills) : IDemonstratedRecords
{
    public async Task<DemonstratedRecord?> NewestAsync(string system, CancellationToken cancellationToken)
    {
        var newest = (await drills.ListAsync(cancellationToken)).FirstOrDefault(run => run.Outcome == RunOutcome.Passed && run.Systems.Contains(system));
        return newest is { ClosedAt: { } closed }
            ? new DemonstratedRecord(
                newest.Id,
                closed,
                newest.Kind,
                newest.Strength,
                newest.Measurement?.Rto?.Seconds,
                newest.Measurement?.Rpo?.Lost,
                newest.Measurement?.Rpo?.LostSeconds,
                newest.Measurement?.Rpo?.WorstExposureSeconds,
                newest.Measurement?.Rpo?.NotProtectedSeconds ?? 0,
                newest.Measurement?.Rpo?.UnknownSeconds ?? 0)
            : null;
    }
}
