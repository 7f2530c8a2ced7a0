using Hangfire;
using Hangfire.Dashboard;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace DrOrchestrator.Web.Dashboard;

/// <summary>Hangfire's own pages at <c>/jobs</c>, to look at only; made when somebody first looks, so that the start pays nothing for them.</summary>
internal sealed class JobsPage(JobStorage storage)
{
    private const string Root = "/jobs";

    private readonly Lazy<AspNetCoreDashboardMiddleware> _pages = new(() => new AspNetCoreDashboardMiddleware(
        _ => Task.CompletedTask,
        storage,
        new DashboardOptions
        {
            AppPath = "/",
            DashboardTitle = "DrOrchestrator",
            IsReadOnlyFunc = _ => true,

            // Whoever reaches the page has passed the server's own check.
            Authorization = [],
            IgnoreAntiforgeryToken = true,
        },
        DashboardRoutes.Routes));

    public Task AnswerAsync(HttpContext context)
    {
        // Its pages carry their own inline styles and scripts; still nothing from elsewhere and nobody frames them.
        context.Response.Headers.ContentSecurityPolicy =
            "default-src 'none'; style-src 'self' 'unsafe-inline'; script-src 'self' 'unsafe-inline'; font-src 'self' data:; img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
        context.Request.Path.StartsWithSegments(Root, out var rest);
        context.Request.PathBase = Root;
        context.Request.Path = rest.HasValue ? rest : "/";
        return _pages.Value.Invoke(context);
    }
}

internal static class JobsPageEndpoints
{
    public static void MapJobsPage(this IEndpointRouteBuilder endpoints) =>
        endpoints.Map("/jobs/{**rest}", (HttpContext context, JobsPage jobs) => jobs.AnswerAsync(context));
}
