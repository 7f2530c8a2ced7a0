using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Steps;
using DrOrchestrator.Drills.Steps.Namespaces;
using DrOrchestrator.Drills.Steps.Workloads;
using DrOrchestrator.Estates;
using DrOrchestrator.Kubernetes;
using DrOrchestrator.Plans;
using DrOrchestrator.Tests.Drills.Steps;

namespace DrOrchestrator.Tests.Plans;

/// <summary>A namespace that the run makes for itself is no other run's, also where the live step's is written alike; its site and the Secrets copied into it are judged all the same.</summary>
public sealed class RehearsalNamespacesTests : IDisposable
{
    private const string Proved = """{"prove":{"image":"i","control":"10.9.0.5:9000"}}""";

    private readonly ClusterConnections _connections = new(TimeProvider.System);

    public void Dispose() => _connections.Dispose();

    [Theory]
    [InlineData("lab", Proved, "${steps.space.namespace}")]
    [InlineData("lab", Proved, "${steps.space.uid}", "its rehearsal acts on site 'lab', namespace '${steps.space.uid}', as step 'work' does live")]
    [InlineData("lab", Proved, "ledger", "its rehearsal acts on site 'lab', namespace 'ledger', as step 'work' does live")]
    [InlineData("lab", "{}", "${steps.space.namespace}", "its rehearsal proves nothing")]
    [InlineData("lab", """{"prove":{"image":"i","control":"10.9.0.5:9000"},"copy-secrets":["keys/login"]}""", "${steps.space.namespace}")]
    [InlineData("lab", """{"prove":{"image":"i","control":"10.9.0.5:9000"},"copy-secrets":["ledger/login"]}""", "${steps.space.namespace}", "its rehearsal copies a Secret from site 'lab', namespace 'ledger', in which step 'live' of plan 'other' acts live")]
    [InlineData("primary", Proved, "${steps.space.namespace}", "its rehearsal acts on site 'primary', which is production", "its rehearsal acts on site 'primary', which is production")]
    public void Problems_OfAPlanInANamespaceOfItsRun(string site, string rehearsed, string space, params string[] expected)
    {
        var estate = Estate.None with { Sites = [new Site("primary", SiteRole.Production, null, "/k", "primary"), new Site("lab", SiteRole.Remote, null, "/k", "lab")] };
        var kinds = new StepKindCatalog(new StepKinds([new K8sNamespaceStep(_connections, TimeProvider.System), new K8sScaleStep(_connections, TimeProvider.System)]), new GateKinds([]), new SteadyStateKinds([]));
        var plan = StepBench.Plan with
        {
            Modes = [RunMode.Rehearsal],
            Steps = [Step("space", "k8s.namespace", site, """{"prove":"none"}""", rehearsed), Step("work", "k8s.scale", site, $$"""{"namespace":"{{space}}","workload":"deployment/a","replicas":1}""", "{}")],
        };
        var other = StepBench.Plan with { Name = "other", Systems = ["ledger"], Steps = [Step("live", "k8s.scale", "lab", """{"namespace":"ledger","workload":"deployment/a","replicas":1}""", "{}")] };

        // Where the plan's own step names that namespace, it is the first to be told.
        Rehearsals.Problems(plan, estate, kinds, [plan, other]).Select(problem => problem.Found).Should().BeEquivalentTo(expected);
    }

    private static PlanStep Step(string name, string kind, string site, string with, string rehearsed) =>
        new(name, kind, new Dictionary<string, string>(), site, StepBench.Parameters(with), [], null, null, false, TimeSpan.FromSeconds(5), 0, null) { Rehearsal = new RehearsalTarget(false, null, StepBench.Parameters(rehearsed)) };
}
