using System.Text.Json.Nodes;
using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Steps.Namespaces;
using DrOrchestrator.Estates;
using DrOrchestrator.Plans;
using DrOrchestrator.Probes.Postgres;

namespace DrOrchestrator.Tests.Drills.Steps.Namespaces;

/// <summary>What a proof has to have beside production missed: a place that must answer, one that must not, and nothing of the plan's systems left untried.</summary>
public sealed class NamespaceProofTests : ClusterFixture
{
    private const string With = """
        {"prove":{"image":"lab/tools:1","control":"10.9.0.5:9000","targets":["192.0.2.10:5432"]},"allow-egress":[{"cidr":"10.9.0.0/16","ports":[9000]},{"namespace":"minio"}],"dns":true}
        """;

    /// <summary>A firewall keeps the pods from production; the network enforces no policy.</summary>
    [Fact]
    public async Task Execute_NetworkEnforcesNothingAndAFirewallHides_IsNotProved()
    {
        var outcome = await ExecuteAsync(PlayedNamespace.Kept.Replace($"forbidden {PlayedNamespace.ApiServer} missed", $"forbidden {PlayedNamespace.ApiServer} reached", StringComparison.Ordinal));

        outcome.Should().BeOfType<StepOutcome.Failed>().Which.Reason.Should()
            .Be($"namespace dro-7-s is not proved: a pod of it reached {PlayedNamespace.ApiServer}, which 'allow-egress' does not list: the network enforces no policy, and it is something else that keeps pods from production");
    }

    [Theory]
    [InlineData("10.9.0.5:9000", "10.9.0.5:9001")]
    [InlineData("10.9.0.5:9000", "10.7.0.5:9000")]
    [InlineData("10.9.0.5:9000", "s3.vault.svc:9000")]
    public async Task Prepare_ControlThatNoExceptionLetsPass_Fails(string good, string bad)
    {
        var act = () => PreparedAsync(With.Replace(good, bad, StringComparison.Ordinal));

        (await act.Should().ThrowAsync<StepFailedException>()).WithMessage($"no exception of 'allow-egress' lets the control {bad} pass: a pod that reached it would prove that the network enforces nothing");
    }

    [Fact]
    public async Task Prepare_RehearsalWithADatabaseThatDoesNotAnswer_FailsUnlessAccepted()
    {
        var target = new PostgresTarget(["192.0.2.77"], 5432, "d", "u", null, PostgresTls.Disable, null);
        var estate = Bench.Estate with { Databases = [new DatabaseDefinition("ledger-db", "ledger", "primary", target, null, "ledger-db")] };
        var plan = StepBench.Plan with { Systems = ["ledger"] };
        Task<JsonObject> Prepare(string with, RunMode mode) => PreparedAsync(with, context => context with { Estate = estate, Plan = plan, Mode = mode });

        var act = () => Prepare(With, RunMode.Rehearsal);

        (await act.Should().ThrowAsync<StepFailedException>()).WithMessage(
            "that no pod reaches 192.0.2.77:5432 (database ledger-db) is not tried: it does not answer the orchestrator either. A rehearsal asks for it, or for its name under 'accept-untried'");
        (await Prepare(With, RunMode.Live))["prove"]!["untried"]!.AsArray().Should().ContainSingle();
        (await Prepare(With.Replace("\"image\"", "\"accept-untried\":[\"database ledger-db\"],\"image\"", StringComparison.Ordinal), RunMode.Rehearsal))["prove"]!["untried"]!.AsArray().Should().ContainSingle();
    }

    /// <summary>A system without a database in the estate: nothing of it would be tried, though something of another is.</summary>
    [Fact]
    public async Task Prepare_RehearsalOfASystemOfWhichNothingIsTried_FailsUnlessAccepted()
    {
        var target = new PostgresTarget(["192.0.2.10"], 5432, "d", "u", null, PostgresTls.Disable, null);
        var estate = Bench.Estate with { Databases = [new DatabaseDefinition("ledger-db", "ledger", "primary", target, null, "ledger-db")] };
        var without = With.Replace(",\"targets\":[\"192.0.2.10:5432\"]", "", StringComparison.Ordinal);
        Task<JsonObject> Prepare(string with) => PreparedAsync(with, context => context with { Estate = estate, Plan = StepBench.Plan with { Systems = ["ledger", "cards"] }, Mode = RunMode.Rehearsal });

        var act = () => Prepare(without);

        (await act.Should().ThrowAsync<StepFailedException>()).WithMessage("the estate names no database of system cards, so that nothing of it is tried: name 'targets', or 'system cards' under 'accept-untried'");
        (await Prepare(With))["prove"]!["targets"]!.AsArray().Should().ContainSingle();
        await Prepare(without.Replace("\"image\"", "\"accept-untried\":[\"system cards\"],\"image\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Prepare_ControlIsAServiceOfANamespaceThatIsListed_IsNamedAsItIs_IfPodsMayLookItUp()
    {
        var with = With.Replace("10.9.0.5:9000", "s3.minio.svc:9000", StringComparison.Ordinal);

        (await PreparedAsync(with))["prove"]!["control"]!.ToString().Should().Be("s3.minio.svc:9000");
        var act = () => PreparedAsync(with.Replace("true", "false", StringComparison.Ordinal));
        (await act.Should().ThrowAsync<StepFailedException>()).WithMessage("no pod can look up the control s3.minio.svc:9000: 'dns' is false");
    }

    /// <summary>The pod asks no DNS server of its own: it is given the address that the policy was judged by.</summary>
    [Fact]
    public async Task Prepare_ControlIsANameElsewhere_ThePodIsGivenItsAddress()
    {
        var with = With.Replace("10.9.0.5:9000", "ledger-db.bank.test:9000", StringComparison.Ordinal).Replace("10.9.0.0/16", "192.0.2.0/24", StringComparison.Ordinal);

        (await PreparedAsync(with))["prove"]!["control"]!.ToString().Should().Be("192.0.2.10:9000");
        var act = () => PreparedAsync(with.Replace("192.0.2.0/24", "10.9.0.0/16", StringComparison.Ordinal));
        (await act.Should().ThrowAsync<StepFailedException>()).WithMessage("no exception of 'allow-egress' lets the control ledger-db.bank.test:9000 pass*");
    }

    [Fact]
    public async Task Prepare_ForbiddenByDefault_IsTheApiServerWherePodsFindIt()
    {
        var forbidden = (await PreparedAsync(With))["prove"]!["forbidden"]!;

        forbidden.ToJsonString().Should().Be("""[{"what":"API server of primary","at":"10.8.0.1:6443","answers":true}]""");
    }

    /// <summary>A place where nobody listens is missed by every pod, also where nothing is enforced.</summary>
    [Fact]
    public async Task Prepare_ForbiddenThatAnswersNobody_FailsUnlessThePlanVouchesForIt()
    {
        var with = With.Replace("\"image\"", "\"forbidden\":[\"10.7.0.53:53\"],\"image\"", StringComparison.Ordinal);

        var act = () => PreparedAsync(with);

        (await act.Should().ThrowAsync<StepFailedException>())
            .WithMessage("what is forbidden, 10.7.0.53:53, does not answer the orchestrator, so that a pod that misses it proves nothing: name a place that does, or 'forbidden 10.7.0.53:53' under 'accept-untried'");
        (await PreparedAsync(with.Replace("\"image\"", "\"accept-untried\":[\"forbidden 10.7.0.53:53\"],\"image\"", StringComparison.Ordinal)))["prove"]!["forbidden"]!.ToJsonString()
            .Should().Contain("\"at\":\"10.7.0.53:53\",\"answers\":false");
    }

    /// <summary>The EndpointSlice still lists a master that is dead.</summary>
    [Fact]
    public async Task Prepare_ApiServerOfADeadMaster_IsNoNegativeControl()
    {
        PlayedNamespace.TellApiServer(Cluster.Objects, "10.8.0.1", "10.8.0.2");

        var prove = await PreparedAsync(With, tellApiServer: false);

        prove["prove"]!["forbidden"]!.ToJsonString().Should().Be("""[{"what":"API server of primary","at":"10.8.0.1:6443","answers":true}]""");
        prove["prove"]!["untried"]!.ToJsonString().Should().Be("""[{"what":"API server of primary","at":"10.8.0.2:6443","why":"it does not answer the orchestrator either"}]""");

        PlayedNamespace.TellApiServer(Cluster.Objects, "10.8.0.2");
        var act = () => PreparedAsync(With, tellApiServer: false);
        (await act.Should().ThrowAsync<StepFailedException>()).WithMessage(
            "no address at which pods find the API server of primary answers the orchestrator, so that a pod that misses it proves nothing: name a place under 'forbidden' that does, or 'API server of primary' under 'accept-untried'");
        (await PreparedAsync(With.Replace("\"image\"", "\"accept-untried\":[\"API server of primary\"],\"image\"", StringComparison.Ordinal), tellApiServer: false))["prove"]!["forbidden"]!.AsArray().Should().ContainSingle();
    }

    [Fact]
    public async Task Execute_ForbiddenStopsAnswering_IsNotProved()
    {
        PlayedNamespace.Play(Cluster.Objects);
        var intent = await PreparedAsync(With);

        var outcome = await PlayedNamespace.Step(Connections, (address, port) => $"{address}:{port}" == PlayedNamespace.Production).ExecuteAsync(Bench.Context("k8s.namespace", With), intent, default);

        outcome.Should().BeOfType<StepOutcome.Failed>().Which.Reason.Should().Be($"namespace dro-7-s is not proved: {PlayedNamespace.ApiServer} stopped answering the orchestrator meanwhile");
    }

    /// <summary>Where production's API server is, nobody knows: that no pod reaches it is not tried.</summary>
    [Fact]
    public async Task Prepare_KubeconfigOfAnotherSiteCannotBeOpened_IsUntriedAndOnRecord()
    {
        var estate = Bench.Estate with { Sites = [.. Bench.Estate.Sites.Where(site => site.Name == "primary"), Bench.Estate.Sites[0] with { Name = "core", KubeconfigPath = "/nowhere/core.kubeconfig" }] };
        Task<JsonObject> Prepare(RunMode mode) => PreparedAsync(With, context => context with { Estate = estate, Mode = mode });

        var act = () => Prepare(RunMode.Rehearsal);

        (await act.Should().ThrowAsync<StepFailedException>()).WithMessage("that no pod reaches API server of core is not tried: *core.kubeconfig*. A rehearsal asks for it, or for its name under 'accept-untried'");
        (await Prepare(RunMode.Live))["prove"]!["untried"]!.AsArray().Should().ContainSingle().Which!["what"]!.ToString().Should().Be("API server of core");
    }

    [Theory]
    [InlineData("10.9.0.0/16\",\"ports\":[9000]", "10.0.0.0/8\"", "the cluster at primary tells its pods no address of its API server that 'allow-egress' does not list: *")]
    [InlineData("\"image\"", "\"forbidden\":[\"10.9.0.7:9000\"],\"image\"", "10.9.0.7:9000 is under 'forbidden', and 'allow-egress' lets it pass, or it is every pod's own: it proves nothing")]
    [InlineData("\"image\"", "\"forbidden\":[\"nowhere.bank.test:9000\"],\"image\"", "nowhere.bank.test:9000 is under 'forbidden', and 'allow-egress' lets it pass, or it is every pod's own: it proves nothing")]
    public async Task Prepare_NothingThatIsForbidden_Fails(string good, string bad, string why)
    {
        var act = () => PreparedAsync(With.Replace(good, bad, StringComparison.Ordinal));

        (await act.Should().ThrowAsync<StepFailedException>()).WithMessage(why);
    }

    /// <summary>The pod is on the API server's node, which it reaches whatever a policy says; by another place it is proved all the same.</summary>
    [Fact]
    public async Task Execute_ForbiddenIsOnThePodsNode_AsksForAnotherPlace()
    {
        var reached = PlayedNamespace.Kept.Replace($"forbidden {PlayedNamespace.ApiServer} missed", $"forbidden {PlayedNamespace.ApiServer} reached", StringComparison.Ordinal);
        Cluster.Objects.World = world =>
        {
            foreach (var (_, pod) in world.Under("/api/v1/namespaces/dro-7-s/pods"))
            {
                pod["status"]!["hostIP"] = "10.8.0.1";
            }
        };

        (await ExecuteAsync(reached)).Should().BeOfType<StepOutcome.Failed>().Which.Reason.Should().StartWith("namespace dro-7-s is not proved: all that is forbidden to the pod (10.8.0.1:6443) is on its own node");
    }

    private async Task<JsonObject> PreparedAsync(string with, Func<StepContext, StepContext>? change = null, bool tellApiServer = true)
    {
        if (tellApiServer)
        {
            PlayedNamespace.TellApiServer(Cluster.Objects);
        }

        var context = Bench.Context("k8s.namespace", with);
        context = change?.Invoke(context) ?? context;
        return JsonNode.Parse((await PlayedNamespace.Step(Connections).PrepareAsync(context, default)).ToJsonString())!.AsObject();
    }

    private async Task<StepOutcome> ExecuteAsync(string log, string with = With)
    {
        PlayedNamespace.Play(Cluster.Objects, log);
        return await PlayedNamespace.Step(Connections).ExecuteAsync(Bench.Context("k8s.namespace", with), await PreparedAsync(with), default);
    }
}
