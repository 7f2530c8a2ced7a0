using System.Text;
using System.Text.Json.Nodes;
using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Steps;
using DrOrchestrator.Drills.Steps.Cnpg;
using DrOrchestrator.Drills.Steps.Fences;
using DrOrchestrator.Drills.Steps.Namespaces;
using DrOrchestrator.Drills.Steps.Objects;
using DrOrchestrator.Drills.Steps.Pods;
using DrOrchestrator.Drills.Steps.Workloads;
using DrOrchestrator.Estates.Yaml;
using DrOrchestrator.Kubernetes;
using DrOrchestrator.Plans;
using DrOrchestrator.Testing.Drills;
using DrOrchestrator.Testing.Kubernetes;
using DrOrchestrator.Tests.Drills.Steps;
using DrOrchestrator.Tests.Drills.Steps.Cnpg;
using DrOrchestrator.Tests.Drills.Steps.Objects;
using Microsoft.Extensions.Time.Testing;

namespace DrOrchestrator.Tests.Drills;

public sealed class PlanTrialTests : ClusterFixture
{
    [Fact]
    public async Task Run_OfAPlan_SaysWhatEachStepWouldChangeAndWritesNothing()
    {
        var tried = await RunAsync(
            Step("scale", "k8s.scale", """{"namespace":"ledger","workload":"deployment/ledger-api","replicas":5}"""),
            Step("same", "k8s.scale", """{"namespace":"ledger","workload":"deployment/ledger-api","replicas":2}"""),
            Step("patch", "k8s.patch", """{"namespace":"ledger","api":"apps/v1","resource":"deployments/ledger-api","patch":{"metadata":{"annotations":{"example.org/side":"dr"}}}}"""),
            Step("apply", "k8s.apply", """{"namespace":"ledger","manifest":"app.yaml"}"""));

        tried.Select(step => $"{step.Step}: {string.Join("; ", step.Objects.Select(Words))}").Should().Equal(
            "scale: deployments/ledger-api Changes /spec/replicas 2>5",
            "same: deployments/ledger-api Unchanged ",
            "patch: deployments/ledger-api Changes /metadata/annotations/example.org~1side >\"dr\"",
            "apply: deployments/ledger-api Changes /metadata/annotations/example.org~1side >\"dr\"; configmaps/settings Made ");
        Cluster.Requests.Where(request => request.Method != "GET").Should().NotBeEmpty().And.OnlyContain(request => request.Query.Contains("dryRun=All", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Run_OfWhatCannotBeKnown_SaysWhy()
    {
        var tried = await RunAsync(
            Step("lift", "k8s.unfence", """{"namespace":"ledger","fence":"fence","rejoined-by":"rejoin","workloads":{"statefulset/ledger-store":1}}"""),
            Step("absent", "k8s.scale", """{"namespace":"ledger","workload":"deployment/other","replicas":1}"""),
            Step("apply", "k8s.apply", """{"namespace":"ledger","manifest":"new.yaml"}"""),
            Step("made-before", "k8s.patch", """{"namespace":"ledger","api":"v1","resource":"configmaps/settings","patch":{"data":{"a":"b"}}}"""),
            Step("flows", "k8s.scale", """{"namespace":"${steps.space.namespace}","workload":"deployment/other","replicas":1}"""));

        tried.Select(step => (step.Step, step.Objects[0].Answer)).Should().Equal(
            ("lift", TriedAnswer.NotTried), ("absent", TriedAnswer.Refused), ("apply", TriedAnswer.Made), ("made-before", TriedAnswer.NotYet), ("flows", TriedAnswer.NotYet));
        tried[1].Objects[0].Reason.Should().StartWith("deployment/other at primary cannot be read: 404");
        tried[3].Objects[0].Reason.Should().StartWith("step apply changes it before; now: ");
    }

    /// <summary>What a server can try of them is tried, and what it cannot is said.</summary>
    [Fact]
    public async Task Run_OfFencesAndNamespaces_TriesWhatIsOneRequestAndSaysWhatIsNot()
    {
        CnpgStepsTests.Serve(Cluster.Objects, () => true);

        var tried = await RunAsync(
            Step("fence", "k8s.fence", """{"namespace":"ledger","workloads":["statefulset/ledger-store","deployment/ledger-api"]}"""),
            Step("demote", "cnpg.demote", CnpgStepsTests.With),
            Step("space", "k8s.namespace", """{"prove":"none"}"""));

        tried.Select(step => $"{step.Step}: {string.Join("; ", step.Objects.Select(Words))}").Should().Equal(
            "fence: statefulsets/ledger-store Changes /spec/replicas 1>0; deployments/ledger-api Changes /spec/replicas 2>0;  NotTried ",
            "demote: clusters/bank Changes /spec/replica/primary \"bank\">\"bank-dr\";  NotTried ",
            "space: namespaces/dro-dry-run-space Made ;  NotTried ");
        tried.Select(step => step.Objects[^1].Reason.Split(',')[^1]).Should().Equal(" only the fence itself will see", " only the demotion itself will see", " cannot be tried before it is there");
        Cluster.Requests.Where(request => request.Method != "GET").Should().HaveCount(4).And.OnlyContain(request => request.Query.Contains("dryRun=All", StringComparison.Ordinal));
        Cluster.Requests.Where(request => request.Path.EndsWith("/ledger-api", StringComparison.Ordinal) && request.Method == "PATCH").Should().ContainSingle()
            .Which.Body.Should().Contain(Annotations.FenceHeld, "it is tried as it would be held");
    }

    [Fact]
    public async Task Run_OfAFenceWhoseWebhookRefusesOneOfTwo_TellsOfBoth()
    {
        Cluster.Intercept = (request, _) => request.Method == "PATCH" && request.Path == FakeLedgerSite.Api ? FakeObjects.Status(403, "Forbidden", "admission webhook \"w\" denied the request: no") : null;

        var tried = await RunAsync(Step("fence", "k8s.fence", """{"namespace":"ledger","workloads":["deployment/ledger-api","statefulset/ledger-store"]}"""));

        tried[0].Objects.Select(one => one.Answer).Should().Equal(TriedAnswer.Refused, TriedAnswer.Changes, TriedAnswer.NotTried);
        tried[0].Objects[0].Reason.Should().Contain("denied the request: no");
    }

    /// <summary>What a step before it changes says nothing of the other objects of the same step.</summary>
    [Fact]
    public async Task Run_OfAFenceOfWhichAStepBeforeChangesOneWorkload_StaysRefusedForTheOthers()
    {
        Cluster.Intercept = (request, _) => request.Method == "PATCH" ? FakeObjects.Status(403, "Forbidden", "no") : null;

        var tried = await RunAsync(
            Step("scale", "k8s.scale", """{"namespace":"ledger","workload":"deployment/ledger-api","replicas":5}"""),
            Step("fence", "k8s.fence", """{"namespace":"ledger","workloads":["statefulset/ledger-store","deployment/ledger-api","deployment/other"]}"""));

        tried[1].Objects.Select(one => $"{one.Object} {one.Answer}").Should().Equal("statefulsets/ledger-store Refused", "deployments/ledger-api NotYet", "deployments/other Refused", " NotTried");
        tried[1].Objects[1].Reason.Should().Be("step scale changes it before; now: 403 no");
    }

    /// <summary>Only a step which itself tries before it sends is refused by a webhook that takes no dry run.</summary>
    [Fact]
    public async Task Run_OfAWebhookThatTakesNoDryRun_IsARefusalOnlyOfStepsThatTryThemselves()
    {
        CnpgStepsTests.Serve(Cluster.Objects, () => true);
        Cluster.Intercept = (request, _) => request.Method != "GET" ? FakeObjects.Status(400, "BadRequest", "admission webhook \"w\" does not support dry run") : null;

        var tried = await RunAsync(
            Step("patch", "k8s.patch", """{"namespace":"ledger","api":"apps/v1","resource":"deployments/ledger-api","patch":{"metadata":{"annotations":{"example.org/side":"dr"}}}}"""),
            Step("apply", "k8s.apply", """{"namespace":"ledger","manifest":"new.yaml"}"""),
            Step("fence", "k8s.fence", """{"namespace":"ledger","workloads":["deployment/ledger-api"]}"""),
            Step("demote", "cnpg.demote", CnpgStepsTests.With),
            Step("space", "k8s.namespace", """{"prove":"none"}"""),
            Step("job", "k8s.job", """{"namespace":"ledger","image":"i","command":["a"]}"""),
            Step("other", "k8s.scale", """{"namespace":"ledger","workload":"statefulset/ledger-store","replicas":5}"""));

        tried.Select(step => $"{step.Step} {step.Objects[0].Answer}").Should().Equal("patch Refused", "apply Refused", "fence NotTried", "demote NotTried", "space NotTried", "job NotTried", "other NotTried");
        tried[2].Objects[0].Reason.Should().Be("an admission webhook takes no dry run, so that only the step itself will see: 400 admission webhook \"w\" does not support dry run");
        tried[0].Objects[0].Reason.Should().Contain("does not support dry run");
    }

    /// <summary>Controllers write the status of what is looked at: that is looked at again, and in the end no refusal.</summary>
    [Theory]
    [InlineData(3, TriedAnswer.Changes)]
    [InlineData(int.MaxValue, TriedAnswer.NoAnswer)]
    public async Task Run_OfObjectsThatOthersChangeBetweenLookAndTry_LooksAgainAndSaysThenThatNobodyKnows(int changes, TriedAnswer answer)
    {
        CnpgStepsTests.Serve(Cluster.Objects, () => true);
        var tries = new System.Collections.Concurrent.ConcurrentDictionary<string, int>();
        Cluster.Intercept = (request, _) => request.Method == "PATCH" && tries.AddOrUpdate(request.Path.Value!, 1, (_, before) => before + 1) <= changes
            ? FakeObjects.Status(409, "Conflict", "the object has been modified; please apply your changes to the latest version and try again")
            : null;

        var tried = await RunAsync(
            Step("fence", "k8s.fence", """{"namespace":"ledger","workloads":["deployment/ledger-api"]}"""),
            Step("demote", "cnpg.demote", CnpgStepsTests.With),
            Step("other", "k8s.scale", """{"namespace":"ledger","workload":"statefulset/ledger-store","replicas":5}"""));

        tried.Select(step => step.Objects[0].Answer).Should().Equal(answer, answer, answer);
        tries.Values.Should().HaveCount(3).And.OnlyContain(count => count > 3 && count <= 10);
    }

    [Fact]
    public async Task Run_OfConflictsAndRefusals_TellsThemApart()
    {
        Cluster.Intercept = (request, _) =>
        {
            if (request.Method != "PATCH")
            {
                return null;
            }

            var answer = request.Path == FakeLedgerSite.Api
                ? FakeObjects.Status(409, "Conflict", "Apply failed with 1 conflict: conflict with \"argo\": .spec.paused")
                : FakeObjects.Status(400, "BadRequest", "admission webhook \"w\" does not support dry run");
            answer.Body!["details"] = request.Path == FakeLedgerSite.Api ? JsonNode.Parse("""{"causes":[{"reason":"FieldManagerConflict","field":".spec.paused"}]}""") : null;
            return answer;
        };

        var tried = await RunAsync(Step("apply", "k8s.apply", """{"namespace":"ledger","manifest":"app.yaml"}"""));

        tried[0].Objects.Select(one => one.Answer).Should().Equal(TriedAnswer.Conflict, TriedAnswer.Refused);
        tried[0].Objects[0].Reason.Should().Contain("conflict with \"argo\": .spec.paused");
        tried[0].Objects[1].Reason.Should().Contain("does not support dry run");
    }

    [Fact]
    public async Task Run_OfAClusterThatDoesNotAnswer_IsNoRefusal()
    {
        Cluster.Intercept = (_, _) => FakeObjects.Status(503, "ServiceUnavailable", "gone");

        (await RunAsync(Step("scale", "k8s.scale", """{"namespace":"ledger","workload":"deployment/ledger-api","replicas":5}""")))[0].Objects.Should().ContainSingle().Which.Answer.Should().Be(TriedAnswer.NoAnswer);
    }

    /// <summary>Each document has its own time: a file of many is not cut off because all of them together take longer than one may.</summary>
    [Theory]
    [InlineData(30, 3, -1, "Made 30")]
    [InlineData(5, 3, 2, "Made 4, NoAnswer 1: no answer within 15s")]
    [InlineData(60, 14, -1, "Made 43, NoAnswer 17: it was not asked: the documents before it took 10m")]
    public async Task Run_OfManyDocumentsAtASlowServer_BoundsEachAndAll(int documents, int secondsEach, int hanging, string said)
    {
        var time = new FakeTimeProvider();
        Cluster.Intercept = (request, _) =>
        {
            // The clock moves while the dry run of a document is in flight.
            if (request.Method == "PATCH")
            {
                time.Advance(TimeSpan.FromSeconds(request.Path.Value!.EndsWith($"/many-{hanging}", StringComparison.Ordinal) ? 16 : secondsEach));
            }

            return null;
        };
        var many = string.Join("---\n", Enumerable.Range(0, documents).Select(n => $"apiVersion: v1\nkind: ConfigMap\nmetadata: {{ name: many-{n} }}\ndata: {{ a: b }}\n"));
        var plan = StepBench.Plan with { Steps = [Step("apply", "k8s.apply", """{"namespace":"ledger","manifest":"many.yaml"}""")], Manifests = new Dictionary<string, Manifest> { ["many.yaml"] = Read("many.yaml", many) } };
        var unhurried = Bench.Estate with { Sites = [.. Bench.Estate.Sites.Select(site => site with { ReadsPerSecond = 1000 })] };

        var tried = await new PlanTrial(new StepKinds([new K8sApplyStep(Connections, time)]), time).RunAsync(plan, unhurried, default);

        tried[0].Objects.Should().HaveCount(documents);
        string.Join(", ", tried[0].Objects.GroupBy(one => (one.Answer, one.Reason)).Select(same => $"{same.Key.Answer} {same.Count()}{(same.Key.Reason.Length > 0 ? $": {same.Key.Reason}" : "")}")).Should().Be(said);
    }

    private static string Words(TriedObject one) => $"{one.Object} {one.Answer} {string.Join(", ", one.Fields.Select(field => $"{field.Field} {field.From}>{field.To}"))}";

    private static PlanStep Step(string name, string kind, string with) =>
        new(name, kind, new Dictionary<string, string>(), "primary", StepBench.Parameters(with), [], null, null, false, TimeSpan.FromSeconds(5), 0, null);

    private static Manifest Read(string name, string text) => ManifestReader.Read(name, Encoding.UTF8.GetBytes(text), new Problems())!;

    private Task<IReadOnlyList<TriedStep>> RunAsync(params PlanStep[] steps)
    {
        var plan = StepBench.Plan with
        {
            Steps = steps,
            Manifests = new Dictionary<string, Manifest>
            {
                ["app.yaml"] = Read("app.yaml", K8sApplyStepTests.Two),
                ["new.yaml"] = Read("new.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: settings }\ndata: { a: c }"),
            },
        };
        var kinds = new StepKinds([
            new K8sScaleStep(Connections, new WaitedTime()), new K8sPatchStep(Connections, TimeProvider.System), new K8sApplyStep(Connections, TimeProvider.System),
            new K8sFenceStep(Connections, new WaitedTime()), new K8sJobStep(Connections, TimeProvider.System),
            new K8sNamespaceStep(Connections, TimeProvider.System), new CnpgDemoteStep(Connections, new WaitedTime()), new K8sUnfenceStep(new FenceLift(Connections, TimeProvider.System))]);
        return new PlanTrial(kinds, TimeProvider.System).RunAsync(plan, Bench.Estate, default);
    }
}
