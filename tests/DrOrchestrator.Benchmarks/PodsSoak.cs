using DrOrchestrator.Estates;
using DrOrchestrator.Kubernetes;
using DrOrchestrator.Kubernetes.Watching;
using DrOrchestrator.Testing.Kubernetes;
using DrOrchestrator.Time;
using Microsoft.Extensions.Logging.Abstractions;

namespace DrOrchestrator.Benchmarks;

/// <summary>Fifty watches for an hour, against a cluster that this process plays: each ends every half minute and is begun anew, and pods change all the time. One line a minute; nothing may grow.</summary>
internal static class PodsSoak
{
    private const int Watches = 50;

    public static async Task RunAsync(TimeSpan length, TextWriter output)
    {
        await using var cluster = await FakeCluster.StartAsync();
        var pods = new FakePods(cluster);
        using var connections = new ClusterConnections(TimeProvider.System);
        using var stop = new CancellationTokenSource();
        var estate = Estate.None with { Sites = [new Site("primary", SiteRole.Production, null, cluster.KubeconfigPath, "primary")] };
        var clock = new ProcessClock(TimeProvider.System);
        var times = new WatchTimes { Life = TimeSpan.FromSeconds(20) };
        var tables = Enumerable.Range(0, Watches).Select(i => new PodTable("primary", $"ns-{i}", clock, times.Validity)).ToList();
        var loops = tables.Select((table, i) => new WatchLoop("primary", $"ns-{i}", () => connections.Of(estate, "primary"), table, clock, times, NullLogger.Instance).RunAsync(stop.Token)).ToList();
        await output.WriteLineAsync("minute  watches open  begun  lists  files  threads  resident MB  managed MB  tables known");
        for (var minute = 0; minute <= length.TotalMinutes; minute++)
        {
            for (var change = 0; minute < length.TotalMinutes && change < 600; change++)
            {
                pods.Put($"ns-{change % Watches}", FakePods.Pod($"ns-{change % Watches}", $"p-{change / Watches % 10}", ready: (change + minute) % 3 != 0));
                await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
            }

            pods.Trim();
            await output.WriteLineAsync(
                $"{minute + 1,6}  {pods.Open,12}  {pods.Watches.Count(),5}  {pods.Lists.Count(),5}  {Directory.GetFiles("/proc/self/fd").Length,5}  {Directory.GetDirectories("/proc/self/task").Length,7}  {Usage.ResidentMegabytes(Environment.ProcessId),11:F0}  {GC.GetTotalMemory(forceFullCollection: true) / 1048576.0,10:F1}  {tables.Count(table => table.Read().Counts is not null),12}");
        }

        await stop.CancelAsync();
        await Task.WhenAll(loops);
    }
}
