using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Estates;
using DrOrchestrator.Plans;
using DrOrchestrator.Storage;
using DrOrchestrator.Testing.Postgres;
using DrOrchestrator.Web;
using Microsoft.Extensions.DependencyInjection;

namespace DrOrchestrator.Benchmarks;

/// <summary>
/// What the engine adds to a step: the server as it is shipped, with one more step kind that does nothing, runs a plan of 200 such steps; intent and outcome of each are
/// durable with their evidence before the next begins. Then a plan of 1,000 steps in 50 groups side by side. On SQLite and on PostgreSQL.
/// </summary>
internal static class StepBenchmark
{
    private const int Steps = 200;
    private const int Runs = 6;
    private const int ManySteps = 1000;
    private const int Groups = 50;

    public static async Task RunAsync(WorkFolder work, Report report)
    {
        using (var commits = new CommitFloor(work.Folder("floor")))
        {
            await MeasureAsync(work, report, "SQLite", null, (steps, bytes) => Task.FromResult(commits.Measure(steps, bytes)), budget: 2);
        }

        if (!PostgresServer.IsInstalled)
        {
            report.Add(new Figure("engine per step on PostgreSQL", "PostgreSQL absent"));
        }
        else
        {
            await using var server = await PostgresServer.StartNewAsync();
            await server.ExecuteAsync("CREATE DATABASE dro", "CREATE DATABASE floor");
            await using var floor = await PostgresCommitFloor.OpenAsync(server.ConnectionTo("floor"));
            await MeasureAsync(work, report, "PostgreSQL", new ConnectionText(server.ConnectionTo("dro")), floor.MeasureAsync, budget: 5);
        }

        report.Add(new Figure("peer: ansible-playbook, /bin/true, per step", await AnsiblePeer.MeasureAsync(work.Folder("ansible"))));
    }

    private static async Task MeasureAsync(WorkFolder work, Report report, string store, ConnectionText? database, Func<int, int, Task<IReadOnlyList<double>>> floorOf, double budget)
    {
        await using var target = await ProbeTarget.StartAsync();
        var (estate, data) = (work.Folder($"step-estate-{store}"), work.Folder($"step-data-{store}"));
        new BenchEstate(1, target.Url) { Systems = 1, PlanSteps = Steps }.Write(estate);
        var step = new NoOpStep();
        List<IReadOnlyList<double>> runs = [], floors = [];
        var bytes = 0;
        await using (var app = Build(estate, data, database, step))
        {
            await app.StartAsync();
            for (var run = 0; run < Runs; run++)
            {
                await RunPlanAsync(app.Services);
                runs.Add(step.TakeGaps());

                // In turns, so that both see the same neighbours on the machine.
                bytes = BytesPerCommit(app.Services.GetRequiredService<Database>());
                floors.Add(await floorOf(Steps, bytes));
            }

            await app.StopAsync();
        }

        var (warm, floor) = (new Samples(runs.Skip(1).SelectMany(gaps => gaps)), new Samples(floors.Skip(1).SelectMany(pairs => pairs)));
        report.Add(new Figure($"engine per step on {store}, p50 of {warm.Count}", $"{warm.Median:F2} ms", $"< {budget:F0} ms", warm.Median < budget));
        report.Add(new Figure("... p95", $"{warm.Quantile(0.95):F2} ms"));
        report.Add(new Figure("... p50 of the first run of a new process (JIT)", $"{new Samples(runs[0]).Median:F2} ms"));
        report.Add(new Figure($"... floor: two commits of {bytes} bytes, p50 / p95", $"{floor.Median:F2} / {floor.Quantile(0.95):F2} ms; the engine takes {warm.Median / floor.Median:F1} times as long"));

        new BenchEstate(1, target.Url) { Systems = 1, PlanSteps = ManySteps, PlanGroups = Groups }.Write(estate);
        await using var many = Build(estate, data, database, step);
        await many.StartAsync();
        var taken = new List<double>();
        for (var run = 0; run < 3; run++)
        {
            await RunPlanAsync(many.Services);
            taken.Add(step.TakeGaps().Sum() / 1000);
        }

        await many.StopAsync();
        report.Add(new Figure(
            $"{ManySteps} steps in {Groups} groups on {store}, all, median of 3", $"{new Samples(taken).Median:F2} s ({taken.Min():F2} to {taken.Max():F2})", "< 3 s", new Samples(taken).Median < 3));
    }

    private static Microsoft.AspNetCore.Builder.WebApplication Build(string estate, string data, ConnectionText? database, NoOpStep step) =>
        ServerBuilder.Build(new ServeOptions(estate, data, Database: database), services => services.AddSingleton<IStepKind>(step));

    internal static async Task RunPlanAsync(IServiceProvider services)
    {
        var (drills, estate) = (services.GetRequiredService<IDrills>(), services.GetRequiredService<EstateHolder>().Current);
        var asker = estate.People.First(person => person.Roles.Contains(PersonRole.Operator));
        var verifier = estate.People.First(person => person.Roles.Contains(PersonRole.BusinessVerifier));
        var started = await drills.StartAsync(new StartRequest(BenchPlan.Name, RunMode.Live, "bench", asker), CancellationToken.None) as StartResult.Started
            ?? throw new InvalidOperationException("the run was refused");
        await foreach (var told in drills.WatchAsync(started.Run, 0, CancellationToken.None))
        {
            if (told.Kind == JournalKinds.Asked)
            {
                await drills.AnswerAsync(started.Run, BenchPlan.Verification, verifier, confirmed: true, null, CancellationToken.None);
            }
        }
    }

    /// <summary>Mean size of what one line of the journal and its evidence record write.</summary>
    private static int BytesPerCommit(Database database)
    {
        using var connection = database.Open();
        using var command = connection.CreateCommand();
        command.CommandText =
            """
            SELECT CAST((SELECT AVG(LENGTH(data)) FROM drill_journal WHERE step IS NOT NULL)
                 + (SELECT AVG(LENGTH(header) + LENGTH(salt) + LENGTH(payload) + LENGTH(leaf_hash)) FROM evidence_record WHERE kind LIKE 'step.%') AS BIGINT)
            """;
        return (int)(long)command.ExecuteScalar()!;
    }
}
