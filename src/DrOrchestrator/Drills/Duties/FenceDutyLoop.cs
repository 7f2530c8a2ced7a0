using System.Text.Json.Nodes;
using DrOrchestrator.Drills.Carrying;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Estates;
using DrOrchestrator.Plans;
using DrOrchestrator.Time;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DrOrchestrator.Drills.Duties;

/// <summary>
/// Looks every few seconds whether an old side that nobody could fence answers. Where the run that promoted without the fence is still open, that run carries the fence out
/// (<see cref="LateFences"/>); behind its end a run of its own does (<see cref="FenceDuty"/>). The loop only puts on record what it saw: what is done about it is journalled like any step.
/// </summary>
public sealed class FenceDutyLoop(
    IDrills drills, IDrillJournal journal, RunPlans plans, StepKinds kinds, EstateHolder estates, IServingSites serving, IRunQueue queue, RunSignals signals, ProcessClock clock, ILogger<FenceDutyLoop> logger) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>After a run that could not fence it: each one is a record.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    private readonly Dictionary<FenceDuty, long> _tried = [];

    /// <summary>One look at every duty that stands. One that cannot be looked at is said, and the others are looked at all the same.</summary>
    public async Task LookAsync(CancellationToken cancellationToken)
    {
        foreach (var duty in FenceDuty.Open(await drills.ListAsync(cancellationToken).ConfigureAwait(false), kinds.IsFence))
        {
            if (!_tried.TryGetValue(duty, out var last) || clock.Provider.GetElapsedTime(last) >= Pause)
            {
                try
                {
                    await TryAsync(duty, cancellationToken).ConfigureAwait(false);
                }
                catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
                {
                    Log.DutyNotLooked(logger, duty.Of, duty.Step, failure.Message);
                }
            }
        }
    }

    /// <inheritdoc />
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        LookLoop.RunAsync(Every, clock, LookAsync, failure => Log.DutiesNotLooked(logger, failure.Message), stoppingToken);

    private async Task TryAsync(FenceDuty duty, CancellationToken cancellationToken)
    {
        var left = new DrillRun(duty.Of, await journal.ReadAsync(duty.Of, 0, cancellationToken).ConfigureAwait(false));
        var (plan, unreadable) = await plans.FindAsync(left, cancellationToken).ConfigureAwait(false);
        if (unreadable is not null || duty.PlanOf(plan) is not { } fencing || fencing.Steps[0] is not { } fence || kinds.Find(fence.Kind) is not IFenceKind kind)
        {
            return;
        }

        // What serves again is not fenced by a duty of before, whoever made it serve.
        if (plan.Systems.Any(system => serving.ServingSiteOf(system) == fence.Site))
        {
            return;
        }

        var look = await LookAtAsync(kind, left, fencing, fence, cancellationToken).ConfigureAwait(false);
        if (look.Facts is { } facts)
        {
            // An answer that was lost, or a proof that could not be taken when it was needed: it is fenced, and nothing is left to do.
            await AppendAsync(left, new JournalDraft(JournalKinds.FenceHeld, "system", new JsonObject { ["site"] = fence.Site, ["facts"] = JournalJson.Array(facts) }, fence.Name), cancellationToken).ConfigureAwait(false);
            return;
        }

        if (!look.Answers)
        {
            return;
        }

        if (left.Closed is null)
        {
            await ActInItAsync(left, fence, cancellationToken).ConfigureAwait(false);
            return;
        }

        _tried[duty] = clock.Provider.GetTimestamp();
        var result = await journal.OpenAsync("system", plan.Systems, Opened(duty, left, plan), RunPlans.TextsOf(plan), cancellationToken).ConfigureAwait(false);
        if (result.Run is not { } run)
        {
            Log.DutyLocked(logger, duty.Of, fence.Site ?? "", result.HeldBy ?? 0);
            return;
        }

        Log.DutyActs(logger, duty.Of, fence.Site ?? "", run);
        queue.Enqueue(run, real: true);
    }

    /// <summary>The run is open: its own fence step goes on, now.</summary>
    private async Task ActInItAsync(DrillRun left, PlanStep fence, CancellationToken cancellationToken)
    {
        var progress = left.Step(fence.Name);
        if (left.IsHalted || progress.State is StepState.Open or StepState.Unknown || (progress.TimesAnswered > 0 && progress.EndedAt is { } ended && clock.Now - ended < Pause && !progress.OldSideAnswers))
        {
            // A stop begins nothing new; what is under way, or was tried a moment ago, is not begun again.
            return;
        }

        if (!progress.OldSideAnswers)
        {
            await AppendAsync(left, Unfenced.Answers(fence, "it was not proved when it was needed"), cancellationToken).ConfigureAwait(false);
            Log.DutyActs(logger, left.Run, fence.Site ?? "", left.Run);
        }

        queue.Enqueue(left.Run, real: true);
    }

    /// <summary>Nobody else may have said more of the run meanwhile: what was seen was seen of the state as it was.</summary>
    private async Task AppendAsync(DrillRun left, JournalDraft draft, CancellationToken cancellationToken)
    {
        var result = await journal.AppendAnswerAsync(
            left.Run,
            draft,
            lines => new DrillRun(left.Run, lines).Step(draft.Step!) is var now && left.Step(draft.Step!) is var then && (now.TimesAnswered, now.EndedWith, now.State, now.HeldLate) != (then.TimesAnswered, then.EndedWith, then.State, then.HeldLate)
                ? new AnswerResult(false, "not-as-seen", "the fence has gone on meanwhile")
                : null,
            cancellationToken).ConfigureAwait(false);
        if (result.Accepted)
        {
            signals.Order(left.Run);
        }
    }

    private Task<OldSide> LookAtAsync(IFenceKind kind, DrillRun left, Plan plan, PlanStep fence, CancellationToken cancellationToken)
    {
        var context = new StepContext(left.Run, left.Mark, fence, 1, 0, fence.Parameters, plan, estates.Current, "system", [], new NoReads(), left.OpenedAt);
        return OldSide.LookAsync(kind, context, left.Step(fence.Name).Intent, Patience, clock.Provider, CancellationToken.None, cancellationToken);
    }

    private JsonObject Opened(FenceDuty duty, DrillRun left, Plan plan) => new()
    {
        // Not the plan's own name: what carries out a duty is no drill of that plan.
        ["plan"] = $"fence-duty-of-run-{duty.Of}",
        ["planOf"] = plan.Name,
        ["planFile"] = plan.File,
        ["planHash"] = plan.Hash,
        ["planVersion"] = plan.Version,
        ["estateHash"] = estates.Current.Hash,
        ["mode"] = left.Opened.Text("mode"),
        ["kind"] = left.Opened.Text("kind"),
        ["strength"] = left.Opened.Text("strength"),
        ["systems"] = JournalJson.Array(plan.Systems),
        ["requester"] = "system",
        ["authors"] = JournalJson.Array(plan.Authors),
        ["reason"] = $"The old side answers: the duty of run {duty.Of}, which promoted without a fence, is carried out.",
        ["fenceDutyOf"] = duty.Of,
        ["fenceDutyStep"] = duty.Step,
        ["longestEndSeconds"] = Math.Round(plan.AllSteps.First(step => step.Name == duty.Step).Timeout.TotalSeconds, 3),
    };

    private sealed class NoReads : IStepReads
    {
        public JsonObject? IntentOf(string step) => null;

        public JsonObject? OutputsOf(string step) => null;
    }
}
