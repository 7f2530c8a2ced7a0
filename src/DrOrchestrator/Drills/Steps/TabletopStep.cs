using System.Text.Json.Nodes;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Estates;
using DrOrchestrator.Plans;

namespace DrOrchestrator.Drills.Steps;

/// <summary>
/// What a tabletop makes of a step: the question whether, and how, it would be done, to the role that would own it. Nothing is read and nothing is sent; the note is the minute
/// that is kept of it.
/// </summary>
internal sealed class TabletopStep(IStepKind kind) : IStepKind
{
    /// <summary>The kind of its questions.</summary>
    internal const string Word = "tabletop-step";

    public StepKindShape Shape { get; } = new(Word, StepEffect.None, NeedsSite: false, "A step of a tabletop drill", [], kind.Shape.Outputs);

    public Task<JsonObject> PrepareAsync(StepContext context, CancellationToken cancellationToken) =>
        Task.FromResult(new JsonObject { ["role"] = RoleOf(context.Step), ["would"] = kind.Describe(context.Step, context.Estate) });

    public Task<StepOutcome> ExecuteAsync(StepContext context, JsonObject intent, CancellationToken cancellationToken) =>
        Task.FromResult<StepOutcome>(
            context.Answers.LastOrDefault() is { Confirmed: true } answer
                ? new StepOutcome.Done(new JsonObject { ["by"] = answer.Person, ["minutes"] = answer.Note, ["simulated"] = answer.Simulated })
                : new StepOutcome.Waiting(
                    $"Tabletop: nothing is sent. Step '{context.Step.Name}' would {intent.Text("would")}. Say how it would go; confirm = it would be done, refuse = it would fail.", intent.Text("role")));

    public Task<Observation> ObserveAsync(StepContext context, JsonObject intent, CancellationToken cancellationToken) =>
        Task.FromResult(new Observation(ObservedAnswer.CannotHappenAnyMore, "a question is asked again"));

    public string Describe(PlanStep step, Estate estate) => kind.Describe(step, estate);

    /// <summary>The role the kind itself would ask, otherwise whoever carries runs.</summary>
    private string RoleOf(PlanStep step) =>
        kind.Shape.Parameters.Where(parameter => parameter.Type is ParameterType.RoleName).Select(parameter => step.Parameters.OptionalText(parameter.Name)).FirstOrDefault(role => role is not null)
            ?? Roles.Word(PersonRole.Operator);
}
