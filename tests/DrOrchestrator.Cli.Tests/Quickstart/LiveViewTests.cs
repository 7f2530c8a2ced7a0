using System.Text.Json.Nodes;
using DrOrchestrator.Cli.Client;
using DrOrchestrator.Cli.Quickstart;
using DrOrchestrator.Drills;
using Spectre.Console;

namespace DrOrchestrator.Cli.Tests.Quickstart;

public class LiveViewTests
{
    private static readonly string Troubled = Samples.Status
        .Replace("\"verdicts\":[", "\"verdicts\":[{\"subject\":\"overall\",\"verdict\":\"indeterminate\"},", StringComparison.Ordinal)
        .Replace("\"replication\":\"protected\"", "\"replication\":\"not-protected\"", StringComparison.Ordinal);

    [Fact]
    public async Task WhileAsync_At80Columns_ShowsSitesStageAndNewestEvents()
    {
        var writer = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(writer), Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors, Interactive = InteractionSupport.No });
        console.Profile.Width = 80;
        var view = new LiveView(console);

        await view.WhileAsync(() =>
        {
            view.Status(ApiClient.Read<StatusView>(JsonNode.Parse(Troubled)!));
            view.Stage("Running");
            for (var number = 0; number < 20; number++)
            {
                view.Event(new RunEvent(number, DateTimeOffset.UnixEpoch, "phase", null, $"event {number} " + new string('x', 100)));
            }

            return Task.FromResult(true);
        });

        // Without control sequences every picture is printed below the one before; the last one counts.
        var all = writer.ToString();
        all.Should().Contain("site     role");
        var lines = all[all.LastIndexOf("site     role", StringComparison.Ordinal)..].Split('\n');
        lines.Should().OnlyContain(line => line.TrimEnd().Length <= 80);
        lines.Should().Contain(line => line.Contains("primary", StringComparison.Ordinal) && line.Contains("serving", StringComparison.Ordinal) && line.TrimEnd().EndsWith("99.99%     indeterminate", StringComparison.Ordinal));
        lines.Should().Contain(line => line.StartsWith("dr       standby  not-protected  unknown  0.5 s", StringComparison.Ordinal));
        lines.Should().Contain(line => line.StartsWith("Running", StringComparison.Ordinal));
        lines.Should().Contain(line => line.Contains("event 19 ", StringComparison.Ordinal)).And.NotContain(line => line.Contains("event 7 ", StringComparison.Ordinal));
    }
}
