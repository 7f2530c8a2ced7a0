using System.Text.Json.Nodes;
using DrOrchestrator.Availability;
using DrOrchestrator.Availability.Statements;
using DrOrchestrator.Cli.Tests.Client;
using DrOrchestrator.Tiers;

namespace DrOrchestrator.Cli.Tests.Commands;

public class AvailabilityCommandTests
{
    private static readonly DateTimeOffset NewYear = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task Availability_OfAYear_StatesFiguresLimitsAndHash()
    {
        var statement = Statement();
        await using var server = (await FakeServer.StartAsync()).On("GET /systems/ledger/availability/statement?year=2026", statement.ToJsonString());

        var ran = await Shell.RunAsync("availability", "ledger", "--year", "2026", "--data", server.DataFolder);

        ran.ExitCode.Should().Be(0, ran.Error);
        ran.Out.Should().Be(
            $"""
            ledger  availability  2026  (UTC)
            2026-01-01T00:00:00.000000Z - 2027-01-01T00:00:00.000000Z

              all time                 99.8972602% (99.8972602% .. 99.8972602%)
              service time             no service calendar is declared
              unplanned downtime       9 h (9 h .. 9 h)
              planned downtime         0 s (0 s .. 0 s)
              degraded (below LQA)     0 s
              not observed             0 s
              coverage                 100.0000000%
              downtime left this year  1 h (of 10 h); not used up at this rate (rate: unplanned downtime so far over the time observed)
              limits                   10 h (JR/T 0199-2020 annex table 2, tier 4), 99.9% (JR/T 0199-2020 annex table 2, tier 4)
              rules                    {statement["rules"]}; dro-availability/1
              SHA-256                  {statement["intervalsSha256"]}

            """);
    }

    [Fact]
    public async Task Availability_InChinese_UsesTheGlossary()
    {
        await using var server = (await FakeServer.StartAsync()).On("GET /systems/ledger/availability/statement?month=2026-03", Statement().ToJsonString());

        var ran = await Shell.RunAsync("availability", "ledger", "--month", "2026-03", "--lang", "zh-CN", "--basis", "all-time", "--data", server.DataFolder);

        ran.Out.Should().Contain("全时口径").And.Contain("非计划服务中断时间").And.Contain("剩余允许中断时间").And.Contain("监测覆盖率").And.Contain("9 小时").And.NotContain("服务时间口径");
    }

    [Fact]
    public async Task Availability_Published_NamesTheRecord()
    {
        await using var server = (await FakeServer.StartAsync())
            .On("POST /systems/ledger/availability/statements", $$"""{"record":17,"statement":{{Statement().ToJsonString()}}}""", 201);

        var ran = await Shell.RunAsync("availability", "ledger", "--year", "2026", "--publish", "--data", server.DataFolder);

        ran.Out.Should().Contain("evidence record          17");
        server.Requests.Should().ContainSingle().Which.Should().Contain("\"year\":2026");
    }

    [Fact]
    public async Task Verify_AStatementInAFile_ComputesItAgainWithoutAServer()
    {
        using var folder = new TestFolder();
        var file = folder.File("statement.json", Statement().ToJsonString());

        var ran = await Shell.RunAsync("availability", "verify", file);

        ran.ExitCode.Should().Be(0, ran.Error);
        ran.Out.Should().StartWith($"{file}: verified");
    }

    [Fact]
    public async Task Verify_OneDigitChanged_NamesIt()
    {
        using var folder = new TestFolder();
        var file = folder.File("statement.json", Statement().ToJsonString().Replace("\"percent\":\"99.8972602\"", "\"percent\":\"99.9072602\"", StringComparison.Ordinal));

        var ran = await Shell.RunAsync("availability", "verify", file, "--output", "json");

        ran.ExitCode.Should().Be(5);
        JsonNode.Parse(ran.Out)!["problem"]!.GetValue<string>().Should().Be("figures.allTime.percent is stated as \"99.9072602\"; the intervals say \"99.8972602\"");
    }

    [Fact]
    public async Task Verify_ARecordOfAServer_IsFetchedAndComputedHere()
    {
        await using var server = (await FakeServer.StartAsync()).On("GET /availability/statements/17", $$"""{"record":17,"statement":{{Statement().ToJsonString()}}}""");

        (await Shell.RunAsync("availability", "verify", "--record", "17", "--data", server.DataFolder)).ExitCode.Should().Be(0);
    }

    [Theory]
    [InlineData("availability")]
    [InlineData("availability", "verify")]
    [InlineData("availability", "ledger", "--from", "2026-03-01T00:00:00")]
    [InlineData("maintenance", "request", "--system", "ledger")]
    [InlineData("maintenance", "cancel", "3")]
    [InlineData("outage", "record", "--system", "ledger", "--from", "yesterday", "--to", "2026-03-01T00:00:00Z", "--source", "s", "--reason", "r")]
    public async Task CommandLine_SomethingMissing_IsUsage(params string[] args) => (await Shell.RunAsync(args)).ExitCode.Should().Be(2);

    [Fact]
    public async Task Maintenance_Requested_SaysWhatIsMissing()
    {
        await using var server = (await FakeServer.StartAsync()).On("POST /maintenance", """{"number":3}""", 201);

        var ran = await Shell.RunAsync(
            "maintenance", "request", "--system", "ledger", "--change", "CHG-1", "--start", "2026-03-05T22:00+08:00", "--end", "2026-03-05T23:00+08:00", "--reason", "upgrade", "--data", server.DataFolder);

        ran.Out.Should().Be("Maintenance 3 is on record; it plans nothing until another person approves it: dro maintenance approve 3\n");
        server.Requests.Should().ContainSingle().Which.Should().Contain("\"start\":\"2026-03-05T14:00:00.000000Z\"");
    }

    [Fact]
    public async Task Maintenance_Cancelled_SendsTheReason()
    {
        await using var server = (await FakeServer.StartAsync()).On("POST /maintenance/3/cancel", """{"number":3}""");

        var ran = await Shell.RunAsync("maintenance", "cancel", "3", "--reason", "not needed", "--data", server.DataFolder);

        ran.Out.Should().Be("Maintenance 3 is cancelled.\n");
        server.Requests.Should().ContainSingle().Which.Should().Contain("\"reason\":\"not needed\"");
    }

    [Fact]
    public async Task Maintenance_RefusedByTheServer_IsUsageWithItsReason()
    {
        await using var server = (await FakeServer.StartAsync()).On(
            "POST /maintenance/3/approve", """{"type":"about:blank","title":"","status":422,"code":"after-the-fact","detail":"it stays unplanned"}""", 422, "application/problem+json");

        var ran = await Shell.RunAsync("maintenance", "approve", "3", "--data", server.DataFolder);

        (ran.ExitCode, ran.Error).Should().Be((2, "dro: it stays unplanned\n"));
    }

    private static JsonObject Statement()
    {
        static Edge At(DateTimeOffset at) => new(at, at, at);
        var (began, ended) = (NewYear.AddDays(100), NewYear.AddDays(100).AddHours(9));
        var rows = new SubjectTimeline(
            "web",
            [
                new Interval("web", IntervalState.Up, At(NewYear.AddDays(-1)), At(began), "good"),
                new Interval("web", IntervalState.Down, At(began), At(ended), "refused"),
                new Interval("web", IntervalState.Up, At(ended), At(NewYear.AddYears(1).AddDays(1)), "good"),
            ],
            [],
            null);
        return AvailabilityStatement.Make(
            new AvailabilityEvidence("ledger", [rows], [], [], null), AvailabilityWindow.Year(NewYear.AddYears(2), "UTC", 2026), "UTC", TierTable.Current.LimitsOf(4), NewYear.AddYears(1));
    }
}
