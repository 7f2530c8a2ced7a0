using System.Text.Json;
using System.Text.Json.Nodes;
using DrOrchestrator.Plans;

namespace DrOrchestrator.Drills;

/// <summary>Turns the fold of a journal into what people see. Pure.</summary>
public static class RunViews
{
    private static readonly JsonSerializerOptions Camel = new(JsonSerializerDefaults.Web);

    /// <summary>The view of a run under the plan it was opened with.</summary>
    public static RunView Of(DrillRun run, Plan plan)
    {
        var wayBack = plan.WayBack.Select(step => step.Name).ToHashSet(StringComparer.Ordinal);
        return new RunView(
            run.Run,
            run.Mark,
            run.Opened.Text("plan"),
            run.Opened.Text("planHash"),
            run.Opened.Text("mode"),
            run.Opened.Text("kind"),
            run.Opened.Text("strength"),
            run.Opened.Texts("systems"),
            run.Requester,
            run.Opened.Text("reason"),
            run.OpenedAt,
            run.ClosedAt,
            run.Closed?.Text("outcome") ?? (run.WaitingFor is null ? "open" : "waiting"),
            run.Phase,
            run.Closed is null ? run.WaitingFor : null,
            run.Simulated,
            run.Closed?.Flag("rolledBack") ?? false,
            run.Closed?.OptionalText("reason") ?? run.Failure,
            run.Gates,
            [.. plan.AllSteps.Select(step => StepOf(step, run.Step(step.Name), wayBack.Contains(step.Name)))],
            [.. run.Answers.Select(answer => new AnswerView(answer.Item, answer.Person, answer.Confirmed, answer.Note, answer.At, answer.Simulated))],
            run.Measured is null ? null : Measurement(run.Measured))
        {
            Fingerprint = run.Fingerprint,
            Promoted = RunModes.TouchesProduction(run.Mode) ? plan.Steps.FirstOrDefault(step => step.Promotes is not null && run.Step(step.Name).State is StepState.Done)?.Site : null,
            Stop = run.Stop is { } stop ? new StopView(RunStop.Word(stop.Kind), stop.By, stop.Reason, stop.At, Reached(run, stop)) : null,
            Breaches = run.Breaches,
            WouldCheck = run.WouldCheck,
            Overrides = [.. run.Questions.Where(question => question.Kind == DrillStages.GateOverride && run.Settled(question) is true).Select(question => question.Text)],
            Duties = run.ClosedByRun is null ? run.Closed?.Texts("duties") ?? [] : [],
            ClosesRun = (long?)run.Opened.Number("closes"),
            ClosedByRun = run.ClosedByRun,
            ReportedBy = run.ReportedBy,
        };
    }

    /// <summary>Where a step stands, in a word.</summary>
    public static string Word(StepProgress progress) => progress switch
    {
        { Skipped: true } => "skipped",
        { State: StepState.Open or StepState.Undoing } => "running",
        _ => progress.State.ToString().ToLowerInvariant(),
    };

    private static StateReached? Reached(DrillRun run, StopOrder stop) => run.StateReached is { } data && (long?)data.Number("stop") == stop.Sequence
        ? new StateReached(
            data.Texts("done"),
            data.Texts("inFlight"),
            data.Texts("observed"),
            data.Texts("notBegun"),
            (data["serving"] as JsonObject ?? []).ToDictionary(site => site.Key, site => site.Value?.ToString() ?? "", StringComparer.Ordinal))
        : null;

    /// <summary>What waits for a person.</summary>
    public static IEnumerable<PendingItem> Pending(DrillRun run) =>
        run.OpenQuestions.Select(question =>
            new PendingItem(run.Run, question.Kind, question.Item, question.Role, question.Text, question.AskedAt, question.Deadline, question.PointsOfNoReturn));

    /// <summary>As it goes into the journal and the evidence.</summary>
    public static JsonObject ToJson(RunMeasurement measurement) => (JsonObject)JsonSerializer.SerializeToNode(measurement, Camel)!;

    /// <summary>And back.</summary>
    public static RunMeasurement? Measurement(JsonObject measured) => measured.Deserialize<RunMeasurement>(Camel);

    private static StepView StepOf(PlanStep step, StepProgress progress, bool wayBack) => new(
        step.Name,
        step.Kind,
        step.Site,
        Word(progress),
        progress.Attempts,
        progress.StartedAt,
        progress.EndedAt,
        progress.Reason,
        step.PointOfNoReturn,
        wayBack);
}
