using DrOrchestrator.Compliance;
using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Carrying;
using DrOrchestrator.Drills.Results;

namespace DrOrchestrator.Web;

/// <summary>Runs and assessments as the verdicts and the forecasts see them, and what plans would run on now.</summary>
internal sealed class DemonstratedRuns(LastReadings readings, FingerprintWatch fingerprints) : IDemonstratedRecords, IStepHistory, IAssessedChanges, ICurrentFingerprints
{
    async Task<IReadOnlyList<DemonstratedRecord>> IDemonstratedRecords.ReadAsync(CancellationToken cancellationToken) =>
        [.. (await readings.RunsAsync(cancellationToken)).Where(run => run.ClosedAt is not null).SelectMany(Each).Select(Record)];

    async Task<IReadOnlyList<PastRun>> IStepHistory.ReadAsync(CancellationToken cancellationToken) => [.. (await readings.RunsAsync(cancellationToken)).Where(run => run.Mode is "live" or "real").SelectMany(Each).Select(Past)];

    Task<IReadOnlyList<ChangeAssessment>> IAssessedChanges.ReadAsync(CancellationToken cancellationToken) => readings.AssessmentsAsync(cancellationToken);

    public IReadOnlyDictionary<string, string> Now(string plan) => fingerprints.Now(plan);

    public DateTimeOffset? FirstOther(string plan, string part, string was, DateTimeOffset after) => fingerprints.FirstOther(plan, part, was, after);

    /// <summary>A run of several systems speaks for each of them apart.</summary>
    private static IEnumerable<RunView> Each(RunView run) => run.Systems.Count < 2 ? [run] : run.Systems.Select(run.For);

    internal static DemonstratedRecord Record(RunView run)
    {
        var (rto, rpo) = (run.Measurement?.Rto, run.Measurement?.Rpo);
        return new DemonstratedRecord(
            run.Id,
            run.ClosedAt!.Value,
            run.Kind,
            run.Strength,
            rto is { Restored: true } ? rto.UpperSeconds : null,
            rpo?.Lost,
            rpo?.LostSeconds,
            rpo?.WorstExposureSeconds,
            rpo?.NotProtectedSeconds ?? 0,
            rpo?.UnknownSeconds ?? 0)
        {
            Plan = run.Plan,
            Systems = run.Systems,
            Mode = run.Mode,
            Outcome = run.Outcome,
            Standby = run.Promoted,

            // A run that set a rule aside counts only after its review is closed.
            ReviewOpen = run.ToBeReviewed,

            // A run passes only with its whole way back and the steady state behind it, served where the estate declares it; what one left elsewhere, a linked run may have brought back.
            FailedBack = (run.Outcome == RunOutcome.Passed && run.Steps.Any(step => step.WayBack)) || (run.Outcome == RunOutcome.SwitchedNotReturned && run.ClosedByRun is not null),
            BusinessVerified = rto?.VerifiedAt is not null,
            Reported = run.ReportedBy is not null,
            FingerprintAt = run.OpenedAt,
            Fingerprint = run.Fingerprint ?? new Dictionary<string, string>(),
        };
    }

    internal static PastRun Past(RunView run) => new(
        run.Id,
        run.Plan,
        run.Systems,
        run.OpenedAt,
        run.ClosedAt,
        run.Gates.FirstOrDefault(gate => !gate.Passed) is { } gate ? $"{gate.Check}: {gate.Value}" : null,
        run.Measurement?.Rto is { Restored: true } rto ? rto.UpperSeconds : null,
        [.. run.Steps.Where(step => !step.WayBack).Select(step => new PastStep(step.Name, step.State == "done", step.StartedAt, step.EndedAt))]);
}
