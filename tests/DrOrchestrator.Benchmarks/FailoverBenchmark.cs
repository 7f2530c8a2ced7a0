using DrOrchestrator.Drills;
using DrOrchestrator.Testing.Postgres;

namespace DrOrchestrator.Benchmarks;

/// <summary>
/// How long the clients of a PostgreSQL pair are without service: from the last row acknowledged at the old side to the first at the new one, with a writer of 100 rows a second
/// attached to each. The real engine, real probes, a fence proved at the host; the decision was given beforehand, with the run's approval.
/// </summary>
internal static class FailoverBenchmark
{
    private const int Rounds = 5;
    private const double FastBudget = 1.6;
    private const double SlowBudget = 4.5;
    private const double PlannedBudget = 1.4;

    public static async Task RunAsync(Report report, int rounds = Rounds)
    {
        await UnplannedAsync(report, "200ms", FastBudget, rounds);
        await UnplannedAsync(report, "1s", SlowBudget, rounds);
        await PlannedAsync(report, rounds);
        var floor = new Samples(await RepeatAsync(rounds, FloorAsync));
        report.Add(new Figure($"floor: pg_promote at once, no detection, no fence, median of {rounds}", Seconds(floor.Median)));
        report.Add(new Figure("peers, measured 2026-11-22 on this kind of machine", "Patroni 28 s (defaults), 5.3 s (fastest); repmgr 1.64 s (fastest, no fence)"));
        report.Add(new Figure("peer of the planned switch, measured 2026-11-22", "Patroni 1.4 s"));
    }

    private static async Task UnplannedAsync(Report report, string interval, double budget, int rounds)
    {
        List<double> gaps = [], detections = [], fences = [], promotions = [];
        for (var round = 0; round < rounds; round++)
        {
            await using var lab = await PostgresLab.StartAsync(synchronous: true, probeInterval: interval, plans: ["bench.yaml"], write: WritePlan);
            var run = await lab.StartRunAsync("bench-failover");
            await lab.StepAsync(run, "detect", "running");
            await lab.AtPrimary.WaitForAsync(50 + (7 * round));
            await lab.Primary.KillAsync();
            var view = await EndAsync(lab, run);
            gaps.Add(Gap(lab));
            detections.Add((Of(view, "detect").EndedAt!.Value - view.OpenedAt).TotalSeconds);
            fences.Add(Length(view, "fence-primary"));
            promotions.Add(Length(view, "promote-dr"));
        }

        var (gap, fence, promotion) = (new Samples(gaps), new Samples(fences), new Samples(promotions));
        report.Add(new Figure($"failover, probes every {interval} x 3: gap, median of {rounds} / worst", $"{Seconds(gap.Median)} / {Seconds(gaps.Max())}", $"<= {Seconds(budget)}", gap.Median <= budget));
        report.Add(new Figure("... of it the fence, proved at the host / the promotion", $"{Seconds(fence.Median)} / {Seconds(promotion.Median)}"));
    }

    private static async Task PlannedAsync(Report report, int rounds)
    {
        List<double> gaps = [];
        var lost = 0;
        for (var round = 0; round < rounds; round++)
        {
            await using var lab = await PostgresLab.StartAsync(probeInterval: "200ms", plans: ["postgres-switchover.yaml"]);
            lab.Unanswered = "business-verification";
            var run = await lab.StartRunAsync("postgres-switchover");
            await lab.StepAsync(run, "business-verification", "running");
            await lab.AtDr.WaitForAsync(20);
            gaps.Add(Gap(lab));
            lost += lab.AtPrimary.Acknowledged.Select(row => row.Number).Except(await lab.AtPrimary.FoundAtAsync(lab.Dr)).Count();
        }

        var gap = new Samples(gaps);
        report.Add(new Figure($"planned switchover: gap, median of {rounds} / worst", $"{Seconds(gap.Median)} / {Seconds(gaps.Max())}", $"<= {Seconds(PlannedBudget)}", gap.Median <= PlannedBudget));
        report.Add(new Figure("... acknowledged rows lost (replication asynchronous)", $"{lost}", "0", lost == 0));
    }

    private static async Task<double> FloorAsync()
    {
        await using var lab = await PostgresLab.StartAsync(probeInterval: "200ms", plans: ["bench.yaml"], write: WritePlan);
        await using var standing = new Npgsql.NpgsqlConnection(lab.Dr.ConnectionString);
        await standing.OpenAsync();
        await using var promote = new Npgsql.NpgsqlCommand("SELECT pg_promote(false)", standing);
        await lab.Primary.KillAsync();
        await promote.ExecuteScalarAsync();
        await lab.AtDr.WaitForAsync(5);
        return Gap(lab);
    }

    private static async Task<List<double>> RepeatAsync(int rounds, Func<Task<double>> measure)
    {
        var values = new List<double>();
        for (var round = 0; round < rounds; round++)
        {
            values.Add(await measure());
        }

        return values;
    }

    private static async Task<RunView> EndAsync(PostgresLab lab, long run)
    {
        await lab.AtDr.WaitForAsync(20);
        var view = await lab.EndOfAsync(run);
        return view.Outcome is "passed" or "switched-not-returned" ? view : throw new InvalidOperationException($"the run is {view.Outcome}: {view.Failure}");
    }

    private static double Gap(PostgresLab lab) => TimeProvider.System.GetElapsedTime(lab.AtPrimary.Acknowledged[^1].At, lab.AtDr.Acknowledged[0].At).TotalSeconds;

    private static StepView Of(RunView view, string step) => view.Steps.Single(one => one.Name == step);

    private static double Length(RunView view, string step) => (Of(view, step).EndedAt!.Value - Of(view, step).StartedAt!.Value).TotalSeconds;

    private static string Seconds(double seconds) => $"{seconds:F2} s";

    /// <summary>The shipped failover up to the promotion; nobody is asked on the way.</summary>
    private static void WritePlan(string folder)
    {
        var shipped = File.ReadAllText(Path.Combine(PostgresLab.Runbooks, "postgres-failover.yaml"));
        var (declare, fence, back) = (shipped.IndexOf("  - name: declare", StringComparison.Ordinal), shipped.IndexOf("  - name: fence-primary", StringComparison.Ordinal), shipped.IndexOf("way-back:", StringComparison.Ordinal));
        File.WriteAllText(
            Path.Combine(folder, "bench.yaml"),
            string.Concat(shipped.AsSpan(0, declare), shipped.AsSpan(fence, back - fence)).Replace("plan: postgres-failover", "plan: bench-failover", StringComparison.Ordinal));
    }
}
