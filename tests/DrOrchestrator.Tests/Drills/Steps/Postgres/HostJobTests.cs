using System.Text;
using System.Text.Json.Nodes;
using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Gates;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Drills.Steps;
using DrOrchestrator.Drills.Steps.Postgres;
using DrOrchestrator.Estates;
using DrOrchestrator.Kubernetes;
using DrOrchestrator.Testing.Kubernetes;
using DrOrchestrator.Testing.Postgres;
using k8s;
using k8s.Models;

namespace DrOrchestrator.Tests.Drills.Steps.Postgres;

public sealed class HostJobTests
{
    [Fact]
    public async Task Fence_WhileAPodHasTheClaim_IsRefusedAndNoJobIsMade()
    {
        await using var bench = await HostJobBench.StartAsync();

        var act = () => bench.Fence.PrepareAsync(bench.FenceContext(), default);

        (await act.Should().ThrowAsync<StepFailedException>()).Which.Message.Should().Be(
            "one cannot be fenced: its host does not say what is there: pod db-0 (Running, container server is running) has the claim 'data-db-0': while it does, a Job shows nothing of the server. Fence statefulset/db first (k8s.fence)");
        (await bench.JobsAsync()).Should().BeEmpty();
        (await bench.Server.ScalarAsync<int>("SELECT 1")).Should().Be(1, "it serves on");
    }

    [Fact]
    public async Task Fence_OfAFencedWorkload_IsProvedKeptAndLiftedAgain()
    {
        await using var bench = await HostJobBench.StartAsync();
        await bench.StopPodsAsync();
        var context = bench.FenceContext();
        var intent = await bench.Fence.PrepareAsync(context, default);

        var done = (await bench.Fence.ExecuteAsync(context, intent, default)).Should().BeOfType<StepOutcome.Done>().Which;

        done.Outputs.Flag("clean").Should().BeTrue();
        var evidence = JsonNode.Parse(Encoding.UTF8.GetString(done.Objects!.Single(one => one.Name == "host-fence.json").Content))!;
        (evidence["job"]!.ToString(), evidence["exitCode"]!.GetValue<int>()).Should().Be(("dro-7-s-1-fence", 0));
        evidence["log"]!.ToString().Should().Contain("\"verb\":\"fence\"");
        var job = (await bench.JobsAsync()).Should().ContainSingle("looks are taken away again").Which;
        job.Metadata.Annotations.Should().Contain(new Dictionary<string, string> { ["drorchestrator.io/run"] = "7", ["drorchestrator.io/step"] = "s", ["drorchestrator.io/marker"] = "dro-7-s-1" });
        (job.Spec.BackoffLimit, job.Spec.ActiveDeadlineSeconds).Should().Be((0, 60));
        (await bench.Fence.ProveAsync(context, intent, default)).Proved.Should().BeTrue();
        (await bench.Server.StartByOthersAsync()).Should().BeFalse("nobody can start it");

        (await bench.Fence.UndoAsync(context, intent, done.Outputs, default)).Should().BeOfType<StepOutcome.Done>();
        await bench.StartPodsAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Fence_KilledAtTheWrite_OneJobIsMadeAndFound(bool landed)
    {
        await using var bench = await HostJobBench.StartAsync();
        await bench.StopPodsAsync();
        var context = bench.FenceContext();
        var intent = await bench.Fence.PrepareAsync(context, default);
        var dying = new DyingProcess(1, landed);
        using (var mortal = new ClusterConnections(TimeProvider.System, _ => dying))
        {
            var act = () => bench.FenceBy(mortal).ExecuteAsync(context, intent, dying.Token);
            await act.Should().ThrowAsync<OperationCanceledException>();
        }

        var seen = await bench.Fence.ObserveAsync(context, intent, default);
        await PostgresServer.UntilAsync(async () => (seen = await bench.Fence.ObserveAsync(context, intent, default)).Answer is not ObservedAnswer.StillMay);

        seen.Answer.Should().Be(landed ? ObservedAnswer.Happened : ObservedAnswer.CannotHappenAnyMore);
        (await bench.Fence.ExecuteAsync(context, intent, default)).Should().BeOfType<StepOutcome.Done>();
        (await bench.JobsAsync()).Select(job => job.Metadata.Name).Should().Equal("dro-7-s-1-fence");
    }

    [Theory]
    [InlineData(false, "its lock file postmaster.pid is there, and the claim 'data-db-0' is ReadWriteOnce")]
    [InlineData(true, null)]
    public async Task Fence_OfAServerThatLeftItsLockFile_CountsOnlyWhereItsEndWasSeen(bool isEndSeen, string? refusal)
    {
        await using var bench = await HostJobBench.StartAsync();
        var lockFile = Path.Combine(bench.Server.DataFolder, "postmaster.pid");
        var left = await File.ReadAllTextAsync(lockFile);
        await (isEndSeen ? bench.StopPodsAsync() : bench.ScaleToZeroAsync());
        await PostgresServer.RunAsync("/bin/sh", "-c", "printf '%s' \"$2\" > \"$1\"", "sh", lockFile, left);
        var context = bench.FenceContext();

        if (refusal is not null)
        {
            (await bench.Fence.Awaiting(fence => fence.PrepareAsync(context, default)).Should().ThrowAsync<StepFailedException>()).Which.Message.Should().Contain(refusal);
            File.Exists(Path.Combine(bench.Server.DataFolder, "global", "pg_control")).Should().BeTrue();
            return;
        }

        var intent = await bench.Fence.PrepareAsync(context, default);
        (await bench.Fence.ExecuteAsync(context, intent, default)).Should().BeOfType<StepOutcome.Done>();
        File.Exists(lockFile).Should().BeFalse("who left it is gone for sure, and the next looks need not ask again");
    }

    [Fact]
    public async Task Fence_AnotherJobOfOursIsStillAtWork_IsNotMadeBesideIt()
    {
        await using var bench = await HostJobBench.StartAsync();
        await bench.StopPodsAsync();
        var context = bench.FenceContext();
        var intent = await bench.Fence.PrepareAsync(context, default);
        await bench.Client.BatchV1.CreateNamespacedJobAsync(AtWork("dro-6-s-1-rebuild", "rebuild"), "bank");

        var outcome = await bench.Fence.ExecuteAsync(context, intent, default);

        outcome.Should().BeOfType<StepOutcome.Failed>(outcome.ToString()).Which.Reason.Should().Be("the host of one refuses: Job dro-6-s-1-rebuild is still at work on its volume");
        (await bench.Fence.ObserveAsync(context, intent, default)).Detail.Should().Contain("Job dro-6-s-1-rebuild is still at work on its volume", "a look beside it shows what will not stay");
        (await bench.JobsAsync()).Select(job => job.Metadata.Name).Should().Equal("dro-6-s-1-rebuild");
        await bench.Client.BatchV1.DeleteNamespacedJobAsync("dro-6-s-1-rebuild", "bank", propagationPolicy: "Foreground");
        await PostgresServer.UntilAsync(async () => (await bench.JobsAsync()).Count == 0);
        (await bench.Fence.ExecuteAsync(context, intent, default)).Should().BeOfType<StepOutcome.Done>();
    }

    [Theory]
    [InlineData("ReadWriteOncePod", null)]
    [InlineData("ReadWriteMany", "the claim 'data-db-0' is ReadWriteMany: other nodes may mount it too")]
    public async Task Fence_ByTheAccessOfTheClaim_TakesALockFileAsLeftOrIsRefused(string access, string? refusal)
    {
        await using var bench = await HostJobBench.StartAsync(access);
        var lockFile = Path.Combine(bench.Server.DataFolder, "postmaster.pid");
        var left = await File.ReadAllTextAsync(lockFile);
        await bench.ScaleToZeroAsync();
        await PostgresServer.RunAsync("/bin/sh", "-c", "printf '%s' \"$2\" > \"$1\"", "sh", lockFile, left);
        var context = bench.FenceContext();

        if (refusal is not null)
        {
            (await bench.Fence.Awaiting(fence => fence.PrepareAsync(context, default)).Should().ThrowAsync<StepFailedException>()).Which.Message.Should().Contain(refusal);
            (await bench.JobsAsync()).Should().BeEmpty();
            return;
        }

        var intent = await bench.Fence.PrepareAsync(context, default);
        var outcome = await bench.Fence.ExecuteAsync(context, intent, default);
        outcome.Should().BeOfType<StepOutcome.Done>(outcome.ToString());
        File.Exists(lockFile).Should().BeFalse("no other pod can have had the claim, whoever stopped it");
    }

    [Fact]
    public async Task Fence_APodHasComeMeanwhile_IsNotProved()
    {
        await using var bench = await HostJobBench.StartAsync();
        await bench.StopPodsAsync();
        var context = bench.FenceContext();
        var intent = await bench.Fence.PrepareAsync(context, default);
        using var watched = new ClusterConnections(TimeProvider.System, _ => new ActBefore("/log", () => bench.Client.CoreV1.CreateNamespacedPodAsync(
            new V1Pod
            {
                ApiVersion = "v1",
                Kind = "Pod",
                Metadata = new V1ObjectMeta { Name = "stranger" },
                Spec = new V1PodSpec
                {
                    Containers = [new V1Container { Name = "c", Image = "i", Command = ["/bin/sleep", "60"] }],
                    Volumes = [new V1Volume { Name = "v", PersistentVolumeClaim = new V1PersistentVolumeClaimVolumeSource { ClaimName = "data-db-0" } }],
                },
            },
            "bank")));

        (await bench.FenceBy(watched).ExecuteAsync(context, intent, default)).Should().BeOfType<StepOutcome.Failed>().Which.Reason.Should().StartWith("the fence of one is not proved: pod stranger (");
    }

    [Fact]
    public async Task Fence_AnotherJobOfThatName_IsNotAdopted()
    {
        await using var bench = await HostJobBench.StartAsync();
        await bench.StopPodsAsync();
        var context = bench.FenceContext();
        var intent = await bench.Fence.PrepareAsync(context, default);
        await bench.Client.BatchV1.CreateNamespacedJobAsync(
            new V1Job
            {
                ApiVersion = "batch/v1",
                Kind = "Job",
                Metadata = new V1ObjectMeta { Name = "dro-7-s-1-fence" },
                Spec = new V1JobSpec { Template = new V1PodTemplateSpec { Spec = new V1PodSpec { RestartPolicy = "Never", Containers = [new V1Container { Name = "c", Image = "i", Command = ["/bin/true"] }] } } },
            },
            "bank");

        (await bench.Fence.ExecuteAsync(context, intent, default)).Should().BeOfType<StepOutcome.Failed>().Which.Reason.Should().Be("the host of one refuses: a Job dro-7-s-1-fence is there that this run has not made");
    }

    [Fact]
    public async Task Fence_AskedAgainAfterARefusal_IsAnotherJobOfTheSameAttempt()
    {
        await using var bench = await HostJobBench.StartAsync();
        await bench.StopPodsAsync();
        var context = bench.FenceContext();
        var intent = await bench.Fence.PrepareAsync(context, default);
        var database = bench.Estate.Databases[0];
        var wrong = context with { Estate = bench.Estate with { Databases = [database with { Host = (DatabaseHost.Job)database.Host! with { Programs = "/nowhere" } }] } };

        var refused = (await bench.Fence.ExecuteAsync(wrong, intent, default)).Should().BeOfType<StepOutcome.Failed>().Which;
        var again = await bench.Fence.ExecuteAsync(context, intent, default);

        refused.Reason.Should().StartWith("the host of one refuses: there is no pg_controldata in '/nowhere'");
        JsonNode.Parse(Encoding.UTF8.GetString(refused.Objects!.Single().Content))!["exitCode"]!.GetValue<int>().Should().Be(10);
        again.Should().BeOfType<StepOutcome.Done>();
        (await bench.JobsAsync()).Select(job => job.Metadata.Name).Should().BeEquivalentTo("dro-7-s-1-fence", "dro-7-s-1-fence-2");
    }

    [Fact]
    public async Task Rebuild_OfAServerInAPod_StreamsFromTheNewPrimaryOnceItsPodIsBack()
    {
        await using var bench = await HostJobBench.StartAsync(withStandby: true);
        await bench.StopPodsAsync();
        var context = bench.FenceContext();
        var intent = await bench.Fence.PrepareAsync(context, default);
        (await bench.Fence.ExecuteAsync(context, intent, default)).Should().BeOfType<StepOutcome.Done>();
        await bench.Pair.Sessions.UseAsync(bench.Estate.Databases[1], "test", async connection => await connection.TextAsync("SELECT pg_promote()", default), default);
        var rebuild = bench.Context("postgres.rebuild", """{"database":"one","from":"two","method":"basebackup"}""", "rebuild");
        var meant = await bench.Rebuild.PrepareAsync(rebuild, default);

        var done = (await bench.Rebuild.ExecuteAsync(rebuild, meant, default)).Should().BeOfType<StepOutcome.Done>().Which;

        done.Outputs.Text("role").Should().Be("standby");
        File.Exists(Path.Combine(bench.Server.DataFolder, "postmaster.pid")).Should().BeFalse("a server that a Job started would end with it, under its pod's feet");
        done.Objects!.Select(one => one.Name).Should().Equal("reconciliation.json", "host-keep.json", "host-rebuild.json");
        (await bench.Rebuild.ObserveAsync(rebuild, meant, default)).Answer.Should().Be(ObservedAnswer.Happened);
        await bench.StartPodsAsync();
        await PostgresServer.UntilAsync(async () => await bench.Server.ScalarAsync<long>("SELECT count(*) FROM pg_stat_wal_receiver WHERE status = 'streaming'") == 1);
    }

    [Fact]
    public async Task ReadyGate_WhileTheServerServes_SaysWhetherAJobCouldBeMadeAndMakesNone()
    {
        await using var bench = await HostJobBench.StartAsync(withStandby: true);
        var gate = new PostgresReadyGate(bench.Pair.Sessions, bench.HostsBy(bench.Connections), TimeProvider.System);

        var results = await gate.CheckAsync(StepBench.Parameters("""{"primary":"one","standby":"two"}"""), StepBench.Plan, bench.Estate, default);

        var result = results.Single(one => one.Check == "postgres-ready one host job");
        (result.Passed, result.Value).Should().Be((true, "a Job may be made on claim data-db-0 (ReadWriteOnce) once statefulset/db is fenced"));
        (await bench.JobsAsync()).Should().BeEmpty();
    }

    [Theory]
    [InlineData("ReadWriteOnce", "Succeeded", "terminated", null)]
    [InlineData("ReadWriteOncePod", null, null, null)]
    [InlineData("ReadWriteMany", null, null, "the claim 'c' is ReadWriteMany: other nodes may mount it too")]
    [InlineData(null, null, null, "there is no claim 'c' in namespace bank")]
    [InlineData("ReadWriteOnce", "Pending", "waiting", "pod p (Pending, container x is waiting (no reason)) has the claim 'c'")]
    [InlineData("ReadWriteOnce", "Failed", "running", "pod p (Failed, container x is running) has the claim 'c'")]
    [InlineData("ReadWriteOnce", "Failed", null, "pod p (Failed, container x has no status) has the claim 'c'")]
    public void Volume_ByWhoHasIt_LetsAJobsWordCountOrNot(string? access, string? phase, string? state, string? objection)
    {
        var pod = new V1Pod
        {
            Metadata = new V1ObjectMeta { Name = "p" },
            Spec = new V1PodSpec { NodeName = "n", Containers = [new V1Container { Name = "x" }] },
            Status = new V1PodStatus
            {
                Phase = phase,
                ContainerStatuses = state is null ? null :
                [
                    new V1ContainerStatus
                    {
                        Name = "x",
                        State = new V1ContainerState
                        {
                            Terminated = state == "terminated" ? new V1ContainerStateTerminated() : null,
                            Running = state == "running" ? new V1ContainerStateRunning() : null,
                            Waiting = state == "waiting" ? new V1ContainerStateWaiting() : null,
                        },
                    },
                ],
            },
        };
        var claim = access is null ? null : new V1PersistentVolumeClaim { Spec = new V1PersistentVolumeClaimSpec { AccessModes = [access] } };
        var job = new DatabaseHost.Job("bank", "statefulset/db", "c", "data", "i");
        var sight = new VolumeSight(claim, phase is null ? [] : [pod], []);

        var said = sight.Objection(job);

        (said is null).Should().Be(objection is null, said);
        (said ?? "").Should().StartWith(objection ?? "");
        sight.LockFileObjection(job, hasLockFile: true, isEndSeen: false).Should().Match(said => access == "ReadWriteOncePod" ? said == null : said != null);
        sight.LockFileObjection(job, hasLockFile: true, isEndSeen: true).Should().BeNull();
        sight.LockFileObjection(job, hasLockFile: false, isEndSeen: false).Should().BeNull();
    }

    [Fact]
    public void Name_TooLongForTheCluster_IsCutAndStaysApart()
    {
        var marker = "dro-0123456789ab-123-" + new string('s', 40) + "-1";

        HostJobs.NameOf("dro-7-s-1", "fence", 1).Should().Be("dro-7-s-1-fence");
        HostJobs.NameOf("dro-7-s-1", "fence", 2).Should().Be("dro-7-s-1-fence-2");
        string[] names = [HostJobs.NameOf(marker, "fence", 1), HostJobs.NameOf(marker, "fence", 2), HostJobs.NameOf(marker, "release", 1)];
        names.Should().OnlyHaveUniqueItems().And.OnlyContain(name => name.Length <= 63);
    }

    [Fact]
    public void Script_IsWhatTheClusterPassesOnUnchanged()
    {
        var job = HostJobManifest.Make("n", new DatabaseHost.Job("bank", "statefulset/db", "c", "data", "i") { RunAs = 999, PasswordSecret = "pw" }, "rebuild", ["w"], new Dictionary<string, string>(), TimeSpan.FromSeconds(5));

        var container = job.Spec.Template.Spec.Containers.Single();
        container.Command[2].Should().StartWith("#!/bin/sh").And.NotContain("$$", "the cluster takes two dollars for one");
        container.Command.Skip(3).Should().Equal("postgres-host.sh", "--volume", "--data", "/dro-volume/data", "rebuild", "w");
        container.Env.Single().ValueFrom.SecretKeyRef.Name.Should().Be("pw");
        job.Spec.Template.Spec.SecurityContext.RunAsUser.Should().Be(999);
        (job.Spec.ActiveDeadlineSeconds, job.Spec.TtlSecondsAfterFinished).Should().Be((5, null), "it must not act late, and is kept");
        HostJobManifest.Make("n", new DatabaseHost.Job("bank", "statefulset/db", "c", "data", "i"), "status", [], new Dictionary<string, string>(), TimeSpan.FromSeconds(5))
            .Spec.Template.Spec.Containers.Single().VolumeMounts.Single().ReadOnlyProperty.Should().BeTrue("a look changes nothing");
    }

    /// <summary>A Job of ours that never ends.</summary>
    private static V1Job AtWork(string name, string verb) => new()
    {
        ApiVersion = "batch/v1",
        Kind = "Job",
        Metadata = new V1ObjectMeta { Name = name, Annotations = new Dictionary<string, string> { [Annotations.HostVerb] = verb } },
        Spec = new V1JobSpec
        {
            Template = new V1PodTemplateSpec
            {
                Metadata = new V1ObjectMeta { Annotations = new Dictionary<string, string> { [Annotations.HostVerb] = verb } },
                Spec = new V1PodSpec
                {
                    RestartPolicy = "Never",
                    Containers = [new V1Container { Name = "c", Image = "i", Command = ["/bin/sleep", "600"] }],
                    Volumes = [new V1Volume { Name = "v", PersistentVolumeClaim = new V1PersistentVolumeClaimVolumeSource { ClaimName = "data-db-0" } }],
                },
            },
        },
    };
}
