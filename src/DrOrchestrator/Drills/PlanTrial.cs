using DrOrchestrator.Drills.Carrying;
using DrOrchestrator.Estates;
using DrOrchestrator.Kubernetes;
using DrOrchestrator.Plans;

namespace DrOrchestrator.Drills;

/// <summary>What a cluster says to one change of a step that it was only asked to try.</summary>
public enum TriedAnswer
{
    /// <summary>changes: fields would change.</summary>
    Changes,

    /// <summary>unchanged: nothing but the step's marks.</summary>
    Unchanged,

    /// <summary>made: it is not there, and would be made.</summary>
    Made,

    /// <summary>refused: the API takes it not.</summary>
    Refused,

    /// <summary>conflict: other managers hold the fields.</summary>
    Conflict,

    /// <summary>no-answer: nobody knows.</summary>
    NoAnswer,

    /// <summary>not-yet: another step comes before it that makes what it acts on, or names it.</summary>
    NotYet,

    /// <summary>not-tried: steps of that kind have no dry run, or a webhook of the object takes none, which the step itself does not ask for.</summary>
    NotTried,
}

/// <summary>One field of an object.</summary>
/// <param name="Field">As a JSON pointer (RFC 6901), with names where lists have them.</param>
/// <param name="From">JSON; null for none.</param>
/// <param name="To">JSON; null for none.</param>
public sealed record TriedField(string Field, string? From, string? To);

/// <summary>What would become of one object.</summary>
/// <param name="Object"><c>deployments/ledger-api</c>; empty where the step does not come to name it.</param>
/// <param name="Reason">Why, where it would not be done or is not known; empty otherwise.</param>
public sealed record TriedObject(string Object, TriedAnswer Answer, IReadOnlyList<TriedField> Fields, string Reason = "")
{
    /// <summary>What the step would change of the world by it; null where it is all that the step changes.</summary>
    internal StepTarget? Target { get; init; }
}

/// <summary>A step of a plan, as its cluster was asked to try it.</summary>
public sealed record TriedStep(string Step, string Kind, string Site, IReadOnlyList<TriedObject> Objects);

/// <summary>A kind whose change the server itself can try (<c>dryRun=All</c>). Keeps nothing.</summary>
internal interface ITriedKind : IStepKind
{
    /// <summary>How long a try may take in all. Longer than <see cref="PlanTrial.Longest"/> where a kind tries many objects and bounds each by itself.</summary>
    TimeSpan LongestTry => PlanTrial.Longest;

    /// <summary>What would become of each object now.</summary>
    /// <exception cref="StepFailedException">The step could not be prepared now.</exception>
    Task<IReadOnlyList<TriedObject>> TryAsync(StepContext context, CancellationToken cancellationToken);
}

/// <summary>
/// Asks each cluster what the Kubernetes steps of a plan would do now, one by one and each alone: a try knows nothing of what the steps before it will have done. Controllers do nothing in a try. An
/// admission webhook with side effects takes none: that refuses a step which itself tries before it sends, and says nothing of any other.
/// </summary>
public sealed class PlanTrial(StepKinds kinds, TimeProvider time)
{
    private const string Reference = "${";

    /// <summary>Of one object.</summary>
    internal static readonly TimeSpan Longest = TimeSpan.FromSeconds(15);

    /// <summary>Of all objects of a step: from then on no further one is asked for.</summary>
    internal static readonly TimeSpan LongestOfMany = TimeSpan.FromMinutes(10);

    /// <summary>The steps that have effects at a site with Kubernetes, in the order of the plan.</summary>
    public async Task<IReadOnlyList<TriedStep>> RunAsync(Plan plan, Estate estate, CancellationToken cancellationToken)
    {
        var tried = new List<TriedStep>();
        var before = new List<PlanStep>();
        foreach (var step in plan.AllSteps)
        {
            var kind = kinds.Find(step.Kind);
            if (kind.Shape is { NeedsSite: true, Effect: not StepEffect.None })
            {
                tried.Add(new TriedStep(step.Name, step.Kind, step.Site!, await OfAsync(kind, step, before, plan, estate, cancellationToken).ConfigureAwait(false)));
            }

            before.Add(step);
        }

        return tried;
    }

    private async Task<IReadOnlyList<TriedObject>> OfAsync(IStepKind kind, PlanStep step, IReadOnlyList<PlanStep> before, Plan plan, Estate estate, CancellationToken cancellationToken)
    {
        if (kind is not ITriedKind tryable)
        {
            return [new TriedObject("", TriedAnswer.NotTried, [], $"steps of kind {step.Kind} have no dry run")];
        }

        if (step.Parameters.Values.ToJsonString().Contains(Reference, StringComparison.Ordinal))
        {
            return [new TriedObject("", TriedAnswer.NotYet, [], "what it acts on comes from a step before it")];
        }

        var context = Context(step, plan, estate);
        var looked = await BoundedLook.TakeAsync(token => tryable.TryAsync(context, token), tryable.LongestTry, time, CancellationToken.None, cancellationToken).ConfigureAwait(false);
        if (looked.Value is { } objects)
        {
            return [.. objects.Select(Judged)];
        }

        return [Judged(Failed("", looked.Failed!, looked.TimedOut, cancellationToken))];

        TriedObject Judged(TriedObject one) => one.Answer is TriedAnswer.Refused && Maker(one.Target is { } own ? [own] : TargetsOf(kind, context), context.Step.Site, before, plan, estate) is { } maker ? NotYet(one, maker) : one;
    }

    /// <summary>Why an object was not tried to its end.</summary>
    internal static TriedObject Failed(string of, Exception failed, bool timedOut, CancellationToken cancellationToken) => failed switch
    {
        StepFailedException step => new TriedObject(of, step.MayPass ? TriedAnswer.NoAnswer : step.IsConflict ? TriedAnswer.Conflict : TriedAnswer.Refused, [], step.Message),
        _ when timedOut => new TriedObject(of, TriedAnswer.NoAnswer, [], $"no answer within {Durations.Format(Longest)}"),
        _ when ClusterFailure.Of(failed, cancellationToken) is { IsNoDryRun: true } failure => new TriedObject(of, TriedAnswer.NotTried, [], $"an admission webhook takes no dry run, so that only the step itself will see: {failure.Reason}"),
        _ when ClusterFailure.Of(failed, cancellationToken) is { } failure => new TriedObject(of, failure.IsPassing ? TriedAnswer.NoAnswer : TriedAnswer.Refused, [], failure.Reason),
        _ => new TriedObject(of, TriedAnswer.NoAnswer, [], failed.Message),
    };

    /// <summary>Of an object whose turn did not come.</summary>
    internal static TriedObject NotAsked(string of) => new(of, TriedAnswer.NoAnswer, [], $"it was not asked: the documents before it took {Durations.Format(LongestOfMany)}");

    private static TriedObject NotYet(TriedObject one, string maker) => one with { Answer = TriedAnswer.NotYet, Reason = $"step {maker} changes it before; now: {one.Reason}" };

    /// <summary>A step before it that may change one of those targets.</summary>
    private string? Maker(IReadOnlyList<StepTarget> targets, string? site, IEnumerable<PlanStep> before, Plan plan, Estate estate) =>
        before.LastOrDefault(step => step.Site == site && kinds.Find(step.Kind) is ITriedKind other && TargetsOf(other, Context(step, plan, estate)).Any(changed => targets.Any(changed.Covers)))?.Name;

    /// <summary>None where they come from a step before it.</summary>
    private static IReadOnlyList<StepTarget> TargetsOf(IStepKind kind, StepContext context)
    {
        try
        {
            return kind.TargetsOf(context);
        }
        catch (StepFailedException)
        {
            return [];
        }
    }

    private static StepContext Context(PlanStep step, Plan plan, Estate estate) => new(0, "dro-dry-run", step, 1, 0, step.Parameters, plan, estate, "nobody", [], new NoReads());

    private sealed class NoReads : IStepReads
    {
        public System.Text.Json.Nodes.JsonObject? IntentOf(string step) => null;

        public System.Text.Json.Nodes.JsonObject? OutputsOf(string step) => null;
    }
}
