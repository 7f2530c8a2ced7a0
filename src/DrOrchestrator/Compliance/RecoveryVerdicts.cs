using System.Globalization;
using DrOrchestrator.RecoveryPoints;
using DrOrchestrator.Tiers;

namespace DrOrchestrator.Compliance;

/// <summary>
/// RTO and RPO by what records demonstrate, per standby; pure. A record must fit, be in its period and not be stale; without one nothing is known. A system keeps a limit
/// by one standby, which must keep both; all of them are shown. A live switch or an incident over a limit speaks against it whether it fits or not.
/// </summary>
internal static class RecoveryVerdicts
{
    /// <summary>Best first.</summary>
    private static readonly Verdict[] BestFirst = [Verdict.Met, Verdict.AtRisk, Verdict.Indeterminate, Verdict.Breached];

    /// <summary>
    /// Both, by one standby: whoever is promoted must keep the recovery time and the recovery point, so the standby counts whose worse verdict is the best.
    /// </summary>
    public static (TierVerdict Rto, TierVerdict Rpo) Of(TierLimits limits, TierFacts facts, RuleTable rules)
    {
        var standbys = facts.Exposures.Select(exposure => exposure.Standby).Concat(facts.Records.Select(record => record.Standby).OfType<string>()).Distinct().ToList();
        List<string?> towards = [.. standbys.DefaultIfEmpty()];
        var each = towards.Select(one => (Rto: RtoTowards(limits, facts, rules, one), Rpo: RpoTowards(limits, facts, rules, one))).ToList();
        var best = each.OrderBy(one => Math.Max(Rank(one.Rto), Rank(one.Rpo))).ThenBy(one => Rank(one.Rto) + Rank(one.Rpo)).First();
        return (Shown(best.Rto, [.. each.Select(one => one.Rto)]), Shown(best.Rpo, [.. each.Select(one => one.Rpo)]));

        TierVerdict Shown(TierVerdict chosen, IReadOnlyList<TierVerdict> all) => all.Count == 1
            ? chosen with { Rules = rules.Version }
            : chosen with { Rules = rules.Version, Standbys = all, Reason = $"{chosen.Reason}; the best of {all.Count} standbys is {chosen.Standby}" };
    }

    private static int Rank(TierVerdict one) => Array.IndexOf(BestFirst, one.Verdict);

    private static TierVerdict RtoTowards(TierLimits limits, TierFacts facts, RuleTable rules, string? standby)
    {
        var limit = $"{Figures.Span(limits.Rto)} ({limits.RtoSource})";
        var (record, why) = Choose(facts, rules, standby, RecordFit.NotForRto);
        var against = Against(facts, rules, standby, one => one.RtoSeconds > limits.Rto.TotalSeconds);
        record = Later(against, record);
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
            : against is not null ? (Verdict.AtRisk, $"{Demonstrated(record)}; the earlier run {against.Run} took {Seconds(against.RtoSeconds!.Value)}")
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
        var against = Against(facts, rules, standby, one => Loss(one) > ceiling.TotalSeconds);
        record = Later(against, record);
        if (record is null)
        {
            return Say("rpo", Verdict.Indeterminate, "not demonstrated", limit, why, facts, standby, null, ceiling);
        }

        if (record.LostSeconds is null && !(Loss(record) > ceiling.TotalSeconds))
        {
            return Say("rpo", Verdict.Indeterminate, "not demonstrated", limit, $"run {record.Run} counted no loss", facts, standby, record, ceiling);
        }

        var lost = record.LostSeconds ?? 0;
        var exposure = record.WorstExposureSeconds is { } worst ? $"worst exposure {Seconds(worst)}" : "exposure not known";
        var value = string.Create(CultureInfo.InvariantCulture, $"{record.Lost ?? 0} lost ({Seconds(lost)}), {exposure}");
        var (verdict, reason) = RpoOf(limits, facts, record, against, ceiling, standby);
        if (limits.Tier == 5 && standby is not null && facts.Windows.GetValueOrDefault(standby) is { Asynchronous: true })
        {
            reason += "; asynchronous replication";
        }

        if (limits.Tier == 6 && standby is not null && facts.Synchrony.GetValueOrDefault(standby) is { Attested: true } stated)
        {
            reason += $"; synchronous commit is attested, not measured; {stated.Reason}";
        }

        return Say("rpo", verdict, value, limit, reason, facts, standby, record, ceiling)
            with { Numbers = new("seconds", Math.Max(lost, record.WorstExposureSeconds ?? 0), lost, record.WorstExposureSeconds, ceiling.TotalSeconds, null, null, null) };
    }

    private static (Verdict Verdict, string Reason) RpoOf(
        TierLimits limits, TierFacts facts, DemonstratedRecord record, DemonstratedRecord? against, TimeSpan ceiling, string? standby)
    {
        var shown = Demonstrated(record);
        var window = standby is null ? null : facts.Windows.GetValueOrDefault(standby);

        // What is worst of the seconds that were seen says nothing of the others: in those, anything could have been lost.
        (Verdict Verdict, string Reason)?[] findings =
        [
            Loss(record) > ceiling.TotalSeconds ? (Verdict.Breached, "") : null,
            record.NotProtectedSeconds > 0 ? (Verdict.Breached, $"nothing arrived at the standby for {Seconds(record.NotProtectedSeconds)} before the interruption") : null,
            record.UnknownSeconds > 0 ? (Verdict.Indeterminate, $"the exposure was not known for {Seconds(record.UnknownSeconds)} before the interruption") : null,
            record.WorstExposureSeconds is null ? (Verdict.Indeterminate, $"run {record.Run} has no exposure over its window") : null,
            limits.Tier >= 5 && window is { Continuous: false } ? (Verdict.Breached, "periodic copies are no continuous replication") : null,
            OverWindow(limits, window, ceiling),
            limits.Tier == 6 ? OfTier6(facts, standby) : null,
            against is not null ? (Verdict.AtRisk, $"the earlier run {against.Run} lost up to {Seconds(Loss(against) ?? 0)}") : null,
            NowOver(ceiling, facts.Exposures, standby) is { } over ? (Verdict.AtRisk, over) : null,
            Risk(record, facts) is { } risk ? (Verdict.AtRisk, risk) : null,
        ];
        var deciding = ((Verdict[])[Verdict.Breached, Verdict.Indeterminate, Verdict.AtRisk, Verdict.Met])
            .Select(verdict => findings.FirstOrDefault(finding => finding?.Verdict == verdict))
            .FirstOrDefault(finding => finding is not null) ?? (Verdict.Met, "");
        return deciding with { Reason = deciding.Reason.Length == 0 ? shown : $"{shown}; {deciding.Reason}" };
    }

    /// <summary>
    /// Rule 7: the worst exposure of the window, and unknown or broken replication is over the ceiling. Where data of some time may be lost (tiers 3 and 4), only more
    /// unknown or broken time than that can hide a loss over the ceiling.
    /// </summary>
    private static (Verdict Verdict, string Reason)? OverWindow(TierLimits limits, StandbyWindow? window, TimeSpan ceiling)
    {
        if (window is null)
        {
            return (Verdict.Indeterminate, "the exposure of the window is not known");
        }

        var allowed = limits.Tier >= 5 ? 0 : ceiling.TotalSeconds;
        var unknown = limits.Tier >= 5 ? window.UnknownSeconds : window.UnknownSinceFirstSeconds;
        return window.NotProtectedSeconds > allowed ? (Verdict.Breached, $"nothing arrived at the standby for {Seconds(window.NotProtectedSeconds)} of the window")
            : window.WorstSeconds > ceiling.TotalSeconds ? (Verdict.Breached, $"worst exposure of the window {Seconds(window.WorstSeconds.Value)}")
            : unknown > allowed || window.FirstSeen is null ? (Verdict.Indeterminate, $"the exposure was not known for {Seconds(unknown)} of the window")
            : null;
    }

    /// <summary>Rule 8: by the window that is added up, and by the newest look, which is newer.</summary>
    private static (Verdict Verdict, string Reason) OfTier6(TierFacts facts, string? standby)
    {
        var now = facts.Exposures.FirstOrDefault(exposure => exposure.Standby == standby)?.Synchrony ?? SynchronyFinding.NotAsked;
        return (now.State, standby is null ? null : facts.Synchrony.GetValueOrDefault(standby)) switch
        {
            (Synchrony.Asynchronous, _) => (Verdict.Breached, $"commits do not wait for the standby now: {now.Reason}"),
            (_, null) => (Verdict.Indeterminate, "tier 6 needs proof that every commit waited for the standby; zero lost proves nothing by itself"),
            (_, { Broken: true } proof) => (Verdict.Breached, proof.Reason),
            (_, { Proved: false } proof) => (Verdict.Indeterminate, proof.Reason),
            (_, { Attested: true } proof) => (Verdict.Met, ""),
            (Synchrony.Unknown, _) => (Verdict.Indeterminate, $"whether commits wait for the standby now is not known: {now.Reason}"),
            (_, var proof) => (Verdict.Met, proof.Reason),
        };
    }

    /// <summary>The newest live switch or real incident in its period that is over the limit, whether it fits or not: what was seen to fail is not undone by a form.</summary>
    private static DemonstratedRecord? Against(TierFacts facts, RuleTable rules, string? standby, Func<DemonstratedRecord, bool> isOver) => facts.Records
        .Where(record => (standby is null || record.Standby is null || record.Standby == standby) && isOver(record))
        .Where(record => RecordFit.IsEvidenceAgainst(record, facts.IsSandbox, facts.BackupOnly) && TooOld(record, facts, rules) is null)
        .MaxBy(record => record.Run);

    private static DemonstratedRecord? Later(DemonstratedRecord? against, DemonstratedRecord? record) => against is not null && !(against.Run < record?.Run) ? against : record;

    private static double? Loss(DemonstratedRecord record) =>
        record is { LostSeconds: null, WorstExposureSeconds: null } ? null : Math.Max(record.LostSeconds ?? 0, record.WorstExposureSeconds ?? 0);

    /// <summary>The record that decides, or why none does: by the newest, which people look at first.</summary>
    private static (DemonstratedRecord? Record, string Why) Choose(
        TierFacts facts, RuleTable rules, string? standby, Func<DemonstratedRecord, bool, bool, RuleTable, string?> notFor)
    {
        var of = facts.Records.Where(record => standby is null || record.Standby is null || record.Standby == standby).OrderByDescending(record => record.Run).ToList();
        string? Unfit(DemonstratedRecord record) => notFor(record, facts.IsSandbox, facts.BackupOnly, rules) ?? TooOld(record, facts, rules)
            ?? (facts.Ages.GetValueOrDefault(record.Run) is { IsStale: true } age ? age.Reason : null);
        var fitting = of.Where(record => Unfit(record) is null).ToList();
        var deciding = rules.RecordsMustFit ? RecordFit.Deciding(fitting) : fitting.FirstOrDefault();
        return (deciding, deciding is not null ? "" : of.Find(record => record.Outcome == "passed") is { } newest ? Unfit(newest)! : "no passed run has demonstrated it");
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
