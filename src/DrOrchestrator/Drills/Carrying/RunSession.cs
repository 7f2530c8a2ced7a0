using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Drills.People;
using DrOrchestrator.Drills.Stops;
using DrOrchestrator.Estates;
using DrOrchestrator.Plans;
using Microsoft.Extensions.Logging;

namespace DrOrchestrator.Drills.Carrying;

/// <summary>A run while one owner carries it: plan, estate, lease epoch, and the fold of the journal that every line written goes through.</summary>
internal sealed class RunSession : IStepReads
{
    private static readonly TimeSpan Spell = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _writing = new(1, 1);
    private readonly LineQueue _lines;
    private readonly IDrillJournal _journal;
    private readonly RunSignals _signals;
    private readonly ILogger? _logger;

    // Asked for by name at every end of a step, for every need of every step that is not done.
    private readonly Dictionary<string, PlanStep> _steps;
    private CancellationTokenSource _halt = new();
    private LeaseProof _proof;

    /// <param name="proof">Taken before the lease was claimed.</param>
    public RunSession(long run, long epoch, Plan plan, Estate estate, DrillRun state, IDrillJournal journal, RunSignals signals, TimeProvider time, LeaseProof proof, ILogger? logger = null)
    {
        (Run, Epoch, Plan, Estate, State, Time) = (run, epoch, plan, estate, state, time);
        (_journal, _signals, _proof, _logger) = (journal, signals, proof, logger);
        _lines = new LineQueue(AppendAsync);
        _steps = plan.AllSteps.ToDictionary(step => step.Name, StringComparer.Ordinal);
        Heard();
    }

    public long Run { get; }

    public long Epoch { get; }

    public Plan Plan { get; }

    /// <summary>The step of that name.</summary>
    public PlanStep StepOf(string name) => _steps[name];

    public Estate Estate { get; }

    public DrillRun State { get; }

    public TimeProvider Time { get; }

    /// <summary>The stop that what is done now follows from, or null: another one that is said meanwhile must be heard before the run is let go.</summary>
    public StopOrder? Followed { get; set; }

    /// <summary>True where nobody carried the run before, or whoever did let it go, or it was looked at since: then this owner need not look whether the world is as journalled.</summary>
    public bool WorldKnown { get; set; } = true;

    /// <summary>Steps that are carried out from within another one.</summary>
    public ConcurrentDictionary<string, byte> InHand { get; } = new(StringComparer.Ordinal);

    /// <summary>Held while the run is closed, and while a fence is carried out beside it: neither begins over the other.</summary>
    public SemaphoreSlim Ending { get; } = new(1, 1);

    /// <summary>The next line of the run. Take it before looking at the state.</summary>
    public Task NextLine() => _signals.Next(Run);

    /// <summary>Cancelled while the run is stopped: what is in flight ends, and nothing further begins. Another one once it goes on.</summary>
    public CancellationToken HaltToken => Volatile.Read(ref _halt).Token;

    /// <summary>
    /// Writes a line; when the task completes it is durable and the fold has it, with everything that others wrote before it. Lines of steps side by side that wait for the
    /// journal at the same time are one transaction.
    /// </summary>
    public Task WriteAsync(JournalDraft draft, CancellationToken cancellationToken) => _lines.WriteAsync(draft, cancellationToken);

    /// <summary>Takes in what people have said meanwhile.</summary>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        bool grown;
        await _writing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var before = State.Sequence;
            await CatchUpAsync(cancellationToken).ConfigureAwait(false);
            grown = State.Sequence > before;
        }
        finally
        {
            _writing.Release();
        }

        if (grown)
        {
            _signals.Pulse(Run);
        }
    }

    /// <summary>Says something in the log of the server.</summary>
    public void Say(Action<ILogger> say)
    {
        if (_logger is not null)
        {
            say(_logger);
        }
    }

    /// <summary>
    /// Right before an effect: the lease was ours a moment ago. A process that stood still between intent and effect (SIGSTOP, a suspended machine) wakes up here with an old
    /// proof, and sends nothing before the journal has taken its epoch again.
    /// </summary>
    /// <param name="timeout">Of the effect.</param>
    /// <returns>For the effect's requests: until when they may leave.</returns>
    /// <exception cref="StaleEpochException">Another owner carries the run.</exception>
    public async Task<SendPermit> ProveLeaseAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        while (!_proof.IsFresh(Time))
        {
            var proof = LeaseProof.Now(Time);
            await _journal.RenewAsync(Run, Epoch, cancellationToken).ConfigureAwait(false);
            _proof = proof;
        }

        return new SendPermit(_proof, timeout, Time);
    }

    /// <summary>Waits; false when a stop came.</summary>
    public async Task<bool> WaitAsync(TimeSpan delay, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, HaltToken);
        await Task.Delay(delay, Time, either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellationToken.ThrowIfCancellationRequested();
        return !State.IsHalted;
    }

    /// <summary>Waits for a moment of the wall clock; false when a stop came. In short spells: a suspended machine's timers stand still, and that clock does not.</summary>
    public Task<bool> WaitUntilAsync(DateTimeOffset? moment, CancellationToken cancellationToken) => InSpellsAsync(moment, spell => WaitAsync(spell, cancellationToken));

    /// <summary>Waits for a moment of the wall clock, also behind a stop.</summary>
    public Task OutwaitAsync(DateTimeOffset? moment, CancellationToken cancellationToken) => InSpellsAsync(moment, spell => PassAsync(spell, cancellationToken));

    private async Task<bool> InSpellsAsync(DateTimeOffset? moment, Func<TimeSpan, Task<bool>> wait)
    {
        while (moment - Time.GetUtcNow() is { Ticks: > 0 } left)
        {
            if (!await wait(left < Spell ? left : Spell).ConfigureAwait(false))
            {
                return false;
            }
        }

        return true;
    }

    private async Task<bool> PassAsync(TimeSpan spell, CancellationToken cancellationToken)
    {
        await Task.Delay(spell, Time, cancellationToken).ConfigureAwait(false);
        return true;
    }

    public Task EnterAsync(string phase, CancellationToken cancellationToken, string? failure = null, string? outcome = null)
    {
        var data = new JsonObject { ["phase"] = phase, ["failure"] = failure };
        if (outcome is not null)
        {
            data["outcome"] = outcome;
        }

        return WriteAsync(new JournalDraft(JournalKinds.Phase, "system", data), cancellationToken);
    }

    /// <summary>The context of a step for its kind; references of its parameters are filled from the outputs of earlier steps (a tabletop has none).</summary>
    public StepContext ContextOf(PlanStep step, int attempt) => ContextOf(step, attempt, OutputsOf);

    /// <summary>For what takes a step back: it goes by the words that the step was begun with, also where what they came from was taken back before it, or is called failed by now.</summary>
    public StepContext UndoContextOf(PlanStep step, int attempt) => ContextOf(step, attempt, name => State.Step(name).Outputs);

    private StepContext ContextOf(PlanStep step, int attempt, Func<string, JsonObject?> outputs)
    {
        var answers = State.AnswersTo(Questions.Item(step.Name, attempt)).Select(answer => new StepAnswer(answer.Person, answer.Confirmed, answer.Note, answer.At, answer.Simulated) { Attachment = answer.Attachment }).ToList();
        var parameters = RunModes.Reads(State.Mode) ? StepReferences.Fill(step.Parameters, outputs) : step.Parameters;
        return new StepContext(Run, State.Mark, step, attempt, Epoch, parameters, Plan, Estate, State.Requester, answers, this, State.OpenedAt) { Mode = State.Mode };
    }

    public JsonObject? IntentOf(string step) => State.Step(step).Intent;

    public JsonObject? OutputsOf(string step) => State.Step(step) is { State: StepState.Done } progress ? progress.Outputs ?? [] : null;

    public DateTimeOffset? UnansweredAt(string step) => State.Step(step).UnansweredAt;

    private async Task AppendAsync(IReadOnlyList<JournalDraft> drafts, CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var proof = LeaseProof.Now(Time);
            IReadOnlyList<JournalEntry> entries = drafts is [var only]
                ? [await _journal.AppendAsync(Run, Epoch, only, cancellationToken).ConfigureAwait(false)]
                : await _journal.AppendAllAsync(Run, Epoch, drafts, cancellationToken).ConfigureAwait(false);
            _proof = proof;
            if (entries[0].Sequence == State.Sequence + 1)
            {
                foreach (var entry in entries)
                {
                    State.Apply(entry);
                }

                Heard();
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

        _signals.Pulse(Run);
    }

    private async Task CatchUpAsync(CancellationToken cancellationToken)
    {
        foreach (var entry in await _journal.ReadAsync(Run, State.Sequence, cancellationToken).ConfigureAwait(false))
        {
            State.Apply(entry);
        }

        Heard();
    }

    private void Heard()
    {
        if (State.IsHalted)
        {
            // In the background: whoever listens may run on, and the fold is being written here.
            _ = _halt.CancelAsync();
        }
        else if (_halt.IsCancellationRequested)
        {
            Volatile.Write(ref _halt, new CancellationTokenSource());
        }
    }
}
