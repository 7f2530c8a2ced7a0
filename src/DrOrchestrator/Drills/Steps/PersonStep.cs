using System.Text.Json.Nodes;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Drills.Results;
using DrOrchestrator.Estates;
using DrOrchestrator.Plans;

namespace DrOrchestrator.Drills.Steps;

/// <summary>
/// <c>task</c> and <c>approval</c>: a person does or decides something and says so. The step's timeout is the deadline and fails closed. Nothing is touched by the
/// engine, so after a crash the question simply still stands.
/// </summary>
internal sealed class PersonStep(string kind, string description, IReadOnlyList<ParameterShape> further, LossNow? loss = null) : IStepKind
{
    public static PersonStep Task() => new(
        "task",
        "A person does this and confirms it; business verification is a task of a business department",
        [
            new ParameterShape("owner", ParameterType.OwnerName, Required: false, "Who is waited for: a person of the estate, or a department; anybody with the role may answer"),
            new ParameterShape("due", ParameterType.Duration, Required: false, "From when on it is overdue, counted from the moment it is asked; it waits until its timeout all the same"),
            new ParameterShape("attachment", ParameterType.Text, Required: false, "Whether a file comes with the answer", [Question.AttachmentRequired, Question.AttachmentOptional]),
        ]);

    /// <param name="loss">Told to whoever decides on a promotion.</param>
    public static PersonStep Approval(LossNow loss) => new("approval", "A decision within the run, such as declaring a disaster; never by the person who asked for the run", [], loss);

    public StepKindShape Shape { get; } = new(
        kind,
        StepEffect.None,
        NeedsSite: false,
        description,
        [
            new ParameterShape("role", ParameterType.RoleName, Required: true, "Who may answer"),
            new ParameterShape("text", ParameterType.Text, Required: true, "What is to be done or decided"),
            .. further,
        ],
        ["by"]);

    public Task<JsonObject> PrepareAsync(StepContext context, CancellationToken cancellationToken)
    {
        var text = context.Parameters.Text("text");
        return System.Threading.Tasks.Task.FromResult(new JsonObject
        {
            ["role"] = context.Parameters.Text("role"),
            ["text"] = loss?.With(text, context.Plan, context.Mode, context.Step.Name) ?? text,
        });
    }

    public Task<StepOutcome> ExecuteAsync(StepContext context, JsonObject intent, CancellationToken cancellationToken) =>
        System.Threading.Tasks.Task.FromResult<StepOutcome>(
            context.Answers.LastOrDefault() is { Confirmed: true } answer
                ? new StepOutcome.Done(Outputs(answer))
                : new StepOutcome.Waiting(intent.Text("text"), intent.Text("role"))
                {
                    Owner = context.Parameters.OptionalText("owner"),
                    Due = context.Parameters.Has("due") ? context.Parameters.Duration("due", TimeSpan.Zero) : null,
                    Attachment = context.Parameters.OptionalText("attachment"),
                });

    public Task<Observation> ObserveAsync(StepContext context, JsonObject intent, CancellationToken cancellationToken) =>
        System.Threading.Tasks.Task.FromResult(new Observation(ObservedAnswer.CannotHappenAnyMore, "a question is asked again"));

    public string Describe(PlanStep step, Estate estate) =>
        $"{step.Parameters.Text("role")} answers: {step.Parameters.Text("text")}{(step.Parameters.OptionalText("owner") is { } owner ? $" (owner {owner})" : "")}";

    private static JsonObject Outputs(StepAnswer answer)
    {
        var outputs = new JsonObject { ["by"] = answer.Person, ["note"] = answer.Note, ["simulated"] = answer.Simulated };
        if (answer.Attachment is { } file)
        {
            outputs["attachment"] = file.Name;
            outputs["attachmentSha256"] = file.Sha256;
        }

        return outputs;
    }
}
