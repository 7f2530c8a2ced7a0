using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace DrOrchestrator.Benchmarks;

/// <summary>What the probes of the benches ask: answers 200, and counts, so that nobody praises the memory of probes that did not run.</summary>
internal sealed class ProbeTarget : IAsyncDisposable
{
    private readonly WebApplication _app;
    private long _asked;

    private ProbeTarget()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.Run(context =>
        {
            Interlocked.Increment(ref _asked);
            return context.Response.WriteAsync("ok");
        });
    }

    public string Url => _app.Urls.First();

    public long Asked => Interlocked.Read(ref _asked);

    public static async Task<ProbeTarget> StartAsync()
    {
        var target = new ProbeTarget();
        await target._app.StartAsync();
        return target;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
