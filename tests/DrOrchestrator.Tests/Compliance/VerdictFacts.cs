using DrOrchestrator.Availability;
using DrOrchestrator.Compliance;
using DrOrchestrator.RecoveryPoints;
using DrOrchestrator.Tiers;

namespace DrOrchestrator.Tests.Compliance;

/// <summary>A year without fault, and a drill that kept every limit, towards <c>dr</c>.</summary>
internal static class VerdictFacts
{
    public static readonly DateTimeOffset NewYear = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    public static readonly DateTimeOffset NextYear = new(2027, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static Dictionary<string, StandbyWindow> Window(double worst, double broken, double unknown) => new() { ["dr"] = new(NewYear, NextYear, worst, 0, broken, unknown, true, false) };

    public static TierFacts Tier6(SynchronyProof proof) => Drilled() with
    {
        Records = [Drill with { WorstExposureSeconds = 0 }], Synchrony = new Dictionary<string, SynchronyProof> { ["dr"] = proof },
    };

    public static DemonstratedRecord Drill => new(3, new DateTimeOffset(2026, 12, 1, 0, 0, 0, TimeSpan.Zero), "failover", "live", 20, 0, 0, 0.5, 0, 0) { Systems = ["ledger"], FailedBack = true, BusinessVerified = true };

    public static Exposure Towards(string standby) => new("ledger", standby, TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero, ReplicationState.Protected, NextYear, NextYear, "")
    {
        Synchrony = new SynchronyFinding(Synchrony.Synchronous, "commits wait"),
    };

    public static AvailabilityFigure Year(TimeSpan down, DateTimeOffset to) => AvailabilityFigures.Of(new Downtime(NewYear, to, down, down, down, TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero));

    public static TierFacts Facts(AvailabilityFigure year) => new(NextYear, false, year, year, [], [], []);

    public static TierFacts Drilled() => Facts(Year(TimeSpan.Zero, NextYear)) with { Records = [Drill], Exposures = [Towards("dr")], Windows = Window(0, 0, 0) };

    public static IReadOnlyList<TierVerdict> Judge(int tier, TierFacts facts) => TierEvaluator.Judge(TierTable.Current.LimitsOf(tier), facts);

    public static TierVerdict Of(IEnumerable<TierVerdict> verdicts, string subject) => verdicts.Single(verdict => verdict.Subject == subject);
}
