using System.Globalization;
using System.Text.Json.Nodes;
using DrOrchestrator.Sandbox.Ledger;
using DrOrchestrator.Sandbox.Wire;
using Microsoft.AspNetCore.Http;

namespace DrOrchestrator.Sandbox.Postgres;

/// <summary>The ledger on the wire, the same as the lab's own store serves; see "The sandbox on the wire" in docs/architecture.md.</summary>
internal sealed class PostgresLedgerEndpoints(PostgresLedger ledger)
{
    public Task HandleAsync(HttpContext context) => (context.Request.Method, context.Request.Path.Value) switch
    {
        ("POST", "/ledger/entries") => PostAsync(context),
        ("GET", "/ledger/entries") => ReadAsync(context, SearchAsync),
        ("GET", "/ledger/checksum") => ReadAsync(context, ChecksumAsync),
        _ => context.RefuseAsync(StatusCodes.Status404NotFound, $"the ledger has no {context.Request.Method} {context.Request.Path}"),
    };

    private async Task PostAsync(HttpContext context)
    {
        byte[]? body = await context.ReadBodyAsync().ConfigureAwait(false);
        string problem = "the body is longer than 64 KiB";
        if (body is null || LedgerEntry.Parse(body, out problem) is not { } entry)
        {
            await context.RefuseAsync(StatusCodes.Status400BadRequest, problem).ConfigureAwait(false);
            return;
        }

        string header = context.Request.Headers[Relay.EpochHeader].ToString();
        long epoch = 0;
        if (header.Length > 0 && !TryNumber(header, out epoch))
        {
            await context.RefuseAsync(StatusCodes.Status400BadRequest, $"{Relay.EpochHeader} is '{header}'; it must be a whole number").ConfigureAwait(false);
            return;
        }

        PostingAnswer answer = await ledger.PostAsync(entry, header.Length > 0 ? epoch : null).ConfigureAwait(false);
        await (answer switch
        {
            PostingAnswer.Committed c => context.AnswerAsync(
                c.Fresh ? StatusCodes.Status201Created : StatusCodes.Status200OK, new JsonObject { ["position"] = c.Position, ["epoch"] = c.Timeline }),
            PostingAnswer.Refused r => context.RefuseAsync(StatusCodes.Status503ServiceUnavailable, r.Reason),
            PostingAnswer.InDoubt d => context.AnswerAsync(StatusCodes.Status502BadGateway, new JsonObject { ["inDoubt"] = true, ["reason"] = d.Reason }),
            _ => throw new InvalidOperationException($"no wire form for {answer}"),
        }).ConfigureAwait(false);
    }

    private static async Task ReadAsync(HttpContext context, Func<HttpContext, Task> read)
    {
        try
        {
            await read(context).ConfigureAwait(false);
        }
        catch (Exception e) when (PostgresLedger.IsFailure(e) && !context.Response.HasStarted)
        {
            await context.RefuseAsync(StatusCodes.Status503ServiceUnavailable, e.Message).ConfigureAwait(false);
        }
    }

    private async Task SearchAsync(HttpContext context)
    {
        var (epoch, end, found) = await ledger.SearchAsync(context.Request.Query["prefix"].ToString()).ConfigureAwait(false);
        var entries = new JsonArray([.. found.Select(e => new JsonObject { ["id"] = e.Id, ["position"] = e.Position, ["sentAt"] = e.SentAt })]);
        await context.AnswerAsync(StatusCodes.Status200OK, new JsonObject { ["epoch"] = epoch, ["position"] = end, ["entries"] = entries }).ConfigureAwait(false);
    }

    private async Task ChecksumAsync(HttpContext context)
    {
        string text = context.Request.Query["position"].ToString();
        await (!TryNumber(text, out long position) ? context.RefuseAsync(StatusCodes.Status400BadRequest, $"position is '{text}'; it must be a whole number")
            : await ledger.ChecksumAsync(position).ConfigureAwait(false) is { } checksum ? context.AnswerAsync(StatusCodes.Status200OK, new JsonObject { ["position"] = position, ["checksum"] = checksum })
            : context.RefuseAsync(StatusCodes.Status404NotFound, $"this ledger does not reach position {position}")).ConfigureAwait(false);
    }

    private static bool TryNumber(string text, out long number) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
