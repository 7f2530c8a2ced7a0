using System.Globalization;
using DrOrchestrator.RecoveryPoints;
using DrOrchestrator.Tiers;

namespace DrOrchestrator.Compliance;

/// <summary>
/// RTO and RPO by what records demonstrate, per standby; pure. A record must fit, be in its period and not be stale; without one nothing is known. A system keeps a limit
/// by the standby that keeps it best; all of them are shown.
/// </summary>
internal static class RecoveryVerdicts
{
    /// <summary>Best first.</summary>
    private static readonly Verdict[] BestFirst = [Verdict.Met, Verdict.AtRisk, Verdict.Indeterminate, Verdict.Breached];

    public static TierVerdict Rto(TierLimits limits, TierFacts facts, RuleTable rules) => Best("rto", facts, standby => RtoTowards(limits, facts, rules, standby), rules);

    public static TierVerdict Rpo(TierLimits limits, TierFacts facts, RuleTable rules) => Best("rpo", facts, standby => RpoTowards(limits, facts, rules, standby), rules);

    private static TierVerdict Best(string subject, TierFacts facts, Func<string?, TierVerdict> towards, RuleTable rules)
    {
        var standbys = facts.Exposures.Select(exposure => exposure.Standby).Concat(facts.Records.Select(record => record.Standby).OfType<string>()).Distinct().ToList();
        var each = standbys.Count == 0 ? [towards(null)] : standbys.ConvertAll(standby => towards(standby));
        var best = each.OrderBy(one => Array.IndexOf(BestFirst, one.Verdict)).First();
        return each.Count == 1
            ? best with { Rules = rules.Version }
            : best with { Rules = rules.Version, Standbys = each, Reason = $"{best.Reason}; the best of {each.Count} standbys is {best.Standby}" };
    }

    private static TierVerdict RtoTowards(TierLimits limits, TierFacts facts, RuleTable rules, string? standby)
    {
        var limit = $"{Figures.Span(limits.Rto)} ({limits.RtoSource})";
        var (record, why) = Choose(facts, rules, standby, RecordFit.NotForRto);
        if (record is null)
        {
            return Say("rto", Verdict.Indeterminate, "not demonstrated", limit, why, facts, standby, null, limits.Rto);
        }

        if (record.RtoSeconds is not { } seconds)
        {
            return Say("rto", Verdict.Indeterminate, "not demonstrated", limit, $"run {record.Run} measured no recovery time", facts, standby, record, limits.Rto);
        }

        var value = $"{Seconds(seconds)} (upper bound{(RecordFit.IsPlanned(record) ? ", planned" : "")})";
        var (verdict, reason) = TimeSpan.FromSeconds(seconds) > limits.Rto ? (Verdict.Breached, Demonstrated(record))
            : Risk(record, facts) is { } risk ? (Verdict.AtRisk, $"{Demonstrated(record)}; {risk}")
            : facts.Running is { Exceeds: true } running ? (Verdict.AtRisk, $"{Demonstrated(record)}; the interruption that goes on has taken {Figures.Span(running.Elapsed)} so far")
            : (Verdict.Met, Demonstrated(record));
        return Say("rto", verdict, value, limit, reason, facts, standby, record, limits.Rto) with { Numbers = new("seconds", seconds, null, seconds, limits.Rto.TotalSeconds, null, null, null) };
    }

    private static TierVerdict RpoTowards(TierLimits limits, TierFacts facts, RuleTable rules, string? standby)
    {
        var (ceiling, deviates) = rules.CeilingOf(limits, facts.RaisedCeiling);
        var limit = deviates ? $"{Figures.Span(ceiling)}, a deviation from about 0 ({limits.RpoSource})"
            : ceiling == limits.Rpo ? $"{Figures.Span(ceiling)} ({limits.RpoSource})"
            : $"{Figures.Span(ceiling)}, the ceiling for about 0 ({limits.RpoSource})";
        var (record, why) = Choose(facts, rules, standby, RecordFit.NotForRpo);
        if (record is null)
        {
            return Say("rpo", Verdict.Indeterminate, "not demonstrated", limit, why, facts, standby, null, ceiling);
        }

        if (record.LostSeconds is not { } lost)
        {
            return Say("rpo", Verdict.Indeterminate, "not demonstrated", limit, $"run {record.Run} counted no loss", facts, standby, record, ceiling);
        }

        var exposure = record.WorstExposureSeconds is { } worst ? $"worst exposure {Seconds(worst)}" : "exposure not known";
        var value = string.Create(CultureInfo.InvariantCulture, $"{record.Lost ?? 0} lost ({Seconds(lost)}), {exposure}");
        var (verdict, reason) = RpoOf(limits, facts, record, lost, ceiling, standby);
        if (limits.Tier == 5 && standby is not null && facts.Windows.GetValueOrDefault(standby) is { Asynchronous: true })
        {
            reason += "; asynchronous replication";
        }

        return Say("rpo", verdict, value, limit, reason, facts, standby, record, ceiling)
            with { Numbers = new("seconds", Math.Max(lost, record.WorstExposureSeconds ?? 0), lost, record.WorstExposureSeconds, ceiling.TotalSeconds, null, null, null) };
    }

    private static (Verdict Verdict, string Reason) RpoOf(TierLimits limits, TierFacts facts, DemonstratedRecord record, double lost, TimeSpan ceiling, string? standby)
    {
        var shown = Demonstrated(record);
        var window = standby is null ? null : facts.Windows.GetValueOrDefault(standby);

        // What is worst of the seconds that were seen says nothing of the others: in those, anything could have been lost.
        return TimeSpan.FromSeconds(Math.Max(lost, record.WorstExposureSeconds ?? 0)) > ceiling ? (Verdict.Breached, shown)
            : record.NotProtectedSeconds > 0 ? (Verdict.Breached, $"{shown}; nothing arrived at the standby for {Seconds(record.NotProtectedSeconds)} before the interruption")
            : record.UnknownSeconds > 0 ? (Verdict.Indeterminate, $"{shown}; the exposure was not known for {Seconds(record.UnknownSeconds)} before the interruption")
            : record.WorstExposureSeconds is null ? (Verdict.Indeterminate, $"run {record.Run} has no exposure over its window")
            : limits.Tier == 6 ? OfTier6(facts, record, lost, standby)
            : limits.Tier == 5 && window is { Continuous: false } ? (Verdict.Breached, $"{shown}; periodic copies are no continuous replication")
            : limits.Tier == 5 && window is not null && OverWindow(window, ceiling) is { } outside ? outside with { Reason = $"{shown}; {outside.Reason}" }
            : NowOver(ceiling, facts.Exposures, standby) is { } over ? (Verdict.AtRisk, $"{shown}; {over}")
            : Risk(record, facts) is { } risk ? (Verdict.AtRisk, $"{shown}; {risk}")
            : (Verdict.Met, shown);
    }

    /// <summary>Rule 7: the worst exposure of the window, and unknown or broken replication is over the ceiling.</summary>
    private static (Verdict Verdict, string Reason)? OverWindow(StandbyWindow window, TimeSpan ceiling) => window switch
    {
        { NotProtectedSeconds: > 0 } => (Verdict.Breached, $"nothing arrived at the standby for {Seconds(window.NotProtectedSeconds)} of the window"),
        { WorstSeconds: { } worst } when worst > ceiling.TotalSeconds => (Verdict.Breached, $"worst exposure of the window {Seconds(worst)}"),
        { UnknownSeconds: > 0 } => (Verdict.Indeterminate, $"the exposure was not known for {Seconds(window.UnknownSeconds)} of the window"),
        _ => null,
    };

    private static (Verdict Verdict, string Reason) OfTier6(TierFacts facts, DemonstratedRecord record, double lost, string? standby) =>
        (lost, standby is null ? null : facts.Synchrony.GetValueOrDefault(standby)) switch
        {
            ( > 0, _) => (Verdict.Breached, Demonstrated(record)),
            (_, null) => (Verdict.Indeterminate, "tier 6 needs proof that every commit waited for the standby; zero lost proves nothing by itself"),
            (_, { Broken: true } proof) => (Verdict.Breached, $"{Demonstrated(record)}; {proof.Reason}"),
            (_, { Proved: false } proof) => (Verdict.Indeterminate, $"{Demonstrated(record)}; {proof.Reason}"),
            (_, { Attested: true } proof) => (Risk(record, facts) is null ? Verdict.Met : Verdict.AtRisk, $"{Demonstrated(record)}; synchronous commit is attested, not measured; {proof.Reason}"),
            (_, var proof) => (Risk(record, facts) is null ? Verdict.Met : Verdict.AtRisk, $"{Demonstrated(record)}; {proof.Reason}"),
        };

    /// <summary>The record that decides, or why none does: by the newest, which people look at first.</summary>
    private static (DemonstratedRecord? Record, string Why) Choose(
        TierFacts facts, RuleTable rules, string? standby, Func<DemonstratedRecord, bool, bool, RuleTable, string?> notFor)
    {
        var of = facts.Records.Where(record => standby is null || record.Standby is null || record.Standby == standby).OrderByDescending(record => record.Run).ToList();
        string? Against(DemonstratedRecord record) => notFor(record, facts.IsSandbox, facts.BackupOnly, rules) ?? TooOld(record, facts, rules)
            ?? (facts.Ages.GetValueOrDefault(record.Run) is { IsStale: true } age ? age.Reason : null);
        var fitting = of.Where(record => Against(record) is null).ToList();
        var deciding = rules.RecordsMustFit ? RecordFit.Deciding(fitting) : fitting.FirstOrDefault();
        return (deciding, deciding is not null ? "" : of.Find(record => record.Outcome == "passed") is { } newest ? Against(newest)! : "no passed run has demonstrated it");
    }

    /// <summary>13 months: yearly, with one month of grace (frequency is judged per calendar year and not more than 13 months apart).</summary>
    private static string? TooOld(DemonstratedRecord record, TierFacts facts, RuleTable rules) => record.ClosedAt.AddMonths(rules.RecordMonths) < facts.Now
        ? string.Create(CultureInfo.InvariantCulture, $"the newest passed run ({record.Run}) is of {record.ClosedAt:yyyy-MM-dd}, more than {rules.RecordMonths} months ago")
        : null;

    /// <summary>What speaks against a record that still counts: a later switch that did not pass, or a change that waits for its assessment.</summary>
    private static string? Risk(DemonstratedRecord record, TierFacts facts) =>
        facts.Records.FirstOrDefault(later => later.Run > record.Run && later.Mode is "live" or "real" && later.Outcome == "failed") is { } failed && failed.Run > record.Run
            ? $"the later run {failed.Run} failed"
            : facts.Ages.GetValueOrDefault(record.Run)?.Reason;

    private static string? NowOver(TimeSpan ceiling, IReadOnlyList<Exposure> exposures, string? standby)
    {
        var bad = exposures.FirstOrDefault(e => (standby is null || e.Standby == standby) && (e.Replication != ReplicationState.Protected || e.Value is not { } value || value > ceiling));
        return bad is null ? null : $"now towards {bad.Standby}: {bad.Reason}";
    }

    private static string Demonstrated(DemonstratedRecord record) =>
        string.Create(CultureInfo.InvariantCulture, $"demonstrated by run {record.Run} ({record.Kind}) on {record.ClosedAt:yyyy-MM-dd}");

    private static string Seconds(double seconds) => Figures.Span(TimeSpan.FromSeconds(seconds));

    private static TierVerdict Say(
        string subject, Verdict verdict, string value, string limit, string reason, TierFacts facts, string? standby, DemonstratedRecord? record, TimeSpan held) =>
        new(subject, verdict, value, limit, reason, TierEvaluator.NoteOf(facts))
        {
            Standby = standby,
            Evidence = record is null ? [] : [FormattableString.Invariant($"run {record.Run}")],
            Numbers = new VerdictNumbers("seconds", null, null, null, held.TotalSeconds, null, null, null),
        };
}
