using System.Text.Json.Nodes;
using DrOrchestrator.Sandbox.Control;
using DrOrchestrator.Sandbox.Wire;
using Microsoft.AspNetCore.Http;

namespace DrOrchestrator.Sandbox.FrontDoor;

/// <summary>The admin port: <c>GET /route</c> and <c>PUT /route</c> with <c>If-Match</c>.</summary>
internal sealed class RouteEndpoints(RouteFile routes, IReadOnlyList<string> sites, BearerToken admin, RequestRecord record, DocumentEndpoints documents)
{
    private const int MaxBy = 200;

    public async Task HandleAsync(HttpContext context)
    {
        if (!await admin.AdmitsAsync(context).ConfigureAwait(false))
        {
            return;
        }

        if (await documents.HandleAsync(context).ConfigureAwait(false))
        {
            return;
        }

        await ((context.Request.Method, context.Request.Path.Value) switch
        {
            ("GET", "/route") => ShowAsync(context, routes.Current),
            ("PUT", "/route") => ChangeAsync(context),
            _ => context.RefuseAsync(StatusCodes.Status404NotFound, "the front door's admin port has /route, /shield, /customers/NAME (GET and PUT) and GET /traffic only"),
        }).ConfigureAwait(false);
    }

    private static Task ShowAsync(HttpContext context, Route route)
    {
        context.Response.Headers.ETag = route.ETag;
        return context.AnswerAsync(StatusCodes.Status200OK, new JsonObject { ["site"] = route.Site, ["epoch"] = route.Epoch, ["by"] = route.By });
    }

    private async Task ChangeAsync(HttpContext context)
    {
        byte[] body = await context.ReadBodyAsync().ConfigureAwait(false) ?? [];
        (int status, string reason) = Decide(context.Request.Headers.IfMatch.ToString(), JsonWire.ParseObject(body));
        record.Record(context, "front-door", status, body);
        await (status == StatusCodes.Status200OK ? ShowAsync(context, routes.Current) : context.RefuseAsync(status, reason)).ConfigureAwait(false);
    }

    private (int Status, string Reason) Decide(string etag, JsonObject? json)
    {
        if (json?.Text("site") is not { } site || !sites.Contains(site) || json.Integer("epoch") is not >= 1 || json.Text("by") is not { Length: >= 1 and <= MaxBy } by)
        {
            return (StatusCodes.Status400BadRequest, $"the body must be {{\"site\",\"epoch\",\"by\"}} with a site of {string.Join(", ", sites)}, an epoch from 1 on, and who changes it (1 to {MaxBy} characters)");
        }

        if (etag.Length == 0)
        {
            return (StatusCodes.Status428PreconditionRequired, "If-Match is missing; read the route first and send its ETag");
        }

        return routes.TryChange(etag, site, json.Integer("epoch")!.Value, by)
            ? (StatusCodes.Status200OK, "")
            : (StatusCodes.Status412PreconditionFailed, $"the route is {routes.Current.ETag} by now, set by {routes.Current.By}; read it again");
    }
}
