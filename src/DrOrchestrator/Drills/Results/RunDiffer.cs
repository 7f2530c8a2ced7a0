using System.Globalization;
using System.Text.Json.Nodes;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Plans;
using DrOrchestrator.Words;

namespace DrOrchestrator.Drills.Results;

/// <summary>Compares two runs by what their journals and plans say. Pure.</summary>
public static class RunDiffer
{
    /// <summary>0.1 s: what commits and polls cost more or less from one run to the next says nothing.</summary>
    private const double NoiseSeconds = 0.1;

    /// <summary>A tenth, for steps that take long.</summary>
    private const double NoiseShare = 0.1;

    private const int LongestValue = 200;

    /// <summary>The two side by side.</summary>
    /// <param name="unreadableA">Why the first plan could not be read; null where it could.</param>
    /// <param name="unreadableB">As <paramref name="unreadableA"/>.</param>
    public static RunDiff Of(RunView a, Plan planA, string? unreadableA, RunView b, Plan planB, string? unreadableB)
    {
        var (stepsA, stepsB) = (planA.AllSteps.ToDictionary(step => step.Name, StringComparer.Ordinal), planB.AllSteps.ToDictionary(step => step.Name, StringComparer.Ordinal));
        var (viewsA, viewsB) = (a.Steps.ToDictionary(step => step.Name, StringComparer.Ordinal), b.Steps.ToDictionary(step => step.Name, StringComparer.Ordinal));
        var names = planB.AllSteps.Select(step => step.Name).Concat(planA.AllSteps.Select(step => step.Name)).Distinct(StringComparer.Ordinal);
        return new RunDiff(
            Side(a, unreadableA),
            Side(b, unreadableB),
            Phases(a.Measurement?.Rto, b.Measurement?.Rto),
            Phases(a.Measurement?.PlannedRto, b.Measurement?.PlannedRto),
            unreadableA is not null || unreadableB is not null
                ? []
                : [.. names.Select(name => Step(name, Of(a, stepsA.GetValueOrDefault(name), viewsA.GetValueOrDefault(name)), Of(b, stepsB.GetValueOrDefault(name), viewsB.GetValueOrDefault(name))))]);
    }

    private static RunSide Side(RunView run, string? unreadable)
    {
        var rto = run.Measurement?.Rto ?? run.Measurement?.PlannedRto;
        var rpo = run.Measurement?.Rpo ?? run.Measurement?.PlannedRpo;
        return new(
            run.Id, run.Plan, run.PlanHash, run.Mode, run.Kind, run.Strength, run.OpenedAt, run.ClosedAt, run.Outcome, rto?.UpperSeconds, rpo?.Lost, run.Forecast, run.ForecastErrorSeconds, unreadable);
    }

    private static List<PhaseDiff> Phases(RtoMeasurement? a, RtoMeasurement? b)
    {
        double? Seconds(RtoMeasurement? rto, string phase) => rto?.Phases.TryGetValue(phase, out var seconds) == true ? seconds : null;
        return [.. Enum.GetValues<RtoMark>().Select(JournalJson.Word).Select(phase => (phase, A: Seconds(a, phase), B: Seconds(b, phase)))
            .Where(pair => (pair.A ?? pair.B) is not null)
            .Select(pair => new PhaseDiff(pair.phase, pair.A, pair.B, Rounded(pair.B - pair.A)))];
    }

    private static Half Of(RunView run, PlanStep? planned, StepView? seen)
    {
        if (planned is null)
        {
            return new Half(null, null, null, false);
        }

        var state = seen?.State ?? "pending";
        var skipped = state == "pending" && run.ClosedAt is not null;
        double? seconds = seen is { State: "done", StartedAt: { } from, EndedAt: { } to } ? (to - from).TotalSeconds : null;
        return new Half(planned, skipped ? "skipped" : state, Rounded(seconds), seen?.WayBack ?? false);
    }

    private static StepDiff Step(string name, Half a, Half b)
    {
        IReadOnlyList<StepChange> changes = a.Planned is not null && b.Planned is not null ? Changes(a.Planned, b.Planned) : [];
        var delta = Rounded(b.Seconds - a.Seconds);
        return new StepDiff(
            name,
            b.Planned is null ? a.WayBack : b.WayBack,
            a.State,
            b.State,
            a.Seconds,
            b.Seconds,
            delta,
            a.Seconds > 0 && b.Seconds is { } second ? Math.Round(second / a.Seconds.Value, 2) : null,
            [.. Marks(a, b, delta, changes)],
            changes);
    }

    private static IEnumerable<StepMark> Marks(Half a, Half b, double? delta, IReadOnlyList<StepChange> changes)
    {
        if (a.Planned is null || b.Planned is null)
        {
            yield return a.Planned is null ? StepMark.New : StepMark.Removed;
            yield break;
        }

        if (Math.Abs(delta ?? 0) > Math.Max(NoiseSeconds, NoiseShare * (a.Seconds ?? 0)))
        {
            yield return delta > 0 ? StepMark.Slower : StepMark.Faster;
        }

        if (changes.Count > 0)
        {
            yield return StepMark.Changed;
        }

        if (a.State != b.State)
        {
            yield return a.State == "skipped" || b.State == "skipped" ? StepMark.Skipped : StepMark.OutcomeChanged;
        }
    }

    private static List<StepChange> Changes(PlanStep a, PlanStep b)
    {
        var (was, now) = (Said(a), Said(b));
        return [.. was.Keys.Concat(now.Keys.Where(key => !was.ContainsKey(key)))
            .Select(key => new StepChange(key, was.GetValueOrDefault(key), now.GetValueOrDefault(key)))
            .Where(change => change.Was != change.Is)];
    }

    /// <summary>Everything a plan says of a step that could change what it does, by its word in the file.</summary>
    private static Dictionary<string, string> Said(PlanStep step)
    {
        var said = new Dictionary<string, string>(StringComparer.Ordinal) { ["kind"] = step.Kind, ["timeout"] = Durations.Format(step.Timeout) };
        void Say(string key, string? value)
        {
            if (!string.IsNullOrEmpty(value))
            {
                said[key] = value;
            }
        }

        Say("site", step.Site);
        Say("needs", string.Join(", ", step.Needs));
        Say("mark", step.Mark?.Word());
        Say("promotes", step.Promotes is { } promotion ? $"{promotion.System}, fenced by {promotion.FencedBy}" : null);
        Say("point-of-no-return", step.PointOfNoReturn ? "true" : null);
        Say("retries", step.Retries > 0 ? step.Retries.ToString(CultureInfo.InvariantCulture) : null);
        Say("on-failure", step.OnFailure?.Word());
        foreach (var (key, value) in step.Parameters.Values)
        {
            Flatten($"with.{key}", value, Say);
        }

        return said;
    }

    private static void Flatten(string path, JsonNode? node, Action<string, string?> say)
    {
        if (node is JsonObject properties)
        {
            foreach (var (key, value) in properties)
            {
                Flatten($"{path}.{key}", value, say);
            }

            return;
        }

        var text = node switch
        {
            null => "null",
            JsonValue value when value.TryGetValue<string>(out var plain) => plain,
            _ => node.ToJsonString(),
        };
        say(path, text.Length <= LongestValue ? text : text[..LongestValue] + "...");
    }

    private static double? Rounded(double? seconds) => seconds is { } known ? Math.Round(known, 3) : null;

    /// <summary>One run's half of a step; without a plan's word for it the plan does not have it.</summary>
    private sealed record Half(PlanStep? Planned, string? State, double? Seconds, bool WayBack);
}
