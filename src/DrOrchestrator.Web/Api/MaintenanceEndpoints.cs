using DrOrchestrator.Availability.Planned;
using DrOrchestrator.Estates;
using DrOrchestrator.Web.Security;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace DrOrchestrator.Web.Api;

internal static class MaintenanceEndpoints
{
    public static void MapMaintenanceEndpoints(this IEndpointRouteBuilder api)
    {
        api.MapGet("/maintenance", List);
        api.MapPost("/maintenance", Request).Needs(PersonRole.Operator);
        api.MapPost("/maintenance/{id:long}/approve", Approve).Needs(PersonRole.Approver);
        api.MapPost("/maintenance/{id:long}/cancel", Cancel).Needs(PersonRole.Operator, PersonRole.Approver);
        api.MapPost("/outages", Report).Needs(PersonRole.Operator);
    }

    private static async Task<Ok<MaintenanceDocument>> List(MaintenanceDesk desk, CancellationToken cancellationToken)
    {
        var book = await desk.ReadAsync(cancellationToken);
        return TypedResults.Ok(new MaintenanceDocument(book.Entries, book.Outages));
    }

    private static async Task<Results<Created<MaintenanceEntry>, Problem>> Request(
        RequestMaintenance body, HttpContext context, MaintenanceDesk desk, CancellationToken cancellationToken) =>
        await desk.RequestAsync(new MaintenanceRequest(body.ChangeNumber, body.Systems, body.Start, body.End, body.Reason), context.Caller(), cancellationToken) switch
        {
            MaintenanceResult.Entered entered => TypedResults.Created($"/api/v1/maintenance/{entered.Entry.Number}", entered.Entry),
            var other => Refusal(other),
        };

    private static async Task<Results<Ok<MaintenanceEntry>, Problem>> Approve(
        long id, DecideMaintenance body, HttpContext context, MaintenanceDesk desk, CancellationToken cancellationToken) =>
        await desk.ApproveAsync(id, context.Caller(), cancellationToken) switch
        {
            MaintenanceResult.Entered entered => TypedResults.Ok(entered.Entry),
            var other => Refusal(other),
        };

    private static async Task<Results<Ok<MaintenanceEntry>, Problem>> Cancel(
        long id, CancelMaintenance body, HttpContext context, MaintenanceDesk desk, CancellationToken cancellationToken) =>
        await desk.CancelAsync(id, body.Reason, context.Caller(), cancellationToken) switch
        {
            MaintenanceResult.Entered entered => TypedResults.Ok(entered.Entry),
            var other => Refusal(other),
        };

    private static async Task<Results<Created<OutageReport>, Problem>> Report(ReportOutage body, HttpContext context, MaintenanceDesk desk, CancellationToken cancellationToken) =>
        await desk.ReportAsync(body.System, body.From, body.To, body.Source, body.Reason, body.ChangeNumber, context.Caller(), cancellationToken) switch
        {
            MaintenanceResult.Reported reported => TypedResults.Created("/api/v1/maintenance", reported.Outage),
            var other => Refusal(other),
        };

    private static Problem Refusal(MaintenanceResult result) => result switch
    {
        MaintenanceResult.Refused { Code: "own-request" } refused => Problem.Forbidden(refused.Code, refused.Detail),
        MaintenanceResult.Refused { Code: "no-such-maintenance" } refused => Problem.NotFound(refused.Code, refused.Detail),
        MaintenanceResult.Refused { Code: "already-decided" or "has-begun" or "clock-behind" } refused => Problem.Conflict(refused.Code, refused.Detail),
        MaintenanceResult.Refused refused => Problem.Unprocessable(refused.Code, refused.Detail),
        _ => throw new InvalidOperationException($"{result.GetType()} is no result of this."),
    };
}
