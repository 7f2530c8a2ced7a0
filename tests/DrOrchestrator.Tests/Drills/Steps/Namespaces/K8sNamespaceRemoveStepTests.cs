using System.Text.Json.Nodes;
using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Steps.Namespaces;
using DrOrchestrator.Testing.Drills;
using DrOrchestrator.Testing.Kubernetes;

namespace DrOrchestrator.Tests.Drills.Steps.Namespaces;

public sealed class K8sNamespaceRemoveStepTests : ClusterFixture
{
    private const string Space = "/api/v1/namespaces/dro-7-space";

    /// <summary>Where it never was, it is gone: that would close the duty of the site where it stands.</summary>
    [Fact]
    public async Task Prepare_AtAnotherSiteThanItWasMadeAt_Fails()
    {
        Bench.Intents["space"] = new JsonObject { ["namespace"] = "dro-7-space", ["site"] = "dr" };
        Bench.Outputs["space"] = new JsonObject { ["uid"] = "u" };
        var remove = new K8sNamespaceRemoveStep(Connections, new WaitedTime());

        var act = () => remove.PrepareAsync(Bench.Context("k8s.namespace-remove", """{"made-by":"space"}""", "remove"), default);

        (await act.Should().ThrowAsync<StepFailedException>()).WithMessage("step 'space' made its namespace at dr, not at primary");
    }

    /// <summary>Volumes belong to the cluster: one that is retained stays with its data, one that was deleted is gone.</summary>
    [Fact]
    public async Task Execute_VolumesOfItsClaims_ThoseThatStayAreOnRecord()
    {
        Make();
        foreach (var (claim, volume) in ((string, string?)[])[("kept", "pv-kept"), ("deleted", "pv-deleted"), ("waiting", null)])
        {
            Cluster.Objects.Put($"{Space}/persistentvolumeclaims/{claim}", new JsonObject { ["spec"] = new JsonObject { ["volumeName"] = volume } });
        }

        Cluster.Objects.Put("/api/v1/persistentvolumes/pv-kept", new JsonObject { ["spec"] = new JsonObject { ["persistentVolumeReclaimPolicy"] = "Retain" }, ["status"] = new JsonObject { ["phase"] = "Released" } });

        var outputs = await RemovedAsync();

        Cluster.Objects.Find(Space).Should().BeNull();
        outputs["volumes-left"]!.ToJsonString().Should().Be("""[{"name":"pv-kept","reclaimPolicy":"Retain","phase":"Released"}]""");
    }

    [Theory]
    [InlineData("/persistentvolumeclaims")]
    [InlineData("/persistentvolumes/")]
    public async Task Execute_VolumesMayNotBeLookedAt_IsUnknownAndNoHindrance(string path)
    {
        Make();
        Cluster.Objects.Put($"{Space}/persistentvolumeclaims/kept", new JsonObject { ["spec"] = new JsonObject { ["volumeName"] = "pv-kept" } });
        Cluster.Intercept = (request, _) => request.Path.Value!.Contains(path, StringComparison.Ordinal) ? FakeObjects.Status(403, "Forbidden", "may not") : null;

        (await RemovedAsync())["volumes-left"]!.ToString().Should().Be("unknown: 403 may not");
    }

    /// <summary>It was never seen, and a request to make it may still arrive.</summary>
    [Theory]
    [InlineData(10, typeof(StepOutcome.Unknown))]
    [InlineData(121, typeof(StepOutcome.Done))]
    public async Task Execute_NeverSeenAndARequestUnanswered_IsGoneOnlyOnceNoneCanCome(int secondsAgo, Type outcome)
    {
        Bench.Intents["space"] = new JsonObject { ["namespace"] = "dro-7-space", ["site"] = "primary" };
        Bench.Unanswered["space"] = TimeProvider.System.GetUtcNow().AddSeconds(-secondsAgo);
        var (remove, context) = (new K8sNamespaceRemoveStep(Connections, new WaitedTime()), Bench.Context("k8s.namespace-remove", """{"made-by":"space"}""", "remove", timeoutSeconds: 1));

        (await remove.ExecuteAsync(context, await remove.PrepareAsync(context, default), default)).Should().BeOfType(outcome);
    }

    /// <summary>It comes while it is waited for, and goes.</summary>
    [Fact]
    public async Task Execute_ComesLate_IsRemoved()
    {
        Bench.Intents["space"] = new JsonObject { ["namespace"] = "dro-7-space", ["site"] = "primary" };
        Bench.Unanswered["space"] = TimeProvider.System.GetUtcNow();
        var (remove, context) = (new K8sNamespaceRemoveStep(Connections, new WaitedTime()), Bench.Context("k8s.namespace-remove", """{"made-by":"space"}""", "remove"));
        var intent = await remove.PrepareAsync(context, default);
        Make();

        (await remove.ExecuteAsync(context, intent, default)).Should().BeOfType<StepOutcome.Done>();

        Cluster.Objects.Find(Space).Should().BeNull();
    }

    private void Make()
    {
        var making = Bench.Context("k8s.namespace", """{"prove":"none"}""", "space");
        Bench.Intents["space"] = new JsonObject { ["namespace"] = "dro-7-space", ["site"] = "primary", ["expires"] = "29990101T000000Z", ["podSecurity"] = "baseline" };
        Cluster.Objects.Put(Space, RunNamespace.Make(making, Bench.Intents["space"]));
    }

    private async Task<JsonObject> RemovedAsync()
    {
        var (remove, context) = (new K8sNamespaceRemoveStep(Connections, new WaitedTime()), Bench.Context("k8s.namespace-remove", """{"made-by":"space"}""", "remove"));
        return (await remove.ExecuteAsync(context, await remove.PrepareAsync(context, default), default)).Should().BeOfType<StepOutcome.Done>().Which.Outputs;
    }
}
