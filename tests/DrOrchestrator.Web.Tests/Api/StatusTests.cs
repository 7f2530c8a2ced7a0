using System.Net;
using System.Text.Json.Nodes;

namespace DrOrchestrator.Web.Tests.Api;

public sealed class StatusTests
{
    [Fact]
    public async Task Status_OfASandbox_SaysTheWordsPeopleUse()
    {
        await using var server = await RunningServer.StartAsync(drills: drills => drills.Runs.Add(Samples.Run()));
        using var client = server.Operator();

        var status = JsonNode.Parse(await client.GetStringAsync("/api/v1/status"))!;

        var system = status["systems"]![0]!;
        system["name"]!.GetValue<string>().Should().Be("ledger");
        system["state"]!.GetValue<string>().Should().Be("up");
        system["exposures"]![0]!["value"]!.GetValue<double>().Should().Be(0.5);
        system["exposures"]![0]!["replication"]!.GetValue<string>().Should().Be("protected");
        system["verdicts"]![2]!["verdict"]!.GetValue<string>().Should().Be("at-risk");
        system["limits"]!["rto"]!.GetValue<double>().Should().Be(14400);
        system["lastDrill"]!["id"]!.GetValue<long>().Should().Be(7);
        system["lastDrill"]!["rtoSeconds"]!.GetValue<double>().Should().Be(12.3);
        status["note"]!.GetValue<string>().Should().Be("lab, satisfies no clause");
        status["overdue"]!.AsArray().Should().BeEmpty();
    }

    [Fact]
    public async Task Status_WithoutAnyRun_ListsTheOverdueDrill()
    {
        await using var server = await RunningServer.StartAsync();
        using var client = server.Operator();

        var status = JsonNode.Parse(await client.GetStringAsync("/api/v1/status"))!;

        status["overdue"]![0]!["finding"]!.GetValue<string>().Should().Be(
            "No run of plan quickstart-failover for ledger has ever closed; one is due every 365d. Start one: dro drill start quickstart-failover");
    }

    [Theory]
    [InlineData("/api/v1/systems/nope/timeline", 404, "no-such-system", "The estate has no system 'nope'; it has: ledger.")]
    [InlineData("/api/v1/systems/ledger/timeline?hours=0", 422, "out-of-range", "hours=0; allowed: 1 to 8784.")]
    [InlineData("/api/v1/systems/ledger/timeline?hours=x", 400, "bad-request", "The address /api/v1/systems/ledger/timeline?hours=x or the body cannot be read: a value is missing or not of its type.")]
    [InlineData("/api/v1/systems/nope/exposure", 404, "no-such-system", "The estate has no system 'nope'; it has: ledger.")]
    [InlineData("/api/v1/systems/ledger/exposure?step=second", 422, "out-of-range", "step=second; allowed: minute, hour, day.")]
    [InlineData("/api/v1/systems/ledger/exposure?from=2026-01-01T00:00:00Z&to=2026-11-01T00:00:00Z&step=minute", 422, "out-of-range", "step=minute makes more than 3000 points; ask for a shorter window or a longer step.")]
    [InlineData("/api/v1/systems/ledger/exposure?from=2026-02-02T00:00:00Z&to=2026-02-01T00:00:00Z", 422, "out-of-range", "from=2026-02-02T00:00:00.000000Z is not before to=2026-02-01T00:00:00.000000Z.")]
    [InlineData("/api/v1/plans/nope", 404, "no-such-plan", "The estate has no plan 'nope'; it has: quickstart-failover.")]
    [InlineData("/api/v1/drills/99", 404, "no-such-run", "There is no run 99.")]
    [InlineData("/api/v1/drills/99/events", 404, "no-such-run", "There is no run 99.")]
    [InlineData("/api/v1/evidence?limit=5000", 422, "out-of-range", "from=0, limit=5000; allowed: from 0 up, limit 1 to 1000.")]
    [InlineData("/api/v1/nothing", 404, "no-such-page", "There is nothing at /api/v1/nothing.")]
    public async Task Get_OfWhatIsNotThere_SaysWhatIsAllowed(string path, int status, string code, string detail)
    {
        await using var server = await RunningServer.StartAsync();
        using var client = server.Operator();

        using var response = await client.GetAsync(path);

        ((int)response.StatusCode).Should().Be(status);
        var problem = await response.Problem();
        problem.Code.Should().Be(code);
        problem.Detail.Should().Be(detail);
    }

    [Fact]
    public async Task Timeline_OfADay_HasIntervalsWithEdges()
    {
        await using var server = await RunningServer.StartAsync();
        using var client = server.Operator();

        var timeline = JsonNode.Parse(await client.GetStringAsync("/api/v1/systems/ledger/timeline?hours=24"))!;

        timeline["intervals"]!.AsArray().Should().HaveCount(3);
        timeline["intervals"]![1]!["state"]!.GetValue<string>().Should().Be("down");
        timeline["intervals"]![1]!["start"]!["earliest"].Should().NotBeNull();
    }

    [Fact]
    public async Task Plan_Shown_ListsWhoAndThePointsOfNoReturn()
    {
        await using var server = await RunningServer.StartAsync();
        using var client = server.Operator();

        var plan = JsonNode.Parse(await client.GetStringAsync("/api/v1/plans/quickstart-failover"))!;

        plan["pointsOfNoReturn"]!.ToJsonString().Should().Be("""["promote"]""");
        plan["approvals"]![0]!.GetValue<string>().Should().Be("run-approval: 1 of approver (anna) within 10m");
        plan["steps"]![0]!["mark"]!.GetValue<string>().Should().Be("promoted");
        plan["steps"]![0]!["timeout"]!.GetValue<double>().Should().Be(30);
        plan["kind"]!.GetValue<string>().Should().Be("failover");
    }

    [Fact]
    public async Task Health_WithoutToken_SaysOneWord()
    {
        await using var server = await RunningServer.StartAsync();
        using var client = server.Client(null);

        (await client.GetStringAsync("/healthz")).Should().Be("ok");
        await server.EnginesRunning();
        using var ready = await client.GetAsync("/readyz");

        ready.StatusCode.Should().Be(HttpStatusCode.OK);
        (await ready.Content.ReadAsStringAsync()).Should().Be("ready");
    }
}
