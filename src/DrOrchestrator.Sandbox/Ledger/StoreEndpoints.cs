using System.Globalization;
using System.Text.Json.Nodes;
using DrOrchestrator.Sandbox.Wire;
using Microsoft.AspNetCore.Http;

namespace DrOrchestrator.Sandbox.Ledger;

/// <summary>The store on the wire; see "The sandbox on the wire" in docs/architecture.md.</summary>
internal sealed class StoreEndpoints(LedgerStore store, LogSender sender, Func<bool> hearsPrimary)
{
    public Task HandleAsync(HttpContext context) => (context.Request.Method, context.Request.Path.Value) switch
    {
        ("GET", "/healthz") => context.AnswerAsync(StatusCodes.Status200OK, new JsonObject { ["ready"] = true }),
        ("GET", "/status") => StatusAsync(context),
        ("GET", "/forks") => ForksAsync(context),
        ("POST", "/ledger/entries") => AppendAsync(context),
        ("GET", "/ledger/entries") => SearchAsync(context),
        ("GET", "/ledger/checksum") => ChecksumAsync(context),
        ("GET", "/log") => sender.ServeAsync(context),
        ("POST", "/promote") => ChangeAsync(context, store.PromoteAsync),
        ("POST", "/demote") => ChangeAsync(context, store.DemoteAsync),
        _ => context.RefuseAsync(StatusCodes.Status404NotFound, $"the ledger store has no {context.Request.Method} {context.Request.Path}"),
    };

    private Task StatusAsync(HttpContext context)
    {
        StoreState state = store.State;
        long end = store.Log.End;
        return context.AnswerAsync(StatusCodes.Status200OK, new JsonObject
        {
            ["role"] = state.RoleWord,
            ["epoch"] = state.Epoch,
            ["position"] = end,
            ["received"] = end,
            ["connected"] = state.Role == StoreRole.Standby ? hearsPrimary() : sender.HasListener,
            ["fork"] = state.Forks.LastOrDefault()?.ToJson(),
        });
    }

    private Task ForksAsync(HttpContext context)
    {
        StoreState state = store.State;
        var forks = new JsonArray([.. state.Forks.Select(f => f.ToJson())]);
        return context.AnswerAsync(StatusCodes.Status200OK, new JsonObject { ["role"] = state.RoleWord, ["epoch"] = state.Epoch, ["forks"] = forks });
    }

    private async Task AppendAsync(HttpContext context)
    {
        byte[]? body = await context.ReadBodyAsync().ConfigureAwait(false);
        string problem = "the body is longer than 64 KiB";
        if (body is null || LedgerEntry.Parse(body, out problem) is not { } entry)
        {
            await context.RefuseAsync(StatusCodes.Status400BadRequest, problem).ConfigureAwait(false);
            return;
        }

        string header = context.Request.Headers[Relay.EpochHeader].ToString();
        long? epoch = null;
        if (header.Length > 0)
        {
            if (!TryNumber(header, out long number))
            {
                await context.RefuseAsync(StatusCodes.Status400BadRequest, $"{Relay.EpochHeader} is '{header}'; it must be a whole number").ConfigureAwait(false);
                return;
            }

            epoch = number;
        }

        AppendAnswer answer = await store.AppendAsync(entry, epoch, CancellationToken.None).ConfigureAwait(false);
        await (answer switch
        {
            AppendAnswer.Durable d => context.AnswerAsync(
                d.Fresh ? StatusCodes.Status201Created : StatusCodes.Status200OK,
                new JsonObject { ["position"] = d.Position, ["epoch"] = d.Epoch }),
            AppendAnswer.Refused r => context.RefuseAsync(StatusCodes.Status503ServiceUnavailable, r.Reason),
            _ => throw new InvalidOperationException($"no wire form for {answer}"),
        }).ConfigureAwait(false);
    }

    private Task SearchAsync(HttpContext context)
    {
        // Epoch first: entries read later can only be newer, never from before a promotion that is claimed.
        long epoch = store.State.Epoch;
        (long end, IReadOnlyList<LogRecord> found) = store.Log.Search(context.Request.Query["prefix"].ToString());
        var entries = new JsonArray([.. found.Select(r => new JsonObject { ["id"] = r.Entry.Id, ["position"] = r.Position, ["sentAt"] = r.Entry.SentAt })]);
        return context.AnswerAsync(StatusCodes.Status200OK, new JsonObject { ["epoch"] = epoch, ["position"] = end, ["entries"] = entries });
    }

    private Task ChecksumAsync(HttpContext context)
    {
        string text = context.Request.Query["position"].ToString();
        if (!TryNumber(text, out long position))
        {
            return context.RefuseAsync(StatusCodes.Status400BadRequest, $"position is '{text}'; it must be a whole number");
        }

        return store.Log.ChecksumAt(position) is { } checksum
            ? context.AnswerAsync(StatusCodes.Status200OK, new JsonObject { ["position"] = position, ["checksum"] = Convert.ToHexStringLower(checksum) })
            : context.RefuseAsync(StatusCodes.Status404NotFound, $"this log ends at position {store.Log.End}");
    }

    private async Task ChangeAsync(HttpContext context, Func<long, CancellationToken, Task<RoleAnswer>> change)
    {
        string text = context.Request.Query["expectEpoch"].ToString();
        if (!TryNumber(text, out long expected))
        {
            await context.RefuseAsync(StatusCodes.Status400BadRequest, $"expectEpoch is '{text}'; it must be a whole number").ConfigureAwait(false);
            return;
        }

        RoleAnswer answer = await change(expected, CancellationToken.None).ConfigureAwait(false);
        if (answer.Reached is not { } reached)
        {
            await context.RefuseAsync(StatusCodes.Status409Conflict, answer.Refusal!).ConfigureAwait(false);
            return;
        }

        var body = new JsonObject { ["role"] = reached.RoleWord, ["epoch"] = reached.Epoch };
        if (reached.Role == StoreRole.Primary)
        {
            body["fork"] = reached.Forks.LastOrDefault()?.ToJson();
        }
        else
        {
            body["position"] = answer.Position;
        }

        await context.AnswerAsync(StatusCodes.Status200OK, body).ConfigureAwait(false);
    }

    private static bool TryNumber(string text, out long number) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
