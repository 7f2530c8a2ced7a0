using System.Text.Json.Nodes;
using Dapper;
using DrOrchestrator.Calendars;
using DrOrchestrator.Testing.Postgres;
using DrOrchestrator.Time;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using static DrOrchestrator.Web.Tests.OnPostgresTests;

namespace DrOrchestrator.Web.Tests;

/// <summary>
/// A real PostgreSQL that stands still under a running server, as a frozen machine does. Nothing but our own patience ends a wait here: the connection string allows a
/// command and a connection all the time in the world, so an answer that comes while the database stands still has not waited for it.
/// </summary>
public sealed class OnPostgresHangingTests : IAsyncLifetime
{
    private WatchedEstate _estate = null!;
    private PostgresServer _database = null!;

    public async Task InitializeAsync() => (_estate, _database) = (await WatchedEstate.StartAsync(), await PostgresServer.StartNewAsync());

    public async Task DisposeAsync()
    {
        await _database.DisposeAsync();
        await _estate.DisposeAsync();
    }

    [Fact]
    public async Task Status_DatabaseStandsStill_IsAnsweredMeanwhileAndEverythingArrivesOnce()
    {
        await using var app = ServerBuilder.Build(_estate.Options("data", $"Host=127.0.0.1;Port={_database.Port};Username=postgres;Database=postgres;Timeout=0;Command Timeout=0"));
        await app.StartAsync();
        await IsUpAsync(app);
        var engines = app.Services.GetRequiredService<IEngineStates>();
        await RunningServer.Eventually(() => engines.Read().All(engine => engine.State == EngineCondition.Running));
        using var client = Client(app);
        client.Timeout = TimeSpan.FromSeconds(60);
        var open = await WatchedEstate.OpenRunAsync(app.Services);
        await PendingAsync(app, open);
        await EventuallyAsync(async () => (long?)(await StatusAsync(client))["systems"]![0]!["openDrill"]?["id"] == open);

        await using var released = new Released(_database);
        await _database.StandStillAsync();
        var stoodStillAt = Micros();
        var first = await StatusAsync(client);
        first["databaseAway"].Should().NotBeNull("the first one finds it out");
        ((long?)first["systems"]![0]!["openDrill"]!["id"]).Should().Be(open, "as last read");

        _estate.Serves = false;
        await EventuallyAsync(async () => (string?)(await StatusAsync(client))["systems"]![0]!["state"] == "down");
        var many = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => StatusAsync(client)));
        many.Should().OnlyContain(status => status["databaseAway"] != null);
        (await client.GetStringAsync("/?lang=zh-CN")).Should().Contain("数据库不可用，自：20");
        (await client.GetFromJsonNodeAsync("/api/v1/systems/ledger/timeline")).Should().NotBeNull();
        (await client.GetStringAsync("/metrics")).Should().Contain("dro_system_state{system=\"ledger\",state=\"down\"} 1");
        await EventuallyAsync(async () => State(await StatusAsync(client), "workers") == "unknown" && State(await StatusAsync(client), "calendar") == "unknown");
        (await client.GetStringAsync("/?lang=en")).Should().Contain("Whether the workers (Hangfire) work is not known");
        (await client.GetStringAsync("/?lang=zh-CN")).Should().Contain("无法得知后台任务（Hangfire）是否在运行");
        _estate.Serves = true;
        await EventuallyAsync(async () => (string?)(await StatusAsync(client))["systems"]![0]!["state"] == "up");

        var wentOnAt = Micros();
        await _database.GoOnAsync();
        await EventuallyAsync(async () => (await StatusAsync(client))["databaseAway"] is null && Rows() is [_, .., { State: "Up" }]);
        var rows = Rows();
        rows.Zip(rows.Skip(1)).Should().OnlyContain(pair => pair.First.EndAt == pair.Second.StartAt && pair.First.State != pair.Second.State, "each change once, in order");
        rows.Should().Contain(row => row.State == "Down" && row.StartAt > stoodStillAt && row.StartAt < wentOnAt, "what was seen meanwhile has arrived, with the moment it was seen");
        await RunningServer.Eventually(() => engines.Read().All(engine => engine.State == EngineCondition.Running));
        await EventuallyAsync(async () => (await WatchedEstate.ConfirmAsync(app.Services, open)).Accepted);
        await ClosedAsync(app, open);
        await app.StopAsync();
    }

    private static Task<JsonNode> StatusAsync(HttpClient client) => client.GetFromJsonNodeAsync("/api/v1/status");

    private static long Micros() => TimeProvider.System.GetUtcNow().ToUnixMicros();

    private static string? State(JsonNode status, string engine) => (string?)status["engines"]!.AsArray().Single(one => (string?)one!["name"] == engine)!["state"];

    private List<(string State, long StartAt, long? EndAt, string Reason)> Rows()
    {
        using var connection = new NpgsqlConnection(_database.ConnectionString);
        return [.. connection.Query<(string, long, long?, string)>("SELECT state, start_at, end_at, reason FROM timeline_interval WHERE subject = 'posting' ORDER BY number")];
    }

    /// <summary>Before the server ends, also when the test fails: it could not end otherwise.</summary>
    private sealed class Released(PostgresServer database) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync() => await database.GoOnAsync();
    }
}
