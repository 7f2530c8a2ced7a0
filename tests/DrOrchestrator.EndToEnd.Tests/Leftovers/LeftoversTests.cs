using DrOrchestrator.EndToEnd.Harness;

namespace DrOrchestrator.EndToEnd.Leftovers;

/// <summary>Whatever becomes of a quickstart, it leaves its own folder and nothing else: no process, no file in the home or the temp folder.</summary>
public sealed class LeftoversTests
{
    [Fact]
    public Task Quickstart_ThatEnds_LeavesOnlyItsFolder() => WorkFolder.UseAsync(async folder =>
    {
        await using Quickstart whole = Quickstart.Start(folder);
        (await whole.WaitAsync()).Should().Be(0, await whole.ReadSaidAsync());
        await whole.ShouldHaveLeftNothingAsync();
        Directory.EnumerateFiles(whole.Data, "audit-pack-run-*.zip").Should().ContainSingle();
    });

    [Fact]
    public Task Quickstart_KilledInTheMiddleOfTheRun_LeavesOnlyItsFolder() => WorkFolder.UseAsync(async folder =>
    {
        await using Quickstart killed = Quickstart.Start(folder);
        await Patience.UntilAsync("the switch is under way", Patience.Run, async () => (await killed.ReadSaidAsync()).Contains("fence-primary", StringComparison.Ordinal));
        killed.Processes().Count.Should().BeGreaterThan(3, "the sandbox, the server and pods were running");

        await killed.KillAsync();

        await killed.ShouldHaveLeftNothingAsync();
    });

    /// <summary>The runtime opens its pipes before the first line of the program: what is killed that early leaves their names, and nothing of the product's.</summary>
    [Fact]
    public Task Quickstart_KilledBeforeItsFirstWord_LeavesAtMostTheRuntimesOwnPipes() => WorkFolder.UseAsync(async folder =>
    {
        await using Quickstart killed = Quickstart.Start(folder);
        await Patience.UntilAsync("the runtime is up", Patience.Stop, () => killed.Left().Count > 0);

        await killed.KillAsync();

        await Patience.UntilAsync("no process of it lives", Patience.Stop, () => killed.Processes().Count == 0);
        killed.Left().Select(Path.GetFileName).Should().OnlyContain(name => name!.StartsWith($"dotnet-diagnostic-{killed.ProcessId}-") || name.StartsWith($"clr-debug-pipe-{killed.ProcessId}-"));
    });
}
