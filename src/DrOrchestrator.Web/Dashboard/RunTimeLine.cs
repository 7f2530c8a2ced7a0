using DrOrchestrator.Drills;
using DrOrchestrator.Web.Dashboard.Phrases;

namespace DrOrchestrator.Web.Dashboard;

/// <summary>The steps of a run on one axis of time, the interruption and its limit behind them. Pure.</summary>
internal static class RunTimeLine
{
    public static Html Render(RunView run, DateTimeOffset now, Language language)
    {
        if (run.Steps.Count == 0)
        {
            return Html.Empty;
        }

        var axis = new Axis(run.OpenedAt, run.ClosedAt ?? now);
        return Html.Of(
            $"""
             <section class="card"><h2>{Glossary.Timeline.In(language)}</h2>
             <table><thead><tr><th>{Glossary.Step.In(language)}</th><th>{Glossary.State.In(language)}</th><th>{Glossary.Start.In(language)}</th><th class="n">{Glossary.Duration.In(language)}</th><th>{Figures.Clock(axis.From)} – {Figures.Clock(axis.To)}</th></tr></thead><tbody>
             {run.Systems.Select(system => Interruption(run.Measurement?.For(system).Rto, run.Systems.Count > 1 ? system : null, axis, language))}
             {Group(Glossary.TheSwitch, [.. run.Steps.Where(step => !step.WayBack)], axis, now, language)}
             {Group(Glossary.WayBack, [.. run.Steps.Where(step => step.WayBack)], axis, now, language)}
             </tbody></table></section>
             """);
    }

    /// <summary>Service interruption as measured, and how much of the axis the limit would allow.</summary>
    private static Html Interruption(RtoMeasurement? rto, string? system, Axis axis, Language language)
    {
        if (rto is null)
        {
            return Html.Empty;
        }

        var limitEnds = rto.InterruptedEarliest + TimeSpan.FromSeconds(rto.LimitSeconds);
        var bars = Html.Of(
            $"{axis.Bar("f-rest", rto.InterruptedEarliest, limitEnds, $"{Glossary.RtoLimit.In(language)} {Figures.Seconds(rto.LimitSeconds, language)}")}{axis.Bar("f-bad", rto.InterruptedEarliest, rto.VerifiedAt ?? rto.RestoredLatest, $"{Glossary.DemonstratedRto.In(language)} {Figures.Seconds(rto.Seconds, language)}")}");
        return Html.Of(
            $"<tr><td><strong>{Glossary.DemonstratedRto.In(language)}</strong>{(system is null ? Html.Empty : Html.Of($" {Marks.Name(system)}"))}</td><td>{Marks.Met(rto.Met, language)}</td><td class=\"nowrap\">{Figures.Clock(rto.InterruptedEarliest)}</td><td class=\"n nowrap\">{Figures.Seconds(rto.Seconds, language)}</td><td class=\"bar\">{Axis.Draw(bars)}</td></tr>");
    }

    private static Html Group(Word title, IReadOnlyList<StepView> steps, Axis axis, DateTimeOffset now, Language language) => steps.Count == 0
        ? Html.Empty
        : Html.Of($"<tr><th colspan=\"5\">{title.In(language)}</th></tr>{steps.Select(step => Row(step, axis, now, language))}");

    private static Html Row(StepView step, Axis axis, DateTimeOffset now, Language language)
    {
        var end = step.EndedAt ?? (step.StartedAt is null ? null : now);
        var bar = step.StartedAt is { } start && end is { } until ? axis.Bar(Fill(step), start, until, step.Name) : Html.Empty;
        var noReturn = step.PointOfNoReturn ? Html.Of($" <span class=\"small ponr\">⚑ {Glossary.PointOfNoReturn.In(language)}</span>") : Html.Empty;
        var attempts = step.Attempts > 1 ? $" ×{step.Attempts}" : "";
        return Html.Of(
            $"""
             <tr><td>{Marks.Name(step.Name)}{noReturn}<div class="small soft">{Marks.Name(step.Kind)}{(step.Site is null ? Html.Empty : Html.Of($" · {Marks.Name(step.Site)}"))}{attempts}{(step.Detail is null ? Html.Empty : Html.Of($" · {Phrasebook.Say(step.Detail, language)}"))}</div></td><td>{Marks.OfRun(step.State, language)}</td>
             <td class="nowrap">{(step.StartedAt is { } at ? Figures.Clock(at) : "–")}</td><td class="n nowrap">{(step.StartedAt is { } from && end is { } to ? Figures.Span(to - from, language) : "–")}</td><td class="bar">{Axis.Draw(bar)}</td></tr>
             """);
    }

    private static string Fill(StepView step) => step.State switch
    {
        "done" => "f-run",
        "running" or "undone" or "unknown" => "f-warn",
        "failed" => "f-bad",
        _ => "f-none",
    };
}
