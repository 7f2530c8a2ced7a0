using System.Text.Json.Nodes;
using DrOrchestrator.Cli.Client;
using DrOrchestrator.Cli.Watching;
using DrOrchestrator.Drills;
using Spectre.Console;

namespace DrOrchestrator.Cli.Tests.Watching;

public class WatchViewTests
{
    private const string Interrupted = """
        {"id":7,"at":"2026-11-22T08:00:12Z","plan":"quickstart-failover","outcome":"open","phase":"Switching","waitingFor":null,"done":3,"total":8,"running":["promote"],
         "clocks":[{"system":"ledger","elapsed":12,"limit":14400,"limitAt":"2026-11-22T12:00:00Z","projectedEnd":"2026-11-22T08:00:40Z","exceeds":false}],
         "waitsFor":[{"kind":"task","item":"verify","role":"business-verifier","people":["anna","bo"],"deadline":"2026-11-22T08:10:00Z"}],"expectedSeconds":40}
        """;

    private static readonly RunProgressView Progress = ApiClient.Read<RunProgressView>(JsonNode.Parse(Interrupted)!);

    [Fact]
    public void Plain_Progress_IsSaidWhenItChangesOrTheClockMovedOn()
    {
        var writer = new StringWriter { NewLine = "\n" };
        var view = new PlainWatchView(writer);

        view.Progress(Progress);
        view.Progress(Progress with { At = Progress.At.AddSeconds(1) });
        view.Progress(Progress with { At = Progress.At.AddSeconds(10) });
        view.Progress(Progress with { At = Progress.At.AddSeconds(11), Done = 4, Running = [], Clocks = [], WaitsFor = [] });
        view.Progress(Progress with { At = Progress.At.AddSeconds(60), Done = 4, Running = [], Clocks = [], WaitsFor = [] });

        writer.ToString().Should().Be(
            """
            08:00:12.000Z  -- 3 of 8 steps, running promote; ledger: interrupted for 12.0 s of 4 h, projected end 08:00:40Z; waits for business-verifier (anna, bo): verify, until 08:10:00Z
            08:00:22.000Z  -- 3 of 8 steps, running promote; ledger: interrupted for 12.0 s of 4 h, projected end 08:00:40Z; waits for business-verifier (anna, bo): verify, until 08:10:00Z
            08:00:23.000Z  -- 4 of 8 steps; forecast when it was opened: 40.0 s

            """);
    }

    [Fact]
    public void Waits_NobodyMayAnswer_IsSaidLoudly() =>
        ProgressText.Waits(Progress with { WaitsFor = [new("approval", "run-approval", "approver", [], null)] }).Should().Equal("waits for approver (NOBODY MAY ANSWER): run-approval");

    [Fact]
    public void Clocks_OverTheLimit_AreSaidLoudly() =>
        ProgressText.Clocks(Progress with { Clocks = [Progress.Clocks[0] with { Exceeds = true }] }).Single().Should().EndWith("(OVER THE LIMIT)");

    [Fact]
    public async Task Live_At80Columns_ShowsProgressClockWhoIsWaitedForAndNewestEvents()
    {
        var writer = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(writer), Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors, Interactive = InteractionSupport.No });
        console.Profile.Width = 80;
        var view = new LiveWatchView(console);

        await view.WhileAsync(() =>
        {
            for (var number = 0; number < 20; number++)
            {
                view.Event(new RunEvent(number, DateTimeOffset.UnixEpoch, "phase", null, $"event {number} " + new string('x', 100)));
            }

            view.Progress(Progress);
            return Task.CompletedTask;
        });

        var all = writer.ToString();
        var lines = all[all.LastIndexOf("Run 7", StringComparison.Ordinal)..].Split('\n').Select(line => line.TrimEnd()).ToList();
        lines.Should().OnlyContain(line => line.Length <= 80);
        lines.Take(4).Should().Equal(
            "Run 7  quickstart-failover  open: Switching",
            "[#########---------------] 3 of 8 steps, running promote",
            "ledger: interrupted for 12.0 s of 4 h, projected end 08:00:40Z",
            "waits for business-verifier (anna, bo): verify, until 08:10:00Z");
        lines.Should().Contain(line => line.Contains("event 19 ", StringComparison.Ordinal)).And.NotContain(line => line.Contains("event 7 ", StringComparison.Ordinal));
    }
}
