using System.Collections.Concurrent;
using DrOrchestrator.Availability;
using DrOrchestrator.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace DrOrchestrator.Benchmarks;

/// <summary>From the moment a target is truly down (it accepts and never answers) to the confirmed interruption with its row on disk.</summary>
internal static class DetectionBenchmark
{
    private const int Probes = 200;
    private const int Confirmations = 2;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Spread = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Budget = (Interval * Confirmations) + Timeout + TimeSpan.FromMilliseconds(250);

    public static async Task RunAsync(WorkFolder work, Report report)
    {
        var down = new ConcurrentDictionary<string, bool>(StringComparer.Ordinal);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        await using var target = builder.Build();
        target.Run(context => down.ContainsKey(context.Request.Path.Value!)
            ? Task.Delay(System.Threading.Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted)
            : context.Response.WriteAsync("ok"));
        await target.StartAsync();

        var (estate, data) = (work.Folder("detection-estate"), work.Folder("detection-data"));
        new BenchEstate(Probes, target.Urls.First(), "1s", "1s", IsFresh: true, Confirmations).Write(estate);
        await using var app = ServerBuilder.Build(new ServeOptions(estate, data));
        await app.StartAsync();
        var watch = app.Services.GetRequiredService<IServiceWatch>();
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        await Task.WhenAll(Enumerable.Range(0, Probes).Select(probe => watch.WaitForAsync($"probe-{probe}", IntervalState.Up, DateTimeOffset.MinValue, patience.Token)));

        var random = new Random(20260301);
        var took = await Task.WhenAll(Enumerable.Range(0, Probes).Select(async probe =>
        {
            await Task.Delay(Spread * random.NextDouble(), TimeProvider.System, patience.Token);
            var began = TimeProvider.System.GetTimestamp();
            down[$"/probe/{probe}"] = true;
            await watch.WaitForAsync($"probe-{probe}", IntervalState.Down, DateTimeOffset.MinValue, patience.Token);
            return TimeProvider.System.GetElapsedTime(began).TotalMilliseconds;
        }));
        await app.StopAsync();

        var samples = new Samples(took);
        report.Add(new Figure(
            $"detection p99 of {Probes}, hanging, every 1 s, timeout 1 s, {Confirmations} confirm",
            $"{samples.Quantile(0.99):F0} ms",
            $"< {Budget.TotalMilliseconds:F0} ms",
            samples.Quantile(0.99) < Budget.TotalMilliseconds));
        report.Add(new Figure("... median", $"{samples.Median:F0} ms"));
    }
}
