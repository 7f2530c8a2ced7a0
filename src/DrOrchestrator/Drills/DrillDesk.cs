using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using DrOrchestrator.Commands;
using DrOrchestrator.Credentials;
using DrOrchestrator.Drills.Carrying;
using DrOrchestrator.Drills.Duties;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Drills.Owners;
using DrOrchestrator.Drills.People;
using DrOrchestrator.Drills.Results;
using DrOrchestrator.Drills.Stops;
using DrOrchestrator.Estates;
using DrOrchestrator.Plans;
using Microsoft.Extensions.Logging;

namespace DrOrchestrator.Drills;

/// <summary>Where people ask for runs, answer and look. It only writes what they say; the engine carries the runs.</summary>
public sealed class DrillDesk(
    IDrillJournal journal, EstateHolder estates, PlanLibrary plans, RunPlans runPlans, IStepKindCatalog kinds, IRunQueue queue, RunSignals signals, IRunForecasts forecasts, LinkedDuties linked, LossNow loss, AllowedCommands commands, TimeProvider time, ILogger<DrillDesk> logger, IPersonTokens? tokens = null) : IDrills
{
    /// <summary>Views of closed runs that leave nothing to do and whose overrides are reviewed: nothing is ever added to those, and every page and scrape asks for all of them.</summary>
    private readonly ConcurrentDictionary<long, RunView> _closed = new();

    /// <inheritdoc />
    public async Task<StartResult> StartAsync(StartRequest request, CancellationToken cancellationToken)
    {
        var estate = estates.Current;
        if (plans.Find(request.Plan) is not { } plan)
        {
            return new StartResult.Refused("plan-not-found", $"There is no plan '{request.Plan}'; the estate has: {string.Join(", ", plans.All.Keys.Order(StringComparer.Ordinal))}.");
        }

        if ((StartRules.Judge(request, plan, estate, kinds, plans.All.Values) ?? ProgramRules.Judge(request.Mode, plan, kinds, commands)) is { } refused)
        {
            return refused;
        }

        var earlier = request.Closes is { } closes ? await FoldAsync(closes, cancellationToken).ConfigureAwait(false) : null;
        if (earlier is not null && StartRules.JudgeClosing(request, plan, earlier, kinds) is { } notClosable)
        {
            return notClosable;
        }

        // A real run opens over a drill that holds its systems, or over what carries out a duty to fence, and asks it for them; never over another real one.
        if (request.Mode is RunMode.Real && await RealOnAsync(plan.Systems, cancellationToken).ConfigureAwait(false) is var (real, system))
        {
            return Locked(system, real);
        }

        var opened = StartRules.Opened(request, plan, estate, earlier);
        if (await UnansweredAsync(opened, plan, estate, cancellationToken).ConfigureAwait(false) is { } nobody)
        {
            if (request.Mode is not RunMode.Real)
            {
                return new StartResult.Refused("nobody-may-approve", $"A run of plan '{plan.Name}' waits for a word that nobody may give: {nobody}");
            }

            // A disaster waits for no token: it is asked for, and said wherever it waits.
            opened[AnswerChances.Key] = nobody;
            Log.NobodyMayApprove(logger, plan.Name, nobody);
        }

        opened["forecast"] = (await forecasts.OfAsync(plan, cancellationToken).ConfigureAwait(false)).ToJson();

        IReadOnlyList<string> locks = request.Mode is RunMode.Real || !RunModes.Locks(request.Mode) ? [] : plan.Systems;
        var result = await journal.OpenAsync(request.Requester.Id, locks, opened, RunPlans.TextsOf(plan), cancellationToken).ConfigureAwait(false);
        return result switch
        {
            { Run: { } run } => new StartResult.Started(run) { IsQueued = TryEnqueue(run, request.Mode is RunMode.Real) },
            { AlreadyFired: true } => new StartResult.Refused("already-fired", $"The time {request.Scheduled!.FireTime:u} of calendar entry '{request.Scheduled.Schedule}' is on record already."),
            { FiredLate: true } => new StartResult.Refused("fired-late", $"The time {request.Scheduled!.FireTime:u} of calendar entry '{request.Scheduled.Schedule}' has passed; a drill never starts late by itself."),
            _ => Locked(result.LockedSystem!, result.HeldBy!.Value),
        };
    }

    /// <inheritdoc />
    public async Task<AnswerResult> AnswerAsync(long run, string item, Person person, bool confirmed, string? note, RawOutput? attachment, CancellationToken cancellationToken)
    {
        var estate = estates.Current;
        var spoken = new SpokenAnswer(confirmed, note, attachment is not null);
        var data = JournalJson.By(person, new JsonObject { ["item"] = item, ["confirmed"] = confirmed, ["note"] = note });
        if (confirmed && await LostNowAsync(run, item, person, estate, cancellationToken).ConfigureAwait(false) is { Length: > 0 } lost)
        {
            data[JournalJson.Lost] = lost;
        }

        Question? given = null;
        var result = await journal.AppendAnswerAsync(
            run,
            new JournalDraft(JournalKinds.Answered, person.Id, data, Objects: attachment is null ? null : [attachment]),
            entries =>
            {
                var state = new DrillRun(run, entries);
                if ((AnswerRules.Judge(state, item, person, time.GetUtcNow(), estate) ?? AnswerRules.JudgeWords(state.QuestionOf(item)!, spoken) ?? Attachments.Judge(state.QuestionOf(item)!, attachment)) is { } refusal)
                {
                    return refusal;
                }

                // Whether the quorum is there is judged with the answers that stand before it, in their transaction, and stays on record with this one.
                var question = state.QuestionOf(item)!;
                var settles = confirmed && AnswerRules.Settles(state, question, person, estate);
                data["settles"] = settles;

                // Who may have said both is judged when people speak, too, and stays on record for the review.
                SharedHands.Write(data, confirmed ? AnswerRules.Shared(state, question, person, estate) : null);
                given = settles && Overrides.Kinds.Contains(question.Kind) ? question : null;
                return null;
            },
            cancellationToken).ConfigureAwait(false);
        if (result.Accepted && given is not null)
        {
            Log.OverrideGiven(logger, run, given.Item, person.Id);
        }

        return Heard(run, result);
    }

    /// <inheritdoc />
    public async Task<AnswerResult> OrderAsync(long run, RunOrder order, Person person, string? reason, CancellationToken cancellationToken)
    {
        var kind = order switch
        {
            RunOrder.Abort => JournalKinds.AbortAsked,
            RunOrder.Pause => JournalKinds.PauseAsked,
            RunOrder.Report => JournalKinds.Reported,
            _ => JournalKinds.ResumeAsked,
        };
        var data = JournalJson.By(person, new JsonObject { ["reason"] = string.IsNullOrWhiteSpace(reason) ? null : reason.Trim() });
        var result = await journal.AppendAnswerAsync(
            run,
            new JournalDraft(kind, person.Id, data),
            entries => entries.Count == 0
                ? new AnswerResult(false, "no-such-run", $"There is no run {run}.")
                : StopRules.Judge(new DrillRun(run, entries), order, person, reason),
            cancellationToken).ConfigureAwait(false);
        return Heard(run, result);
    }

    /// <inheritdoc />
    public async Task<AnswerResult> ReviewAsync(long run, Person person, string reason, CancellationToken cancellationToken)
    {
        var data = JournalJson.By(person, new JsonObject { ["reason"] = reason });
        var result = await journal.AppendAnswerAsync(
            run,
            new JournalDraft(JournalKinds.Reviewed, person.Id, data),
            entries => ReviewRules.Judge(new DrillRun(run, entries), person, reason, estates.Current),
            cancellationToken).ConfigureAwait(false);
        if (result.Accepted)
        {
            _closed.TryRemove(run, out _);
            signals.Pulse(run);
        }

        return result;
    }

    /// <inheritdoc />
    public async Task<AnswerResult> SettleDutyAsync(long run, string fence, Person person, string reason, CancellationToken cancellationToken)
    {
        var left = await FoldAsync(run, cancellationToken).ConfigureAwait(false);
        var (plan, _) = await runPlans.FindAsync(left, cancellationToken).ConfigureAwait(false);
        var takenOver = await linked.TakenOverByAsync(left, fence, cancellationToken).ConfigureAwait(false);
        var data = JournalJson.By(person, new JsonObject { ["fence"] = fence, ["reason"] = reason });
        var result = await journal.AppendAnswerAsync(
            run,
            new JournalDraft(JournalKinds.DutySettled, person.Id, data),
            entries =>
            {
                var state = new DrillRun(run, entries);
                SharedHands.Write(data, DutyRules.Shared(state, person, estates.Current));
                return DutyRules.Judge(state, plan, fence, person, reason, estates.Current)
                    ?? takenOver.Select(later => DutyRules.JudgeSecond(later, fence, person, estates.Current)).FirstOrDefault(refused => refused is not null);
            },
            cancellationToken).ConfigureAwait(false);
        if (result.Accepted)
        {
            signals.Order(run);
            await linked.FollowAsync(run, fence, cancellationToken).ConfigureAwait(false);
        }

        return result;
    }

    /// <inheritdoc />
    public async Task<IReadOnlyList<RunView>> ListAsync(CancellationToken cancellationToken)
    {
        var views = new List<RunView>();
        foreach (var run in await journal.RunsAsync(openOnly: false, cancellationToken).ConfigureAwait(false))
        {
            views.Add(_closed.GetValueOrDefault(run) ?? await ViewAsync(await FoldAsync(run, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false));
        }

        views.Reverse();
        return views;
    }

    /// <inheritdoc />
    public async Task<RunView?> ShowAsync(long run, CancellationToken cancellationToken) =>
        await FoldAsync(run, cancellationToken).ConfigureAwait(false) is { Sequence: > 0 } state ? await ViewAsync(state, cancellationToken).ConfigureAwait(false) : null;

    /// <inheritdoc />
    public async Task<IReadOnlyList<PendingItem>> PendingAsync(Person? person, CancellationToken cancellationToken)
    {
        var pending = new List<PendingItem>();
        foreach (var run in await journal.RunsAsync(openOnly: true, cancellationToken).ConfigureAwait(false))
        {
            var state = await FoldAsync(run, cancellationToken).ConfigureAwait(false);
            pending.AddRange(RunViews.Pending(state, estates.Current, time.GetUtcNow()).Where(item => person is null || AnswerRules.Judge(state, item.Name, person, time.GetUtcNow(), estates.Current) is null));
        }

        return pending;
    }

    /// <inheritdoc />
    public async IAsyncEnumerable<RunEvent> WatchAsync(long run, long afterSequence, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // Whoever comes back for more of a run that is closed by now has heard all of it.
        if (await FoldAsync(run, cancellationToken).ConfigureAwait(false) is { Closed: not null } closed && closed.Sequence <= afterSequence)
        {
            yield break;
        }

        while (true)
        {
            var grown = signals.Next(run);
            foreach (var entry in await journal.ReadAsync(run, afterSequence, cancellationToken).ConfigureAwait(false))
            {
                afterSequence = entry.Sequence;
                yield return RunStory.Tell(entry);
                if (entry.Kind == JournalKinds.Closed)
                {
                    yield break;
                }
            }

            await grown.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>What a promotion would lose at the moment of an answer to a question that told it when it was asked, where the answer may be taken. Nobody is asked for it: the newest reading counts.</summary>
    private async Task<string?> LostNowAsync(long run, string item, Person person, Estate estate, CancellationToken cancellationToken)
    {
        var state = await FoldAsync(run, cancellationToken).ConfigureAwait(false);
        if (AnswerRules.Judge(state, item, person, time.GetUtcNow(), estate) is not null || state.QuestionOf(item) is not { } question || !LossNow.IsIn(question))
        {
            return null;
        }

        var (plan, unreadable) = await runPlans.FindAsync(state, cancellationToken).ConfigureAwait(false);
        return unreadable is null ? loss.Of(plan, state.Mode, question.Step) : null;
    }

    /// <summary>Whoever carries the run in this process hears it now; elsewhere its owner looks for it, and a run that nobody carries is taken up for it.</summary>
    private AnswerResult Heard(long run, AnswerResult result)
    {
        if (result.Accepted)
        {
            signals.Order(run);
            TryEnqueue(run);
        }

        return result;
    }

    /// <summary>Nothing may be added to it any more.</summary>
    private static bool IsSettled(RunView closed) => closed is { Duties.Count: 0 } and not { Outcome: RunOutcome.SwitchedNotReturned, ClosedByRun: null } && !(closed.Mode == "real" && closed.ReportedBy is null);

    /// <summary>Null where every approval could be given, or no tokens are kept here.</summary>
    private async Task<string?> UnansweredAsync(JsonObject opened, Plan plan, Estate estate, CancellationToken cancellationToken)
    {
        if (tokens is null)
        {
            return null;
        }

        var now = time.GetUtcNow();
        var held = (await tokens.ReadAsync(cancellationToken).ConfigureAwait(false)).Select(kept => kept.Token).Where(token => token.HoldsAt(now));
        return AnswerChances.Missing(opened, plan, estate, held.ToLookup(token => estate.PrincipalOf(token.Person), StringComparer.Ordinal));
    }

    private static StartResult.Refused Locked(string system, long holder) =>
        new("system-locked", $"System '{system}' is held by run {holder}, which is not closed. Follow it with: dro drill show {holder}");

    /// <summary>An open real run on one of the systems.</summary>
    private async Task<(long Run, string System)?> RealOnAsync(IReadOnlyList<string> systems, CancellationToken cancellationToken)
    {
        foreach (var open in await journal.RunsAsync(openOnly: true, cancellationToken).ConfigureAwait(false))
        {
            var state = await FoldAsync(open, cancellationToken).ConfigureAwait(false);
            if (state is { Mode: RunMode.Real, FenceDuty: null } && state.Opened.Texts("systems").Intersect(systems).FirstOrDefault() is { } system)
            {
                return (open, system);
            }
        }

        return null;
    }

    /// <summary>
    /// What is on record stays so whatever the queue says, and nobody may hear that it is not. A run that was not queued is found by <see cref="SharedRunsLoop"/>, or by the
    /// next start: those look at the journal.
    /// </summary>
    private bool TryEnqueue(long run, bool real = false)
    {
        try
        {
            queue.Enqueue(run, real);
            return true;
        }
        catch (Exception failure)
        {
            Log.NotQueued(logger, run, failure);
            return false;
        }
    }

    private async Task<DrillRun> FoldAsync(long run, CancellationToken cancellationToken) => new(run, await journal.ReadAsync(run, 0, cancellationToken).ConfigureAwait(false));

    private async Task<RunView> ViewAsync(DrillRun state, CancellationToken cancellationToken)
    {
        var (plan, unreadable) = await runPlans.FindAsync(state, cancellationToken).ConfigureAwait(false);
        var view = RunViews.Of(state, plan, estates.Current, time.GetUtcNow());
        if (view is { ClosedAt: not null, ToBeReviewed: false } && unreadable is null && IsSettled(view))
        {
            _closed[view.Id] = view;
        }

        return view;
    }
}
