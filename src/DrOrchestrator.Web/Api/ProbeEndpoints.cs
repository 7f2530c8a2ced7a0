using DrOrchestrator.Estates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace DrOrchestrator.Web.Api;

internal static class ProbeEndpoints
{
    public static void MapProbeEndpoints(this IEndpointRouteBuilder api)
    {
        api.MapGet("/probes", (ProbeReport report) => TypedResults.Ok(report.All()));
        api.MapGet("/probes/{name}", Read);
    }

    private static Results<Ok<ProbeDocument>, Problem> Read(string name, ProbeReport report, EstateHolder estates) => report.Find(name) is { } probe
        ? TypedResults.Ok(probe)
        : Problem.NotFound("no-such-probe", $"The estate has no probe '{name}'; it has: {string.Join(", ", estates.Current.Probes.Select(known => known.Name))}.");
}
