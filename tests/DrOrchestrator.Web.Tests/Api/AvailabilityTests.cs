using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using DrOrchestrator.Availability;
using DrOrchestrator.Availability.Statements;
using DrOrchestrator.Estates;
using DrOrchestrator.Storage.Spooling;
using DrOrchestrator.Time;
using DrOrchestrator.Web.Api;
using Microsoft.Extensions.DependencyInjection;

namespace DrOrchestrator.Web.Tests.Api;

public sealed class AvailabilityTests
{
    [Fact]
    public void Unwritten_DatabaseAwayOrObservationsLost_RefusesAStatement()
    {
        var healthy = new WritePathState(null, null, 0, 1, null, null);
        var away = healthy with { AwaySince = new DateTimeOffset(2026, 3, 1, 8, 0, 0, TimeSpan.Zero) };

        AvailabilityEndpoints.Unwritten(healthy).Should().BeNull();
        AvailabilityEndpoints.Unwritten(away)!.Document.Should().BeEquivalentTo(new { Status = 503, Code = "database-away" });
        AvailabilityEndpoints.Unwritten(away with { Losing = away.AwaySince })!.Document.Should().BeEquivalentTo(new { Status = 503, Code = "observations-lost" });
        AvailabilityEndpoints.Unwritten(away)!.RetryAfter.Should().Be(TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task Maintenance_RequestedByOneAndApprovedByAnother_IsOnRecord()
    {
        await using var server = await RunningServer.StartAsync();
        using var @operator = server.Operator();
        using var approver = server.Client(Samples.ApproverToken);
        using var viewer = server.Client(Samples.ViewerToken);
        var start = server.App.Services.GetRequiredService<ProcessClock>().Now.AddDays(3);

        var requested = await @operator.PostAsJsonAsync("/api/v1/maintenance", Request(start));
        var byViewer = await viewer.PostAsJsonAsync("/api/v1/maintenance/1/approve", new { });
        var byOperator = await @operator.PostAsJsonAsync("/api/v1/maintenance/1/approve", new { });
        var approved = await approver.PostAsJsonAsync("/api/v1/maintenance/1/approve", new { });
        var again = await approver.PostAsJsonAsync("/api/v1/maintenance/1/approve", new { });

        requested.StatusCode.Should().Be(HttpStatusCode.Created);
        new[] { byViewer.StatusCode, byOperator.StatusCode }.Should().OnlyContain(status => status == HttpStatusCode.Forbidden);
        approved.StatusCode.Should().Be(HttpStatusCode.OK);
        (await CodeAsync(again)).Should().Be("already-decided");
        var entry = JsonNode.Parse(await viewer.GetStringAsync("/api/v1/maintenance"))!["entries"]!.AsArray().Single()!;
        entry["state"]!.GetValue<string>().Should().Be("approved");
        entry["approved"]!["by"]!.GetValue<string>().Should().Be("anna");
        entry["notice"]!.GetValue<double>().Should().Be(86_400);
        var records = JsonNode.Parse(await @operator.GetStringAsync("/api/v1/evidence?limit=100"))!.AsArray();
        records.Select(record => record!["kind"]!.GetValue<string>()).Should().Contain(["maintenance.requested", "maintenance.approved"]);
    }

    [Fact]
    public async Task Maintenance_Cancelled_NeedsAReason()
    {
        await using var server = await RunningServer.StartAsync();
        using var @operator = server.Operator();
        await @operator.PostAsJsonAsync("/api/v1/maintenance", Request(server.App.Services.GetRequiredService<ProcessClock>().Now.AddDays(3)));

        var without = await @operator.PostAsJsonAsync("/api/v1/maintenance/1/cancel", new { });
        var with = await @operator.PostAsJsonAsync("/api/v1/maintenance/1/cancel", new { reason = "not needed" });

        (await CodeAsync(without)).Should().Be("reason-missing");
        with.StatusCode.Should().Be(HttpStatusCode.OK);
        JsonNode.Parse(await @operator.GetStringAsync("/api/v1/maintenance"))!["entries"]![0]!["cancelled"]!["reason"]!.GetValue<string>().Should().Be("not needed");
    }

    [Fact]
    public async Task Maintenance_AfterTheFact_IsRefusedAndAnOutageIsNot()
    {
        await using var server = await RunningServer.StartAsync();
        using var @operator = server.Operator();
        var start = server.App.Services.GetRequiredService<ProcessClock>().Now.AddHours(-3);

        var late = await @operator.PostAsJsonAsync("/api/v1/maintenance", Request(start));
        var reported = await @operator.PostAsJsonAsync(
            "/api/v1/outages", new { system = "ledger", from = start, to = start.AddHours(1), source = "ticket 7", reason = "branches could not pay" });

        late.StatusCode.Should().Be(HttpStatusCode.UnprocessableEntity);
        (await CodeAsync(late)).Should().Be("after-the-fact");
        reported.StatusCode.Should().Be(HttpStatusCode.Created);
    }

    [Fact]
    public async Task Availability_OfASystem_HasEveryWindowAndTheBudget()
    {
        await using var server = await RunningServer.StartAsync();
        using var viewer = server.Client(Samples.ViewerToken);

        var answer = JsonNode.Parse(await viewer.GetStringAsync("/api/v1/systems/ledger/availability"))!;

        answer["windows"]!.AsArray().Select(window => window!["name"]!.GetValue<string>())
            .Should().Equal("today", "7-days", "30-days", "month", "quarter", "year", "last-year", "rolling-365-days");
        answer["timeZone"]!.GetValue<string>().Should().Be("UTC");
        answer["budget"]!["limit"]!.GetValue<double>().Should().Be(36_000);
        (await viewer.GetAsync("/api/v1/systems/nobody/availability")).StatusCode.Should().Be(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Statement_Published_CanBeComputedAgainFromItsIntervals()
    {
        var estate = Samples.Estate();
        estate = estate with
        {
            Systems = [estate.Systems[0] with { Functions = [new BusinessFunction("posting", true)] }],
            Probes = [new ProbeDefinition("web", "ledger", null, ProbeRole.Service, "posting", TimeSpan.FromHours(1), TimeSpan.FromSeconds(1), 2, new TcpProbeSettings("127.0.0.1", 9))],
        };
        await using var server = await RunningServer.StartAsync(estate: estate);
        var now = server.App.Services.GetRequiredService<ProcessClock>().Now;
        Edge At(double hours) => new(now.AddHours(hours), now.AddHours(hours), now.AddHours(hours));
        await server.App.Services.GetRequiredService<ITimelineStore>().SaveAsync(
            [new("web", IntervalState.Up, At(-9), "good"), new("web", IntervalState.Down, At(-5), "connection refused"), new("web", IntervalState.Up, At(-4), "good")],
            [new("web", now, now, null)],
            default);
        using var @operator = server.Operator();

        var published = await @operator.PostAsJsonAsync("/api/v1/systems/ledger/availability/statements", new { from = now.AddHours(-8), to = now });
        var found = JsonNode.Parse(await @operator.GetStringAsync(published.Headers.Location))!;

        published.StatusCode.Should().Be(HttpStatusCode.Created);
        var statement = found["statement"]!.AsObject();
        statement["figures"]!["unplanned"]!["nominal"]!.GetValue<long>().Should().Be(3_600_000_000);
        statement["figures"]!["allTime"]!["percent"]!.GetValue<string>().Should().Be("87.5000000");
        AvailabilityStatement.FirstProblem(statement).Should().BeNull();
        var record = JsonNode.Parse(await @operator.GetStringAsync($"/api/v1/evidence?from={found["record"]}&limit=1"))![0]!;
        record["kind"]!.GetValue<string>().Should().Be("availability.stated");
        record["payload"]!["intervalsSha256"]!.GetValue<string>().Should().Be(statement["intervalsSha256"]!.GetValue<string>());
        (await @operator.GetAsync("/api/v1/availability/statements/0")).StatusCode.Should().Be(HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("")]
    [InlineData("?year=1890")]
    [InlineData("?month=2026-13")]
    [InlineData("?year=2026&month=2026-03")]
    [InlineData("?from=2026-03-02T00:00:00Z&to=2026-03-01T00:00:00Z")]
    [InlineData("?from=2200-03-01T00:00:00Z&to=2200-03-02T00:00:00Z")]
    public async Task Statement_OfNoWindow_IsRefused(string query)
    {
        await using var server = await RunningServer.StartAsync();
        using var @operator = server.Operator();

        (await @operator.GetAsync("/api/v1/systems/ledger/availability/statement" + query)).StatusCode.Should().Be(HttpStatusCode.UnprocessableEntity);
    }

    private static object Request(DateTimeOffset start) => new { changeNumber = "CHG-1", systems = new[] { "ledger" }, start, end = start.AddHours(2), reason = "upgrade" };

    private static async Task<string> CodeAsync(HttpResponseMessage response) => JsonNode.Parse(await response.Content.ReadAsStringAsync())!["code"]!.GetValue<string>();
}
