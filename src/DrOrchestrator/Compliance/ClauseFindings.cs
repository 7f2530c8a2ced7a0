using System.Globalization;
using DrOrchestrator.Availability.Sights;
using DrOrchestrator.Estates;
using DrOrchestrator.Words;

namespace DrOrchestrator.Compliance;

/// <summary>Something the estate itself shows to be missing.</summary>
/// <param name="Clause">Clause of JR/T 0199-2020, or a verdict rule.</param>
/// <param name="Text">What was found.</param>
/// <param name="Remedy">What to do.</param>
public sealed record ClauseFinding(string Clause, string Text, string Remedy);

/// <summary>Findings of one system from what is declared; pure.</summary>
public static class ClauseFindings
{
    private static readonly TimeSpan LargestDrift = TimeSpan.FromSeconds(5);

    /// <summary>All of them, by clause.</summary>
    /// <param name="blindSpots">See <see cref="FitToSee"/>.</param>
    public static IReadOnlyList<ClauseFinding> Of(Estate estate, ProtectedSystem system, IReadOnlyList<string> blindSpots, DateTimeOffset now) =>
        [.. Quality(system, now), .. Layers(estate, system), .. Tiers(estate, system), .. Statements([.. system.Attestations, .. estate.Attestations.Where(_ => estate.ServiceTimePolicyOf(system, now) is null)], now), .. blindSpots.Select(spot => new ClauseFinding("rule 9", spot, Remedy(spot)))];

    /// <summary>Moments are counted from the start of the process: a machine that slept, or a clock that was set, leaves their labels behind until a restart.</summary>
    /// <param name="drift">How far the wall clock has moved away from the orchestrator's own since the start; up to 5 s are none.</param>
    public static IReadOnlyList<ClauseFinding> OfClock(TimeSpan drift) => drift.Duration() <= LargestDrift ? [] :
    [
        new ClauseFinding(
            "rule 9",
            $"moments are labelled {Figures.Span(drift.Duration())} {(drift > TimeSpan.Zero ? "behind" : "ahead of")} the wall clock: the machine was suspended or its clock was set",
            "Restart the orchestrator, so that moments are labelled by the wall clock again."),
    ];

    /// <summary>Vantage points that are declared and do not vote.</summary>
    public static IEnumerable<ClauseFinding> OfVantagePoints(IReadOnlyList<VantageStanding> points) => points.Where(point => !point.Votes).Select(point => new ClauseFinding(
        "rule 9",
        $"vantage point {point.Name} does not vote: {point.Why}",
        point.Why switch
        {
            VantageReasons.NotShared => "Keep the records in PostgreSQL (dro serve --database), or declare one vantage point only.",
            VantageReasons.Away => "Bring the database back: vantage points are heard through it.",
            _ => "Start 'dro look' there with the same estate, or take the vantage point out of it.",
        }));

    private static string Remedy(string blindSpot) => blindSpot.Contains("no control target", StringComparison.Ordinal)
        ? "Declare control targets for every vantage point."
        : "Look more often, confirm sooner, or add a vantage point.";

    private static IEnumerable<ClauseFinding> Quality(ProtectedSystem system, DateTimeOffset now)
    {
        if (system.Qos is not { } qos)
        {
            yield return new ClauseFinding("6 a", "no quality of service is declared", "Declare 'qos:' with a forecast, its basis and a review date.");
            yield break;
        }

        if (qos.Targets is null)
        {
            yield return new ClauseFinding("6 c", "no quality of service is agreed with the business", "Agree on targets and declare them under 'qos:'.");
        }

        if (qos.ReviewBy < DateOnly.FromDateTime(now.DateTime))
        {
            yield return new ClauseFinding("6 a", string.Create(CultureInfo.InvariantCulture, $"the review of the quality of service was due on {qos.ReviewBy:yyyy-MM-dd}"), "Review it and set the next date.");
        }
    }

    private static IEnumerable<ClauseFinding> Layers(Estate estate, ProtectedSystem system)
    {
        var seen = estate.ProbesOf(system.Name).Select(probe => probe.LayerOf()).ToHashSet();
        return Enum.GetValues<ProbeLayer>().Where(layer => !seen.Contains(layer))
            .Select(layer => new ClauseFinding("6 d", $"no probe looks at the layer {layer.Word()}", "Add a probe, or say with 'layer:' which one looks at it."));
    }

    private static IEnumerable<ClauseFinding> Tiers(Estate estate, ProtectedSystem system)
    {
        var required = system.Classify().RequiredTier;
        foreach (var other in system.DependsOn.Select(estate.FindSystem).OfType<ProtectedSystem>())
        {
            if (other.Classify().RequiredTier is var tier && tier < required)
            {
                yield return new ClauseFinding(
                    "A.2", FormattableString.Invariant($"depends on {other.Name}, which is held to tier {tier}; this system to tier {required}"), "Raise the tier of the dependency, or remove it.");
            }
        }

        foreach (var product in system.Products.Where(product => product.Tier < Math.Max(required, 3)))
        {
            yield return new ClauseFinding(
                "7.2 g", FormattableString.Invariant($"uses the product {product.Name}, which supports tier {product.Tier}; tier {Math.Max(required, 3)} is required"), "Use a product that supports it, and keep the proof.");
        }

        if (system.IsFintechProduct && system.Products.Count == 0)
        {
            yield return new ClauseFinding("7.2 g", "no product is declared with the tier it supports", "Declare 'products:', each with its tier and the proof.");
        }
    }

    private static IEnumerable<ClauseFinding> Statements(IReadOnlyList<Attestation> attestations, DateTimeOffset now) => attestations
        .Where(one => one.Until < DateOnly.FromDateTime(now.DateTime))
        .Select(one => new ClauseFinding("A.3", string.Create(CultureInfo.InvariantCulture, $"the statement {one.Statement.Word()} ended on {one.Until:yyyy-MM-dd}"), "Have it stated and reviewed anew, or remove it."));
}
