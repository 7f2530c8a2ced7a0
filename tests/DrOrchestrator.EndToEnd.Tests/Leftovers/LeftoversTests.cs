using DrOrchestrator.EndToEnd.Harness;
using DrOrchestrator.EndToEnd.Postgres;

namespace DrOrchestrator.EndToEnd.Leftovers;

/// <summary>Whatever becomes of a quickstart, it leaves its own folder and nothing else: no process, no file in the home or the temp folder.</summary>
[Collection(nameof(OneAtATime))]
public sealed class LeftoversTests
{
    private const int Interrupted = 130;

    /// <summary>What a quickstart has just said at the ten moments, from its first word to its last act.</summary>
    private static readonly string[] _moments =
    [
        "Everything is kept in",
        "Starting the sandbox",
        "Starting the server",
        "Watching both sites",
        "begins strike",
        "begins fence-primary",
        "begins promote-dr",
        "begins rejoin-primary",
        "begins demote-dr",
        "Exporting the audit pack",
    ];

    [Fact]
    public Task Quickstart_ThatEndsByItself_LeavesOnlyItsFolder() => WorkFolder.UseAsync(async folder =>
    {
        await using Quickstart whole = Quickstart.Start(folder);

        (await whole.WaitAsync()).Should().Be(0, await whole.ReadSaidAsync());

        await whole.ShouldHaveLeftNothingAsync();
        Directory.EnumerateFiles(whole.Data, "audit-pack-run-*.zip").Should().ContainSingle();
    });

    [PostgresFact]
    public Task Quickstart_WithPostgreSql_ThatEndsByItself_LeavesOnlyItsFolder() => WorkFolder.UseAsync(async folder =>
    {
        await using Quickstart whole = Quickstart.Start(folder, "--postgres");
        await Patience.UntilAsync("the switch is under way", Patience.Run, async () => (await whole.ReadSaidAsync()).Contains("begins promote-dr", StringComparison.Ordinal));
        whole.Processes().Count.Should().BeGreaterThan(10, "servers, pods and PostgreSQL were running");

        (await whole.WaitAsync()).Should().Be(0, await whole.ReadSaidAsync());

        await whole.ShouldHaveLeftNothingAsync();
        Directory.EnumerateFiles(whole.Data, "audit-pack-run-*.zip").Should().ContainSingle();
        (await whole.ReadSaidAsync()).Should().Contain("lab, satisfies no clause").And.Contain("strength sandbox");
    });

    [Fact]
    public Task Quickstart_InterruptedAtTenMoments_LeavesOnlyItsFolder() => WorkFolder.UseAsync(folder => Parallel.ForAsync(
        0,
        _moments.Length,
        new ParallelOptions { MaxDegreeOfParallelism = 2 },
        async (index, _) =>
        {
            string moment = _moments[index];
            await using Quickstart interrupted = Quickstart.Start(Path.Combine(folder, $"moment-{index}"));
            await Patience.UntilAsync($"'{moment}' is said", Patience.Run, async () => (await interrupted.ReadSaidAsync()).Contains(moment, StringComparison.Ordinal));

            interrupted.Interrupt();

            // At the last moment it may have come to its own end before the signal reached it.
            (await interrupted.WaitAsync()).Should().BeOneOf(moment == _moments[^1] ? [Interrupted, 0] : [Interrupted], $"at '{moment}' it had said {await interrupted.ReadSaidAsync()}");
            await interrupted.ShouldHaveLeftNothingAsync();
        }));

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
        await Patience.UntilAsync("the runtime is up", Patience.Stop, () => killed.Left().Count > 0 || Directory.Exists(killed.Data));

        await killed.KillAsync();

        await Patience.UntilAsync("no process of it lives", Patience.Stop, () => killed.Processes().Count == 0);
        killed.Left().Select(Path.GetFileName).Should()
            .NotContain(name => !name!.StartsWith($"dotnet-diagnostic-{killed.ProcessId}-") && !name.StartsWith($"clr-debug-pipe-{killed.ProcessId}-"));
    });
}
