using System.Text.Json.Nodes;
using DrOrchestrator.Drills;
using DrOrchestrator.Estates;
using DrOrchestrator.Plans;

namespace DrOrchestrator.Tests.Drills;

/// <summary>A step that leaves something to do under the subject <c>two</c>, or the one that its parameter <c>subject</c> names.</summary>
internal class OwingStep(string kind) : IDutyKind
{
    public const string Words = "let commits of two wait again";

    public StepKindShape Shape { get; } = new(kind, StepEffect.None, false, "", [], []);

    /// <summary>How its attempts end; done where null.</summary>
    public Func<int, StepOutcome>? Ends { get; set; }

    /// <summary>Attempts behind this one cannot be prepared.</summary>
    public int PreparesUpTo { get; set; } = int.MaxValue;

    public ObservedAnswer Seen { get; set; } = ObservedAnswer.Happened;

    /// <summary>What the world shows to be done.</summary>
    public string? SeenDone { get; set; }

    /// <summary>How often the world was looked at.</summary>
    public int Asked { get; private set; }

    /// <summary>Nobody can look at this.</summary>
    public string? Fails { get; set; }

    public Task<JsonObject> PrepareAsync(StepContext context, CancellationToken cancellationToken) => context.Attempt > PreparesUpTo
        ? throw new StepFailedException("not there")
        : Task.FromResult(new JsonObject { ["holds"] = context.Parameters.OptionalText("holds"), ["subject"] = context.Parameters.OptionalText("subject") ?? "two" });

    public Task<StepOutcome> ExecuteAsync(StepContext context, JsonObject intent, CancellationToken cancellationToken) => Task.FromResult(Ends?.Invoke(context.Attempt) ?? new StepOutcome.Done([]));

    public Task<Observation> ObserveAsync(StepContext context, JsonObject intent, CancellationToken cancellationToken) => Task.FromResult(new Observation(Seen, "", []));

    public Task<bool> IsDoneAsync(string subject, Estate estate, CancellationToken cancellationToken)
    {
        Asked++;
        return subject == Fails ? throw new InvalidOperationException("the host is away") : Task.FromResult(subject == SeenDone);
    }

    public virtual StepDuty? DutyOf(JsonObject intent, JsonObject outputs) => new(intent["subject"]!.GetValue<string>(), Words, intent["holds"]!.GetValue<string>() == "true");

    public virtual StepDuty? DutyOfFailed(JsonObject intent, JsonObject? left) => DutyOf(intent, []) is { } duty ? duty with { Text = left is null ? $"{Words}, as far as anybody knows" : $"{Words}: {left["names"]}" } : null;

    public virtual bool Does(string subject, JsonObject intent, JsonObject outputs) => false;

    public string Describe(PlanStep step, Estate estate) => step.Name;
}

/// <summary>The step that does it.</summary>
internal sealed class PayingStep(string kind) : OwingStep(kind)
{
    public override StepDuty? DutyOf(JsonObject intent, JsonObject outputs) => null;

    public override bool Does(string subject, JsonObject intent, JsonObject outputs) => subject == "two";
}
