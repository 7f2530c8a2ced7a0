using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using DrOrchestrator.Estates;
using DrOrchestrator.Plans;
using Microsoft.Extensions.Logging;

namespace DrOrchestrator.Drills;

/// <summary>Where people ask for runs, answer and look. It only writes what they say; the engine carries the runs.</summary>
public sealed class DrillDesk(IDrillJournal journal, EstateHolder estates, PlanLibrary plans, RunPlans runPlans, IRunQueue queue, RunSignals signals, IRunForecasts forecasts, TimeProvider time, ILogger<DrillDesk> logger) : IDrills
{
    /// <summary>Views of closed runs: nothing is added to those once their overrides are reviewed, and every page and scrape asks for all of them.</summary>
    private readonly ConcurrentDictionary<long, RunView> _closed = new();

    /// <inheritdoc />
    public async Task<StartResult> StartAsync(StartRequest request, CancellationToken cancellationToken)
    {
        var estate = estates.Current;
        if (plans.Find(request.Plan) is not { } plan)
        {
            return new StartResult.Refused("plan-not-found", $"There is no plan '{request.Plan}'; the estate has: {string.Join(", ", plans.All.Keys.Order(StringComparer.Ordinal))}.");
        }

        if (request.Scheduled is not null && (request.Mode is RunMode.Real || plan.Approvals.Count == 0))
        {
            return new StartResult.Refused("never-scheduled", request.Mode is RunMode.Real ? "A real switch never starts from a calendar." : $"Plan '{plan.Name}' has no approvals; a calendar only opens runs that wait for one.");
        }

        if (!plan.Modes.Contains(request.Mode) || request.Mode is not RunMode.Live)
        {
            return new StartResult.Refused("mode-not-offered", $"Plan '{plan.Name}' cannot run as {JournalJson.Word(request.Mode)}; it offers: {string.Join(", ", plan.Modes.Where(mode => mode is RunMode.Live).Select(JournalJson.Word))}.");
        }

        if (!request.Requester.Has(PersonRole.Operator, JournalJson.Word(request.Mode)))
        {
            return new StartResult.Refused("not-allowed", $"{request.Requester.Id} is no operator{(request.Requester.Roles.Contains(PersonRole.Operator) ? $" of {JournalJson.Word(request.Mode)} runs" : "")}; only operators ask for runs.");
        }

        var opened = new JsonObject
        {
            ["plan"] = plan.Name,
            ["planFile"] = plan.File,
            ["planHash"] = plan.Hash,
            ["planVersion"] = plan.Version,
            ["estateHash"] = estate.Hash,
            ["mode"] = JournalJson.Word(request.Mode),
            ["kind"] = JournalJson.Word(plan.Kind),
            ["strength"] = estate.IsSandbox ? "sandbox" : JournalJson.Word(request.Mode),
            ["systems"] = JournalJson.Array(plan.Systems),
            ["requester"] = request.Requester.Id,
            ["requesterIs"] = estate.PrincipalOf(request.Requester.Id),
            ["requesterSimulated"] = request.Requester.Simulated,
            ["authors"] = JournalJson.Array(plan.Authors),
            ["reason"] = request.Reason,
            ["pointsOfNoReturn"] = JournalJson.Array(plan.AllSteps.Where(step => step.PointOfNoReturn).Select(step => step.Name)),
            ["forecast"] = (await forecasts.OfAsync(plan, cancellationToken).ConfigureAwait(false)).ToJson(),
            ["longestEndSeconds"] = Math.Round(plan.AllSteps.Sum(step => step.Timeout.TotalSeconds * (1 + step.Retries)), 3),
        };

        if (request.Scheduled is { } fire)
        {
            opened["scheduled"] = fire.ToJson();
        }

        // The bytes that were read and hashed, not the file: it may have been changed since.
        var text = new RawOutput(plan.File, "application/yaml", plan.Source.ToArray());
        var result = await journal.OpenAsync(request.Requester.Id, plan.Systems, opened, [text], cancellationToken).ConfigureAwait(false);
        if (result.Run is not { } run)
        {
            return result switch
            {
                { AlreadyFired: true } => new StartResult.Refused("already-fired", $"The time {request.Scheduled!.FireTime:u} of calendar entry '{request.Scheduled.Schedule}' is on record already."),
                { FiredLate: true } => new StartResult.Refused("fired-late", $"The time {request.Scheduled!.FireTime:u} of calendar entry '{request.Scheduled.Schedule}' has passed; a drill never starts late by itself."),
                _ => new StartResult.Refused("system-locked", $"System '{result.LockedSystem}' is held by run {result.HeldBy}, which is not closed. Follow it with: dro drill show {result.HeldBy}"),
            };
        }

        return new StartResult.Started(run) { IsQueued = TryEnqueue(run) };
    }

    /// <inheritdoc />
    public async Task<AnswerResult> AnswerAsync(long run, string item, Person person, bool confirmed, string? note, RawOutput? attachment, CancellationToken cancellationToken)
    {
        var estate = estates.Current;
        var spoken = new SpokenAnswer(confirmed, note, attachment is not null);
        var data = new JsonObject { ["item"] = item, ["confirmed"] = confirmed, ["note"] = note, ["roles"] = JournalJson.Array(person.Roles.Select(Roles.Word)), ["simulated"] = person.Simulated };
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
                given = settles && Overrides.Kinds.Contains(question.Kind) ? question : null;
                return null;
            },
            cancellationToken).ConfigureAwait(false);
        if (result.Accepted)
        {
            if (given is not null)
            {
                Log.OverrideGiven(logger, run, given.Item, person.Id);
            }

            signals.Pulse(run);
            TryEnqueue(run);
        }

        return result;
    }

    /// <inheritdoc />
    public async Task<AnswerResult> ReviewAsync(long run, Person person, string reason, CancellationToken cancellationToken)
    {
        var data = new JsonObject { ["reason"] = reason, ["roles"] = JournalJson.Array(person.Roles.Select(Roles.Word)), ["simulated"] = person.Simulated };
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

    /// <summary>
    /// What is on record stays so whatever the queue says, and nobody may hear that it is not. A run that was not queued is found by <see cref="SharedRunsLoop"/>, or by the
    /// next start: those look at the journal.
    /// </summary>
    private bool TryEnqueue(long run)
    {
        try
        {
            queue.Enqueue(run);
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
        if (view is { ClosedAt: not null, ToBeReviewed: false } && unreadable is null)
        {
            _closed[view.Id] = view;
        }

        return view;
    }
}
