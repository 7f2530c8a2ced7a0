using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Storage;
using DrOrchestrator.Testing.Postgres;

namespace DrOrchestrator.Benchmarks;

/// <summary>
/// How soon a run goes on after its server was killed (SIGKILL) in the middle of it: on SQLite from the next start's ready line, on PostgreSQL from the moment another server
/// took the run over, each to the next line about a step that the journal has.
/// </summary>
internal static class ResumeBenchmark
{
    private const int Rounds = 7;
    private const double BudgetMilliseconds = 500;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(2);

    public static async Task RunAsync(Published published, WorkFolder work, Report report)
    {
        await using var target = await ProbeTarget.StartAsync();
        var estate = work.Folder("resume-estate");
        new BenchEstate(1, target.Url) { Systems = 1, PlanSteps = 1000, PlanStep = "kind: wait, with: { for: 100ms }" }.Write(estate);

        var alone = await OnSqliteAsync(published, estate, work.Folder("resume-data"));
        report.Add(new Figure("resume on SQLite, from ready to the next step's line", alone.Spread(), "< 500 ms", alone.Max < BudgetMilliseconds));
        if (!PostgresServer.IsInstalled)
        {
            report.Add(new Figure("resume on PostgreSQL", "PostgreSQL absent"));
            return;
        }

        await using var postgres = await PostgresServer.StartNewAsync();
        var (resumed, taken) = await OnPostgresAsync(published, estate, [work.Folder("resume-one"), work.Folder("resume-other")], postgres.ConnectionString);
        report.Add(new Figure("resume on PostgreSQL, from the takeover to the next step's line", resumed.Spread(), "< 500 ms", resumed.Max < BudgetMilliseconds));
        report.Add(new Figure("... from SIGKILL to the takeover: the dead one's lease has to end", taken.Spread()));
    }

    private static async Task<Samples> OnSqliteAsync(Published published, string estate, string data)
    {
        var taken = new List<double>();
        var server = await Server.StartAsync(published, estate, data);
        try
        {
            var database = new SqliteDatabase(Path.Combine(data, "dro.db"));
            await published.RunAsync("drill", "start", BenchPlan.Name, "--data", data, "--mode", "live", "--reason", "bench");
            var last = await LineAsync(database, line => line.Kind == JournalKinds.Outcome);
            for (var round = 0; round < Rounds; round++)
            {
                await server.KillAsync();
                await server.DisposeAsync();
                server = await Server.StartAsync(published, estate, data);
                last = await LineAsync(database, line => line.Epoch > last.Epoch && line.Step is not null);
                taken.Add((last.At - server.ReadyAt).TotalMilliseconds);
            }
        }
        finally
        {
            await server.DisposeAsync();
        }

        return new Samples(taken);
    }

    private static async Task<(Samples Resumed, Samples Taken)> OnPostgresAsync(Published published, string estate, string[] data, string connection)
    {
        var (resumed, taken) = (new List<double>(), new List<double>());
        Task<Server> StartAsync(int which) => Server.StartAsync(published, estate, data[which], "--database", connection, "--stand-by");
        Server[] servers = [await StartAsync(0), null!];
        try
        {
            // One log, one key: as docs/cli.md asks of whoever is to replace another.
            File.Copy(Path.Combine(data[0], "evidence.key"), Path.Combine(data[1], "evidence.key"));
            servers[1] = await StartAsync(1);
            var database = new PostgresDatabase(connection);
            await published.RunAsync("drill", "start", BenchPlan.Name, "--data", data[0], "--mode", "live", "--reason", "bench");
            var last = await LineAsync(database, line => line.Kind == JournalKinds.Outcome);
            for (var round = 0; round < Rounds; round++)
            {
                var killedAt = TimeProvider.System.GetUtcNow();
                await servers[round % 2].KillAsync();
                var leased = await LineAsync(database, line => line.Epoch > last.Epoch && line.Kind == JournalKinds.Leased);
                last = await LineAsync(database, line => line.Epoch >= leased.Epoch && line.Step is not null);
                taken.Add((leased.At - killedAt).TotalMilliseconds);
                resumed.Add((last.At - leased.At).TotalMilliseconds);
                await servers[round % 2].DisposeAsync();
                servers[round % 2] = await StartAsync(round % 2);
            }
        }
        finally
        {
            foreach (var server in servers.Where(server => server is not null))
            {
                await server.DisposeAsync();
            }
        }

        return (new Samples(resumed), new Samples(taken));
    }

    /// <summary>The first such line of the bench's one run, as soon as it is there.</summary>
    private static async Task<Line> LineAsync(Database database, Func<Line, bool> which)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(began) < Longest)
        {
            if ((await ReadAsync(database)).FirstOrDefault(which) is { } found)
            {
                return found;
            }

            await Task.Delay(Pause, TimeProvider.System);
        }

        throw new InvalidOperationException($"The run did not go on within {Longest.TotalMinutes:0} min.");
    }

    private static async Task<IReadOnlyList<Line>> ReadAsync(Database database)
    {
        await using var connection = database.Open();
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT at, epoch, kind, step FROM drill_journal ORDER BY run, sequence";
        await using var reader = await command.ExecuteReaderAsync();
        var lines = new List<Line>();
        while (await reader.ReadAsync())
        {
            lines.Add(new Line(DateTimeOffset.UnixEpoch.AddMicroseconds(reader.GetInt64(0)), reader.GetInt64(1), reader.GetString(2), await reader.IsDBNullAsync(3) ? null : reader.GetString(3)));
        }

        return lines;
    }

    private sealed record Line(DateTimeOffset At, long Epoch, string Kind, string? Step);
}
