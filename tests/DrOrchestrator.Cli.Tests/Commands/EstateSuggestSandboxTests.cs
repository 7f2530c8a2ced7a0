using System.Diagnostics;
using System.Text.Json.Nodes;

namespace DrOrchestrator.Cli.Tests.Commands;

/// <summary>An estate suggested from the lab's two sites: real API servers of the sandbox, with the paging, the kinds and the 404s they have.</summary>
public class EstateSuggestSandboxTests
{
    [Fact]
    public async Task Suggest_TheLab_FindsItsLedgerAtBothSites_AndTheFilePassesOnceAnswered()
    {
        using var folder = new TestFolder();
        var lab = Path.Combine(folder.Path, "lab");
        using var sandbox = Process.Start(new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "dro"), ["sandbox", "--data", lab, "--fast", "--stop-with-stdin"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["DOTNET_EnableDiagnostics"] = "0" },
        })!;
        try
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
            JsonNode.Parse((await sandbox.StandardOutput.ReadLineAsync(patience.Token))!)!["ready"]!.GetValue<bool>().Should().BeTrue();
            var path = Path.Combine(Directory.CreateDirectory(Path.Combine(folder.Path, "estate")).FullName, "estate.yaml");

            var ran = await Shell.RunAsync(
                "estate", "suggest", "--kubeconfig", $"{lab}/primary/kubeconfig:{lab}/dr/kubeconfig", "--context", "primary", "--context", "dr", "--out", path);

            ran.ExitCode.Should().Be(0, ran.Error);
            ran.Error.Should().StartWith($"{path}: systems: 1, workloads: 2, probes: ").And.NotContain("not seen").And.NotContain("only at");
            var text = File.ReadAllText(path);
            text.Should().Contain("#   deployment/ledger-api: replicas 2 at primary, 0 at dr").And.Contain("#   statefulset/ledger-store: replicas 1 at primary, 1 at dr");

            File.WriteAllText(path, EstateAnswers.To(text));
            var check = await Shell.RunAsync("check", "--estate", Path.GetDirectoryName(path)!);
            check.Error.Should().BeEmpty();
            check.Out.Should().StartWith("suggested is valid; sites: 2, systems: 1, ");
        }
        finally
        {
            sandbox.StandardInput.Close();
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
            await sandbox.WaitForExitAsync(patience.Token);
        }
    }
}
