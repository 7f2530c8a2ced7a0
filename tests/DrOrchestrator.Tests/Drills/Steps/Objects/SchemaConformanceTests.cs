using System.Text.Json.Nodes;
using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Steps;
using DrOrchestrator.Drills.Steps.Objects;
using DrOrchestrator.Drills.Steps.Pods;
using DrOrchestrator.Drills.Steps.Workloads;
using DrOrchestrator.Kubernetes;
using DrOrchestrator.Testing.Kubernetes.Real;
using k8s;
using k8s.Models;

namespace DrOrchestrator.Tests.Drills.Steps.Objects;

/// <summary>
/// What a real API server makes of objects by their schema and by policy, and what people read of it (passed on kube-apiserver v1.36.2): a custom kind of the test's own with defaults, pruning,
/// rules and a status subresource, and a ValidatingAdmissionPolicy.
/// </summary>
public sealed class SchemaConformanceTests : IAsyncLifetime
{
    private readonly ClusterConnections _connections = new(TimeProvider.System);
    private RealSpace _space = null!;
    private StepBench _bench = null!;

    private string Group => _space.Name + ".example.org";

    private string Of => $"\"namespace\":\"{_space.Name}\",\"api\":\"{Group}/v1\",\"resource\":\"gadgets/g\"";

    public async Task InitializeAsync()
    {
        if (RealClusters.Kubeconfig is { } kubeconfig)
        {
            _space = await RealSpace.CreateAsync("conf-schema");
            _bench = new StepBench(kubeconfig);
        }
    }

    public async Task DisposeAsync()
    {
        if (RealClusters.Kubeconfig is not null)
        {
            await _space.DisposeAsync();
        }

        _connections.Dispose();
    }

    [RealClusterTheory]
    [InlineData("merge", """{"spec":{"syze":3}}""", "the API of gadgets/g would leave out a part of the patch: unknown field \"spec.syze\"")]
    [InlineData("json", """[{"op":"add","path":"/spec/syze","value":3}]""", "the API of gadgets/g would leave out a part of the patch: unknown field \"spec.syze\"")]
    [InlineData("apply", """{"spec":{"syze":3}}""", "gadgets/g cannot be tried (dryRun=All): 500 failed to create typed patch object (*; *.example.org/v1, Kind=Gadget): .spec.syze: field not declared in schema")]
    public async Task Patch_OfAFieldThatTheSchemaDoesNotHave_IsRefusedBeforeTheStepIsMeant(string type, string patch, string said)
    {
        await ServeGadgetAsync();
        var act = () => PrepareAsync(type, patch);

        (await act.Should().ThrowAsync<StepFailedException>()).Which.Message.Should().Match(said);
    }

    [RealClusterTheory]
    [InlineData("merge", """{"spec":{"template":{"spec":{"restartPolice":"Always"}}}}""")]
    [InlineData("strategic", """{"spec":{"template":{"spec":{"restartPolice":"Always"}}}}""")]
    public async Task Patch_OfAFieldThatABuiltInKindDoesNotHave_IsRefusedBeforeTheStepIsMeant(string type, string patch)
    {
        await DeployAsync();
        var act = () => PrepareAsync(type, patch, $"\"namespace\":\"{_space.Name}\",\"api\":\"apps/v1\",\"resource\":\"deployments/api\"");

        (await act.Should().ThrowAsync<StepFailedException>()).Which.Message.Should().Be("the API of deployments/api would leave out a part of the patch: unknown field \"spec.template.spec.restartPolice\"");
    }

    [RealClusterTheory]
    [InlineData("""{"spec":{"size":99}}""", "gadgets/g cannot be tried (dryRun=All): 422 Gadget.* \"g\" is invalid: *spec.size: Invalid value: 99: spec.size in body should be less than or equal to 10, *")]
    [InlineData("""{"spec":{"mode":"sideways"}}""", "gadgets/g cannot be tried (dryRun=All): 422 Gadget.* \"g\" is invalid: *spec.mode: Unsupported value: \"sideways\": supported values: \"primary\", \"standby\", *")]
    [InlineData("""{"spec":{"size":10}}""", "gadgets/g cannot be tried (dryRun=All): 422 Gadget.* \"g\" is invalid: spec: Invalid value: ten of them belong to a primary")]
    public async Task Patch_ThatBreaksARuleOfTheSchema_SaysFieldValueAndRule(string patch, string said)
    {
        await ServeGadgetAsync();
        var act = () => PrepareAsync("merge", patch);

        (await act.Should().ThrowAsync<StepFailedException>()).Which.Message.Should().Match(said);
    }

    [RealClusterFact]
    public async Task Patch_OfAnObjectWithDefaults_ChangesAndPutsBackWhatItNamesAlone()
    {
        await ServeGadgetAsync();
        (await ReadAsync())["spec"]!.ToJsonString().Should().Be("""{"mode":"standby","size":1}""", "the server adds what the schema says and keeps nothing that it does not have");
        var (step, context, intent) = await PrepareAsync("merge", """{"spec":{"size":3}}""");

        FieldChanges.FromJson(intent["changes"]).Select(change => change.Pointer).Should().Equal("/spec/size");
        var done = (await step.ExecuteAsync(context, intent, default)).Should().BeOfType<StepOutcome.Done>().Which;
        (await ReadAsync())["spec"]!.ToJsonString().Should().Be("""{"mode":"standby","size":3}""");
        (await step.UndoAsync(context, intent, done.Outputs, default)).Should().BeOfType<StepOutcome.Done>();
        (await ReadAsync())["spec"]!.ToJsonString().Should().Be("""{"mode":"standby","size":1}""");
    }

    [RealClusterFact]
    public async Task Wait_ForAStatus_IsMetByTheSubresourceAlone()
    {
        await ServeGadgetAsync();
        var step = new K8sWaitStep(_connections, TimeProvider.System);
        var context = _bench.Context("k8s.wait", $$"""{"namespace":"{{_space.Name}}","resource":"gadget/g","json-path":".status.phase","equals":"Ready"}""", timeoutSeconds: 60);
        var intent = JsonNode.Parse((await step.PrepareAsync(context, default)).ToJsonString())!.AsObject();

        // What is written of the status beside the rest, the server leaves out without a word: nobody but who has the right of the subresource says how the object fares.
        var custom = _space.Client.CustomObjects;
        var patch = new V1Patch("""{"status":{"phase":"Ready"}}""", V1Patch.PatchType.MergePatch);
        await custom.PatchNamespacedCustomObjectAsync(patch, Group, "v1", _space.Name, "gadgets", "g");
        (await ReadAsync())["status"].Should().BeNull();
        var waiting = step.ExecuteAsync(context, intent, default);
        await custom.PatchNamespacedCustomObjectStatusAsync(patch, Group, "v1", _space.Name, "gadgets", "g");

        (await waiting).Should().BeOfType<StepOutcome.Done>().Which.Outputs["value"]!.ToString().Should().Be("Ready");
        ((long)(await ReadAsync())["metadata"]!["generation"]!).Should().Be(1, "a status is no new generation");
    }

    [RealClusterFact]
    public async Task Policy_ThatRefuses_IsNamedWithItsReason()
    {
        await DeployAsync();
        await ForbidAsync();
        var denied = $"422 deployments.apps \"api\" is forbidden: ValidatingAdmissionPolicy '{_space.Name}' with binding '{_space.Name}' denied request: no more than 3 replicas without a change number";

        var scale = new K8sScaleStep(_connections, TimeProvider.System);
        var scaling = _bench.Context("k8s.scale", $$"""{"namespace":"{{_space.Name}}","workload":"deployment/api","replicas":5}""");
        (await scale.ExecuteAsync(scaling, await IntentAsync(scale, scaling), default)).Should().BeOfType<StepOutcome.Failed>().Which.Reason.Should().Be("deployment/api cannot be changed: " + denied);
        (await _space.Client.AppsV1.ReadNamespacedDeploymentAsync("api", _space.Name)).Spec.Replicas.Should().Be(0);

        var act = () => PrepareAsync("merge", """{"metadata":{"labels":{"forbidden":"yes"}}}""", $"\"namespace\":\"{_space.Name}\",\"api\":\"apps/v1\",\"resource\":\"deployments/api\"");
        (await act.Should().ThrowAsync<StepFailedException>()).Which.Message.Should().Be("deployments/api cannot be tried (dryRun=All): " + denied.Replace("no more than 3 replicas without a change number", "the label is not for people", StringComparison.Ordinal));

        var less = _bench.Context("k8s.scale", $$"""{"namespace":"{{_space.Name}}","workload":"deployment/api","replicas":2}""");
        (await scale.ExecuteAsync(less, await IntentAsync(scale, less), default)).Should().BeOfType<StepOutcome.Done>();
    }

    [RealClusterFact]
    public async Task Policy_ThatRefusesAJob_IsNamedWithItsReason()
    {
        await ForbidAsync();
        var step = new K8sJobStep(_connections, TimeProvider.System);
        var context = _bench.Context("k8s.job", $$"""{"namespace":"{{_space.Name}}","command":["true"]}""");

        var outcome = await step.ExecuteAsync(context, await IntentAsync(step, context), default);

        outcome.Should().BeOfType<StepOutcome.Failed>().Which.Reason.Should().EndWith(
            $"jobs.batch \"dro-7-s-1\" is forbidden: ValidatingAdmissionPolicy '{_space.Name}' with binding '{_space.Name}' denied request: jobs here say who answers for them");
        (await _space.Client.BatchV1.ListNamespacedJobAsync(_space.Name)).Items.Should().BeEmpty();
    }

    private static async Task<JsonObject> IntentAsync(IStepKind step, StepContext context) => JsonNode.Parse((await step.PrepareAsync(context, default)).ToJsonString())!.AsObject();

    private async Task<(K8sPatchStep Kind, StepContext Context, JsonObject Intent)> PrepareAsync(string type, string patch, string? of = null)
    {
        var kind = new K8sPatchStep(_connections, TimeProvider.System);
        var context = _bench.Context("k8s.patch", $$"""{{{of ?? Of}},"type":"{{type}}","patch":{{patch}}}""");
        return (kind, context, await IntentAsync(kind, context));
    }

    private async Task<JsonObject> ReadAsync() =>
        System.Text.Json.JsonSerializer.SerializeToNode(await _space.Client.CustomObjects.GetNamespacedCustomObjectAsync(Group, "v1", _space.Name, "gadgets", "g"))!.AsObject();

    private Task DeployAsync() => _space.Client.AppsV1.CreateNamespacedDeploymentAsync(
        KubernetesJson.Deserialize<V1Deployment>("""
            {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"api"},"spec":{"replicas":0,"selector":{"matchLabels":{"app":"api"}},
             "template":{"metadata":{"labels":{"app":"api"}},"spec":{"containers":[{"name":"main","image":"none"}]}}}}
            """),
        _space.Name);

    private async Task ServeGadgetAsync()
    {
        var name = "gadgets." + Group;
        await _space.ApplyAsync("apis/apiextensions.k8s.io/v1/customresourcedefinitions/" + name, $$"""
            apiVersion: apiextensions.k8s.io/v1
            kind: CustomResourceDefinition
            metadata: { name: {{name}} }
            spec:
              group: {{Group}}
              scope: Namespaced
              names: { kind: Gadget, listKind: GadgetList, plural: gadgets, singular: gadget }
              versions:
              - name: v1
                served: true
                storage: true
                subresources: { status: {} }
                schema:
                  openAPIV3Schema:
                    type: object
                    properties:
                      spec:
                        type: object
                        required: [size]
                        properties:
                          size: { type: integer, minimum: 1, maximum: 10 }
                          mode: { type: string, default: standby, enum: [primary, standby] }
                        x-kubernetes-validations: [{ rule: "self.size < 10 || self.mode == 'primary'", message: ten of them belong to a primary }]
                      status: { type: object, properties: { phase: { type: string } } }
            """);
        _space.Afterwards(() => _space.Client.ApiextensionsV1.DeleteCustomResourceDefinitionAsync(name));
        await LabSite.UntilAsync(async () => (await _space.Client.ApiextensionsV1.ReadCustomResourceDefinitionAsync(name)).Status?.Conditions?.Any(c => c is { Type: "Established", Status: "True" }) is true);
        await _space.Client.CustomObjects.CreateNamespacedCustomObjectAsync(
            new JsonObject { ["apiVersion"] = Group + "/v1", ["kind"] = "Gadget", ["metadata"] = new JsonObject { ["name"] = "g" }, ["spec"] = new JsonObject { ["size"] = 1, ["unheard"] = "of" } }, Group, "v1", _space.Name, "gadgets");
    }

    /// <summary>A policy of the cluster for this namespace alone; the server knows it a moment after it is made.</summary>
    private async Task ForbidAsync()
    {
        const string api = "apis/admissionregistration.k8s.io/v1";
        await _space.ApplyAsync($"{api}/validatingadmissionpolicies/{_space.Name}", $$"""
            apiVersion: admissionregistration.k8s.io/v1
            kind: ValidatingAdmissionPolicy
            metadata: { name: {{_space.Name}} }
            spec:
              matchConstraints:
                namespaceSelector: { matchLabels: { dro-test: {{_space.Name}} } }
                resourceRules:
                - { apiGroups: [apps], apiVersions: [v1], operations: [CREATE, UPDATE], resources: [deployments] }
                - { apiGroups: [batch], apiVersions: [v1], operations: [CREATE], resources: [jobs] }
              validations:
              - { expression: "object.kind != 'Deployment' || object.spec.replicas <= 3", message: no more than 3 replicas without a change number }
              - { expression: "!has(object.metadata.labels) || !('forbidden' in object.metadata.labels)", message: the label is not for people }
              - { expression: "object.kind != 'Job' || 'owner' in object.metadata.annotations", message: jobs here say who answers for them }
            """);
        _space.Afterwards(() => _space.Client.AdmissionregistrationV1.DeleteValidatingAdmissionPolicyAsync(_space.Name));
        await _space.ApplyAsync(
            $"{api}/validatingadmissionpolicybindings/{_space.Name}",
            $"{{apiVersion: admissionregistration.k8s.io/v1, kind: ValidatingAdmissionPolicyBinding, metadata: {{name: {_space.Name}}}, spec: {{policyName: {_space.Name}, validationActions: [Deny]}}}}");
        _space.Afterwards(() => _space.Client.AdmissionregistrationV1.DeleteValidatingAdmissionPolicyBindingAsync(_space.Name));
        await LabSite.UntilAsync(async () =>
        {
            try
            {
                await _space.Client.BatchV1.CreateNamespacedJobAsync(
                    KubernetesJson.Deserialize<V1Job>("""{"apiVersion":"batch/v1","kind":"Job","metadata":{"name":"try","annotations":{"a":"b"}},"spec":{"template":{"spec":{"restartPolicy":"Never","containers":[{"name":"c","image":"i"}]}}}}"""),
                    _space.Name,
                    dryRun: "All");
                return false;
            }
            catch (k8s.Autorest.HttpOperationException e) when (e.Response.StatusCode == System.Net.HttpStatusCode.Forbidden || e.Response.Content.Contains(_space.Name, StringComparison.Ordinal))
            {
                return true;
            }
        });
    }
}
