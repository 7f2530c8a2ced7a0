using System.Diagnostics;
using System.Globalization;
using System.Runtime.Versioning;
using DrOrchestrator.Commands;

namespace DrOrchestrator.Tests.Commands;

/// <summary>Real programs, and what they leave behind in this process.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class ProgramRunTests : IDisposable
{
    private static readonly Dictionary<string, string> NoEnvironment = [];
    private readonly string _folder = Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, "work", $"run-{Guid.NewGuid():N}")).FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task RunAsync_AGrandchildLeavesTheSessionAndKeepsThePipes_LeavesNoPipeOfOurs()
    {
        var result = await RunAsync($"until [ -e {_folder}/pid ]; do sleep 0.02; done; echo said; echo wrong >&2", default);

        var left = await LeftAsync();
        try
        {
            result.Should().Be(new ProgramResult.Ended(0, "said\n", "wrong\n"), "what came before the end is kept");
            OwnPipes().Should().NotIntersectWith(left.Pipes);
        }
        finally
        {
            End(left.Process);
        }
    }

    [Fact]
    public async Task RunAsync_GivenUpWhileAGrandchildKeepsThePipes_LeavesNoPipeOfOurs()
    {
        using var stop = new CancellationTokenSource();
        var run = RunAsync("sleep 600", stop.Token);
        var left = await LeftAsync();
        try
        {
            OwnPipes().Should().Contain(left.Pipes, "it has just been started");

            await stop.CancelAsync();

            await run.Invoking(task => task).Should().ThrowAsync<OperationCanceledException>();
            OwnPipes().Should().NotIntersectWith(left.Pipes);
        }
        finally
        {
            End(left.Process);
        }
    }

    private Task<ProgramResult> RunAsync(string then, CancellationToken cancellationToken) => ProgramRun.RunAsync(
        "/bin/sh", ["-c", $"setsid -f sh -c 'echo $$ > {_folder}/new; mv {_folder}/new {_folder}/pid; exec sleep 600'; {then}"], NoEnvironment, TimeProvider.System, cancellationToken);

    /// <summary>What has left the session, and the two pipes it still writes to.</summary>
    private async Task<(int Process, List<string> Pipes)> LeftAsync()
    {
        var file = Path.Combine(_folder, "pid");
        for (var i = 0; i < 1000 && !File.Exists(file); i++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        }

        var process = int.Parse(await File.ReadAllTextAsync(file), CultureInfo.InvariantCulture);
        return (process, [.. new[] { 1, 2 }.Select(number => new FileInfo(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/fd/{number}")).LinkTarget!)]);
    }

    private static void End(int number)
    {
        using var process = Process.GetProcessById(number);
        process.Kill();
    }

    private static List<string> OwnPipes() => [.. Directory.GetFiles("/proc/self/fd").Select(path => new FileInfo(path).LinkTarget).OfType<string>().Where(target => target.StartsWith("pipe:", StringComparison.Ordinal))];
}
