using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Steps.Postgres;
using DrOrchestrator.Kubernetes;
using k8s;
using k8s.Models;

namespace DrOrchestrator.Tests.Drills.Steps.Postgres;

/// <summary>Who else may be at the volume: Jobs of ours that are still at work there, and what the claim's access lets others do.</summary>
public sealed class HostJobVolumeTests
{
    [Fact]
    public async Task Fence_WhileAJobOfAnotherRunIsAtWorkOnTheVolume_IsRefusedAndMakesNone()
    {
        await using var bench = await HostJobBench.StartAsync();
        await bench.StopPodsAsync();
        var context = bench.FenceContext();
        var intent = await bench.Fence.PrepareAsync(context, default);
        await MakeAsync(bench, "dro-6-s-1-rebuild", "rebuild");

        var done = await bench.Fence.ExecuteAsync(context, intent, default);
        var act = () => bench.Fence.PrepareAsync(context, default);

        done.Should().BeOfType<StepOutcome.Failed>().Which.Reason.Should().Be("the host of one refuses: Job dro-6-s-1-rebuild is still at work on its volume");
        (await act.Should().ThrowAsync<StepFailedException>()).Which.Message.Should().EndWith("Job dro-6-s-1-rebuild is still at work on its volume", "a look beside it would be of a state that is about to change");
        (await bench.JobsAsync()).Select(job => job.Metadata.Name).Should().Equal("dro-6-s-1-rebuild");
        File.Exists(Path.Combine(bench.Server.DataFolder, "global", "pg_control")).Should().BeTrue();
    }

    [Theory]
    [InlineData("fence", "other", false, true)]
    [InlineData("fence", "mine", false, false)]
    [InlineData("fence", "other", true, false)]
    [InlineData("status", "other", false, false)]
    [InlineData("kept", "other", false, false)]
    [InlineData(null, "other", false, false)]
    public void AtWork_ByVerbNameAndEnd_IsWhatChangesTheVolumeNow(string? verb, string name, bool isFinished, bool isAtWork)
    {
        var job = new V1Job
        {
            Metadata = new V1ObjectMeta { Name = name, Annotations = verb is null ? null : new Dictionary<string, string> { [Annotations.HostVerb] = verb } },
            Status = new V1JobStatus { Conditions = isFinished ? [new V1JobCondition { Type = "Complete", Status = "True" }] : null },
        };

        (new VolumeSight(null, [], [job]).AtWork("mine") is not null).Should().Be(isAtWork);
    }

    [Fact]
    public async Task OldData_KeptOnTheVolume_AreSeenToBeGoneOnlyWhileNoPodHasIt()
    {
        await using var bench = await HostJobBench.StartAsync();
        await bench.KeepOldDataAsync();
        await bench.RemoveOldDataAsync();

        var serving = await bench.Rebuild.IsDoneAsync(HostJobBench.KeptSubject, bench.Estate, default);
        var made = await bench.JobsAsync();
        await bench.StopPodsAsync();
        var stopped = await bench.Rebuild.IsDoneAsync(HostJobBench.KeptSubject, bench.Estate, default);
        await bench.KeepOldDataAsync();
        var there = await bench.Rebuild.IsDoneAsync(HostJobBench.KeptSubject, bench.Estate, default);

        (serving, stopped, there).Should().Be((false, true, false));
        made.Should().BeEmpty("no pod of ours comes near a server that serves");
        (await bench.JobsAsync()).Should().BeEmpty("looks are taken away again");
    }

    [Fact]
    public async Task Fence_OfALockFileOnAClaimOfOnePod_NeedsNoOtherSightOfTheEnd()
    {
        await using var bench = await HostJobBench.StartAsync("ReadWriteOncePod");
        var lockFile = Path.Combine(bench.Server.DataFolder, "postmaster.pid");
        var left = await File.ReadAllTextAsync(lockFile);
        await bench.ScaleToZeroAsync();
        await DrOrchestrator.Testing.Postgres.PostgresServer.RunAsync("/bin/sh", "-c", "printf '%s' \"$2\" > \"$1\"", "sh", lockFile, left);
        var context = bench.FenceContext();

        var intent = await bench.Fence.PrepareAsync(context, default);

        (await bench.Fence.ExecuteAsync(context, intent, default)).Should().BeOfType<StepOutcome.Done>();
        File.Exists(lockFile).Should().BeFalse();
    }

    [Fact]
    public async Task Fence_OnAClaimThatOtherNodesMayMount_IsRefused()
    {
        await using var bench = await HostJobBench.StartAsync("ReadWriteMany");
        await bench.StopPodsAsync();

        var act = () => bench.Fence.PrepareAsync(bench.FenceContext(), default);

        (await act.Should().ThrowAsync<StepFailedException>()).Which.Message.Should().Contain("the claim 'data-db-0' is ReadWriteMany: other nodes may mount it too");
        (await bench.JobsAsync()).Should().BeEmpty();
    }

    /// <summary>As another run has made it: on the volume, and not at its end.</summary>
    private static Task MakeAsync(HostJobBench bench, string name, string verb)
    {
        var marks = new Dictionary<string, string> { [Annotations.HostVerb] = verb };
        var pod = new V1PodSpec
        {
            RestartPolicy = "Never",
            TerminationGracePeriodSeconds = 0,
            Containers = [new V1Container { Name = "host", Image = "i", Command = ["/bin/sleep", "120"] }],
            Volumes = [new V1Volume { Name = "v", PersistentVolumeClaim = new V1PersistentVolumeClaimVolumeSource { ClaimName = "data-db-0" } }],
        };
        var job = new V1Job
        {
            ApiVersion = "batch/v1",
            Kind = "Job",
            Metadata = new V1ObjectMeta { Name = name, Annotations = marks },
            Spec = new V1JobSpec { Template = new V1PodTemplateSpec { Metadata = new V1ObjectMeta { Annotations = marks }, Spec = pod } },
        };
        return bench.Client.BatchV1.CreateNamespacedJobAsync(job, "bank");
    }
}
