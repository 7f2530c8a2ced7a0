using System.Diagnostics;
using DrOrchestrator.Cli.Processes;

namespace DrOrchestrator.Cli.Tests.Processes;

public class ChildProcessTests
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task StopAsync_ChildThatHeedsStandardInput_EndsByItself()
    {
        using var folder = new TestFolder();
        await using var child = Start(folder, "echo ready; cat > /dev/null");
        await child.ReadyAsync(Long, CancellationToken.None);

        (await child.StopAsync(Long, CancellationToken.None)).Should().BeTrue();
    }

    [Fact]
    public async Task StopAsync_ChildThatIgnoresStandardInput_IsKilledAfterTheBoundWithEverythingItStarted()
    {
        using var folder = new TestFolder();
        await using var child = Start(folder, "trap '' TERM INT HUP; sleep 600 & echo $!; wait");
        var grandchild = int.Parse(await child.ReadyAsync(Long, CancellationToken.None), System.Globalization.CultureInfo.InvariantCulture);

        (await child.StopAsync(TimeSpan.FromMilliseconds(200), CancellationToken.None)).Should().BeFalse();

        await EndedAsync(child.Id);
        await EndedAsync(grandchild);
    }

    [Fact]
    public async Task StopAsync_AskedAgain_DoesNotWaitForTheBound()
    {
        using var folder = new TestFolder();
        await using var child = Start(folder, "echo ready; exec sleep 600");
        await child.ReadyAsync(Long, CancellationToken.None);

        (await child.StopAsync(TimeSpan.FromHours(1), new CancellationToken(canceled: true))).Should().BeFalse();
    }

    [Fact]
    public async Task ReadyAsync_ChildDiesEarly_ShowsItsLastLinesAndPassesItsKindOfFailureOn()
    {
        using var folder = new TestFolder();
        await using var child = Start(folder, "echo 'estate.yaml:3:1: found x' >&2; exit 3");

        var failed = (await child.Invoking(c => c.ReadyAsync(Long, CancellationToken.None)).Should().ThrowAsync<CommandFailedException>()).Which;

        failed.ExitCode.Should().Be(ExitCodes.InvalidEstate);
        failed.Message.Should().Be($"the child ended by itself with exit code 3. Its last lines (all of them in {child.LogFile}):\n  estate.yaml:3:1: found x");
        File.ReadAllText(child.LogFile).Should().Be("estate.yaml:3:1: found x\n");
    }

    [Fact]
    public async Task ReadyAsync_ChildSaysNothing_GivesUpAfterTheBound()
    {
        using var folder = new TestFolder();
        await using var child = Start(folder, "exec sleep 600");

        (await child.Invoking(c => c.ReadyAsync(TimeSpan.FromMilliseconds(100), CancellationToken.None)).Should().ThrowAsync<CommandFailedException>())
            .WithMessage("the child was not ready within 0 s. It said nothing; its log is *");
    }

    private static ChildProcess Start(TestFolder folder, string script)
    {
        var info = new ProcessStartInfo("/bin/sh") { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        info.ArgumentList.Add("-c");
        info.ArgumentList.Add(script);
        return ChildProcess.Start("the child", info, Path.Combine(folder.Path, "child.log"), TimeProvider.System);
    }

    /// <summary>A killed process takes a moment to go; one that its new parent has not yet taken note of is dead all the same.</summary>
    private static async Task EndedAsync(int process)
    {
        using var patience = new CancellationTokenSource(Long);
        while (File.Exists($"/proc/{process}/stat") && State(process) != 'Z')
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, patience.Token);
        }
    }

    private static char State(int process)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/stat").Split(") ")[1][0];
        }
        catch (IOException)
        {
            return 'Z';
        }
    }
}
