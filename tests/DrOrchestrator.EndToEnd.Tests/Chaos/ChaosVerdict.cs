using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Carrying;
using DrOrchestrator.Drills.Journals;

namespace DrOrchestrator.EndToEnd.Chaos;

/// <summary>What must hold of a run of chaos, whatever came. Pure.</summary>
internal static class ChaosVerdict
{
    /// <summary>What is wrong; empty when nothing is.</summary>
    public static IReadOnlyList<string> FaultsOf(ChaosPlan plan, ChaosRun run) => [.. Faults(plan, run)];

    private static IEnumerable<string> Faults(ChaosPlan plan, ChaosRun run)
    {
        if (run.ChangesOfSide > run.Promotions)
        {
            yield return $"rows were acknowledged at both sides in turn: {run.ChangesOfSide} changes of side, {run.Promotions} promotions";
        }

        if (run.Writable.Count > 1)
        {
            yield return "both sides accept writes at the end";
        }

        if (WhyNotWell(plan, run) is { } why)
        {
            yield return $"it ended {run.View.Outcome} ({run.View.Failure}), and {(run.Writable.Count == 0 ? "nobody" : run.Writable[0])} accepts writes: {why}";
        }

        if (run.Lost.Count > 0 && (plan.Synchronous || plan.Planned))
        {
            yield return $"{run.Lost.Count} acknowledged rows are lost, from {run.Lost[0]} on";
        }

        if (!run.Pack.Verified)
        {
            yield return $"the evidence does not verify: {run.Pack}";
        }

        foreach (string question in run.Asked.Where(question => !question.Contains("serve", StringComparison.OrdinalIgnoreCase)))
        {
            yield return $"a question does not say who serves: {question}";
        }

        foreach (IGrouping<string, RunEvent> step in run.Events.Where(told => told.Step is not null).GroupBy(told => told.Step!))
        {
            int done = step.Count(told => told.Kind == JournalKinds.Outcome && told.Text.Contains("done", StringComparison.Ordinal));
            int undone = step.Count(told => told.Kind == JournalKinds.UndoOutcome);
            if (done > 1 + undone)
            {
                yield return $"step {step.Key} was done {done} times and undone {undone} times";
            }
        }

        int promoted = run.Events.Count(told => told is { Kind: JournalKinds.Outcome, Step: "promote-dr" or "promote-primary" } && told.Text.Contains("done", StringComparison.Ordinal));
        if (promoted != run.Promotions)
        {
            yield return $"the servers saw {run.Promotions} promotions, the record has {promoted}";
        }

        if (run.LatePromotions > 0)
        {
            yield return $"a server that was promoted already was asked to promote {run.LatePromotions} times more";
        }

        // One that put the old data aside and did not come to its end leaves a copy, too.
        var rebuilds = run.Events.Where(told => told.Step is "rebuild-primary" or "rebuild-dr").ToList();
        int begun = rebuilds.Where(told => told.Kind == JournalKinds.Intent).Select(told => told.Step).Distinct().Count();
        int rebuilt = rebuilds.Count(told => told.Kind == JournalKinds.Outcome && told.Text.Contains("done", StringComparison.Ordinal));
        if (run.KeptCopies < rebuilt || run.KeptCopies > begun)
        {
            yield return $"the hosts hold {run.KeptCopies} copies of data that a rebuild has replaced, the record has {rebuilt} rebuilds of {begun} begun";
        }
    }

    /// <summary>Null where the end is one that the run may come to.</summary>
    private static string? WhyNotWell(ChaosPlan plan, ChaosRun run)
    {
        bool drServes = run.Writable.SequenceEqual(["dr"]) && run.Promotions == 1;
        bool primaryServes = run.Writable.SequenceEqual(["primary"]) && run.Promotions == 0;
        return run.View.Outcome switch
        {
            RunOutcome.Passed => plan.Planned && run.Writable.SequenceEqual(["primary"]) && run.Promotions == 2 ? null : "it should be a planned switch there and back",

            // A failover ends there; a planned switch only where something kept it from coming back.
            RunOutcome.SwitchedNotReturned => !drServes ? "the DR site should serve" : plan is { Planned: true, Fate: PrimaryFate.Spared, Absence: null } ? "nothing stood in its way" : null,

            // Refused before anything was done: the machine was too busy for its probes, or what was to be switched for was over before it was detected.
            RunOutcome.Aborted or RunOutcome.Failed when run.View.Steps.All(step => step is { State: "pending" } or { Name: ChaosBlows.Detection }) => primaryServes ? null : "nothing was done, and yet something changed",
            RunOutcome.Failed when plan.Absence is null && plan.Fate is PrimaryFate.Spared => "nothing stood in its way",

            // Given up: what could be undone is undone, nothing was promoted; the old side serves as if nothing had been, or it is gone and a person closed the run knowing that.
            RunOutcome.Failed when !run.View.RolledBack || run.Promotions > 0 => "it was not rolled back",
            RunOutcome.Failed when plan.Planned && plan.Fate is not PrimaryFate.Spared => primaryServes ? null : "the old side should serve",
            RunOutcome.Failed => primaryServes || run.Asked.Any(question => question.Contains("NOBODY SERVES", StringComparison.Ordinal)) ? null : "nobody serves, and nobody was told",
            _ => "that is no end for it",
        };
    }
}
