using System.Collections.Concurrent;
using DrOrchestrator.Estates;
using DrOrchestrator.Kubernetes;
using DrOrchestrator.Kubernetes.Watching;
using DrOrchestrator.Testing.Kubernetes;
using DrOrchestrator.Time;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace DrOrchestrator.Tests.Kubernetes.Watching;

/// <summary>A cluster on the wire and loops that follow it, with spans short enough for a test.</summary>
internal sealed class FollowedCluster : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly ClusterConnections _connections = new(TimeProvider.System);
    private readonly List<Task> _loops = [];

    private FollowedCluster(FakeCluster cluster)
    {
        Cluster = cluster;
        Pods = new FakePods(cluster);
    }

    public FakeCluster Cluster { get; }

    public FakePods Pods { get; }

    public Lines Log { get; } = new();

    public ProcessClock Clock { get; } = new(TimeProvider.System);

    public WatchTimes Times { get; set; } = new() { FirstWait = TimeSpan.FromMilliseconds(5), LongestWait = TimeSpan.FromMilliseconds(50), Proven = TimeSpan.FromMilliseconds(100), Refused = TimeSpan.FromHours(1) };

    public static async Task<FollowedCluster> StartAsync() => new(await FakeCluster.StartAsync());

    public Estate Estate(string site = "primary") =>
        DrOrchestrator.Estates.Estate.None with { Sites = [new Site(site, SiteRole.Production, null, Cluster.KubeconfigPath, "primary")] };

    public PodTable Follow(string ns = "ledger")
    {
        var table = new PodTable("primary", ns, Clock, Times.Validity);
        var estate = Estate();
        _loops.Add(new WatchLoop("primary", ns, () => _connections.Of(estate, "primary"), table, Clock, Times, Log).RunAsync(_stop.Token));
        return table;
    }

    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_loops).WaitAsync(TimeSpan.FromSeconds(20));
    }

    public static async Task UntilAsync(Func<bool> holds, string what)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!holds())
        {
            if (limit.IsCancellationRequested)
            {
                throw new TimeoutException($"not within 30 s: {what}");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System);
        }
    }

    /// <summary>The first watch is answered so, all others as usual.</summary>
    public void FirstWatch(Func<HttpContext, Task> answer)
    {
        var first = 1;
        Pods.Before = async context =>
        {
            if (context.Request.Query["watch"] != "true" || Interlocked.Exchange(ref first, 0) == 0)
            {
                return false;
            }

            await answer(context);
            return true;
        };
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _connections.Dispose();
        await Cluster.DisposeAsync();
        _stop.Dispose();
    }

    internal sealed class Lines : ILogger
    {
        public ConcurrentQueue<string> Said { get; } = new();

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Said.Enqueue($"{logLevel} {formatter(state, exception)}");
    }
}
