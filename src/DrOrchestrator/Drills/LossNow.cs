using System.Globalization;
using DrOrchestrator.Estates;
using DrOrchestrator.Plans;
using DrOrchestrator.RecoveryPoints;

namespace DrOrchestrator.Drills;

/// <summary>
/// What a promotion would lose if it were done now, for the question in which people decide on it ("lost if promoted now: a to b"), and again for the line of each answer to it, which may
/// come an hour later. Of every recovery point that is read towards the site, the worst first; what nobody reads is said to be unknown.
/// </summary>
/// <param name="exposures">Null where this process reads none at all: nothing is said then.</param>
/// <param name="serving">Nothing is lost to a site that serves; null where nobody knows who does.</param>
public sealed class LossNow(IExposures? exposures = null, IServingSites? serving = null, TimeProvider? time = null)
{
    private const string Begins = "Lost ";

    /// <summary>For all fresh readings together; where one takes longer, the newest one that is still valid counts.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(3);

    /// <summary>What each promotion behind a step would lose now, and the question.</summary>
    /// <param name="step">The step that asks; null for the run as a whole.</param>
    public async Task<string> WithAsync(string text, Plan plan, RunMode mode, string? step, CancellationToken cancellationToken) =>
        await OfAsync(plan, mode, step, cancellationToken).ConfigureAwait(false) is { Length: > 0 } lost ? $"{lost} {text}" : text;

    /// <summary>What each promotion behind a step would lose now; empty where there is none.</summary>
    public async Task<string> OfAsync(Plan plan, RunMode mode, string? step, CancellationToken cancellationToken)
    {
        if (exposures is null || !RunModes.TouchesProduction(mode))
        {
            return "";
        }

        var graph = PlanGraph.Of(plan);
        var behind = plan.AllSteps.Where(next => step is null || next.Name == step || graph.AncestorsOf(next.Name).Contains(step));
        var sides = behind.Where(MayLose).Select(promotion => (promotion.Promotes!.System, Site: promotion.Site!)).Distinct().ToList();
        var said = await Task.WhenAll(sides.Select(side => WordsAsync(side.System, side.Site, cancellationToken))).ConfigureAwait(false);
        return string.Join(' ', said.SelectMany(words => words));
    }

    /// <summary>Whether a question tells it.</summary>
    internal static bool IsIn(Question question) => question.Text.StartsWith(Begins, StringComparison.Ordinal);

    /// <summary>A promotion that refuses to lose anything, or to a site that serves, has none.</summary>
    private bool MayLose(PlanStep step) =>
        step is { Promotes: { } promotes, Site: { } site } && step.Parameters.OptionalText("lossless") is not "true" && serving?.ServingSiteOf(promotes.System) != site;

    private async Task<IEnumerable<string>> WordsAsync(string system, string site, CancellationToken cancellationToken)
    {
        var newest = exposures!.All(system, site);
        if (newest.Count == 0)
        {
            return [$"{Begins}if {system} were promoted at {site} now: unknown, nobody reads it."];
        }

        var now = await Task.WhenAll(newest.Select(exposure => FreshAsync(exposure, cancellationToken))).ConfigureAwait(false);
        return now
            .OrderByDescending(exposure => exposure.Highest ?? TimeSpan.MaxValue)
            .ThenByDescending(exposure => exposure.Lowest ?? TimeSpan.MaxValue)
            .Select(exposure => Words(exposure, newest.Count > 1 ? $"of {exposure.RecoveryPoint} if {system}" : $"if {system}", site));
    }

    private async Task<Exposure> FreshAsync(Exposure newest, CancellationToken cancellationToken)
    {
        if (newest.RecoveryPoint.Length == 0)
        {
            return newest;
        }

        var look = await BoundedLook.TakeAsync(
            token => exposures!.ReadNowAsync(newest.RecoveryPoint, newest.Standby, token), Limit, time ?? TimeProvider.System, CancellationToken.None, cancellationToken).ConfigureAwait(false);
        return look.Value ?? newest;
    }

    private static string Words(Exposure now, string what, string site) =>
        now.Highest is { } highest ? string.Create(CultureInfo.InvariantCulture, $"{Begins}{what} were promoted at {site} now: {Seconds(now.Lowest ?? TimeSpan.Zero)} to {Seconds(highest)}.")
        : now.Lowest is { } lowest ? string.Create(CultureInfo.InvariantCulture, $"{Begins}{what} were promoted at {site} now: {Seconds(lowest)} to unknown.")
        : $"{Begins}{what} were promoted at {site} now: unknown.";

    private static string Seconds(TimeSpan span) => string.Create(CultureInfo.InvariantCulture, $"{span.TotalSeconds:0.###}s");
}
