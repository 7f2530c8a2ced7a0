using System.Net;
using System.Text.Json.Nodes;
using DrOrchestrator.Drills;
using DrOrchestrator.Testing.Postgres;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using static DrOrchestrator.Web.Tests.OnPostgresTests;

namespace DrOrchestrator.Web.Tests;

/// <summary>A real PostgreSQL, stopped and started under a running server.</summary>
public sealed class OnPostgresAwayTests : IAsyncLifetime
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
    public async Task Status_DatabaseStoppedAndStarted_GoesOnFromMemoryAndSaysSo()
    {
        await using var app = await StartAsync();
        await IsUpAsync(app);
        using var client = Client(app);
        var closed = await ClosedRunAsync(app);
        var open = await WatchedEstate.OpenRunAsync(app.Services);
        await PendingAsync(app, open);
        await EventuallyAsync(async () => (long?)(await StatusAsync(client))["systems"]![0]!["openDrill"]?["id"] == open);
        var (before, records) = (await StatusAsync(client), await MetricAsync(client, "dro_evidence_records"));
        before["databaseAway"].Should().BeNull();
        (await MetricAsync(client, "dro_reading_age_seconds")).Should().Be(0);

        await _database.StopAsync("immediate");
        var first = await StatusAsync(client);
        _estate.Serves = false;
        await EventuallyAsync(async () => (string?)(await StatusAsync(client))["systems"]![0]!["state"] == "down");

        var away = await StatusAsync(client);
        foreach (var status in new[] { first, away })
        {
            status["databaseAway"]!["note"]!.GetValue<string>().Should().MatchRegex("^The database is away since .* UTC\\. Live states, .* as last read at .* UTC\\.$");
            Moment(status["databaseAway"]!["asOf"]).Should().BeOnOrBefore(Moment(status["at"]));
            status["systems"]![0]!["lastDrill"]!["id"]!.GetValue<long>().Should().Be(closed);
            status["systems"]![0]!["openDrill"]!["id"]!.GetValue<long>().Should().Be(open);
            Verdicts(status, "met").Should().BeSubsetOf(Verdicts(before, "met"), "a verdict is not invented because nobody can look");
        }

        away["systems"]![0]!["recovery"]!["running"].Should().NotBeNull("the clock of an outage runs on");
        away["engines"]!.AsArray().Should().Contain(engine => (string?)engine!["name"] == "database" && (string?)engine["state"] == "stopped");
        (await client.GetFromJsonNodeAsync("/api/v1/systems/ledger"))["databaseAway"]!["asOf"].Should().NotBeNull();
        (await MetricAsync(client, "dro_evidence_records")).Should().BeGreaterThanOrEqualTo(records);
        (await MetricAsync(client, "dro_system_state{system=\"ledger\",state=\"down\"}")).Should().Be(1);
        (await MetricAsync(client, "dro_reading_age_seconds")).Should().BePositive();
        var page = await client.GetStringAsync("/?lang=en");
        page.Should().Contain("The database is away since: 20").And.Contain("Runs, assessments and alerts are as last read at: 20").And.Contain($"#{open}");
        (await client.GetStringAsync("/?lang=zh-CN")).Should().Contain("数据库不可用，自：20").And.Contain("演练、变更评估和告警以最后一次读取为准");
        (await client.GetStringAsync("/systems/ledger?lang=en")).Should().Contain("The database is away since: 20");

        await _database.StartAsync();
        await EventuallyAsync(async () => (await StatusAsync(client))["databaseAway"] is null);
        (await MetricAsync(client, "dro_reading_age_seconds")).Should().Be(0);
        await app.StopAsync();
    }

    [Fact]
    public async Task Post_DatabaseAway_IsRefusedAndNothingIsOnRecord()
    {
        await using var app = await StartAsync();
        await IsUpAsync(app);
        using var client = Client(app);
        await _database.StopAsync("immediate");

        foreach (var (path, body) in new[]
        {
            ("drills", """{"plan":"verify","mode":"live","reason":"test"}"""),
            ($"drills/1/answers/{WatchedEstate.Task}", """{"confirmed":true}"""),
            ("maintenance", """{"changeNumber":"C-1","systems":["ledger"],"start":"2099-01-01T00:00:00Z","end":"2099-01-01T01:00:00Z","reason":"patch"}"""),
            ("maintenance/1/cancel", """{"reason":"not needed"}"""),
            ("outages", """{"system":"ledger","from":"2026-01-01T00:00:00Z","to":"2026-01-01T01:00:00Z","source":"ticket","reason":"power"}"""),
            ("systems/ledger/availability/statements", """{"year":2026}"""),
            ("evidence/packs", "{}"),
        })
        {
            using var answer = await client.PostAsync("/api/v1/" + path, Answers.Json(body));
            answer.StatusCode.Should().Be(HttpStatusCode.ServiceUnavailable, path);
            answer.Headers.RetryAfter!.Delta.Should().Be(TimeSpan.FromSeconds(5), path);
            (await answer.Problem()).Code.Should().Be("database-away", path);
        }

        await _database.StartAsync();
        await EventuallyAsync(async () => (await StatusAsync(client))["databaseAway"] is null);
        (await client.GetFromJsonNodeAsync("/api/v1/drills")).AsArray().Should().BeEmpty();
        var maintenance = await client.GetFromJsonNodeAsync("/api/v1/maintenance");
        (maintenance["entries"]!.AsArray().Count, maintenance["outages"]!.AsArray().Count).Should().Be((0, 0));
        await app.StopAsync();
    }

    private static async Task<long> ClosedRunAsync(WebApplication app)
    {
        var run = await WatchedEstate.OpenRunAsync(app.Services);
        await PendingAsync(app, run);
        (await WatchedEstate.ConfirmAsync(app.Services, run)).Accepted.Should().BeTrue();
        await ClosedAsync(app, run);
        return run;
    }

    private static Task<JsonNode> StatusAsync(HttpClient client) => client.GetFromJsonNodeAsync("/api/v1/status");

    private static async Task<double> MetricAsync(HttpClient client, string name) => double.Parse(
        (await client.GetStringAsync("/metrics")).Split('\n').Single(line => line.StartsWith(name + " ", StringComparison.Ordinal))[(name.Length + 1)..],
        System.Globalization.CultureInfo.InvariantCulture);

    private static DateTimeOffset Moment(JsonNode? moment) => moment!.GetValue<DateTimeOffset>();

    private static IEnumerable<string> Verdicts(JsonNode status, string verdict) =>
        status["systems"]![0]!["verdicts"]!.AsArray().Where(one => (string?)one!["verdict"] == verdict).Select(one => (string)one!["subject"]!);

    private async Task<WebApplication> StartAsync()
    {
        var app = ServerBuilder.Build(_estate.Options("data", $"Host=127.0.0.1;Port={_database.Port};Username=postgres;Database=postgres"));
        await app.StartAsync();
        return app;
    }
}
