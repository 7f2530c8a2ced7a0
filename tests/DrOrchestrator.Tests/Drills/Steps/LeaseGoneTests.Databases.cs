using System.Text.Json.Nodes;
using DrOrchestrator.Commands;
using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Steps.Postgres;
using DrOrchestrator.Drills.Steps.Restores;
using DrOrchestrator.Estates;
using DrOrchestrator.Testing.Postgres;
using DrOrchestrator.Tests.Drills.Steps.Postgres;

namespace DrOrchestrator.Tests.Drills.Steps;

/// <summary>Steps whose far side is a database or its host.</summary>
public sealed partial class LeaseGoneTests
{
    private async Task<int> AtTheHostAsync(string word, Func<DatabaseHosts, PairBench, IStepKind> make, string with)
    {
        await using var server = await PostgresServer.StartNewAsync();
        var bench = new PairBench(server);
        var folder = Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, "work", Guid.NewGuid().ToString("N"))).FullName;
        var (program, asked) = (Path.Combine(folder, "host"), Path.Combine(folder, "asked"));
        WriteProgram(program, $"#!/bin/sh\necho \"$@\" >> '{asked}'\n");

        var context = Under(bench.Context(word, with));
        context = context with { Estate = context.Estate with { Databases = [.. context.Estate.Databases.Select(database => database with { Host = new DatabaseHost.Command(program, []) })] } };
        var systemId = await server.ScalarAsync<string>("SELECT system_identifier::text FROM pg_control_system()");
        var hosts = new DatabaseHosts(new AllowedCommands([program]), TimeProvider.System);
        await hosts.LookAsync(context.Database(), default);
        (await File.ReadAllLinesAsync(asked)).Should().Equal(["status"], "the host can be asked");
        StandStill();
        await ExecuteAsync(
            make(hosts, bench),
            context,
            new JsonObject { ["fence"] = "f", ["patienceSeconds"] = 1, ["systemId"] = systemId, ["rebuild"] = "r", ["method"] = "rewind", ["forkLsn"] = "0/0", ["timeline"] = 1 });
        var verbs = await File.ReadAllLinesAsync(asked);
        Directory.Delete(folder, recursive: true);
        return verbs.Count(line => line.Split(' ')[0] is not "status");
    }

    private async Task<int> AtTheRestorePlaceAsync(Func<RestoreHosts, IStepKind> make, string with)
    {
        using var place = new RestoreProgram();
        var context = Under(Bench.Context("postgres.restore", with));
        context = context with { Estate = context.Estate with { RestorePlaces = [place.Place] } };
        await place.Hosts.AskAsync(place.Place, "look", "m", default);
        (await place.AskedAsync()).Should().Be(1, "the host can be asked");
        StandStill();
        await ExecuteAsync(make(place.Hosts), context, new JsonObject { ["mark"] = "m", ["asked"] = "2026-11-22T08:00:00Z" });
        return await place.AskedAsync() - 1;
    }

    private async Task<int> AtTheServerAsync(Func<PairBench, IStepKind> make, string with, string effects)
    {
        await using var server = await PostgresServer.StartNewAsync();
        var bench = new PairBench(server);
        var kind = make(bench);
        var context = Under(bench.Context(kind.Shape.Kind, with));
        var systemId = await server.ScalarAsync<string>("SELECT system_identifier::text FROM pg_control_system()");
        StandStill();
        await ExecuteAsync(kind, context, new JsonObject { ["session"] = "s", ["marker"] = "m", ["readOnly"] = false, ["systemId"] = systemId, ["names"] = "nobody", ["before"] = "" });
        return await server.ScalarAsync<int>(effects);
    }

    private async Task<int> PromoteAsync()
    {
        await using var primary = await PostgresServer.StartNewAsync();
        var standby = await primary.AddStandbyAsync("two", "synchronous_standby_names = 'one'");
        var bench = new PairBench(primary, standby);
        var kind = bench.Promote;
        var context = Under(bench.Context("postgres.promote", """{ "database": "two" }"""));
        var intent = await kind.PrepareAsync(context, default);
        StandStill();
        await ExecuteAsync(kind, context, intent);
        return await standby.ScalarAsync<int>("SELECT (NOT pg_is_in_recovery())::int + (current_setting('synchronous_standby_names') <> 'one')::int");
    }

    /// <summary>The program that leads to a restore place; it writes down what it is asked, and removes everything.</summary>
    private sealed class RestoreProgram : IDisposable
    {
        private readonly string _folder = Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, "work", Guid.NewGuid().ToString("N"))).FullName;

        public RestoreProgram()
        {
            var program = Path.Combine(_folder, "host");
            WriteProgram(program, $$"""
                #!/bin/sh
                echo "$@" >> '{{Asked}}'
                echo '{"verb":"'"$1"'","removed":true,"processes":0,"folder":"absent","port":"refused"}'

                """);

            Place = new RestorePlace("scratch", "ledger", "primary", new PostgresTarget(["127.0.0.1"], 1, "d", "u", null, PostgresTls.Disable, null), new DatabaseHost.Command(program, []));
            Hosts = new RestoreHosts(new AllowedCommands([program]), TimeProvider.System);
        }

        public RestorePlace Place { get; }

        public RestoreHosts Hosts { get; }

        private string Asked => Path.Combine(_folder, "asked");

        public async Task<int> AskedAsync() => File.Exists(Asked) ? (await File.ReadAllLinesAsync(Asked)).Length : 0;

        public void Dispose() => Directory.Delete(_folder, recursive: true);
    }
}
