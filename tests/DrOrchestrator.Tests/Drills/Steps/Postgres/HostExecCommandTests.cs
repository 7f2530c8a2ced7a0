using System.Diagnostics;
using DrOrchestrator.Drills.Steps.Postgres;
using DrOrchestrator.Estates;
using DrOrchestrator.Testing.Postgres;

namespace DrOrchestrator.Tests.Drills.Steps.Postgres;

/// <summary>What is started in a pod ends in time, whatever it has started itself and whoever stands still at the other end.</summary>
public sealed class HostExecCommandTests : IAsyncLifetime
{
    private const int Seconds = 77;
    private string _folder = "";

    private string Data => Path.Combine(_folder, "data");

    /// <summary>Made when its time is to be over.</summary>
    private string Over => Path.Combine(_folder, "over");

    private string Child => Path.Combine(_folder, "child");

    public async Task InitializeAsync()
    {
        _folder = await PostgresServer.NewFolderAsync("exec");
        await PostgresServer.RunAsync("/bin/sh", "-c", $"mkdir -p {Data}/global {_folder}/bin && echo 15 >{Data}/PG_VERSION && : >{Data}/global/pg_control");

        // The clock of its limit is ours: what sleeps for all of it wakes when we say. And a timeout as BusyBox has it, which ends the one process that it started.
        await ProgramAsync("sleep", $"[ \"$1\" = {Seconds} ] || exec /bin/sleep \"$@\"\nuntil [ -e {Over} ]; do /bin/sleep 0.05; done");
        await ProgramAsync("timeout", "shift 2; t=$1; shift; \"$@\" & p=$!; sleep \"$t\"; kill -KILL $p");
        await ProgramAsync("pg_controldata", $"/bin/sleep 600 & echo $! >{Child}.new; mv {Child}.new {Child}; wait");
    }

    public Task DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        return Task.CompletedTask;
    }

    [Fact]
    public async Task Start_TimeIsOver_EndsAllThatTheScriptHasStarted()
    {
        using var asked = Start();
        await asked.StandardInput.BaseStream.WriteAsync(HostExecCommand.Script);
        await asked.StandardInput.FlushAsync();
        await PostgresServer.UntilAsync(() => Task.FromResult(File.Exists(Child)));
        var child = (await File.ReadAllTextAsync(Child)).Trim();
        var before = Lives(child);

        await File.WriteAllTextAsync(Over, "");
        await asked.WaitForExitAsync();

        before.Should().BeTrue();
        asked.ExitCode.Should().Be(137);
        await PostgresServer.UntilAsync(() => Task.FromResult(!Lives(child)));
    }

    [Fact]
    public async Task Start_ScriptComesWhenItsTimeIsOver_IsReadByNobody()
    {
        using var asked = Start();

        // Whoever was to give it stands still.
        await File.WriteAllTextAsync(Over, "");
        await asked.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(1));

        asked.ExitCode.Should().Be(137);
        File.Exists(Child).Should().BeFalse();
    }

    [Fact]
    public async Task Start_ScriptThatEndsByItself_LeavesNothingAndTellsHowItEnded()
    {
        using var asked = Start();
        await asked.StandardInput.BaseStream.WriteAsync(HostExecCommand.Script[..^1]);
        asked.StandardInput.Close();

        await asked.WaitForExitAsync();

        asked.ExitCode.Should().Be(97, "less than the script has come");
        await PostgresServer.UntilAsync(() => Task.FromResult(!Directory.GetDirectories("/proc").Any(IsOurSleep)));
    }

    private Process Start()
    {
        var command = HostExecCommand.Make(new DatabaseHost.Exec("bank", "p", "x", Data) { Programs = Path.Combine(_folder, "bin") }, "status", [], TimeSpan.FromSeconds(Seconds));
        var start = new ProcessStartInfo(command[0], command.Skip(1)) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["PATH"] = $"{_folder}/bin:{Environment.GetEnvironmentVariable("PATH")}";
        return Process.Start(start)!;
    }

    private Task ProgramAsync(string name, string text)
    {
        var file = Path.Combine(_folder, "bin", name);
        return PostgresServer.RunAsync("/bin/sh", "-c", "printf '#!/bin/sh\\n%s\\n' \"$2\" >\"$1\" && chmod 755 \"$1\" \"${1%/bin/*}\" \"${1%/*}\"", "sh", file, text);
    }

    /// <summary>One that has ended and that nobody has asked about yet does not.</summary>
    private static bool Lives(string pid)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/stat") is var stat && stat[stat.LastIndexOf(')') + 2] is not ('Z' or 'X');
        }
        catch (IOException)
        {
            return false;
        }
    }

    private bool IsOurSleep(string process)
    {
        try
        {
            return File.ReadAllText(Path.Combine(process, "cmdline")).Contains($"{_folder}/bin/sleep", StringComparison.Ordinal) && Lives(Path.GetFileName(process));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
