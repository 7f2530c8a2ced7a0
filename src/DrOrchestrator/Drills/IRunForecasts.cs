using System.Text.Json.Nodes;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Plans;

namespace DrOrchestrator.Drills;

/// <summary>Says how long a run is expected to take, at the moment it is opened. Owned here; filled by whoever knows past runs.</summary>
public interface IRunForecasts
{
    /// <summary>What is expected of a run of the plan now. Never throws and never waits for long: nobody's run is late for want of a forecast.</summary>
    Task<RunForecast> OfAsync(Plan plan, CancellationToken cancellationToken);
}

/// <summary>The forecast (预计恢复时间) a run was opened with; on record in its opening line.</summary>
/// <param name="P50Seconds">Half of the times it takes no longer, gates and approvals included; null where there is only a reason.</param>
/// <param name="P95Seconds">Nineteen times out of twenty.</param>
/// <param name="DecisionSeconds">The part of <paramref name="P50Seconds"/> that gates and approvals take. In a drill they come before the interruption.</param>
/// <param name="NeverRun">Steps on the way that have never run and count their timeout.</param>
/// <param name="Reason">Why there is no forecast; null where there is one.</param>
public sealed record RunForecast(double? P50Seconds, double? P95Seconds, double DecisionSeconds, IReadOnlyList<string> NeverRun, string? Reason)
{
    /// <summary>None, and why.</summary>
    public static RunForecast None(string reason) => new(null, null, 0, [], reason);

    /// <summary>How far it was off: measured recovery time less the forecast for it, seconds; positive where the run took longer. Null where one of the two is missing.</summary>
    /// <param name="mode">Word of the run's mode: a real incident waits for its approvals while nobody serves.</param>
    public double? ErrorSeconds(RtoMeasurement? measured, string mode) =>
        P50Seconds is { } expected && measured is { Restored: true }
            ? Math.Round(measured.UpperSeconds - (mode == "real" ? expected : expected - DecisionSeconds), 6)
            : null;

    /// <summary>Of an opening line; null where none is on record.</summary>
    internal static RunForecast? Of(JsonObject opened) => opened["forecast"] is not JsonObject forecast ? null : new RunForecast(
        forecast.Number("p50Seconds"), forecast.Number("p95Seconds"), forecast.Number("decisionSeconds") ?? 0, forecast.Texts("neverRun"), forecast.OptionalText("reason"));

    internal JsonObject ToJson() => new()
    {
        ["p50Seconds"] = P50Seconds,
        ["p95Seconds"] = P95Seconds,
        ["decisionSeconds"] = DecisionSeconds,
        ["neverRun"] = JournalJson.Array(NeverRun),
        ["reason"] = Reason,
    };
}

/// <summary>Where nobody knows past runs.</summary>
internal sealed class NoForecasts : IRunForecasts
{
    public Task<RunForecast> OfAsync(Plan plan, CancellationToken cancellationToken) => Task.FromResult(RunForecast.None("nobody forecasts here"));
}
