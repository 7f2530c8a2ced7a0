using System.Text;
using System.Text.Json.Nodes;
using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Gates;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Drills.Steps.Postgres;
using DrOrchestrator.Estates;
using DrOrchestrator.Kubernetes;
using DrOrchestrator.Testing.Postgres;
using k8s;
using k8s.Models;

namespace DrOrchestrator.Tests.Drills.Steps.Postgres;

/// <summary>A real server in a pod, asked by <c>pods/exec</c> in a container beside it.</summary>
public sealed class HostExecTests
{
    private const string Hand = "hand";

    [Fact]
    public async Task Fence_OfAServerInItsPod_IsProvedKeptAndLiftedAgain()
    {
        await using var bench = await HostJobBench.StartAsync(beside: Hand);
        var context = bench.FenceContext();
        var intent = await bench.Fence.PrepareAsync(context, default);

        var outcome = await bench.Fence.ExecuteAsync(context, intent, default);

        var done = outcome.Should().BeOfType<StepOutcome.Done>(outcome.ToString()).Which;
        done.Outputs.Text("how").Should().BeOneOf(["clean", "killed"], "its kubelet may have started it again before the control file was out of the way");
        var evidence = JsonNode.Parse(Encoding.UTF8.GetString(done.Objects!.Single(one => one.Name == "host-fence.json").Content))!;
        (evidence["pod"]!.ToString(), evidence["container"]!.ToString(), evidence["exitCode"]!.GetValue<int>()).Should().Be(("db-0", Hand, 0));
        evidence["uid"]!.ToString().Should().Be((await bench.Client.CoreV1.ReadNamespacedPodAsync("db-0", "bank")).Metadata.Uid);
        (await bench.Fence.ProveAsync(context, intent, default)).Proved.Should().BeTrue();
        (await bench.Server.StartByOthersAsync()).Should().BeFalse("nobody can start it, its own pod neither");

        (await bench.Fence.UndoAsync(context, intent, done.Outputs, default)).Should().BeOfType<StepOutcome.Done>();
        await bench.UntilServingAsync();
        (await bench.JobsAsync()).Should().BeEmpty();
    }

    [Fact]
    public async Task Fence_WhoseServerIsStartedAgainLate_EndsItCleanlyAndIsLiftedBeforeItRuns()
    {
        await using var bench = await HostJobBench.StartAsync(beside: Hand, restartBackoff: TimeSpan.FromMinutes(5));
        await bench.EndOnceAsync();
        var context = bench.Context("postgres.fence", """{"database":"one","clean":true}""");
        var intent = await bench.Fence.PrepareAsync(context, default);

        var outcome = await bench.Fence.ExecuteAsync(context, intent, default);
        var hosts = bench.HostsBy(bench.Connections).For(context);
        using var givenUp = new CancellationTokenSource();
        var undoing = bench.Fence.UndoAsync(context, intent, null, givenUp.Token);
        await PostgresServer.UntilAsync(async () => (await hosts.LookAsync(bench.Estate.Databases[0], default)).Status is { Fenced: false, Mark: "", Busy: false });
        var waits = !undoing.IsCompleted;
        await givenUp.CancelAsync();
        await ((Func<Task>)(() => undoing)).Should().ThrowAsync<OperationCanceledException>();
        var undone = await bench.FenceBy(bench.Connections, new AlmostOver()).UndoAsync(context, intent, null, default);

        var done = outcome.Should().BeOfType<StepOutcome.Done>(outcome.ToString()).Which;
        (done.Outputs.Text("how"), done.Outputs.Flag("clean"), done.Outputs.Text("state")).Should().Be(("clean", true, "shut down"));
        undone.Should().BeOfType<StepOutcome.Unknown>(undone.ToString()).Which.Reason.Should().Be(
            "the fence of one is lifted, and its server does not run yet: whoever keeps it running has not started it yet");
        File.Exists(Path.Combine(bench.Server.DataFolder, "global", "pg_control")).Should().BeTrue("its pod starts it in some minutes");
        waits.Should().BeTrue("whoever fences it anew need not wait until it has started");
    }

    [Fact]
    public async Task Fence_OfAServerThatStandsStill_KillsItAndIsProvedAfterwards()
    {
        await using var bench = await HostJobBench.StartAsync(beside: Hand);
        await bench.Server.StandStillAsync();
        var context = bench.FenceContext();
        var intent = await bench.Fence.PrepareAsync(context, default);

        var outcome = await bench.Fence.ExecuteAsync(context, intent, default);

        outcome.Should().BeOfType<StepOutcome.Done>(outcome.ToString()).Which.Outputs.Text("how").Should().Be("killed");
        (await bench.Fence.ProveAsync(context, intent, default)).Proved.Should().BeTrue("the lock file of a server whose end was seen is put away");
    }

    [Fact]
    public async Task Fence_FromTheServersOwnContainer_IsCutOffWithItAndNotBelieved()
    {
        await using var bench = await HostJobBench.StartAsync(beside: "server");
        var context = bench.FenceContext();
        var intent = await bench.Fence.PrepareAsync(context, default);

        var outcome = await bench.Fence.ExecuteAsync(context, intent, default);

        outcome.Should().BeOfType<StepOutcome.Unknown>(outcome.ToString()).Which.Reason.Should().StartWith("fence in pod db-0: the connection to its container ");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Fence_ConnectionCutInTheMiddle_IsUnknownAndFoundByLooking(bool hasBegun)
    {
        await using var bench = await HostJobBench.StartAsync(beside: Hand);
        var context = bench.FenceContext();
        var intent = await bench.Fence.PrepareAsync(context, default);
        var lockFile = bench.Server.DataFolder + ".dro.lock";
        using var cut = new ClusterConnections(TimeProvider.System, _ => new CutLine(hasBegun ? () => File.Exists(lockFile) : null));

        var outcome = await bench.FenceBy(cut).ExecuteAsync(context, intent, default);

        outcome.Should().BeOfType<StepOutcome.Unknown>(outcome.ToString());
        var seen = await bench.Fence.ObserveAsync(context, intent, default);
        await PostgresServer.UntilAsync(async () => (seen = await bench.Fence.ObserveAsync(context, intent, default)).Answer is not ObservedAnswer.StillMay);
        seen.Answer.Should().Be(hasBegun ? ObservedAnswer.Happened : ObservedAnswer.CannotHappenAnyMore, seen.Detail);
        (await bench.Fence.ExecuteAsync(context, intent, default)).Should().BeOfType<StepOutcome.Done>("asked again it goes on from there");
    }

    [Fact]
    public async Task ReadyGate_WhileTheServerServes_AsksItsPodLive()
    {
        await using var bench = await HostJobBench.StartAsync(withStandby: true, beside: Hand);
        var gate = new PostgresReadyGate(bench.Pair.Sessions, bench.HostsBy(bench.Connections), TimeProvider.System);

        var results = await gate.CheckAsync(StepBench.Parameters("""{"primary":"one","standby":"two"}"""), StepBench.Plan, bench.Estate, default);

        var host = results.Where(one => one.Check.StartsWith("postgres-ready one host", StringComparison.Ordinal)).ToList();
        host.Should().NotBeEmpty().And.OnlyContain(one => one.Passed, string.Join("; ", host.Select(one => $"{one.Check}: {one.Value}")));
    }

    [Fact]
    public async Task OldData_KeptInAPod_AreSeenToBeGoneWhileItsServerServes()
    {
        await using var bench = await HostJobBench.StartAsync(beside: Hand);
        await bench.KeepOldDataAsync();

        var there = await bench.Rebuild.IsDoneAsync(HostJobBench.KeptSubject, bench.Estate, default);
        await bench.RemoveOldDataAsync();
        var gone = await bench.Rebuild.IsDoneAsync(HostJobBench.KeptSubject, bench.Estate, default);

        (there, gone).Should().Be((false, true));
    }

    [Fact]
    public async Task Exec_OfTheLab_IsWhatTheOfficialClientSpeaks()
    {
        await using var bench = await HostJobBench.StartAsync(beside: Hand);
        var (output, error) = ("", "");

        var code = await bench.Client.NamespacedPodExecAsync(
            "db-0",
            "bank",
            Hand,
            ["sh", "-c", "read line; echo out-$line-$POD_NAME; echo err >&2; exit 7"],
            tty: false,
            async (stdin, stdout, stderr) =>
            {
                await stdin.WriteAsync("in\n"u8.ToArray());
                output = await new StreamReader(stdout).ReadToEndAsync();
                error = await new StreamReader(stderr).ReadToEndAsync();
            },
            default);

        (code, output, error).Should().Be((7, "out-in-db-0\n", "err\n"));
    }

    [Fact]
    public async Task Fence_PodReplacedBetween_IsNotBelieved()
    {
        await using var bench = await HostJobBench.StartAsync(beside: Hand);
        var context = bench.FenceContext();
        var intent = await bench.Fence.PrepareAsync(context, default);
        using var watched = new ClusterConnections(TimeProvider.System, _ => new ActBefore("/exec", () => ReplaceAsync(bench)));

        var outcome = await bench.FenceBy(watched).ExecuteAsync(context, intent, default);

        outcome.Should().BeOfType<StepOutcome.Unknown>(outcome.ToString()).Which.Reason.Should().Be(
            "pod db-0 was replaced, or its container hand started again, while fence was asked of it: what it said is not taken");
        (await bench.Fence.ObserveAsync(context, intent, default)).Answer.Should().Be(ObservedAnswer.Happened, "a look says what is there now");
    }

    [Fact]
    public async Task Fence_ClusterLetsNobodyIn_IsRefusedAndNothingHasHappened()
    {
        await using var bench = await HostJobBench.StartAsync(beside: Hand);
        var context = bench.FenceContext();
        var intent = await bench.Fence.PrepareAsync(context, default);
        using var refusing = new ClusterConnections(TimeProvider.System, _ => new Refusal());

        var outcome = await bench.FenceBy(refusing).ExecuteAsync(context, intent, default);

        outcome.Should().BeOfType<StepOutcome.Failed>(outcome.ToString()).Which.Reason.Should().Be("the host of one refuses: 403 Forbidden: the cluster lets nobody into container hand of pod db-0");
        (await bench.Server.ScalarAsync<int>("SELECT 1")).Should().Be(1, "it serves on");
    }

    [Fact]
    public async Task Fence_FromAContainerThatDoesNotSeeTheServersProcesses_IsRefusedAndNothingIsAsked()
    {
        await using var bench = await HostJobBench.StartAsync(beside: Hand, isShared: false);

        var act = () => bench.Fence.PrepareAsync(bench.FenceContext(), default);

        (await act.Should().ThrowAsync<StepFailedException>()).Which.Message.Should().Be(
            "one cannot be fenced: its host does not say what is there: container server of pod db-0 has the claim 'data-db-0' too, and its processes are not seen from container hand. Set shareProcessNamespace: true in the pod");
        (await bench.Server.ScalarAsync<int>("SELECT 1")).Should().Be(1, "it serves on");
    }

    [Theory]
    [InlineData("ReadWriteOnce", null, false, null)]
    [InlineData("ReadWriteOncePod", null, true, null)]
    [InlineData("ReadWriteMany", null, true, "the claim 'c' is ReadWriteMany: other nodes may mount it too")]
    [InlineData(null, null, true, "there is no claim 'c' in namespace bank")]
    [InlineData("ReadWriteOnce", "Running", true, "pod other (Running) has the claim 'c' too")]
    [InlineData("ReadWriteOnce", "Pending", true, "pod other (Pending) has the claim 'c' too")]
    [InlineData("ReadWriteOnce", "Succeeded", true, null)]
    public void Sight_ByWhoHasTheVolume_LetsAWordFromThePodCountOrNot(string? access, string? other, bool isShared, string? objection)
    {
        var exec = new DatabaseHost.Exec("bank", "p", "x", "/data/pg");
        var sight = new ExecSight(Pod("p", isShared), access is null ? null : Claim(access), other is null ? [] : [Pod("other", true, other)]);

        (sight.Objection(exec) ?? "").Should().StartWith(objection ?? "").And.Match(said => objection != null || said.Length == 0);
    }

    [Fact]
    public void Sight_OfAPodThatIsNotAsTheEstateSays_Objects()
    {
        var (pod, claim) = (Pod("p", true), Claim("ReadWriteOnce"));
        string? Say(V1Pod? one, string container = "x", string data = "/data/pg") => new ExecSight(one, claim, []).Objection(new DatabaseHost.Exec("bank", "p", container, data));

        Say(null).Should().Be("there is no pod 'p' in namespace bank");
        Say(pod, container: "y").Should().Be("pod p has no container 'y'; it has: x");
        Say(pod, data: "/elsewhere/pg").Should().Be("'/elsewhere/pg' is on no claim in container x: a fence there would be gone with the container");
        Say(pod, data: "/data").Should().NotBeNull("the root of a volume leaves no room beside the data");
        pod.Status.ContainerStatuses[0].State = new V1ContainerState { Waiting = new V1ContainerStateWaiting() };
        Say(pod).Should().Be("container x of pod p does not run");
    }

    [Theory]
    [InlineData("ReadWriteOnce", "dead", true)]
    [InlineData("ReadWriteOnce", "", true)]
    [InlineData("ReadWriteOnce", "killed", false)]
    [InlineData("ReadWriteOncePod", "dead", false)]
    public void LockFile_OfAServerNobodySawEnd_CountsAgainstItsEndWhereAnotherPodMayLiveOn(string access, string how, bool isObjected)
    {
        var sight = new ExecSight(Pod("p", true), Claim(access), []);
        var (exec, stopped) = (new DatabaseHost.Exec("bank", "p", "x", "/data/pg"), HostStatus.From([]));

        (sight.LockFileObjection(exec, stopped, hasLockFile: true, how) is not null).Should().Be(isObjected);
        sight.LockFileObjection(exec, stopped, hasLockFile: false, how).Should().BeNull();
        sight.LockFileObjection(exec, stopped with { Running = true }, hasLockFile: true, how).Should().BeNull("it is seen");
    }

    [Fact]
    public void Command_BringsTheScriptByItsInputAndNotByItsAddress()
    {
        var command = HostExecCommand.Make(new DatabaseHost.Exec("bank", "p", "x", "/data/pg") { Programs = "/bin" }, "fence", ["m", "5"], TimeSpan.FromSeconds(2.1));

        command.Skip(3).Where((_, at) => at != 1).Should().Equal("dro", "dro", $"{HostExecCommand.Script.Length}", "3", "postgres-host.sh", "--inside", "--supervised", "--data", "/data/pg", "--bin", "/bin", "fence", "m", "5");
        string.Concat(command).Length.Should().BeLessThan(1000, "proxies allow lines of some thousand characters");
        HostJobManifest.ScriptText.Should().Match(text => System.Text.Ascii.IsValid(text), "its length is counted in bytes on the other side");
    }

    private static V1PersistentVolumeClaim Claim(string access) => new() { Spec = new V1PersistentVolumeClaimSpec { AccessModes = [access] } };

    private static V1Pod Pod(string name, bool isShared, string phase = "Running") => new()
    {
        Metadata = new V1ObjectMeta { Name = name, Uid = name },
        Spec = new V1PodSpec
        {
            NodeName = "n",
            ShareProcessNamespace = isShared,
            Containers = [new V1Container { Name = "x", VolumeMounts = [new V1VolumeMount { Name = "v", MountPath = "/data" }] }],
            Volumes = [new V1Volume { Name = "v", PersistentVolumeClaim = new V1PersistentVolumeClaimVolumeSource { ClaimName = "c" } }],
        },
        Status = new V1PodStatus
        {
            Phase = phase,
            ContainerStatuses = [new V1ContainerStatus { Name = "x", State = phase == "Succeeded" ? new V1ContainerState { Terminated = new V1ContainerStateTerminated() } : new V1ContainerState { Running = new V1ContainerStateRunning() } }],
        },
    };

    private static async Task ReplaceAsync(HostJobBench bench)
    {
        var old = await bench.Client.CoreV1.DeleteNamespacedPodAsync("db-0", "bank");
        await PostgresServer.UntilAsync(async () => (await bench.Client.CoreV1.ListNamespacedPodAsync("bank")).Items is [var pod]
            && pod.Metadata.Uid != old.Metadata.Uid && pod.Status?.ContainerStatuses?.All(one => one.State?.Running is not null) == true);
    }

    private sealed class Refusal : DelegatingHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            request.RequestUri!.AbsolutePath.EndsWith("/exec", StringComparison.Ordinal) ? Task.FromResult(new HttpResponseMessage(System.Net.HttpStatusCode.Forbidden)) : base.SendAsync(request, cancellationToken);
    }

    /// <summary>A minute is begun and seen to last; when the host is told how long it may wait, nearly all of it has gone by.</summary>
    private sealed class AlmostOver : TimeProvider
    {
        private int _looks;

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => ++_looks > 2 ? 58 : 0;
    }
}
