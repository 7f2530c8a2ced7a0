namespace DrOrchestrator.Benchmarks;

/// <summary>Ten thousand probes every ten seconds, held for five minutes: how late looks begin, and what it takes.</summary>
internal static class LatenessBenchmark
{
    private const int Probes = 10_000;
    private const double LatenessBudget = 0.25;
    private const double ResidentBudget = 400;
    private static readonly TimeSpan Warm = TimeSpan.FromSeconds(130);
    private static readonly TimeSpan Held = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan AskEvery = TimeSpan.FromSeconds(60);

    public static async Task RunAsync(Published published, WorkFolder work, Report report)
    {
        if (!NginxTarget.IsInstalled)
        {
            report.Add(new Figure($"lateness of {Probes} probes", "not measured: nginx absent"));
            return;
        }

        await using var target = await NginxTarget.StartAsync(work.Folder("lateness-nginx"));
        var (estate, data) = (work.Folder("lateness-estate"), work.Folder("lateness-data"));
        new BenchEstate(Probes, target.Url, "10s", "5s", IsFresh: true).Write(estate);
        await using var server = await Server.StartAsync(published, estate, data);

        // A reading reaches up to two minutes back; the start itself is not what is held.
        await Task.Delay(Warm, TimeProvider.System);
        var (asked, used, began) = (await target.AskedAsync(), Usage.Processor(server.Id), TimeProvider.System.GetTimestamp());
        var (p99, worst, resident) = (0.0, 0.0, 0.0);
        while (TimeProvider.System.GetElapsedTime(began) < Held)
        {
            await Task.Delay(AskEvery, TimeProvider.System);
            p99 = Math.Max(p99, await ServerMetrics.LatenessAsync(server));
            worst = Math.Max(worst, await ServerMetrics.LatenessAsync(server, "1"));
            resident = Math.Max(resident, Usage.ResidentMegabytes(server.Id));
        }

        var (looks, took, cost) = (await target.AskedAsync() - asked, TimeProvider.System.GetElapsedTime(began), Usage.Processor(server.Id) - used);
        report.Add(new Figure($"lateness p99, {Probes} probes every 10 s for 5 min, worst reading ({published.Form})", $"< {p99 * 1000:F0} ms", "< 250 ms", p99 < LatenessBudget));
        report.Add(new Figure("... the latest look", $"< {worst * 1000:F0} ms"));
        report.Add(new Figure("... looks a second", $"{looks / took.TotalSeconds:F0}", "1000", looks / took.TotalSeconds >= 990));
        report.Add(new Figure("... left out", $"{await ServerMetrics.ReadAsync(server, "dro_probe_looks_missed"):F0}"));
        report.Add(new Figure("... resident, at most", $"{resident:F0} MB", $"< {ResidentBudget:F0} MB", resident < ResidentBudget));
        report.Add(new Figure("... of a core, with a scrape of all figures a minute", $"{100 * (cost / took):F1} %"));
    }
}
