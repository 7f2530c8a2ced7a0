using System.Globalization;
using DrOrchestrator.Plans;
using DrOrchestrator.RecoveryPoints;

namespace DrOrchestrator.Drills;

/// <summary>
/// What a promotion would lose if it were done now, for the question in which people decide on it ("lost if promoted now: a to b"). It is in the question as it was asked, with the moment
/// on record: who decides, knows it.
/// </summary>
/// <param name="exposures">Null where nobody reads any.</param>
public sealed class LossNow(IExposures? exposures = null)
{
    /// <summary>What each promotion behind a step would lose now, and the question.</summary>
    /// <param name="step">The step that asks; null for the run as a whole.</param>
    public string With(string text, Plan plan, RunMode mode, string? step)
    {
        if (exposures is null || !RunModes.TouchesProduction(mode))
        {
            return text;
        }

        var graph = PlanGraph.Of(plan);
        return string.Join(' ', [.. plan.AllSteps.Where(next => step is null || next.Name == step || graph.AncestorsOf(next.Name).Contains(step)).Select(Words).OfType<string>().Distinct(), text]);
    }

    /// <summary>A promotion that refuses to lose anything, or to a site that serves or that nobody reads, has none.</summary>
    private string? Words(PlanStep promotion) =>
        promotion is not { Promotes: { } promotes, Site: { } site } || promotion.Parameters.OptionalText("lossless") is "true" || exposures!.All(promotes.System, site) is not [var now, ..] ? null
        : now.Highest is { } highest ? string.Create(CultureInfo.InvariantCulture, $"Lost if {promotes.System} were promoted at {site} now: {Seconds(now.Lowest ?? TimeSpan.Zero)} to {Seconds(highest)}.")
        : now.Lowest is { } lowest ? string.Create(CultureInfo.InvariantCulture, $"Lost if {promotes.System} were promoted at {site} now: {Seconds(lowest)} to unknown.")
        : $"Lost if {promotes.System} were promoted at {site} now: unknown.";

    private static string Seconds(TimeSpan span) => string.Create(CultureInfo.InvariantCulture, $"{span.TotalSeconds:0.###}s");
}
