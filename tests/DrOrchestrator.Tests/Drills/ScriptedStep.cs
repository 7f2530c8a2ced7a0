using System.Text.Json.Nodes;
using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Results;
using DrOrchestrator.Estates;
using DrOrchestrator.Plans;
using DrOrchestrator.Probes;
using DrOrchestrator.RecoveryPoints;

namespace DrOrchestrator.Tests.Drills;

/// <summary>
/// A step kind against a small world of its own: effects land in <see cref="World"/> by marker, as they would on a real target, and the test can make it fail, hang,
/// forget or refuse to tell.
/// </summary>
internal sealed class ScriptedStep(string kind, StepEffect effect, World world) : IFenceKind, IStandingKind
{
    public StepKindShape Shape { get; } = new(kind, effect, NeedsSite: false, "scripted", [], ["marker"]);

    public Task<JsonObject> PrepareAsync(StepContext context, CancellationToken cancellationToken)
    {
        world.Note(world.Story, $"prepare {context.Step.Name}");
        var intent = (JsonObject)(world.Intents.GetValueOrDefault(context.Step.Name)?.DeepClone() ?? new JsonObject());
        intent["marker"] = context.Marker;
        return world.Dark.Contains(context.Step.Name) ? throw new StepFailedException("the API does not answer") : Task.FromResult(intent);
    }

    public async Task<StepOutcome> ExecuteAsync(StepContext context, JsonObject intent, CancellationToken cancellationToken)
    {
        world.Note(world.Story, $"execute {context.Step.Name}");
        world.Note(world.Sites, $"{context.Step.Name} at {context.Step.Site}");
        var marker = intent["marker"]!.GetValue<string>();
        if (world.Script.TryGetValue(context.Step.Name, out var script) && script.TryDequeue(out var outcome))
        {
            return await outcome(marker, cancellationToken);
        }

        if (world.StandsStillIn.Remove(context.Step.Name, out var standStill))
        {
            standStill();
        }

        context.Permit.Require();
        if (world.Effects.TryAdd(marker, 0) || effect is StepEffect.None)
        {
            world.Note(world.Landed, context.Step.Name);
        }

        return new StepOutcome.Done(new JsonObject { ["marker"] = marker });
    }

    public Task<Observation> ObserveAsync(StepContext context, JsonObject intent, CancellationToken cancellationToken)
    {
        world.Note(world.Story, $"observe {context.Step.Name}");
        var marker = intent["marker"]!.GetValue<string>();
        return Task.FromResult(
            world.StillMay ? new Observation(ObservedAnswer.StillMay, "it is on its way")
            : world.CannotTell ? new Observation(ObservedAnswer.CannotTell, "the target is dark")
            : world.Effects.ContainsKey(marker) ? new Observation(ObservedAnswer.Happened, "the marker is there", new JsonObject { ["marker"] = marker })
            : new Observation(ObservedAnswer.CannotHappenAnyMore, "no marker", OnlyByRepeating: world.OnlyByRepeating));
    }

    public Task<StepOutcome> UndoAsync(StepContext context, JsonObject intent, JsonObject? outputs, CancellationToken cancellationToken)
    {
        world.Note(world.Story, $"undo {context.Step.Name}");
        if (world.Script.TryGetValue($"undo {context.Step.Name}", out var script) && script.TryDequeue(out var outcome))
        {
            return outcome(context.Marker, cancellationToken);
        }

        world.Note(world.Undone, context.Step.Name);
        return Task.FromResult<StepOutcome>(new StepOutcome.Done([]));
    }

    public Task<FenceProof> ProveAsync(StepContext context, JsonObject intent, CancellationToken cancellationToken) =>
        world.Proof is { } proof ? proof(cancellationToken)
        : Task.FromResult(world.FenceHolds ? new FenceProof(true, ["held"], []) : new FenceProof(false, [], ["node is NotReady"]));

    public Task<FenceProof> ProveHeldAsync(StepContext context, JsonObject intent, CancellationToken cancellationToken) =>
        world.HeldAlone is { } alone ? Task.FromResult(alone) : ProveAsync(context, intent, cancellationToken);

    public async Task<string?> ContradictionAsync(StepContext context, JsonObject intent, CancellationToken cancellationToken)
    {
        if (world.Silent.Contains(context.Step.Name))
        {
            world.SilentAsked.TrySetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
        }

        return world.TakenBack.GetValueOrDefault(context.Step.Name);
    }

    public IReadOnlyList<StepTarget> TargetsOf(StepContext context) => world.ActsOn.TryGetValue(context.Step.Name, out var target) ? [new StepTarget(target.Split('/'))] : [];

    public string Describe(PlanStep step, Estate estate) => step.Name;
}

/// <summary>What is outside the engine and survives its crashes.</summary>
internal sealed class World : IWorkloadFingerprints, IDatabaseFacts, IDatabaseVersions
{
    public DatabaseFacts? Of(string recoveryPoint) => null;

    public int? MajorOf(string probe) => null;

    /// <summary>What is deployed.</summary>
    public Dictionary<string, string> Deployed { get; } = new() { ["image/dr/ledger/deployment/api/api"] = "api:1" };

    public Task<IReadOnlyDictionary<string, string>> ReadAsync(Estate estate, IReadOnlyList<TouchedWorkload> workloads, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyDictionary<string, string>>(new Dictionary<string, string>(Deployed));

    public List<string> Story { get; } = [];

    /// <summary>What the intent of a step says beside its marker.</summary>
    public Dictionary<string, JsonObject> Intents { get; } = [];

    /// <summary>Where each execution acted.</summary>
    public List<string> Sites { get; } = [];

    public List<string> Landed { get; } = [];

    /// <summary>Once, in the middle of a step, before its effect.</summary>
    public Dictionary<string, Action> StandsStillIn { get; } = [];

    public List<string> Undone { get; } = [];

    public System.Collections.Concurrent.ConcurrentDictionary<string, int> Effects { get; } = new();

    public Dictionary<string, Queue<Func<string, CancellationToken, Task<StepOutcome>>>> Script { get; } = [];

    public bool CannotTell { get; set; }

    /// <summary>Steps whose targets do not answer.</summary>
    public HashSet<string> Dark { get; } = [];

    public bool StillMay { get; set; }

    public bool FenceHolds { get; set; } = true;

    /// <summary>What the fenced side alone shows; null where that is as the whole proof.</summary>
    public FenceProof? HeldAlone { get; set; }

    /// <summary>What contradicts a step that is done, by its name.</summary>
    public Dictionary<string, string> TakenBack { get; } = [];

    /// <summary>What a step changes, by its name: from the wide to the narrow.</summary>
    public Dictionary<string, string> ActsOn { get; } = [];

    /// <summary>Steps whose targets do not say whether it stands.</summary>
    public HashSet<string> Silent { get; } = [];

    /// <summary>Completed once one of those is asked.</summary>
    public TaskCompletionSource SilentAsked { get; } = new();

    /// <summary>How a fence is proved; null for at once.</summary>
    public Func<CancellationToken, Task<FenceProof>>? Proof { get; set; }

    /// <summary>A request that got no clear answer may still be on its way.</summary>
    public bool OnlyByRepeating { get; set; }

    /// <summary>Steps side by side tell at the same time.</summary>
    public void Note(List<string> story, string what)
    {
        lock (Story)
        {
            story.Add(what);
        }
    }

    /// <summary>The next call of the step hangs until it is cancelled.</summary>
    /// <param name="lands">It has had its effect by then.</param>
    /// <returns>Completed once the call is in flight.</returns>
    public Task Hangs(string step, bool lands)
    {
        var inFlight = new TaskCompletionSource();
        Next(step, async (marker, token) =>
        {
            if (lands)
            {
                Effects[marker] = 0;
            }

            inFlight.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token);
            return new StepOutcome.Done([]);
        });
        return inFlight.Task;
    }

    public void Next(string step, StepOutcome outcome) => Next(step, (_, _) => Task.FromResult(outcome));

    public void Next(string step, Func<string, CancellationToken, Task<StepOutcome>> outcome)
    {
        if (!Script.TryGetValue(step, out var queue))
        {
            Script[step] = queue = new();
        }

        queue.Enqueue(outcome);
    }
}
