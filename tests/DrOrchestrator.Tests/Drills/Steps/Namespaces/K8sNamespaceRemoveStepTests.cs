using System.Text.Json.Nodes;
using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Steps.Namespaces;

namespace DrOrchestrator.Tests.Drills.Steps.Namespaces;

public sealed class K8sNamespaceRemoveStepTests : ClusterFixture
{
    /// <summary>Where it never was, it is gone: that would close the duty of the site where it stands.</summary>
    [Fact]
    public async Task Prepare_AtAnotherSiteThanItWasMadeAt_Fails()
    {
        Bench.Intents["space"] = new JsonObject { ["namespace"] = "dro-7-space", ["site"] = "dr" };
        Bench.Outputs["space"] = new JsonObject { ["uid"] = "u" };
        var remove = new K8sNamespaceRemoveStep(Connections, TimeProvider.System);

        var act = () => remove.PrepareAsync(Bench.Context("k8s.namespace-remove", """{"made-by":"space"}""", "remove"), default);

        (await act.Should().ThrowAsync<StepFailedException>()).WithMessage("step 'space' made its namespace at dr, not at primary");
    }
}
