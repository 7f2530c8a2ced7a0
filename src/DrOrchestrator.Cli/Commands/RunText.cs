using DrOrchestrator.Cli.Output;
using DrOrchestrator.Drills;

namespace DrOrchestrator.Cli.Commands;

/// <summary>A run as text. Pure.</summary>
internal static class RunText
{
    public static string Event(RunEvent happened) =>
        $"{Wording.Clock(happened.At)}  {happened.Text}";

    public static void Write(TextWriter writer, RunView run)
    {
        writer.WriteLine($"Run {run.Id}  {run.Plan}  {run.Kind}, mode {run.Mode}, strength {run.Strength}");
        var head = new Columns()
            .Add("outcome", run.Outcome + (run.RolledBack ? ", rolled back" : "") + (run.Simulated ? ", answers simulated" : ""))
            .Add("phase", run.Phase);
        if (run.WaitingFor is { } waitingFor)
        {
            head.Add("waits for", waitingFor);
        }

        foreach (var (title, text) in Stop(run).Concat(Links(run)))
        {
            head.Add(title, text);
        }

        if (run.Failure is { } failure)
        {
            head.Add("failure", failure);
        }

        if (run.Scheduled is { } fire)
        {
            head.Add("calendar", $"{fire.Schedule}, due {Wording.Moment(fire.FireTime)}");
        }

        if (run.Forecast is { } forecast)
        {
            head.Add("forecast", Forecast(forecast));
        }

        if (run.ForecastErrorSeconds is { } error)
        {
            head.Add("forecast error", $"{RunDiffText.Signed(error)} (measured less forecast)");
        }

        head.Add("requested by", $"{run.RequestedBy}: {run.Reason}");
        if (run.RequesterTokenMakers.Count > 0)
        {
            head.Add("  token made by", MadeBy(run.RequesterTokenMakers));
        }

        head.Add("opened", Wording.Moment(run.OpenedAt))
            .Add("closed", run.ClosedAt is { } closed ? Wording.Moment(closed) : "not yet")
            .Write(writer, "  ");
        Overrides(writer, run);
        foreach (var item in run.Pending)
        {
            writer.WriteLine();
            Asked(writer, item, "  ");
        }

        Gates(writer, run.Gates);
        Steps(writer, run.Steps);
        Answers(writer, run.Answers);
        if (run.Participants.Count > 0)
        {
            writer.WriteLine();
            writer.WriteLine($"took part: {string.Join(", ", run.Participants.Select(one => $"{one.Person} ({(one.Department.Length > 0 ? one.Department : "no department")}{(one.Simulated ? ", simulated" : "")})"))}");
        }

        MeasurementText.Write(writer, run.Measurement, run.Strength == "sandbox" ? "lab, satisfies no clause" : null);
    }

    private static string Forecast(RunForecast forecast) => forecast is { P50Seconds: { } half, P95Seconds: { } most }
        ? $"p50 {Wording.Seconds(half)}, p95 {Wording.Seconds(most)}{(forecast.NeverRun.Count > 0 ? $" (never run: {string.Join(", ", forecast.NeverRun)})" : "")}"
        : $"none: {forecast.Reason}";

    /// <summary>What is asked, of whom, how many, until when, and what a confirmation covers.</summary>
    public static void Asked(TextWriter writer, PendingItem item, string indent = "")
    {
        writer.WriteLine($"{indent}{(item.Overdue ? "OVERDUE " : "")}{item.Name} ({item.Kind}): {item.Question}");
        var given = item.Given.Count == 0 ? "" : $", confirmed by {string.Join(", ", item.Given)}";
        var may = item.MayAnswer.Count == 0 ? "nobody at present" : string.Join(", ", item.MayAnswer);
        writer.WriteLine($"{indent}  {item.Quorum} of {item.Role}{given}; may answer: {may}");
        if (item.Owner is { } owner)
        {
            writer.WriteLine($"{indent}  owner {owner}{(item.Department is { } department && department != owner ? $" of {department}" : "")}{(item.Due is { } due ? $", due {Wording.Moment(due)}" : "")}");
        }
        else if (item.Due is { } moment)
        {
            writer.WriteLine($"{indent}  due {Wording.Moment(moment)}");
        }

        if (item.Deadline is { } deadline)
        {
            writer.WriteLine($"{indent}  until {Wording.Moment(deadline)}, then it counts as refused");
        }

        if (item.Attachment is { } attachment)
        {
            writer.WriteLine($"{indent}  attachment {attachment}: --attach FILE");
        }

        foreach (var step in item.PointsOfNoReturn)
        {
            writer.WriteLine($"{indent}  cannot be taken back: {step}");
        }
    }

    /// <summary>The nearest first: the token of <c>adam, by yan</c> was made by adam with one that yan had made.</summary>
    private static string MadeBy(IReadOnlyList<string> makers) => string.Join(", by ", makers);

    private static void Overrides(TextWriter writer, RunView run)
    {
        foreach (var step in run.UnfencedBehind)
        {
            writer.WriteLine();
            writer.WriteLine($"  PROMOTED WITHOUT A FENCE ({step}): the old side is fenced the moment it answers; until then somebody must keep it from writing (nothing left to fence: dro drill settle {run.Id} {step} --reason TEXT)");
        }

        foreach (var one in run.Overrides)
        {
            writer.WriteLine();
            writer.WriteLine($"  {one.Kind.ToUpperInvariant()} {one.Subject}: {(one.ReviewedBy is null ? $"TO BE REVIEWED with: dro drill review {run.Id} --reason TEXT" : $"reviewed by {one.ReviewedBy}: {one.ReviewReason}")}");
            if (one.Kind == OverrideView.SharedTokens)
            {
                writer.WriteLine($"    {one.Text}");
                continue;
            }

            foreach (var (person, reason) in one.People.Zip(one.Reasons))
            {
                writer.WriteLine($"    {person}: {reason}");
            }
        }
    }

    /// <summary>The stop in force and the state it reached.</summary>
    private static IEnumerable<(string Title, string Text)> Stop(RunView run)
    {
        foreach (var breach in run.Breaches)
        {
            yield return ("guardrail", $"{breach.Check}: {breach.Value} (asked: {breach.Limit}; source {breach.Source}, {Wording.Seconds(breach.Age)} old)");
        }

        if (run.Stop is not { } stop)
        {
            yield break;
        }

        yield return (stop.What, $"by {stop.By}: {stop.Reason}");
        if (stop.Reached is { } reached)
        {
            (string Title, IReadOnlyList<string> Steps)[] parts =
                [("done", reached.Done), ("not known", reached.InFlight), ("observed", reached.Observed), ("not begun", reached.NotBegun), ("serving", [.. reached.Serving.Select(site => $"{site.Key} at {site.Value}")])];
            foreach (var (title, steps) in parts.Where(part => part.Steps.Count > 0))
            {
                yield return ($"  {title}", string.Join(", ", steps));
            }
        }
    }

    private static IEnumerable<(string Title, string Text)> Links(RunView run)
    {
        if (run.ClosesRun is { } closes)
        {
            yield return ("completes", $"run {closes}");
        }

        foreach (var duty in run.Duties)
        {
            yield return ("left to do", duty);
        }

        foreach (var finding in run.Findings)
        {
            yield return ("passed over", $"{finding.Step}: {finding.Reason}");
        }

        if (run.ClosedByRun is { } by)
        {
            yield return ("completed by", $"run {by}");
        }

        foreach (var check in run.WouldCheck)
        {
            yield return ("would check", check);
        }
    }

    private static void Gates(TextWriter writer, IReadOnlyList<GateResult> gates)
    {
        if (gates.Count == 0)
        {
            return;
        }

        var columns = new Columns("gate", "", "value", "limit");
        foreach (var gate in gates)
        {
            columns.Add(gate.Check, gate.Passed ? "passed" : "FAILED", gate.Value, gate.Limit);
        }

        writer.WriteLine();
        columns.Write(writer, "  ");
        foreach (var gate in gates.Where(gate => !gate.Passed))
        {
            writer.WriteLine($"  {gate.Check}: {gate.Remedy}");
        }
    }

    private static void Steps(TextWriter writer, IReadOnlyList<StepView> steps)
    {
        if (steps.Count == 0)
        {
            return;
        }

        var columns = new Columns("step", "site", "state", "took", "detail");
        foreach (var step in steps)
        {
            var took = step is { StartedAt: { } from, EndedAt: { } to } ? Wording.Seconds(to - from) : "";
            var detail = (step.Attempts > 1 ? $"attempt {step.Attempts}; " : "") + step.Detail;
            columns.Add(step.Name + (step.PointOfNoReturn ? " !" : ""), step.Site ?? "", step.State, took, detail);
        }

        writer.WriteLine();
        columns.Write(writer, "  ");
        if (steps.Any(step => step.PointOfNoReturn))
        {
            writer.WriteLine("  ! cannot be taken back");
        }
    }

    private static void Answers(TextWriter writer, IReadOnlyList<AnswerView> answers)
    {
        if (answers.Count == 0)
        {
            return;
        }

        var columns = answers.Any(answer => answer.TokenMakers.Count > 0) ? new Columns("answer", "by", "", "note", "token made by") : new Columns("answer", "by", "", "note");
        foreach (var answer in answers)
        {
            string[] made = answers.Any(one => one.TokenMakers.Count > 0) ? [MadeBy(answer.TokenMakers)] : [];
            columns.Add([answer.Item, answer.Person + (answer.Simulated ? " (simulated)" : ""), answer.Confirmed ? "confirmed" : "REFUSED", answer.Note + (answer.Attachment is { } file ? $" [{file.Name} {file.Sha256[..12]}]" : ""), .. made]);
        }

        writer.WriteLine();
        columns.Write(writer, "  ");
    }
}
