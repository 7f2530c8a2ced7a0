using DrOrchestrator.Estates;
using DrOrchestrator.Plans;
using DrOrchestrator.Tiers;

namespace DrOrchestrator.Compliance;

/// <summary>RTO three ways (blueprint, section 5): demonstrated, predicted, running.</summary>
/// <param name="Demonstrated">The passed runs in their period, newest first, each with what speaks for and against it.</param>
/// <param name="Forecasts">One per plan that switches the system.</param>
/// <param name="Running">The clock of an interruption that goes on; null while the system serves.</param>
public sealed record RecoveryStatus(IReadOnlyList<DemonstratedSummary> Demonstrated, IReadOnlyList<RtoForecast> Forecasts, RunningRecovery? Running)
{
    /// <summary>Nothing known.</summary>
    public static RecoveryStatus None { get; } = new([], [], null);
}

/// <summary>A closed run beside the verdicts.</summary>
/// <param name="Planned">Its recovery time is of a planned switch.</param>
/// <param name="NotForRto">Why it demonstrates no recovery time; null when it does.</param>
/// <param name="NotForRpo">As <paramref name="NotForRto"/>, for the recovery point.</param>
/// <param name="Age">Whether it still speaks for the system.</param>
public sealed record DemonstratedSummary(
    long Run, string Plan, string Kind, string Strength, DateTimeOffset ClosedAt, double? RtoSeconds, bool Planned, string? NotForRto, string? NotForRpo, RecordAge Age);

/// <summary>Everything runs say, read once for all systems.</summary>
internal sealed record RecoveryReading(
    IReadOnlyList<DemonstratedRecord> Records, IReadOnlyList<PastRun> Runs, IReadOnlyList<ChangeAssessment> Assessments, IReadOnlyList<Plan> Plans, ICurrentFingerprints Fingerprints)
{
    /// <summary>Closed runs that touched the system.</summary>
    public IReadOnlyList<DemonstratedRecord> RecordsOf(string system) => [.. Records.Where(record => record.Systems.Contains(system))];

    /// <summary>The age of each of them that could count.</summary>
    public IReadOnlyDictionary<long, RecordAge> AgesOf(IReadOnlyList<DemonstratedRecord> records, Estate estate, DateTimeOffset now, RuleTable rules)
    {
        var rehearsals = records.Where(record => record is { Outcome: "passed" } and ({ Mode: "rehearsal" } or { Kind: "test-failover" })).ToList();
        return records.Where(record => record.Outcome == "passed").ToDictionary(record => record.Run, record => Staleness.Of(
            record,
            Fingerprints.Now(record.Plan),
            (part, was) => Fingerprints.FirstOther(record.Plan, part, was, record.FingerprintAt ?? record.ClosedAt),
            Assessments,
            rehearsals,
            now,
            rules,
            WorkingDays.Of(estate),
            part => Staleness.IsAsked(part, estate, record.Systems)));
    }

    /// <summary>Forecasts of the plans that switch the system.</summary>
    /// <param name="replay">What the slowest standby must replay first; null where it is not known.</param>
    public IReadOnlyList<RtoForecast> ForecastsOf(ProtectedSystem system, TimeSpan detection, TimeSpan? replay) =>
        [.. PlansOf(system).Select(plan => RtoForecaster.Of(plan, RunsOf(system), detection, replay, system.Name))];

    /// <summary>The clock of an interruption.</summary>
    public RunningRecovery Running(
        ProtectedSystem system, IReadOnlyList<RtoForecast> forecasts, DateTimeOffset earliest, DateTimeOffset latest, TimeSpan? limit, DateTimeOffset now)
    {
        var runs = RunsOf(system);
        var open = runs.FirstOrDefault(run => run.ClosedAt is null);
        var plan = PlansOf(system).FirstOrDefault(plan => open is null || plan.Name == open.Plan);
        return RunningRecovery.Of(earliest, latest, limit, plan, forecasts.FirstOrDefault(forecast => forecast.Plan == plan?.Name), open, runs, now, system.Name);
    }

    private IReadOnlyList<PastRun> RunsOf(ProtectedSystem system) => [.. Runs.Where(run => run.Systems.Contains(system.Name))];

    private IEnumerable<Plan> PlansOf(ProtectedSystem system) =>
        Plans.Where(plan => plan.Systems.Contains(system.Name) && plan.Steps.Count > 0 && plan.Kind is DrillKind.Failover or DrillKind.Switchover or DrillKind.Restore)
            .OrderBy(plan => plan.Kind == DrillKind.Failover ? 0 : 1);
}

/// <summary>Reads what runs say, once for all systems.</summary>
internal sealed class RecoveryReader(IDemonstratedRecords records, IStepHistory history, IAssessedChanges assessments, IPlans plans, ICurrentFingerprints fingerprints)
{
    public async Task<RecoveryReading> ReadAsync(CancellationToken cancellationToken) => new(
        await records.ReadAsync(cancellationToken).ConfigureAwait(false),
        await history.ReadAsync(cancellationToken).ConfigureAwait(false),
        await assessments.ReadAsync(cancellationToken).ConfigureAwait(false),
        plans.All,
        fingerprints);
}
