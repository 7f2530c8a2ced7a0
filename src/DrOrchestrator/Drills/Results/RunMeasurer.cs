using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Estates;
using DrOrchestrator.Plans;
using DrOrchestrator.RecoveryPoints;

namespace DrOrchestrator.Drills.Results;

/// <summary>Gathers what <see cref="DrillMeasurement"/> needs: marks from the journal, interruptions from the probes' time line, markers of the canaries.</summary>
public sealed class RunMeasurer(IInterruptions interruptions, IExposureHistory exposures, ICanaries canaries, TimeProvider time)
{
    internal async Task<RunMeasurement> MeasureAsync(Plan plan, Estate estate, DrillRun state, CancellationToken cancellationToken)
    {
        if (plan.Systems is [var only])
        {
            return await OfAsync(only, plan, estate, state, cancellationToken).ConfigureAwait(false);
        }

        var systems = new List<SystemMeasurement>();
        foreach (var name in plan.Systems)
        {
            var own = await OfAsync(name, plan, estate, state, cancellationToken).ConfigureAwait(false);
            systems.Add(new SystemMeasurement(name, own.Rto, own.Rpo, own.PlannedRto, own.PlannedRpo));
        }

        return new RunMeasurement(null, null, null, null)
        {
            Systems = systems,
            Overall = DrillMeasurement.Overall([.. systems.Select(one => one.Rto).OfType<RtoMeasurement>()]),
        };
    }

    /// <summary>One clock per system: by its own steps, and by those of all systems.</summary>
    private async Task<RunMeasurement> OfAsync(string name, Plan plan, Estate estate, DrillRun state, CancellationToken cancellationToken)
    {
        var system = estate.FindSystem(name)!;
        IReadOnlyList<PlanStep> steps = [.. plan.Steps.Where(step => step.IsOf(name))];
        IReadOnlyList<PlanStep> wayBack = [.. plan.WayBack.Where(step => step.IsOf(name))];
        var limits = system.Classify().Limits;
        var (rtoLimit, rpoLimit) = (limits?.Rto ?? TimeSpan.MaxValue, limits?.RpoCeiling ?? TimeSpan.MaxValue);
        var switchEnds = state.Step(plan.WayBack.Count > 0 ? plan.WayBack[0].Name : plan.Steps[^1].Name).StartedAt ?? time.GetUtcNow();

        // From the first step on: what was interrupted and restored while people were still being asked is not this switch.
        var seen = await interruptions.ReadAsync(system.Name, state.ReachedAt(DrillPhase.Steps) ?? state.OpenedAt, switchEnds, cancellationToken).ConfigureAwait(false);
        var planned = plan.Kind is DrillKind.Switchover or DrillKind.Failback or DrillKind.ComponentSwitch;
        var first = LegOf(steps, state);
        var there = (planned ? Planned(await MarkersAsync(first).ConfigureAwait(false), steps) : null)
            ?? (seen.Count > 0 ? DrillMeasurement.Rto(Whole(seen), Marks(steps, state), rtoLimit, planned) : null);

        // The switch back is planned.
        var second = LegOf(wayBack, state);
        var markers = await MarkersAsync(second).ConfigureAwait(false);
        var back = Planned(markers, wayBack);
        return new RunMeasurement(
            there,
            first is { } sent ? DrillMeasurement.Rpo(sent.Count, Worst(steps, state.ReachedAt(DrillPhase.Steps) ?? state.OpenedAt, there?.InterruptedEarliest ?? switchEnds), rpoLimit) : null,
            back,
            second is { } counted && markers.Count > 0 ? DrillMeasurement.Rpo(counted.Count, WorstBetween(wayBack, markers[0].SentAt, back?.InterruptedEarliest ?? markers[^1].SentAt), rpoLimit) : null);

        async Task<IReadOnlyList<Marker>> MarkersAsync((string Leg, CanaryCount Count)? leg) =>
            leg is { } known ? await canaries.ReadAsync(state.Run, known.Leg, cancellationToken).ConfigureAwait(false) : [];

        // A planned switch is measured by what users' writes saw, from the first one refused (verdict rule 6).
        RtoMeasurement? Planned(IReadOnlyList<Marker> sent, IReadOnlyList<PlanStep> own) =>
            DrillMeasurement.Seen(sent) is { } gap ? DrillMeasurement.Rto(gap, Marks(own, state), rtoLimit, planned: true) : null;

        // By whole seconds: the one in which the interruption begins is not asked, since behind it nothing can be protected any more.
        ExposureWorst Worst(IReadOnlyList<PlanStep> leg, DateTimeOffset from, DateTimeOffset to)
        {
            var end = DateTimeOffset.FromUnixTimeSeconds(to.ToUnixTimeSeconds());
            return exposures.Worst(system.Name, Standby(leg), from < end ? from : end.AddSeconds(-1), end, Validity(system, estate));
        }

        // Nor is the second in which re-protection was reached: its beginning was not protected yet.
        ExposureWorst? WorstBetween(IReadOnlyList<PlanStep> leg, DateTimeOffset from, DateTimeOffset to) =>
            DateTimeOffset.FromUnixTimeSeconds(from.ToUnixTimeSeconds() + 1) is var begin && begin < DateTimeOffset.FromUnixTimeSeconds(to.ToUnixTimeSeconds())
                ? Worst(leg, begin, to)
                : null;
    }

    /// <summary>Several interruptions of one switch are one recovery: from the first to the end of the last.</summary>
    private static Interruption Whole(IReadOnlyList<Interruption> seen) => new(seen[0].Earliest, seen[0].Latest, seen[^1].RestoredEarliest, seen[^1].RestoredLatest, seen[^1].Restored);

    private static Dictionary<RtoMark, DateTimeOffset> Marks(IReadOnlyList<PlanStep> steps, DrillRun state) =>
        steps.Where(step => step.Mark is not null && state.Step(step.Name) is { State: StepState.Done, EndedAt: not null } && !IsLate(step, steps, state))
            .GroupBy(step => step.Mark!.Value)
            .ToDictionary(group => group.Key, group => group.Max(step => state.Step(step.Name).EndedAt!.Value));

    /// <summary>A fence that came after the promotion it was for is no part of the recovery.</summary>
    private static bool IsLate(PlanStep fence, IReadOnlyList<PlanStep> steps, DrillRun state) =>
        steps.Any(step => step.Promotes?.FencedBy == fence.Name && state.Step(step.Name) is { Unfenced: true, State: StepState.Done });

    private static (string Leg, CanaryCount Count)? LegOf(IReadOnlyList<PlanStep> steps, DrillRun state) =>
        steps.LastOrDefault(step => step.Kind == "canary" && step.Parameters.OptionalText("action") == "count" && state.Step(step.Name).State is StepState.Done) is { } counted
        && state.Step(counted.Name).Outputs is { } outputs
            ? (outputs.Text("leg"), new CanaryCount(
                (long)(outputs.Number("sent") ?? 0),
                (long)(outputs.Number("acknowledged") ?? 0),
                (long)(outputs.Number("inDoubt") ?? 0),
                (long)(outputs.Number("refused") ?? 0),
                (long)(outputs.Number("lost") ?? 0),
                outputs.Number("lostSeconds") ?? 0,
                (long)(outputs.Number("inDoubtSurvivors") ?? 0)))
            : null;

    /// <summary>Of the system's quickest recovery point.</summary>
    private static TimeSpan Validity(ProtectedSystem system, Estate estate) => estate.RecoveryPoints.Where(point => point.System == system.Name)
        .Select(point => ExposureCalculator.Validity(point.Interval, point.Timeout))
        .DefaultIfEmpty(TimeSpan.Zero)
        .Min();

    private static string Standby(IReadOnlyList<PlanStep> steps) => steps.FirstOrDefault(step => step.Promotes is not null)?.Site ?? "";
}
