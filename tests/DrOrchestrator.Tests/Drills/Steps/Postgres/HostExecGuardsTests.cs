using System.Diagnostics;
using System.Runtime.Versioning;
using DrOrchestrator.Drills.Steps.Postgres;
using DrOrchestrator.Estates;
using DrOrchestrator.Kubernetes;

namespace DrOrchestrator.Tests.Drills.Steps.Postgres;

/// <summary>What keeps a script from being given to a pod, or from being run there in part.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class HostExecGuardsTests
{
    [Fact]
    public async Task Ask_PodThatShowsNothingOfTheServer_OrNoStepBehindIt_GivesItNoScript()
    {
        await using var bench = await HostJobBench.StartAsync(beside: "hand", isShared: false);
        var given = 0;
        using var watched = new ClusterConnections(TimeProvider.System, _ => new ActBefore("/exec", () => Task.FromResult(given++)));
        var (hosts, database) = (bench.HostsBy(watched), bench.Estate.FindDatabase("one")!);

        var unseen = await hosts.For(bench.FenceContext()).AskAsync(database, default, "fence", "dro-7-s", "5");
        var nobodys = await hosts.For(bench.Estate).AskAsync(database, default, "fence", "dro-7-s", "5");

        unseen.Should().BeOfType<HostAnswer.No>(unseen.ToString()).Which.Reason.Should().EndWith("Set shareProcessNamespace: true in the pod");
        nobodys.Should().BeOfType<HostAnswer.No>(nobodys.ToString()).Which.Reason.Should().Be("'fence' is done by steps of a run only");
        given.Should().Be(0);
        (await bench.Server.ScalarAsync<int>("SELECT 1")).Should().Be(1, "it serves on");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    [InlineData(-1)]
    public async Task Command_InputThatEndsEarly_RunsNothingOfIt(int bytes)
    {
        var script = HostExecCommand.Script;
        var command = HostExecCommand.Make(new DatabaseHost.Exec("bank", "p", "x", "/nowhere/pg"), "status", [], TimeSpan.FromSeconds(20));
        using var shell = Process.Start(new ProcessStartInfo("/bin/sh", command.Skip(1)) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true })!;

        await shell.StandardInput.BaseStream.WriteAsync(script[..(bytes < 0 ? script.Length + bytes : bytes)]);
        shell.StandardInput.Close();
        var (said, error) = (await shell.StandardOutput.ReadToEndAsync(), await shell.StandardError.ReadToEndAsync());
        await shell.WaitForExitAsync();

        (shell.ExitCode, said, error).Should().Be((97, "", ""));
    }
}
