using DrOrchestrator.Plans;

namespace DrOrchestrator.Compliance;

/// <summary>One step on the way.</summary>
/// <param name="Runs">How many past runs it is known from; 0: it has never run and counts its timeout.</param>
/// <param name="ByPeople">A person does it: its time is people's, not the machine's.</param>
public sealed record ForecastStep(string Step, TimeSpan P50, TimeSpan P95, int Runs, bool ByPeople);

/// <summary>How long a recovery by a plan would take (预计恢复时间); never a verdict.</summary>
/// <param name="P50">Half of the times it takes no longer; null where there is only a reason.</param>
/// <param name="P95">Nineteen times out of twenty.</param>
/// <param name="Detection">Longest time to confirm an interruption: interval x confirmations + timeout. Zero for a planned switch, which nobody has to detect.</param>
/// <param name="Decision">Usual time from asking for the run to its first step: gates and approvals. Zero for a planned switch: they come before its interruption.</param>
/// <param name="Replay">What the standby must replay first; null where it is not known.</param>
/// <param name="CriticalPath">The steps that decide the end, in order.</param>
/// <param name="NeverRun">Steps of it that count their timeout.</param>
/// <param name="Reason">Why there is no forecast; null where there is one.</param>
public sealed record RtoForecast(
    string Plan,
    TimeSpan? P50,
    TimeSpan? P95,
    TimeSpan Detection,
    TimeSpan Decision,
    TimeSpan? Replay,
    IReadOnlyList<ForecastStep> CriticalPath,
    IReadOnlyList<string> NeverRun,
    string? Reason)
{
    /// <summary>How far the forecast made before the newest measured run was off, in seconds (measured - forecast); null where there was none.</summary>
    public double? LastErrorSeconds { get; init; }

    /// <summary>That run.</summary>
    public long? LastErrorRun { get; init; }
}

/// <summary>
/// Forecasts a recovery from past step durations: critical path from detection to business verification, p50 and p95, a step never run at its timeout; plus the bound of
/// detection, the usual decision time and the replay backlog. A planned switch interrupts from the first step at the side it fences on, as it is measured from the first refused
/// request on (verdict rule 6): what comes before is no part of it. Pure.
/// </summary>
public static class RtoForecaster
{
    /// <summary>The forecast of a plan.</summary>
    /// <param name="runs">Past runs of any plan, newest first.</param>
    /// <param name="system">Whose recovery it is, where the plan is for several: the way ends where that one is back.</param>
    /// <param name="detection">See <see cref="RtoForecast.Detection"/>.</param>
    public static RtoForecast Of(Plan plan, IReadOnlyList<PastRun> runs, TimeSpan detection, TimeSpan? replay, string? system = null)
    {
        var own = runs.Where(run => run.Plan == plan.Name).ToList();
        if (own.Count > 0 && own[0].GateFailure is { } gate)
        {
            return new RtoForecast(plan.Name, null, null, IsPlanned(plan) ? TimeSpan.Zero : detection, TimeSpan.Zero, replay, [], [], $"the gates of run {own[0].Run} did not pass: {gate}");
        }

        var forecast = From(plan, own, detection, replay, system);
        var measured = own.Find(run => run is { ClosedAt: not null, RtoSeconds: not null });
        if (measured is null || own.Where(run => run.Run < measured.Run).ToList() is not { Count: > 0 } before)
        {
            return forecast;
        }

        // In a drill the approvals come before the interruption: the measured time does not hold them.
        var then = From(plan, before, detection, replay, system);
        return forecast with { LastErrorSeconds = measured.RtoSeconds - (then.P50!.Value - then.Decision).TotalSeconds, LastErrorRun = measured.Run };
    }

    /// <summary>What of the switch is left for a run that goes on: what is done counts nothing, what runs counts what is left of its usual time.</summary>
    public static TimeSpan Left(Plan plan, PastRun open, IReadOnlyList<PastRun> runs, DateTimeOffset now, string? system = null)
    {
        var history = Durations(plan, [.. runs.Where(run => run.Plan == plan.Name && run.Run != open.Run)]);
        var progress = open.Steps.DistinctBy(step => step.Name).ToDictionary(step => step.Name, StringComparer.Ordinal);
        return Longest(plan, system, step =>
        {
            var usual = history[step.Name].P50;
            return progress.GetValueOrDefault(step.Name) switch
            {
                { Done: true } => TimeSpan.Zero,
                { StartedAt: { } began } => Positive(usual - (now - began)),
                _ => usual,
            };
        }).Total;
    }

    private static RtoForecast From(Plan plan, List<PastRun> own, TimeSpan detection, TimeSpan? replay, string? system)
    {
        var durations = Durations(plan, own);
        detection = IsPlanned(plan) ? TimeSpan.Zero : detection;
        var (half, path) = Longest(plan, system, step => durations[step.Name].P50);
        var (most, _) = Longest(plan, system, step => durations[step.Name].P95);
        var decision = own.Select(run => run.Steps.Min(step => step.StartedAt) - run.OpenedAt).OfType<TimeSpan>().Order().ToList();
        var (usual, longest) = IsPlanned(plan) ? default : decision.Count > 0 ? (Quantile(decision, 0.5), Quantile(decision, 0.95)) : (Deadlines(plan), Deadlines(plan));
        return new RtoForecast(
            plan.Name,
            half + detection + usual + (replay ?? TimeSpan.Zero),
            most + detection + longest + (replay ?? TimeSpan.Zero),
            detection,
            usual,
            replay,
            [.. path.Select(step => durations[step.Name])],
            [.. path.Where(step => durations[step.Name].Runs == 0).Select(step => step.Name)],
            null);
    }

    private static Dictionary<string, ForecastStep> Durations(Plan plan, List<PastRun> own)
    {
        var past = own.SelectMany(run => run.Steps).Where(step => step.Took is not null).ToLookup(step => step.Name, step => step.Took!.Value, StringComparer.Ordinal);
        return plan.Steps.ToDictionary(
            step => step.Name,
            step =>
            {
                List<TimeSpan> took = [.. past[step.Name].Order()];
                var people = step.Kind is "task" or "approval";
                return took.Count > 0
                    ? new ForecastStep(step.Name, Quantile(took, 0.5), Quantile(took, 0.95), took.Count, people)
                    : new ForecastStep(step.Name, step.Timeout, step.Timeout, 0, people);
            },
            StringComparer.Ordinal);
    }

    private static bool IsPlanned(Plan plan) => plan.Kind is DrillKind.Switchover;

    /// <summary>What comes before the interruption and has no part in it: the steps up to its detection; of a planned switch, those in front of the first one at the side that is fenced.</summary>
    private static HashSet<string> Before(Plan plan, List<PlanStep> own, PlanGraph graph)
    {
        if (own.FindLast(step => step.Mark == RtoMark.Detected) is { } detected)
        {
            return [.. graph.AncestorsOf(detected.Name), detected.Name];
        }

        if (!IsPlanned(plan) || own.Find(step => step.Mark == RtoMark.Fenced) is not { } fence)
        {
            return [];
        }

        var until = graph.AncestorsOf(fence.Name);
        var first = own.First(step => step == fence || (step.Site is not null && step.Site == fence.Site && until.Contains(step.Name)));
        return [.. graph.AncestorsOf(first.Name)];
    }

    /// <summary>From the end of detection, or the beginning of a planned interruption, to business verification (or technical confirmation, or the last step), the longest way through the graph.</summary>
    private static (TimeSpan Total, IReadOnlyList<PlanStep> Path) Longest(Plan plan, string? system, Func<PlanStep, TimeSpan> weight)
    {
        var graph = new PlanGraph(plan.Steps);
        var own = plan.Steps.Where(step => system is null || step.IsOf(system)).ToList();
        var before = Before(plan, own, graph);
        var end = own.FindLast(step => step.Mark == RtoMark.BusinessVerified) ?? own.FindLast(step => step.Mark == RtoMark.TechnicallyConfirmed) ?? own.LastOrDefault() ?? plan.Steps[^1];
        var needed = graph.AncestorsOf(end.Name).Append(end.Name).ToHashSet(StringComparer.Ordinal);
        var reached = new Dictionary<string, (TimeSpan At, PlanStep? Before)>(StringComparer.Ordinal);
        var done = new HashSet<string>(StringComparer.Ordinal);
        while (graph.ReadySteps(done) is { Count: > 0 } ready)
        {
            foreach (var step in ready)
            {
                done.Add(step.Name);
                var latest = plan.Steps.Where(need => step.Needs.Contains(need.Name)).MaxBy(need => reached[need.Name].At);
                var counts = needed.Contains(step.Name) && !before.Contains(step.Name);
                reached[step.Name] = ((latest is null ? TimeSpan.Zero : reached[latest.Name].At) + (counts ? weight(step) : TimeSpan.Zero), latest);
            }
        }

        var path = new List<PlanStep>();
        for (var step = end; step is not null && !before.Contains(step.Name); step = reached[step.Name].Before)
        {
            path.Insert(0, step);
        }

        return (reached[end.Name].At, path);
    }

    /// <summary>By nearest rank: a time that was really taken.</summary>
    private static TimeSpan Quantile(List<TimeSpan> sorted, double share) => sorted[Math.Max(0, (int)Math.Ceiling(share * sorted.Count) - 1)];

    private static TimeSpan Deadlines(Plan plan) => plan.Approvals.Aggregate(TimeSpan.Zero, (sum, approval) => sum + approval.Deadline);

    private static TimeSpan Positive(TimeSpan time) => time > TimeSpan.Zero ? time : TimeSpan.Zero;
}
