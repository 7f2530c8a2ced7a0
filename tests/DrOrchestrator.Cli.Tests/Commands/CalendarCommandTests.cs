using DrOrchestrator.Cli.Commands;
using DrOrchestrator.Cli.Tests.Client;

namespace DrOrchestrator.Cli.Tests.Commands;

public class CalendarCommandTests
{
    private const string Calendar = """
        {"at":"2026-11-22T08:00:00Z","entries":[
          {"name":"quarterly","kind":"drill","plan":"ledger-failover","systems":["ledger","cards"],"mode":"live","requester":"li-wei","cron":"0 0 22 1 3,6,9,12 ?","timeZone":"Asia/Shanghai",
           "next":[{"at":"2026-12-01T22:00:00+08:00","frozenBy":null},{"at":"2027-03-01T22:00:00+08:00","frozenBy":"audit"}],
           "last":{"schedule":"quarterly","fireTime":"2026-09-01T14:00:00Z","outcome":"missed","run":null,"text":"The drill of plan ledger-failover due 2026-09-01 22:00 Asia/Shanghai was missed: no server was there to open it. It does not start late by itself; start it by hand: dro drill start ledger-failover --mode live","gates":[],"at":"2026-09-02T08:00:00Z"},
           "missed":[{"schedule":"quarterly","fireTime":"2026-09-01T14:00:00Z","outcome":"missed","run":null,"text":"","gates":[],"at":"2026-09-02T08:00:00Z"}],
           "standing":{"schedule":"quarterly","fireTime":"2026-09-01T14:00:00Z","outcome":"missed","run":null,"text":"The drill of plan ledger-failover due 2026-09-01 22:00 Asia/Shanghai was missed: no server was there to open it. It does not start late by itself; start it by hand: dro drill start ledger-failover --mode live","gates":[],"at":"2026-09-02T08:00:00Z"},
           "overdue":null,"readiness":null},
          {"name":"nightly","kind":"gates","plan":"ledger-failover","systems":["ledger"],"mode":null,"requester":null,"cron":"0 0 1 * * ?","timeZone":"UTC",
           "next":[{"at":"2026-11-23T01:00:00+00:00","frozenBy":null}],
           "last":{"schedule":"nightly","fireTime":"2026-11-22T01:00:00Z","outcome":"passed","run":null,"text":"All 3 gates of plan ledger-failover passed.","gates":[],"at":"2026-11-22T01:00:01Z"},
           "missed":[],"standing":null,"overdue":null,
           "readiness":{"schedule":"nightly","plan":"ledger-failover","systems":["ledger"],"state":"yes","readAt":"2026-11-22T01:00:01Z","validUntil":"2026-11-23T01:01:00Z","reason":"All 3 gates of plan ledger-failover passed.","gates":[]}}],
         "freezes":[{"name":"audit","days":"02-25..03-05","systems":[],"reason":"yearly audit","signer":"Wang","timeZone":"UTC","inForce":false,"lastDay":null}]}
        """;

    [Fact]
    public async Task Calendar_AsText_TellsWhatIsMissedNextLastAndFrozen()
    {
        await using var server = (await FakeServer.StartAsync()).On("GET /calendar", Calendar);

        var ran = await Shell.RunAsync("calendar", "--data", server.DataFolder);

        ran.ExitCode.Should().Be(0);
        ran.Out.Should().Be(
            """
            ! The drill of plan ledger-failover due 2026-09-01 22:00 Asia/Shanghai was
              missed: no server was there to open it. It does not start late by itself;
              start it by hand: dro drill start ledger-failover --mode live

            quarterly  drill, mode live, in the name of li-wei
              plan: ledger-failover (ledger, cards)
              next: 2026-12-01 22:00 Asia/Shanghai
              next: 2027-03-01 22:00 Asia/Shanghai, frozen by audit
              last: 2026-09-01 22:00 missed: The drill of plan ledger-failover due
                2026-09-01 22:00 Asia/Shanghai was missed: no server was there to open it.
                It does not start late by itself; start it by hand: dro drill start
                ledger-failover --mode live
              missed: 2026-09-01 22:00

            nightly  gates
              plan: ledger-failover (ledger)
              next: 2026-11-23 01:00 UTC
              last: 2026-11-22 01:00 passed: All 3 gates of plan ledger-failover passed.
              could switch now: ledger-failover: yes (gates read 2026-11-22 01:00:01Z)

            FREEZE  DAYS          SYSTEMS  DECIDED BY  NOW  REASON
            audit   02-25..03-05  all      Wang        -    yearly audit

            """);
    }

    [Fact]
    public async Task Calendar_InChinese_TranslatesWhatTheServerSays()
    {
        await using var server = (await FakeServer.StartAsync()).On("GET /calendar", Calendar);

        var ran = await Shell.RunAsync("calendar", "--lang", "zh-CN", "--data", server.DataFolder);

        ran.Out.Should().Contain("已错过").And.Contain("能否立即切换: ledger-failover: 能").And.Contain("变更冻结期").And.NotContain("was missed");
    }

    [Fact]
    public async Task Calendar_AsJson_IsWhatTheServerSaid()
    {
        await using var server = (await FakeServer.StartAsync()).On("GET /calendar", Calendar);

        var ran = await Shell.RunAsync("calendar", "--output", "json", "--data", server.DataFolder);

        System.Text.Json.Nodes.JsonNode.DeepEquals(System.Text.Json.Nodes.JsonNode.Parse(ran.Out), System.Text.Json.Nodes.JsonNode.Parse(Calendar)).Should().BeTrue();
    }

    [Theory]
    [InlineData("no", "p: no (gates read 2026-11-22 01:00:00Z): it lags")]
    [InlineData("unknown", "p: not known (gates read 2026-11-22 01:00:00Z): it lags")]
    public void Readiness_NotYes_SaysWhy(string state, string text) =>
        CalendarText.Readiness(new("p", state, new DateTimeOffset(2026, 11, 22, 1, 0, 0, TimeSpan.Zero), null, "it lags"), StatusWords.Of("en")).Should().Be(text);

    [Fact]
    public async Task Status_WithACalendar_ShowsWhatIsOverdueTheNextDrillAndWhetherOneCouldSwitch()
    {
        var status = System.Text.Json.Nodes.JsonNode.Parse(Samples.Status)!;
        status["overdue"] = System.Text.Json.Nodes.JsonNode.Parse("""[{"schedule":"yearly","system":"ledger","plan":"failover","within":1,"newestRun":null,"newestClosedAt":null,"finding":"No run of plan failover for ledger has ever closed; one is due every 365d. Start one: dro drill start failover"}]""");
        status["systems"]![0]!["nextDrill"] = System.Text.Json.Nodes.JsonNode.Parse("""{"schedule":"quarterly","plan":"failover","mode":"live","at":"2026-12-31T22:00:00+08:00","frozenBy":"year-end"}""");
        status["systems"]![0]!["readiness"] = System.Text.Json.Nodes.JsonNode.Parse("""[{"schedule":"nightly","plan":"failover","systems":["ledger"],"state":"no","readAt":"2026-11-22T01:00:00Z","validUntil":null,"reason":"it lags","gates":[]}]""");
        await using var server = (await FakeServer.StartAsync()).On("GET /status", status.ToJsonString());

        var ran = await Shell.RunAsync("status", "--data", server.DataFolder);

        ran.Out.Should().Contain("! No run of plan failover for ledger has ever closed; one is due every 365d.")
            .And.MatchRegex("next drill +2026-12-31 22:00 \\+08:00, failover, live, frozen by year-end")
            .And.MatchRegex("could switch now +failover: no \\(gates read 2026-11-22 01:00:00Z\\): it lags");
    }
}
