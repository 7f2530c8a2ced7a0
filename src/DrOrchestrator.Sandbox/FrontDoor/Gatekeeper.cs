using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using DrOrchestrator.Sandbox.Wire;
using Microsoft.AspNetCore.Http;

namespace DrOrchestrator.Sandbox.FrontDoor;

/// <summary>
/// Who is served: a front door has so many places, and whoever sends slowly keeps one. Sources that the shield blocks are turned away before they take a place, and those that
/// have one lose it at once.
/// </summary>
internal sealed class Gatekeeper(Shield shield, Customers customers) : IDisposable
{
    /// <summary>Requests served at the same time.</summary>
    public const int Places = 256;

    private readonly SemaphoreSlim _places = new(Places, Places);
    private readonly ConcurrentDictionary<HttpContext, byte> _inside = new();
    private long _passed;
    private long _shed;

    public JsonObject Traffic => new() { ["passed"] = Interlocked.Read(ref _passed), ["shed"] = Interlocked.Read(ref _shed), ["inside"] = _inside.Count, ["places"] = Places };

    public async Task PassAsync(HttpContext context, RequestDelegate serve)
    {
        if (shield.Blocks(context.Connection.RemoteIpAddress))
        {
            Interlocked.Increment(ref _shed);
            context.Abort();
            return;
        }

        if (customers.Refusal(context.Request.Headers.Authorization.ToString()) is { } refusal)
        {
            await context.RefuseAsync(StatusCodes.Status401Unauthorized, refusal).ConfigureAwait(false);
            return;
        }

        // Whoever hung up while waiting has sent nothing on: nothing was done.
        await _places.WaitAsync(context.RequestAborted).ConfigureAwait(false);
        _inside.TryAdd(context, 0);
        try
        {
            await serve(context).ConfigureAwait(false);
            Interlocked.Increment(ref _passed);
        }
        finally
        {
            _inside.TryRemove(context, out _);
            _places.Release();
        }
    }

    /// <summary>After a change of the shield.</summary>
    public void TurnOut()
    {
        foreach (HttpContext context in _inside.Keys.Where(context => shield.Blocks(context.Connection.RemoteIpAddress)))
        {
            Interlocked.Increment(ref _shed);
            context.Abort();
        }
    }

    public void Dispose() => _places.Dispose();
}
