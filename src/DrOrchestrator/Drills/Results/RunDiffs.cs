using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Plans;

namespace DrOrchestrator.Drills.Results;

/// <summary>Reads two runs and the texts of their plans, and compares them.</summary>
internal sealed class RunDiffs(IDrillJournal journal, RunPlans plans) : IRunDiffs
{
    public async Task<RunDiff?> OfAsync(long a, long b, CancellationToken cancellationToken)
    {
        if (await ReadAsync(a, cancellationToken).ConfigureAwait(false) is not { } first || await ReadAsync(b, cancellationToken).ConfigureAwait(false) is not { } second)
        {
            return null;
        }

        return RunDiffer.Of(first.Run, first.Plan, first.Unreadable, second.Run, second.Plan, second.Unreadable);
    }

    private async Task<(RunView Run, Plan Plan, string? Unreadable)?> ReadAsync(long run, CancellationToken cancellationToken)
    {
        var state = new DrillRun(run, await journal.ReadAsync(run, 0, cancellationToken).ConfigureAwait(false));
        if (state.Sequence == 0)
        {
            return null;
        }

        var (plan, unreadable) = await plans.FindAsync(state, cancellationToken).ConfigureAwait(false);
        return (RunViews.Of(state, plan), plan, unreadable);
    }
}
