using System.Text.Json.Nodes;
using DrOrchestrator.Cli.Client;
using DrOrchestrator.Cli.Commands;
using DrOrchestrator.Cli.Tests.Client;

namespace DrOrchestrator.Cli.Tests.Commands;

public class DrillDiffCommandTests
{
    private const string Diff = """
        {"a":{"id":3,"plan":"quickstart-failover","planHash":"ab","mode":"live","kind":"failover","strength":"sandbox","openedAt":"2026-11-22T08:00:00Z","closedAt":"2026-11-22T08:00:20Z","outcome":"passed","rtoSeconds":3.3,"lost":25,"forecast":null,"forecastErrorSeconds":null,"unreadable":null},
         "b":{"id":7,"plan":"quickstart-failover","planHash":"cd","mode":"live","kind":"failover","strength":"sandbox","openedAt":"2026-11-23T08:00:00Z","closedAt":"2026-11-23T08:00:20Z","outcome":"failed","rtoSeconds":5.1,"lost":25,"forecast":{"p50Seconds":4,"p95Seconds":6.5,"decisionSeconds":1,"neverRun":["audit-the-ledger"],"reason":null},"forecastErrorSeconds":2.1,"unreadable":null},
         "samePlan":false,
         "phases":[{"phase":"detected","secondsA":0.5,"secondsB":0.6,"deltaSeconds":0.1},{"phase":"businessVerified","secondsA":2.8,"secondsB":null,"deltaSeconds":null}],
         "plannedPhases":[],
         "steps":[{"step":"fence","wayBack":false,"stateA":"done","stateB":"done","secondsA":1.5,"secondsB":3,"deltaSeconds":1.5,"ratio":2,"marks":["slower","changed"],"changes":[{"what":"with.workloads","was":"[\"StatefulSet/ledger-store\"]","is":"[\"StatefulSet/ledger-store\",\"Deployment/ledger-api\"]"},{"what":"retries","was":null,"is":"2"}]},
                  {"step":"promote-the-ledger-store-of-the-dr-centre","wayBack":false,"stateA":"done","stateB":"failed","secondsA":1,"secondsB":null,"deltaSeconds":null,"ratio":null,"marks":["outcome-changed"],"changes":[]},
                  {"step":"audit-the-ledger","wayBack":false,"stateA":null,"stateB":"skipped","secondsA":null,"secondsB":null,"deltaSeconds":null,"ratio":null,"marks":["new"],"changes":[]},
                  {"step":"wait","wayBack":true,"stateA":"done","stateB":"done","secondsA":1,"secondsB":1,"deltaSeconds":0,"ratio":1,"marks":[],"changes":[]}]}
        """;

    [Fact]
    public async Task Diff_At80Columns_FitsAndSaysWhatIsDifferent()
    {
        await using var server = (await FakeServer.StartAsync()).On("GET /drills/3/diff/7", Diff);

        var ran = await Shell.RunAsync("drill", "diff", "3", "7", "--data", server.DataFolder);

        ran.ExitCode.Should().Be(0);
        ran.Out.Should().Be(
            """
                            RUN 3                 RUN 7                 DIFFERENCE
            opened          2026-11-22 08:00:00Z  2026-11-23 08:00:00Z
            plan            quickstart-failover   quickstart-failover   OTHER TEXT
            mode            live                  live
            outcome         passed                failed
            recovery time   3.3 s                 5.1 s                 +1.8 s
            lost            25                    25                    0
            forecast p50    -                     4.0 s                 -
            forecast p95    -                     6.5 s                 -
            forecast error  -                     +2.1 s
            forecast of run 7: never run before, counted by timeout: audit-the-ledger

            PHASE              RUN 3  RUN 7  DIFFERENCE
            detected           0.5 s  0.6 s  +0.1 s
            business verified  2.8 s  -      -

            STEP                              RUN 3  RUN 7    DIFFERENCE
            fence                             1.5 s  3.0 s    +1.5 s (x2)
              slower, changed; with.workloads: ["StatefulSet/ledger-store"] ->
                ["StatefulSet/ledger-store","Deployment/ledger-api"]; retries: not set -> 2
            promote-the-ledger-store-of-the…  1.0 s  failed
              outcome changed
            audit-the-ledger                  -      skipped
              new
            wait                              1.0 s  1.0 s    +0.0 s (x1)

            """);
    }

    [Theory]
    [InlineData(80)]
    [InlineData(120)]
    public void Write_AtAWidth_HasNoLongerLine(int width)
    {
        using var writer = new StringWriter();

        RunDiffText.Write(writer, ApiClient.Read<RunDiffView>(JsonNode.Parse(Diff)!), width);

        writer.ToString().Split('\n').Max(line => line.TrimEnd('\r').Length).Should().BeLessThanOrEqualTo(width);
        writer.ToString().Contains("promote-the-ledger-store-of-the-dr-centre", StringComparison.Ordinal).Should().Be(width == 120, "a wide terminal has room for the whole name");
    }

    [Fact]
    public async Task Diff_AsJson_IsWhatTheServerSaid()
    {
        await using var server = (await FakeServer.StartAsync()).On("GET /drills/3/diff/7", Diff);

        var ran = await Shell.RunAsync("drill", "diff", "3", "7", "--output", "json", "--data", server.DataFolder);

        JsonNode.DeepEquals(JsonNode.Parse(ran.Out), JsonNode.Parse(Diff)).Should().BeTrue();
    }

    [Fact]
    public async Task Show_RunWithAForecast_TellsItAndItsError()
    {
        var run = JsonNode.Parse(Samples.Run())!;
        run["forecast"] = JsonNode.Parse("""{"p50Seconds":4,"p95Seconds":6.5,"decisionSeconds":1,"neverRun":["fence"],"reason":null}""");
        run["forecastErrorSeconds"] = 0.25;
        run["scheduled"] = JsonNode.Parse("""{"schedule":"quarterly","fireTime":"2026-11-22T08:00:00Z","latest":"2026-11-22T08:01:00Z"}""");
        await using var server = (await FakeServer.StartAsync()).On("GET /drills/1", run.ToJsonString());

        var ran = await Shell.RunAsync("drill", "show", "1", "--data", server.DataFolder);

        ran.Out.Should().Contain("forecast        p50 4.0 s, p95 6.5 s (never run: fence)").And.Contain("forecast error  +0.3 s (measured less forecast)").And.Contain("calendar        quarterly, due 2026-11-22 08:00:00Z");
    }
}
