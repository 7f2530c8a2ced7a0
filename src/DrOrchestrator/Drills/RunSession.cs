using System.Text.Json.Nodes;
using DrOrchestrator.Estates;
using DrOrchestrator.Plans;
using Microsoft.Extensions.Logging;

namespace DrOrchestrator.Drills;

/// <summary>A run while one owner carries it: plan, estate, lease epoch, and the fold of the journal that every line written goes through.</summary>
internal sealed class RunSession(long run, long epoch, Plan plan, Estate estate, DrillRun state, IDrillJournal journal, RunSignals signals, TimeProvider time, ILogger? logger = null) : IStepReads
{
    private readonly SemaphoreSlim _writing = new(1, 1);

    // Asked for by name at every end of a step, for every need of every step that is not done.
    private readonly Dictionary<string, PlanStep> _steps = plan.AllSteps.ToDictionary(step => step.Name, StringComparer.Ordinal);

    public long Run { get; } = run;

    public long Epoch { get; } = epoch;

    public Plan Plan { get; } = plan;

    /// <summary>The step of that name.</summary>
    public PlanStep StepOf(string name) => _steps[name];

    public Estate Estate { get; } = estate;

    public DrillRun State { get; } = state;

    public TimeProvider Time { get; } = time;

    /// <summary>Writes a line; when the task completes it is durable and the fold has it.</summary>
    public async Task WriteAsync(JournalDraft draft, CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var entry = await journal.AppendAsync(Run, Epoch, draft, cancellationToken).ConfigureAwait(false);
            if (entry.Sequence == State.Sequence + 1)
            {
                State.Apply(entry);
            }
            else
            {
                await CatchUpAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            _writing.Release();
        }

        signals.Pulse(Run);
    }

    /// <summary>Takes in what people have said meanwhile.</summary>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await CatchUpAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>Says something in the log of the server.</summary>
    public void Say(Action<ILogger> say)
    {
        if (logger is not null)
        {
            say(logger);
        }
    }

    public Task EnterAsync(string phase, CancellationToken cancellationToken, string? failure = null) =>
        WriteAsync(new JournalDraft(JournalKinds.Phase, "system", new JsonObject { ["phase"] = phase, ["failure"] = failure }), cancellationToken);

    /// <summary>The context of a step for its kind; references of its parameters are filled from the outputs of earlier steps.</summary>
    public StepContext ContextOf(PlanStep step, int attempt)
    {
        var answers = State.AnswersTo(Questions.Item(step.Name, attempt)).Select(answer => new StepAnswer(answer.Person, answer.Confirmed, answer.Note, answer.At, answer.Simulated) { Attachment = answer.Attachment }).ToList();
        return new StepContext(Run, State.Mark, step, attempt, Epoch, StepReferences.Fill(step.Parameters, OutputsOf), Plan, Estate, State.Requester, answers, this, State.OpenedAt);
    }

    public JsonObject? IntentOf(string step) => State.Step(step).Intent;

    public JsonObject? OutputsOf(string step) => State.Step(step) is { State: StepState.Done } progress ? progress.Outputs ?? [] : null;

    private async Task CatchUpAsync(CancellationToken cancellationToken)
    {
        foreach (var entry in await journal.ReadAsync(Run, State.Sequence, cancellationToken).ConfigureAwait(false))
        {
            State.Apply(entry);
        }
    }
}
