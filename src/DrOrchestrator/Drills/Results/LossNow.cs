using System.Globalization;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Estates;
using DrOrchestrator.Plans;
using DrOrchestrator.RecoveryPoints;

namespace DrOrchestrator.Drills.Results;

/// <summary>
/// What a promotion would lose if it were done now, for the question in which people decide on it ("lost if promoted now: a to b"), and again for the line of each answer to it, which may
/// come an hour later. Of every recovery point that is read towards the site, the worst first; what nobody reads is said to be unknown. The newest reading that is still valid counts: a
/// primary that hangs, which is when people decide, keeps nobody waiting for a fresh one.
/// </summary>
/// <param name="exposures">Null where this process reads none at all: nothing is said then.</param>
/// <param name="serving">Nothing is lost to a site that serves; null where nobody knows who does.</param>
public sealed class LossNow(IExposures? exposures = null, IServingSites? serving = null)
{
    private const string Begins = "Lost ";

    /// <summary>What each promotion behind a step would lose now, and the question.</summary>
    /// <param name="step">The step that asks; null for the run as a whole.</param>
    public string With(string text, Plan plan, RunMode mode, string? step) => Of(plan, mode, step) is { Length: > 0 } lost ? $"{lost} {text}" : text;

    /// <summary>What each promotion behind a step would lose now; empty where there is none.</summary>
    public string Of(Plan plan, RunMode mode, string? step)
    {
        if (exposures is null || !RunModes.TouchesProduction(mode))
        {
            return "";
        }

        var graph = PlanGraph.Of(plan);
        var behind = plan.AllSteps.Where(next => step is null || next.Name == step || graph.AncestorsOf(next.Name).Contains(step));
        var sides = behind.Where(MayLose).Select(promotion => (promotion.Promotes!.System, Site: promotion.Site!)).Distinct();
        return string.Join(' ', sides.SelectMany(side => Words(side.System, side.Site)));
    }

    /// <summary>Whether a question tells it.</summary>
    internal static bool IsIn(Question question) => question.Text.StartsWith(Begins, StringComparison.Ordinal);

    /// <summary>A promotion that refuses to lose anything, or to a site that serves, has none.</summary>
    private bool MayLose(PlanStep step) =>
        step is { Promotes: { } promotes, Site: { } site } && step.Parameters.OptionalText("lossless") is not "true" && serving?.ServingSiteOf(promotes.System) != site;

    private IEnumerable<string> Words(string system, string site)
    {
        var newest = exposures!.All(system, site);
        if (newest.Count == 0)
        {
            return [$"{Begins}if {system} were promoted at {site} now: unknown, nobody reads it."];
        }

        return newest
            .OrderByDescending(exposure => exposure.Highest ?? TimeSpan.MaxValue)
            .ThenByDescending(exposure => exposure.Lowest ?? TimeSpan.MaxValue)
            .Select(exposure => Words(exposure, newest.Count > 1 ? $"of {exposure.RecoveryPoint} if {system}" : $"if {system}", site));
    }

    private static string Words(Exposure now, string what, string site) =>
        now.Highest is { } highest ? string.Create(CultureInfo.InvariantCulture, $"{Begins}{what} were promoted at {site} now: {Seconds(now.Lowest ?? TimeSpan.Zero)} to {Seconds(highest)}.")
        : now.Lowest is { } lowest ? string.Create(CultureInfo.InvariantCulture, $"{Begins}{what} were promoted at {site} now: {Seconds(lowest)} to unknown.")
        : $"{Begins}{what} were promoted at {site} now: unknown.";

    private static string Seconds(TimeSpan span) => string.Create(CultureInfo.InvariantCulture, $"{span.TotalSeconds:0.###}s");
}
