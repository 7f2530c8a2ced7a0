using System.Text.Json.Nodes;
using DrOrchestrator.Cli.Client;
using DrOrchestrator.Cli.Quickstart;
using DrOrchestrator.Drills;
using Spectre.Console;

namespace DrOrchestrator.Cli.Tests.Quickstart;

public class LiveViewTests
{
    [Fact]
    public async Task WhileAsync_At80Columns_ShowsSitesStageAndNewestEvents()
    {
        var writer = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(writer), Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors, Interactive = InteractionSupport.No });
        console.Profile.Width = 80;
        var view = new LiveView(console);

        await view.WhileAsync(() =>
        {
            view.Status(ApiClient.Read<StatusView>(JsonNode.Parse(Samples.Status)!));
            view.Stage("Running");
            for (var number = 0; number < 20; number++)
            {
                view.Event(new RunEvent(number, DateTimeOffset.UnixEpoch, "phase", null, $"event {number} " + new string('x', 100)));
            }

            return Task.FromResult(true);
        });

        var lines = writer.ToString().Split('\n');
        lines.Should().OnlyContain(line => line.TrimEnd().Length <= 80);
        lines.Should().Contain(line => line.Contains("primary", StringComparison.Ordinal) && line.Contains("serving", StringComparison.Ordinal) && line.Contains("99.99%", StringComparison.Ordinal));
        lines.Should().Contain(line => line.StartsWith("Running", StringComparison.Ordinal));
        lines.Should().Contain(line => line.Contains("event 19 ", StringComparison.Ordinal)).And.NotContain(line => line.Contains("event 7 ", StringComparison.Ordinal));
    }
}
