using System.Diagnostics;

namespace DrOrchestrator.Benchmarks;

/// <summary>The floor under a look: the same requests by HttpClient in this process, fifty at a time, judged by nobody.</summary>
internal static class BareClient
{
    private const int AtOnce = 50;
    private static readonly TimeSpan Warm = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Measured = TimeSpan.FromSeconds(5);

    public static async Task<(TimeSpan PerRequest, double PerSecond)> MeasureAsync(string url, bool isFresh)
    {
        using var client = new HttpClient(new SocketsHttpHandler
        {
            PooledConnectionLifetime = isFresh ? TimeSpan.Zero : Timeout.InfiniteTimeSpan,
            UseProxy = false,
            UseCookies = false,
        });
        await AskAsync(client, url, Warm);
        using var self = Process.GetCurrentProcess();
        var before = self.TotalProcessorTime;
        var asked = await AskAsync(client, url, Measured);
        self.Refresh();
        return ((self.TotalProcessorTime - before) / asked, asked / Measured.TotalSeconds);
    }

    private static async Task<long> AskAsync(HttpClient client, string url, TimeSpan time)
    {
        var (asked, began) = (0L, TimeProvider.System.GetTimestamp());
        await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(_ => Task.Run(async () =>
        {
            while (TimeProvider.System.GetElapsedTime(began) < time)
            {
                using var answer = await client.GetAsync(url);
                Interlocked.Increment(ref asked);
            }
        })));
        return asked;
    }
}
