using DrOrchestrator.Compliance;
using DrOrchestrator.Drills;
using DrOrchestrator.Estates;
using DrOrchestrator.Evidence;
using DrOrchestrator.Time;
using DrOrchestrator.Web.Api;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace DrOrchestrator.Web.Dashboard;

/// <summary>The pages: rendered here, readable without a script.</summary>
internal static class DashboardEndpoints
{
    private const int MostRecords = 100_000;

    public static void MapDashboard(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/", Systems);
        endpoints.MapGet("/systems/{name}", Timeline);
        endpoints.MapGet("/drills", Drills);
        endpoints.MapGet("/drills/{id:long}", Drill);
        endpoints.MapSignIn();
        endpoints.MapJobsPage();
    }

    private static async Task<PageResult> Systems(HttpContext context, PageWriter pages, StatusReader statuses, IDrills drills, CancellationToken cancellationToken)
    {
        var language = Languages.Choose(context);
        var status = await statuses.ReadAsync(cancellationToken);
        var pending = await drills.PendingAsync(null, cancellationToken);
        return new(pages.Write(context, language, new PageFrame(Glossary.Systems.In(language), Live: true), SystemsPage.Render(status, pending, language)));
    }

    private static async Task<IResult> Timeline(
        string name,
        HttpContext context,
        PageWriter pages,
        EstateHolder estates,
        ISystemStatuses statuses,
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
        return new PageResult(pages.Write(context, language, frame, new TimelinePage(intervals, from, to).Render(language)));
    }

    private static async Task<PageResult> Drills(HttpContext context, PageWriter pages, IDrills drills, CancellationToken cancellationToken)
    {
        var language = Languages.Choose(context);
        var runs = await drills.ListAsync(cancellationToken);
        var pending = await drills.PendingAsync(null, cancellationToken);
        return new(pages.Write(context, language, new PageFrame(Glossary.Drills.In(language), Live: true), DrillsPage.Render(runs, pending, language)));
    }

    private static async Task<IResult> Drill(
        long id,
        HttpContext context,
        PageWriter pages,
        IDrills drills,
        IEvidenceLog evidence,
        ProcessClock clock,
        CancellationToken cancellationToken)
    {
        var language = Languages.Choose(context);
        if (await drills.ShowAsync(id, cancellationToken) is not { } run)
        {
            return DrillEndpoints.NoSuchRun(id);
        }

        var pending = (await drills.PendingAsync(null, cancellationToken)).Where(item => item.Run == id).ToList();
        var records = await evidence.ReadAsync(id, 0, MostRecords, cancellationToken);
        var page = new DrillPage(run, pending, clock.Now, records.Count == 0 ? null : (records[0].Sequence, records[^1].Sequence, records.Count));
        var open = run.ClosedAt is null;
        var frame = new PageFrame($"#{id} {run.Plan}", Live: open, Events: open ? $"/api/v1/drills/{id}/events" : null);
        return new PageResult(pages.Write(context, language, frame, page.Render(language)));
    }
}
