using System.Diagnostics;
using System.Globalization;
using System.Runtime.Versioning;
using DrOrchestrator.Commands;
using DrOrchestrator.Estates;
using DrOrchestrator.Probes;
using DrOrchestrator.Probes.Command;
using DrOrchestrator.Time;
using Microsoft.Extensions.Time.Testing;

namespace DrOrchestrator.Tests.Probes.Command;

/// <summary>Real programs: small scripts, each in a folder of the test's own.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class CommandProbeTests : IDisposable
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(60);
    private readonly string _folder = Path.Combine(AppContext.BaseDirectory, "work", $"command-{Guid.NewGuid():N}");

    public CommandProbeTests() => Directory.CreateDirectory(_folder);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("echo 'all well | time=1'; exit 0", CommandExitCodes.Plain, ProbeOutcome.Up, "exit code 0: all well")]
    [InlineData("exit 0", CommandExitCodes.Plain, ProbeOutcome.Up, "exit code 0")]
    [InlineData("echo 'late'; exit 1", CommandExitCodes.Plain, ProbeOutcome.Down, "exit code 1: late")]
    [InlineData("echo 'late'; exit 1", CommandExitCodes.Nagios, ProbeOutcome.Up, "exit code 1: late")]
    [InlineData("echo 'gone' >&2; exit 2", CommandExitCodes.Nagios, ProbeOutcome.Down, "exit code 2: gone")]
    [InlineData("exit 3", CommandExitCodes.Plain, ProbeOutcome.Unknown, "exit code 3")]
    [InlineData("exit 127", CommandExitCodes.Plain, ProbeOutcome.Unknown, "exit code 127")]
    [InlineData("exit 4", CommandExitCodes.Nagios, ProbeOutcome.Down, "exit code 4")]
    [InlineData("kill -9 $$", CommandExitCodes.Plain, ProbeOutcome.Down, "exit code 137")]
    public async Task RunAsync_AProgramThatEnds_IsJudgedByItsExitCode(string script, CommandExitCodes codes, ProbeOutcome outcome, string reason) =>
        (await LookAsync(Settings(Script(script)) with { ExitCodes = codes })).Should().BeEquivalentTo(new { Outcome = outcome, Reason = reason });

    [Theory]
    [InlineData("echo OK latency=12.5ms", 20.0, ProbeOutcome.Up, "exit code 0: OK latency=12.5ms", 12.5)]
    [InlineData("echo OK latency=25ms", 20.0, ProbeOutcome.Down, "the value is 25, expected at most 20", 25.0)]
    [InlineData("echo OK", 20.0, ProbeOutcome.Unknown, "no number in the output; exit code 0: OK", null)]
    [InlineData("echo OK", null, ProbeOutcome.Up, "exit code 0: OK", null)]
    public async Task RunAsync_AValueInTheOutput_IsHeldToItsLimits(string script, double? most, ProbeOutcome outcome, string reason, double? value) =>
        (await LookAsync(Settings(Script(script)) with { ValuePattern = "latency=([0-9.]+)", Limits = new ValueLimits(null, most, null) }))
            .Should().BeEquivalentTo(new { Outcome = outcome, Reason = reason, Value = value });

    [Fact]
    public async Task RunAsync_ArgumentsEnvironmentAndFolder_AreThoseDeclaredAndNoOthers()
    {
        Environment.SetEnvironmentVariable("DRO_TEST_SECRET", "hunter2");
        var seen = Path.Combine(_folder, "seen");

        await LookAsync(Settings(Script($"(pwd; printf '<%s>' \"$@\"; echo; env; readlink /proc/self/fd/0) > {seen}")) with { Arguments = ["a b", "$(id)", ";", "a b"] });

        var lines = await File.ReadAllLinesAsync(seen);
        lines[..2].Should().Equal("/", "<a b><$(id)><;><a b>");
        lines[2..].Where(line => line.Contains('=', StringComparison.Ordinal)).Select(line => line.Split('=')[0]).Should().BeSubsetOf(["PATH", "LANG", "DRO_PROBE", "DRO_SYSTEM", "DRO_SITE", "PWD", "_"]);
        lines.Should().Contain("DRO_PROBE=p").And.NotContain(line => line.Contains("hunter2", StringComparison.Ordinal));
    }

    [Fact]
    public async Task RunAsync_EndlessOutput_IsDrainedAndBounded()
    {
        var result = await LookAsync(Settings(Script("head -c 50000000 /dev/zero | tr '\\0' 'x'; head -c 50000000 /dev/zero >&2; exit 0")));

        result.Outcome.Should().Be(ProbeOutcome.Up);
        result.Reason.Should().HaveLength("exit code 0: ".Length + 100);
    }

    [Fact]
    public async Task RunAsync_TimeOver_KillsAllOfIt()
    {
        var time = new FakeTimeProvider();
        var pids = Path.Combine(_folder, "pids");
        // A child in the background, one that has lost its parent, and one in a process group of its own; all deaf to SIGTERM.
        var program = Script($$"""
            trap '' TERM
            sleep 600 & echo $! >> {{pids}}
            (sleep 601 & echo $! >> {{pids}})
            set -m; sleep 602 & echo $! >> {{pids}}
            echo $$ >> {{pids}}; echo done >> {{pids}}
            while :; do sleep 603; done
            """);
        using var probe = Probe(Settings(program), TimeSpan.FromSeconds(5), time);
        var look = probe.RunAsync(default);
        await UntilAsync(() => File.Exists(pids) && File.ReadAllText(pids).EndsWith("done\n", StringComparison.Ordinal));

        time.Advance(TimeSpan.FromSeconds(5));

        (await look).Should().BeEquivalentTo(new { Outcome = ProbeOutcome.Down, Reason = $"{program} did not end within 5s and was killed" });
        var members = (await File.ReadAllLinesAsync(pids))[..^1];
        members.Should().HaveCount(4);
        await UntilAsync(() => !members.Any(IsRunning));
    }

    [Fact]
    public async Task RunAsync_EndsAndLeavesAChildBehind_KillsItAndDoesNotWait()
    {
        var pid = Path.Combine(_folder, "pid");

        var result = await LookAsync(Settings(Script($"sleep 600 & echo $! > {pid}; exit 0")));

        result.Outcome.Should().Be(ProbeOutcome.Up);
        var child = (await File.ReadAllTextAsync(pid)).Trim();
        await UntilAsync(() => !IsRunning(child));
    }

    [Fact]
    public async Task RunAsync_ProgramNotAllowed_IsUnknownAndSaysHowToAllowIt()
    {
        var program = Script("exit 0");

        (await LookAsync(Settings(program), AllowedCommands.None)).Should().BeEquivalentTo(
            new { Outcome = ProbeOutcome.Unknown, Reason = $"could not look: the program {program} is not allowed by this server; start it with --allow-command {program}" });
    }

    [Fact]
    public async Task RunAsync_AllowedFileIsNotWhatItSeems_IsRefused()
    {
        var program = Script("exit 0");
        var link = Path.Combine(_folder, "link");
        File.CreateSymbolicLink(link, program);

        (await LookAsync(Settings(link))).Reason.Should().Be($"could not look: {link} is a link to {program}; allow the program itself");
        File.SetUnixFileMode(program, File.GetUnixFileMode(program) | UnixFileMode.OtherWrite);
        (await LookAsync(Settings(program))).Reason.Should().Be($"could not look: everybody may write {program}; take that right away");
        File.SetUnixFileMode(program, UnixFileMode.UserRead);
        (await LookAsync(Settings(program))).Reason.Should().Be($"could not look: {program} is not executable");
        (await LookAsync(Settings("/no/such"))).Reason.Should().Be("could not look: there is no program /no/such");
    }

    [Fact]
    public async Task RunAsync_FolderAnybodyMayWrite_IsRefused()
    {
        var program = Script("exit 0");
        (await LookAsync(Settings(program))).Outcome.Should().Be(ProbeOutcome.Up);
        File.SetUnixFileMode(_folder, File.GetUnixFileMode(_folder) | UnixFileMode.OtherWrite | UnixFileMode.StickyBit);

        (await LookAsync(Settings(program))).Reason.Should().Be($"could not look: everybody may write {_folder}; take that right away");
    }

    [Fact]
    public async Task RunAsync_NoProgramAtAll_IsUnknown()
    {
        var program = Path.Combine(_folder, "nonsense");
        await File.WriteAllTextAsync(program, "#!/no/such/interpreter\n");
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute);

        (await LookAsync(Settings(program))).Outcome.Should().Be(ProbeOutcome.Unknown);
    }

    private static CommandProbeSettings Settings(string program) => new(program, [], CommandExitCodes.Plain, null, ValueLimits.None);

    private static CommandProbe Probe(CommandProbeSettings settings, TimeSpan timeout, TimeProvider? time = null, AllowedCommands? allowed = null) => new(
        new ProbeDefinition("p", "s", null, ProbeRole.Component, null, TimeSpan.FromSeconds(60), timeout, 1, settings),
        settings,
        new ProbeContext(new ProbeConnections(), new ProcessClock(time ?? TimeProvider.System)) { Commands = allowed ?? new AllowedCommands([settings.Program]) });

    private static async Task<ProbeResult> LookAsync(CommandProbeSettings settings, AllowedCommands? allowed = null)
    {
        using var probe = Probe(settings, Long, allowed: allowed);
        return await probe.RunAsync(default);
    }

    private static bool IsRunning(string pid)
    {
        try
        {
            using var process = Process.GetProcessById(int.Parse(pid, CultureInfo.InvariantCulture));
            return !process.HasExited && !File.ReadAllText($"/proc/{pid}/stat").Contains(") Z ", StringComparison.Ordinal);
        }
        catch (Exception exception) when (exception is ArgumentException or IOException)
        {
            return false;
        }
    }

    private static async Task UntilAsync(Func<bool> wanted)
    {
        for (var i = 0; i < 1000 && !wanted(); i++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        }

        wanted().Should().BeTrue("it was waited for 20 s");
    }

    private string Script(string text)
    {
        var path = Path.Combine(_folder, $"check-{Guid.NewGuid():N}"[..14]);
        File.WriteAllText(path, $"#!/bin/sh\n{text}\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return path;
    }
}
