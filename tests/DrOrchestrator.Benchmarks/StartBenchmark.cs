namespace DrOrchestrator.Benchmarks;

/// <summary>From process start to the ready line of <c>dro serve</c>.</summary>
internal static class StartBenchmark
{
    private const int Restarts = 7;
    private const double BudgetMilliseconds = 1000;

    public static async Task RunAsync(Published published, WorkFolder work, Report report)
    {
        await using var target = await ProbeTarget.StartAsync();
        var (estate, data) = (work.Folder("start-estate"), work.Folder("start-data"));
        new BenchEstate(1, target.Url) { Systems = 1, PlanSteps = 0 }.Write(estate);
        var first = await StartAsync(published, estate, data);
        var later = new List<(double Wall, double Cpu)>();
        for (var i = 0; i < Restarts; i++)
        {
            later.Add(await StartAsync(published, estate, data));
        }

        var wall = new Samples(later.Select(start => start.Wall));
        report.Add(new Figure($"start to ready, migrated database ({published.Form})", wall.Spread(), "< 1000 ms", wall.Median < BudgetMilliseconds));
        report.Add(new Figure("... processor time of it, all threads", new Samples(later.Select(start => start.Cpu)).Spread()));
        report.Add(new Figure("... first start, new data folder", $"{first.Wall:F0} ms"));
        report.Add(new Figure("floor: dro tier classify, whole process", (await Samples.OfAsync(Restarts, () => published.RunAsync("tier", "classify", "--scope", "financial-rights", "--severity", "moderate"))).Spread()));
    }

    private static async Task<(double Wall, double Cpu)> StartAsync(Published published, string estate, string data)
    {
        await using var server = await Server.StartAsync(published, estate, data);
        return (server.ToReady.TotalMilliseconds, server.ProcessorTime.TotalMilliseconds);
    }
}
