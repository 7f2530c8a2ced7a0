using DrOrchestrator.Drills.Steps.Postgres;
using DrOrchestrator.Estates;
using DrOrchestrator.Web.Dashboard.Phrases;
using k8s.Models;

namespace DrOrchestrator.Web.Tests.Dashboard;

public sealed class HostExecPhrasesTests
{
    private static readonly DatabaseHost.Exec Exec = new("bank", "db-0", "dro", "/data/pg");

    [Fact]
    public void Say_OfWhatStandsAgainstAPod_KnowsEverySentence()
    {
        var (good, once) = (Pod(), Claim("ReadWriteOnce"));
        var waiting = Pod();
        waiting.Status.ContainerStatuses[0].State = new V1ContainerState();
        var unseen = Pod();
        unseen.Spec.ShareProcessNamespace = null;
        unseen.Spec.Containers.Add(new V1Container { Name = "server", VolumeMounts = unseen.Spec.Containers[0].VolumeMounts });
        string?[] said =
        [
            new ExecSight(null, null, []).Objection(Exec),
            new ExecSight(good, once, []).Objection(Exec with { Container = "none" }),
            new ExecSight(waiting, once, []).Objection(Exec),
            new ExecSight(good, once, []).Objection(Exec with { Data = "/other/pg" }),
            new ExecSight(good, null, []).Objection(Exec),
            new ExecSight(good, Claim("ReadWriteMany"), []).Objection(Exec),
            new ExecSight(unseen, once, []).Objection(Exec),
            new ExecSight(good, once, [good]).Objection(Exec),
            new ExecSight(good, once, []).LockFileObjection(Exec, HostStatus.From([]), hasLockFile: true, "dead"),
        ];

        said.Should().NotContainNulls();
        said.Where(text => !Phrasebook.Knows(text!)).Should().BeEmpty();
    }

    [Theory]
    [InlineData("pod db-0 was replaced, or its container dro started again, while fence was asked of it: what it said is not taken")]
    [InlineData("fence in pod db-0 gives no answer within 20s")]
    [InlineData("the fence of one is lifted, and its server does not run yet: whoever keeps it running has not started it yet")]
    [InlineData("one did not end cleanly (its control file says 'in production'); the fence of one is lifted, and its server does not run yet: the server does not start; see its log")]
    [InlineData("the standby does not start; see its log")]
    [InlineData("it was fenced anew while this waited")]
    [InlineData("what fence in pod db-0 did is not known: no answer in time")]
    [InlineData("fence in pod db-0: the connection to its container was cut: broken pipe")]
    [InlineData("fence in pod db-0: the connection to its container ended without a word of how the command did")]
    [InlineData("fence in pod db-0: the cluster does not say with what it ended: container gone")]
    [InlineData("fence in pod db-0: it says more than 4194304 bytes")]
    [InlineData("403 Forbidden: the cluster lets nobody into container dro of pod db-0")]
    [InlineData("the server is process 1 of this container: when it is stopped, the container ends and this with it. Go by a container that outlives it: one beside it in a pod with shareProcessNamespace, or one with a supervisor as process 1")]
    public void Say_OfWhatBecameOfACommand_IsKnown(string said) => Phrasebook.Knows(said).Should().BeTrue();

    private static V1PersistentVolumeClaim Claim(string access) => new() { Spec = new V1PersistentVolumeClaimSpec { AccessModes = [access] } };

    private static V1Pod Pod() => new()
    {
        Metadata = new V1ObjectMeta { Name = "db-0", Uid = "u" },
        Spec = new V1PodSpec
        {
            NodeName = "n",
            ShareProcessNamespace = true,
            Containers = [new V1Container { Name = "dro", VolumeMounts = [new V1VolumeMount { Name = "v", MountPath = "/data" }] }],
            Volumes = [new V1Volume { Name = "v", PersistentVolumeClaim = new V1PersistentVolumeClaimVolumeSource { ClaimName = "data-db-0" } }],
        },
        Status = new V1PodStatus { Phase = "Running", ContainerStatuses = [new V1ContainerStatus { Name = "dro", State = new V1ContainerState { Running = new V1ContainerStateRunning() } }] },
    };
}
