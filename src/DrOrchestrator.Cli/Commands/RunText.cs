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

        head.Add("requested by", $"{run.RequestedBy}: {run.Reason}")
            .Add("opened", Wording.Moment(run.OpenedAt))
            .Add("closed", run.ClosedAt is { } closed ? Wording.Moment(closed) : "not yet")
            .Write(writer, "  ");
        Gates(writer, run.Gates);
        Steps(writer, run.Steps);
        Answers(writer, run.Answers);
        MeasurementText.Write(writer, run.Measurement, run.Strength == "sandbox" ? "lab, satisfies no clause" : null);
    }

    private static string Forecast(RunForecast forecast) => forecast is { P50Seconds: { } half, P95Seconds: { } most }
        ? $"p50 {Wording.Seconds(half)}, p95 {Wording.Seconds(most)}{(forecast.NeverRun.Count > 0 ? $" (never run: {string.Join(", ", forecast.NeverRun)})" : "")}"
        : $"none: {forecast.Reason}";

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

        var columns = new Columns("answer", "by", "", "note");
        foreach (var answer in answers)
        {
            columns.Add(answer.Item, answer.Person + (answer.Simulated ? " (simulated)" : ""), answer.Confirmed ? "confirmed" : "REFUSED", answer.Note ?? "");
        }

        writer.WriteLine();
        columns.Write(writer, "  ");
    }
}
