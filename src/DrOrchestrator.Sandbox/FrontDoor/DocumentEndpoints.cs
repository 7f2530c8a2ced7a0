using System.Text.Json.Nodes;
using DrOrchestrator.Sandbox.Control;
using DrOrchestrator.Sandbox.Wire;
using Microsoft.AspNetCore.Http;

namespace DrOrchestrator.Sandbox.FrontDoor;

/// <summary>The rest of the admin port: <c>/shield</c> and <c>/customers/NAME</c>, each read with GET and changed with PUT and <c>If-Match</c>, and <c>GET /traffic</c>.</summary>
internal sealed class DocumentEndpoints(Shield shield, Customers customers, Gatekeeper gatekeeper, RequestRecord record)
{
    private const int MaxBy = 200;

    /// <summary>False where the path is none of these.</summary>
    public async Task<bool> HandleAsync(HttpContext context)
    {
        switch (context.Request.Method, context.Request.Path.Value!.Split('/'))
        {
            case ("GET", ["", "traffic"]):
                await context.AnswerAsync(StatusCodes.Status200OK, gatekeeper.Traffic).ConfigureAwait(false);
                return true;
            case ("GET", ["", "shield"]):
                await ShowAsync(context, shield.Document).ConfigureAwait(false);
                return true;
            case ("PUT", ["", "shield"]):
                await ChangeAsync(context, shield.Document, Networks, shield.TryChange).ConfigureAwait(false);
                gatekeeper.TurnOut();
                return true;
            case ("GET", ["", "customers", var name]) when customers.Find(name) is { } access:
                await ShowAsync(context, access).ConfigureAwait(false);
                return true;
            case ("PUT", ["", "customers", var name]) when customers.Find(name) is { } access:
                await ChangeAsync(context, access, body => Access(name, body), access.TryChange).ConfigureAwait(false);
                return true;
            default:
                return false;
        }
    }

    private static Task ShowAsync(HttpContext context, VersionedDocument document)
    {
        context.Response.Headers.ETag = document.ETag;
        JsonObject shown = document.Current;
        shown.Remove("version");
        return context.AnswerAsync(StatusCodes.Status200OK, shown);
    }

    private async Task ChangeAsync(HttpContext context, VersionedDocument document, Func<JsonObject?, JsonObject?> read, Func<string, JsonObject, bool> tryChange)
    {
        byte[] body = await context.ReadBodyAsync().ConfigureAwait(false) ?? [];
        JsonObject? next = read(JsonWire.ParseObject(body));
        string etag = context.Request.Headers.IfMatch.ToString();
        (int status, string reason) = next is null ? (StatusCodes.Status400BadRequest, "the body must be {\"blocked\":[\"NETWORK/BITS\"],\"by\"} for the shield, {\"revoked\":true|false,\"by\"} for a customer")
            : etag.Length == 0 ? (StatusCodes.Status428PreconditionRequired, "If-Match is missing; read it first and send its ETag")
            : tryChange(etag, next) ? (StatusCodes.Status200OK, "")
            : (StatusCodes.Status412PreconditionFailed, $"it is {document.ETag} by now, set by {document.Current.Text("by")}; read it again");
        record.Record(context, "front-door", status, body);
        await (status == StatusCodes.Status200OK ? ShowAsync(context, document) : context.RefuseAsync(status, reason)).ConfigureAwait(false);
    }

    private static JsonObject? Networks(JsonObject? body) =>
        body?.Text("by") is { Length: >= 1 and <= MaxBy } by && Shield.Networks(body) is { } networks
            ? new JsonObject { ["blocked"] = new JsonArray([.. networks.Select(network => JsonValue.Create(network.ToString()))]), ["by"] = by }
            : null;

    private static JsonObject? Access(string name, JsonObject? body) =>
        body?.Text("by") is { Length: >= 1 and <= MaxBy } by && body.Flag("revoked") is { } revoked ? new JsonObject { ["name"] = name, ["revoked"] = revoked, ["by"] = by } : null;
}
