using DrOrchestrator.RecoveryPoints;

namespace DrOrchestrator.Compliance;

/// <summary>Everything the evaluator judges by.</summary>
/// <param name="Now">The moment of judgement.</param>
/// <param name="IsSandbox">The estate is the lab.</param>
/// <param name="CalendarYear">Availability from the first of January (UTC) to <paramref name="Now"/>, or of a whole year that is over.</param>
/// <param name="Rolling">Availability of the last 365 days; drives <c>at-risk</c>.</param>
/// <param name="Record">The newest passed run that fits, or null.</param>
/// <param name="Exposures">Exposure now, per standby.</param>
/// <param name="BlindSpots">What the probes are not fit to see (<see cref="FitToSee"/>).</param>
public sealed record TierFacts(
    DateTimeOffset Now,
    bool IsSandbox,
    AvailabilityFigure CalendarYear,
    AvailabilityFigure Rolling,
    DemonstratedRecord? Record,
    IReadOnlyList<Exposure> Exposures,
    IReadOnlyList<string> BlindSpots);
