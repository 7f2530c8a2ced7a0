namespace DrOrchestrator.Benchmarks;

/// <summary>Memory of <c>dro serve</c> with a thousand probes that really run.</summary>
internal static class MemoryBenchmark
{
    private const int Probes = 1000;
    private const double ResidentBudget = 240;
    private const double AnonymousBudget = 100;
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(60);

    public static async Task RunAsync(Published published, WorkFolder work, Report report)
    {
        await using var target = await ProbeTarget.StartAsync();
        await using var many = await StartAsync(published, work, target, Probes);
        var askedBefore = target.Asked;
        await Task.Delay(Settled, TimeProvider.System);
        var asked = target.Asked - askedBefore;
        var (resident, anonymous) = (Usage.ResidentMegabytes(many.Id), Usage.AnonymousMegabytes(many.Id));
        report.Add(new Figure($"resident, {Probes} probes every 10 s, 60 s after ready ({published.Form})", $"{resident:F0} MB", "< 240 MB", resident < ResidentBudget));
        report.Add(new Figure("... of it anonymous", $"{anonymous:F0} MB", "< 100 MB", anonymous < AnonymousBudget));
        report.Add(new Figure("... its target was asked meanwhile", $"{asked} times"));
        report.Add(new Figure($"... start to ready with {Probes} probes, new data folder", $"{many.ToReady.TotalMilliseconds:F0} ms"));

        await using var one = await StartAsync(published, work, target, 1);
        await Task.Delay(Settled, TimeProvider.System);
        report.Add(new Figure("floor: the same with one probe, resident / anonymous", $"{Usage.ResidentMegabytes(one.Id):F0} / {Usage.AnonymousMegabytes(one.Id):F0} MB"));
    }

    private static async Task<Server> StartAsync(Published published, WorkFolder work, ProbeTarget target, int probes)
    {
        var estate = work.Folder($"memory-estate-{probes}");
        new BenchEstate(probes, target.Url) { Systems = Math.Max(1, probes / 10), PlanSteps = 0 }.Write(estate);
        return await Server.StartAsync(published, estate, work.Folder($"memory-data-{probes}"));
    }
}
