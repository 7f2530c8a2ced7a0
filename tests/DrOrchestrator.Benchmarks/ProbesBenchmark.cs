namespace DrOrchestrator.Benchmarks;

/// <summary>What a look costs in <c>dro serve</c>, from the schedule through the edge detector to the store: on fresh connections and on reused ones.</summary>
internal static class ProbesBenchmark
{
    private const double FreshBudget = 4000;
    private const double ReusedBudget = 20_000;
    private const double ShareOfPeer = 0.4;

    /// <summary>So many are due for each that the budget asks for: a rate can be reached only where more are due.</summary>
    private const double Due = 1.05;

    private static readonly TimeSpan Warm = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Measured = TimeSpan.FromSeconds(20);

    public static async Task RunAsync(Published published, WorkFolder work, Report report)
    {
        if (!NginxTarget.IsInstalled)
        {
            report.Add(new Figure("looks a second", "not measured: nginx absent"));
            return;
        }

        await using var target = await NginxTarget.StartAsync(work.Folder("probes-nginx"));
        var fresh = await MeasureAsync(published, work, report, target, FreshBudget, isFresh: true);
        report.Add(await PeerAsync(work, target, fresh));
        var bare = await BareClient.MeasureAsync(target.Url, isFresh: true);
        report.Add(new Figure("... floor: HttpClient alone, a fresh connection each", $"{bare.PerRequest.TotalMilliseconds:F3} ms processor time, {bare.PerSecond:F0} a second"));
        await MeasureAsync(published, work, report, target, ReusedBudget, isFresh: false);
        bare = await BareClient.MeasureAsync(target.Url, isFresh: false);
        report.Add(new Figure("... floor: HttpClient alone, reused connections", $"{bare.PerRequest.TotalMilliseconds:F3} ms processor time, {bare.PerSecond:F0} a second"));
    }

    private static async Task<TimeSpan> MeasureAsync(Published published, WorkFolder work, Report report, NginxTarget target, double budget, bool isFresh)
    {
        var (kind, perSecond) = (isFresh ? "fresh" : "reused", (int)(Due * budget));
        var (estate, data) = (work.Folder($"probes-{kind}-estate"), work.Folder($"probes-{kind}-data"));
        new BenchEstate(perSecond, target.Url, "1s", "2s", isFresh).Write(estate);
        await using var server = await Server.StartAsync(published, estate, data);
        await Task.Delay(Warm, TimeProvider.System);
        var (asked, used, began) = (await target.AskedAsync(), Usage.Processor(server.Id), TimeProvider.System.GetTimestamp());
        await Task.Delay(Measured, TimeProvider.System);
        var (looks, cost) = (await target.AskedAsync() - asked, Usage.Processor(server.Id) - used);
        var rate = looks / TimeProvider.System.GetElapsedTime(began).TotalSeconds;
        var late = await ServerMetrics.LatenessAsync(server);
        report.Add(new Figure($"looks a second, {kind} connections, {perSecond} due ({published.Form})", $"{rate:F0}", $"{budget:F0}", rate >= budget));
        report.Add(new Figure($"... processor time of one, all of dro serve", $"{cost.TotalMilliseconds / looks:F3} ms"));
        report.Add(new Figure("... lateness p99", $"< {late * 1000:F0} ms"));
        return cost / looks;
    }

    private static async Task<Figure> PeerAsync(WorkFolder work, NginxTarget target, TimeSpan ours)
    {
        if (!BlackboxPeer.CanBeSaturated)
        {
            return new Figure("... peer: blackbox_exporter, saturated by wrk", "peer absent");
        }

        await using var peer = await BlackboxPeer.StartAsync(work.Folder("probes-blackbox"));
        var (perProbe, perSecond) = await peer.SaturateAsync(target.Url, (int)Measured.TotalSeconds / 2);
        var share = ours / perProbe;
        return new Figure(
            "... peer: blackbox_exporter, saturated by wrk",
            $"{perProbe.TotalMilliseconds:F3} ms, {perSecond:F0} a second; ours is {share:F2} of it",
            $"<= {ShareOfPeer}",
            share <= ShareOfPeer);
    }
}
