using DrOrchestrator.Calendars;
using DrOrchestrator.Compliance;
using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Results;
using DrOrchestrator.Drills.Steps.Namespaces;
using DrOrchestrator.Estates;
using DrOrchestrator.Kubernetes.Watching;
using DrOrchestrator.RecoveryPoints;
using DrOrchestrator.Time;
using DrOrchestrator.Web.Api;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace DrOrchestrator.Web.Dashboard;

/// <summary>The pages: rendered here, readable without a script.</summary>
internal static class DashboardEndpoints
{
    /// <summary>A day in 96 bars.</summary>
    private static readonly TimeSpan GraphStep = TimeSpan.FromMinutes(15);

    public static void MapDashboard(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/", Systems);
        endpoints.MapGet("/systems/{name}", Timeline);
        endpoints.MapGet("/drills", Drills);
        endpoints.MapGet("/drills/{id:long}", Drill);
        endpoints.MapGet("/drills/{id:long}/diff/{other:long}", Diff);
        endpoints.MapGet("/calendar", Calendar);
        endpoints.MapAnswerForm();
        endpoints.MapStopForm();
        endpoints.MapSignIn();
        endpoints.MapJobsPage();
    }

    private static async Task<PageResult> Systems(HttpContext context, PageWriter pages, StatusReader statuses, LastReadings readings, ISitePods pods, ILeftNamespaceSight left, CancellationToken cancellationToken)
    {
        var language = Languages.Choose(context);
        var status = await statuses.ReadAsync(cancellationToken);
        var waiting = await WaitingItems.ReadAsync(context, readings, cancellationToken);
        return new(pages.Write(context, language, new PageFrame(Glossary.Systems.In(language), Live: true, HasForm: waiting.HasForm), SystemsPage.Render(status, waiting, pods.Read(), left.Read(), language)));
    }

    private static async Task<IResult> Timeline(
        string name,
        HttpContext context,
        PageWriter pages,
        EstateHolder estates,
        ISystemStatuses statuses,
        StatusReader reader,
        IExposureWindows exposures,
        ProbeReport probes,
        ProcessClock clock,
        CancellationToken cancellationToken)
    {
        var language = Languages.Choose(context);
        if (estates.Current.FindSystem(name) is not { } system)
        {
            return Problem.NotFound("no-such-system", $"The estate has no system '{name}'.");
        }

        var to = clock.Now;
        var from = to.AddHours(-24);
        var intervals = await statuses.TimelineAsync(name, from, to, cancellationToken);
        var frame = new PageFrame(SystemsPage.Title(system.Title, system.Name, language), Live: true);
        var report = (await reader.ReadAsync(cancellationToken)).Systems.FirstOrDefault(one => one.Name == name);
        var page = new TimelinePage(intervals, from, to, probes.Of(name))
        {
            Report = report,
            Exposure = (report?.Exposures ?? []).ToDictionary(exposure => exposure.Standby, exposure => exposures.Series(name, exposure.Standby, from, to, GraphStep)),
        };
        return new PageResult(pages.Write(context, language, frame, page.Render(language)));
    }

    private static async Task<PageResult> Drills(HttpContext context, PageWriter pages, IDrills drills, CancellationToken cancellationToken)
    {
        var language = Languages.Choose(context);
        var runs = await drills.ListAsync(cancellationToken);
        var waiting = await WaitingItems.ReadAsync(context, drills, cancellationToken);
        return new(pages.Write(context, language, new PageFrame(Glossary.Drills.In(language), Live: true, HasForm: waiting.HasForm), DrillsPage.Render(runs, waiting, language)));
    }

    private static async Task<IResult> Diff(long id, long other, HttpContext context, PageWriter pages, IDrills drills, IRunDiffs diffs, CancellationToken cancellationToken)
    {
        if (await diffs.OfAsync(id, other, cancellationToken) is not { } diff)
        {
            return DrillEndpoints.NoSuchRun(await drills.ShowAsync(id, cancellationToken) is null ? id : other);
        }

        var language = Languages.Choose(context);
        return new PageResult(pages.Write(context, language, new PageFrame($"{DiffGlossary.Title.In(language)} #{id} → #{other}"), RunDiffPage.Render(diff, language)));
    }

    private static PageResult Calendar(HttpContext context, PageWriter pages, CalendarBoard board)
    {
        var language = Languages.Choose(context);
        return new(pages.Write(context, language, new PageFrame(CalendarGlossary.Calendar.In(language), Live: true), CalendarPage.Render(board.Read(), language)));
    }

    private static Task<IResult> Drill(long id, HttpContext context, DrillPages pages, CancellationToken cancellationToken) =>
        pages.ShowAsync(id, context, null, StatusCodes.Status200OK, cancellationToken);
}
