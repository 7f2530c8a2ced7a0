using System.Text.Json.Nodes;
using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Steps.Namespaces;
using DrOrchestrator.Kubernetes;

namespace DrOrchestrator.Tests.Drills.Steps.Namespaces;

/// <summary>What a cluster makes of what was asked for: admission changes it, a controller takes it away, another adds to it.</summary>
public sealed class NamespaceBoundsTests : ClusterFixture
{
    private const string Space = "/api/v1/namespaces/dro-7-s";
    private const string Policies = "/apis/networking.k8s.io/v1/namespaces/dro-7-s/networkpolicies";
    private const string Limits = "/api/v1/namespaces/dro-7-s/limitranges/dro-limits";
    private const string Quota = "/api/v1/namespaces/dro-7-s/resourcequotas/dro-quota";

    [Theory]
    [InlineData(RunLabels.PodSecurity, null, "namespace dro-7-s has not the label pod-security.kubernetes.io/enforce=baseline that was asked for")]
    [InlineData(RunLabels.PodSecurity, "privileged", "namespace dro-7-s has not the label pod-security.kubernetes.io/enforce=baseline that was asked for")]
    [InlineData(RunLabels.ManagedBy, null, "namespace dro-7-s has not the label app.kubernetes.io/managed-by=drorchestrator that was asked for")]
    public async Task Execute_ClusterChangesALabel_Fails(string label, string? value, string why)
    {
        var outcome = await MakeAsync(world =>
        {
            if (world.Find(Space)?["metadata"]!["labels"] is JsonObject labels)
            {
                labels.Remove(label);
                if (value is not null)
                {
                    labels[label] = value;
                }
            }
        });

        var failed = outcome.Should().BeOfType<StepOutcome.Failed>().Which;
        failed.Reason.Should().Be(why);
        failed.Left!["uid"]!.ToString().Should().Be(Cluster.Objects.Find(Space)!["metadata"]!["uid"]!.ToString(), "it stands, and is to be undone");
    }

    [Fact]
    public async Task Execute_ClusterLoosensLimitsOrQuota_Fails()
    {
        (await MakeAsync(world => world.Find(Limits)?["spec"]!["limits"]!.AsArray().Clear())).Should().BeOfType<StepOutcome.Failed>().Which.Reason.Should().Be("what bounds namespace dro-7-s (dro-limits) is not as it was made");

        Cluster.Objects.Remove(Limits);
        (await MakeAsync(world =>
        {
            if (world.Find(Quota) is { } quota)
            {
                quota["spec"]!["scopes"] = new JsonArray("BestEffort");
            }
        })).Should().BeOfType<StepOutcome.Failed>().Which.Reason.Should().Be("what bounds namespace dro-7-s (dro-quota) is not as it was made");
    }

    /// <summary>Policies add up: what one of them lets pass is let pass.</summary>
    [Theory]
    [InlineData("""{"podSelector":{},"policyTypes":["Egress"],"egress":[{}]}""", true)]
    [InlineData("""{"podSelector":{"matchLabels":{"app":"x"}},"egress":[{"ports":[{"port":53}]}]}""", true)]
    [InlineData("""{"podSelector":{},"policyTypes":["Ingress","Egress"],"egress":[]}""", false)]
    [InlineData("""{"podSelector":{},"policyTypes":["Ingress"],"ingress":[{}],"egress":[{}]}""", false)]
    public async Task Execute_AnotherPolicyOpensEgress_Fails(string spec, bool opens)
    {
        var outcome = await MakeAsync(world =>
        {
            if (world.Find(Space) is not null && world.Find($"{Policies}/of-the-platform") is null)
            {
                world.Put($"{Policies}/of-the-platform", new JsonObject { ["spec"] = JsonNode.Parse(spec) });
            }
        });

        (outcome is StepOutcome.Failed).Should().Be(opens);
        if (outcome is StepOutcome.Failed failed)
        {
            failed.Reason.Should().Be("namespace dro-7-s has another policy that opens egress (of-the-platform): policies add up, so that what it lets pass is let pass");
        }
    }

    private async Task<StepOutcome> MakeAsync(Action<Testing.Kubernetes.FakeObjects> world)
    {
        PlayedNamespace.Play(Cluster.Objects);
        var played = Cluster.Objects.World;
        Cluster.Objects.World = objects =>
        {
            played?.Invoke(objects);
            world(objects);
        };
        var context = Bench.Context("k8s.namespace", """{"prove":"none"}""");
        var step = PlayedNamespace.Step(Connections);
        return await step.ExecuteAsync(context, await step.PrepareAsync(context, default), default);
    }
}
