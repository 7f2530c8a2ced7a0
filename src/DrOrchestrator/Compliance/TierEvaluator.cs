using DrOrchestrator.Tiers;

namespace DrOrchestrator.Compliance;

/// <summary>Judges a system by its tier; pure, so that any verdict can be reached again from its facts.</summary>
public static class TierEvaluator
{
    /// <summary>Worst first: what is broken, what may break, what nobody knows, what is fine.</summary>
    private static readonly Verdict[] WorstFirst = [Verdict.Breached, Verdict.AtRisk, Verdict.Indeterminate, Verdict.Met];

    /// <summary>One verdict per subject and the overall one last. Tiers 1 and 2 have no limits in table 2: there is nothing to judge.</summary>
    /// <param name="rules">The rules of the day in question; the current ones by default.</param>
    public static IReadOnlyList<TierVerdict> Judge(TierLimits? limits, TierFacts facts, RuleTable? rules = null)
    {
        rules ??= RuleTable.Current;
        if (limits is null)
        {
            return [new TierVerdict("overall", Verdict.Indeterminate, "not judged", "none", "table 2 has no limits for tiers 1 and 2", NoteOf(facts)) { Rules = rules.Version }];
        }

        var (rto, rpo) = RecoveryVerdicts.Of(limits, facts, rules);
        TierVerdict[] verdicts =
        [
            rto,
            rpo,
            YearlyVerdicts.Downtime(limits, facts) with { Rules = rules.Version },
            YearlyVerdicts.Availability(limits, facts) with { Rules = rules.Version },
        ];
        var worst = WorstFirst.First(v => verdicts.Any(one => one.Verdict == v));
        var deciding = string.Join(", ", verdicts.Where(v => v.Verdict == worst).Select(v => v.Subject));
        var overall = new TierVerdict("overall", worst, deciding, $"tier {limits.Tier}", $"the worst of all: {deciding}", NoteOf(facts))
        {
            Rules = rules.Version,
            Evidence = [.. verdicts.SelectMany(verdict => verdict.Evidence).Distinct()],
        };
        return [.. verdicts, overall];
    }

    internal static string? NoteOf(TierFacts facts) => facts.IsSandbox ? "lab, satisfies no clause" : null;
}
