using System.Globalization;
using DrOrchestrator.RecoveryPoints;
using DrOrchestrator.Tiers;

namespace DrOrchestrator.Compliance;

/// <summary>RTO and RPO by what a run has demonstrated; pure. Without a fitting record in its period nothing is known.</summary>
internal static class RecoveryVerdicts
{
    public static TierVerdict Rto(TierLimits limits, TierFacts facts)
    {
        var limit = $"{Figures.Span(limits.Rto)} ({limits.Source})";
        if (Unusable(facts, out var record) is { } why)
        {
            return Say("rto", Verdict.Indeterminate, "not demonstrated", limit, why, facts);
        }

        if (record.RtoSeconds is not { } seconds)
        {
            return Say("rto", Verdict.Indeterminate, "not demonstrated", limit, $"run {record.Run} measured no recovery time", facts);
        }

        var isMet = TimeSpan.FromSeconds(seconds) <= limits.Rto;
        return Say("rto", isMet ? Verdict.Met : Verdict.Breached, $"{Seconds(seconds)} (upper bound)", limit, Demonstrated(record), facts);
    }

    public static TierVerdict Rpo(TierLimits limits, TierFacts facts)
    {
        var ceiling = limits.RpoCeiling;
        var limit = $"{Figures.Span(ceiling)}{(ceiling == limits.Rpo ? "" : ", the ceiling for about 0")} ({limits.Source})";
        if (Unusable(facts, out var record) is { } why)
        {
            return Say("rpo", Verdict.Indeterminate, "not demonstrated", limit, why, facts);
        }

        if (record.LostSeconds is not { } lost)
        {
            return Say("rpo", Verdict.Indeterminate, "not demonstrated", limit, $"run {record.Run} counted no loss", facts);
        }

        var exposure = record.WorstExposureSeconds is { } worst ? $"worst exposure {Seconds(worst)}" : "exposure not known";
        var value = string.Create(CultureInfo.InvariantCulture, $"{record.Lost ?? 0} lost ({Seconds(lost)}), {exposure}");

        // What is worst of the seconds that were seen says nothing of the others: in those, anything could have been lost.
        var (verdict, reason) = TimeSpan.FromSeconds(Math.Max(lost, record.WorstExposureSeconds ?? 0)) > ceiling ? (Verdict.Breached, Demonstrated(record))
            : record.NotProtectedSeconds > 0 ? (Verdict.Breached, $"{Demonstrated(record)}; nothing arrived at the standby for {Seconds(record.NotProtectedSeconds)} before the interruption")
            : record.UnknownSeconds > 0 ? (Verdict.Indeterminate, $"{Demonstrated(record)}; the exposure was not known for {Seconds(record.UnknownSeconds)} before the interruption")
            : record.WorstExposureSeconds is null ? (Verdict.Indeterminate, $"run {record.Run} has no exposure over its window")
            : limits.Tier == 6 ? (Verdict.Indeterminate, "tier 6 needs proof that every commit waited for the standby; zero lost proves nothing by itself")
            : NowOver(ceiling, facts.Exposures) is { } over ? (Verdict.AtRisk, $"{Demonstrated(record)}; {over}")
            : (Verdict.Met, Demonstrated(record));
        return Say("rpo", verdict, value, limit, reason, facts);
    }

    /// <summary>13 months: yearly, with one month of grace (frequency is judged per calendar year and not more than 13 months apart).</summary>
    private static string? Unusable(TierFacts facts, out DemonstratedRecord record)
    {
        record = facts.Record!;
        if (facts.Record is null)
        {
            return "no passed run has demonstrated it";
        }

        if (record.Strength == "sandbox" && !facts.IsSandbox)
        {
            return $"run {record.Run} was a lab run, which satisfies no clause";
        }

        return record.ClosedAt.AddMonths(13) < facts.Now
            ? string.Create(CultureInfo.InvariantCulture, $"the newest passed run ({record.Run}) is of {record.ClosedAt:yyyy-MM-dd}, more than 13 months ago")
            : null;
    }

    private static string? NowOver(TimeSpan ceiling, IReadOnlyList<Exposure> exposures)
    {
        var bad = exposures.FirstOrDefault(e => e.Replication != ReplicationState.Protected || e.Value is not { } value || value > ceiling);
        return bad is null ? null : $"now towards {bad.Standby}: {bad.Reason}";
    }

    private static string Demonstrated(DemonstratedRecord record) =>
        string.Create(CultureInfo.InvariantCulture, $"demonstrated by run {record.Run} ({record.Kind}) on {record.ClosedAt:yyyy-MM-dd}");

    private static string Seconds(double seconds) => Figures.Span(TimeSpan.FromSeconds(seconds));

    private static TierVerdict Say(string subject, Verdict verdict, string value, string limit, string reason, TierFacts facts) =>
        new(subject, verdict, value, limit, reason, TierEvaluator.NoteOf(facts));
}
