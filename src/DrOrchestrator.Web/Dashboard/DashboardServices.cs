using Microsoft.Extensions.DependencyInjection;

namespace DrOrchestrator.Web.Dashboard;

/// <summary>The pages.</summary>
internal static class DashboardServices
{
    public static IServiceCollection AddDashboard(this IServiceCollection services) => services.AddSingleton<PageWriter>().AddSingleton<DrillPages>().AddSingleton<JobsPage>();
}
