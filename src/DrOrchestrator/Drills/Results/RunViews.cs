using System.Text.Json;
using System.Text.Json.Nodes;
using DrOrchestrator.Drills.Carrying;
using DrOrchestrator.Drills.Duties;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Drills.People;
using DrOrchestrator.Drills.Stops;
using DrOrchestrator.Estates;
using DrOrchestrator.Plans;

namespace DrOrchestrator.Drills.Results;

/// <summary>Turns the fold of a journal into what people see. Pure.</summary>
public static class RunViews
{
    private static readonly JsonSerializerOptions Camel = new(JsonSerializerDefaults.Web);

    /// <summary>The view of a run under the plan it was opened with.</summary>
    /// <param name="estate">The one in force: it says who may answer what waits; null leaves that out.</param>
    public static RunView Of(DrillRun run, Plan plan, Estate? estate = null, DateTimeOffset now = default)
    {
        var wayBack = plan.WayBack.Select(step => step.Name).ToHashSet(StringComparer.Ordinal);
        var measured = run.Measured is null ? null : Measurement(run.Measured);
        var forecast = RunForecast.Of(run.Opened);
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
            [.. run.Answers.Select(answer => new AnswerView(answer.Item, answer.Person, answer.Confirmed, answer.Note, answer.At, answer.Simulated) { Attachment = answer.Attachment, TokenMakers = answer.TokenMakers ?? [] })],
            measured)
        {
            Scheduled = ScheduledFire.Of(run.Opened),
            Forecast = forecast,
            ForecastErrorSeconds = forecast?.ErrorSeconds(measured?.Rto, run.Opened.Text("mode")),
            Fingerprint = run.Fingerprint,
            UnfencedBehind = [.. Unfenced.Behind(plan, run)],
            FenceDuty = run.FenceDuty,
            Pending = estate is null ? [] : [.. Pending(run, estate, now)],
            Overrides = [.. Overrides.Of(run).Select(OverrideOf)],
            Promoted = RunModes.TouchesProduction(run.Mode) ? plan.Steps.FirstOrDefault(step => step.Promotes is not null && run.Step(step.Name).State is StepState.Done)?.Site : null,
            PromotedSites = plan.Steps.Where(step => RunModes.TouchesProduction(run.Mode) && step.Promotes is not null && run.Step(step.Name).State is StepState.Done)
                .GroupBy(step => step.Promotes!.System, StringComparer.Ordinal)
                .ToDictionary(group => group.Key, group => group.First().Site ?? "", StringComparer.Ordinal),
            Stop = run.Stop is { } stop ? new StopView(RunStop.Word(stop.Kind), stop.By, stop.Reason, stop.At, Reached(run, stop)) : null,
            Breaches = run.Breaches,
            WouldCheck = run.WouldCheck,
            Duties = DutiesOf(run, plan),
            ClosesRun = (long?)run.Opened.Number("closes"),
            ClosedByRun = run.ClosedByRun,
            ReportedBy = run.ReportedBy,
            RequesterTokenMakers = Hands.MakersOfRequester(run),
            Participants = Participation.Read(run.Closed),
            Findings = RunFindings.Read(run.Closed),
        };
    }

    /// <summary>What the closing record left to do, less what has been done since.</summary>
    private static IReadOnlyList<string> DutiesOf(DrillRun run, Plan plan)
    {
        if (run.BroughtHomeBy is not null)
        {
            return [.. StepDuties.Standing(run).Select(duty => duty.Text)];
        }

        var fences = plan.AllSteps.ToLookup(RunCloser.FenceDutyText, step => step.Name, StringComparer.Ordinal);
        var behind = Unfenced.Behind(plan, run).ToHashSet(StringComparer.Ordinal);
        return [.. (run.Closed?.Texts("duties") ?? []).Where(duty => !fences.Contains(duty) || fences[duty].Any(behind.Contains)).Except(StepDuties.Settled(run))];
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
    /// <param name="estate">The one in force: it says who may answer.</param>
    public static IEnumerable<PendingItem> Pending(DrillRun run, Estate estate, DateTimeOffset now) =>
        run.OpenQuestions.Select(question =>
            new PendingItem(run.Run, question.Kind, question.Item, question.Role, question.Text, question.AskedAt, question.Deadline, question.PointsOfNoReturn)
            {
                Quorum = question.Quorum,
                Given = AnswerRules.Counting(run, question, estate),
                MayAnswer = [.. estate.People.Where(person => AnswerRules.Judge(run, question.Item, person, now, estate) is null).Select(person => person.Id)],
                Owner = question.Owner,
                Department = question.Department,
                Due = question.Due,
                Overdue = question.Due <= now,
                Attachment = question.Attachment,
            });

    private static OverrideView OverrideOf(Override one) => new(
        one.Kind,
        one.Subject,
        one.Step,
        one.Text,
        one.At,
        [.. one.People.Select(word => word.Person)],
        [.. one.People.Select(word => word.Note ?? "")],
        one.Review?.Person,
        one.Review?.Reason,
        one.Review?.At);

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
