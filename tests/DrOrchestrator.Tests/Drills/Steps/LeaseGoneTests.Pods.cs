using DrOrchestrator.Drills.Steps;
using DrOrchestrator.Drills.Steps.Pods;
using DrOrchestrator.Testing.Kubernetes;

namespace DrOrchestrator.Tests.Drills.Steps;

/// <summary>Steps whose far side is a container: what starts a command there is a GET.</summary>
public sealed partial class LeaseGoneTests
{
    private async Task<int> ExecAsync()
    {
        var played = new PlayedExec();
        Cluster.Takes = played.TakeAsync;
        await AtTheClusterAsync(new K8sExecStep(Connections, TimeProvider.System), "k8s.exec", """{"namespace":"ledger","pod":"ledger-store-0","command":["app"]}""");
        return played.Commands.Count;
    }
}
