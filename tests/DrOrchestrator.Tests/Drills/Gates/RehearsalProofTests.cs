using System.Text.Json.Nodes;
using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Gates;
using DrOrchestrator.Drills.Steps.Postgres;
using DrOrchestrator.Estates;
using DrOrchestrator.Kubernetes;
using DrOrchestrator.Plans;
using DrOrchestrator.Testing.Kubernetes;
using DrOrchestrator.Testing.Plans;
using DrOrchestrator.Testing.Postgres;
using DrOrchestrator.Tests.Drills.Steps;
using DrOrchestrator.Time;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;

namespace DrOrchestrator.Tests.Drills.Gates;

/// <summary>The rehearsal's credential is shown to production's API, and to production's server, over the wire.</summary>
public sealed class RehearsalProofTests : IAsyncLifetime
{
    private const string Reviews = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";
    private const string Rbac = """deployments.apps "ledger-api" is forbidden: User "lab" cannot patch resource "deployments" in API group "apps" in the namespace "ledger" """;

    private readonly ClusterConnections _connections = new(TimeProvider.System);
    private readonly FakeTimeProvider _time = new();
    private FakeCluster _production = null!;
    private FakeCluster _lab = null!;

    public async Task InitializeAsync()
    {
        _production = await FakeCluster.StartAsync();
        _lab = await FakeCluster.StartAsync();
        _production.WriteKubeconfig("token: production-token");
        _lab.WriteKubeconfig("token: lab-token");
        Answer(allowed: _ => false);
    }

    public async Task DisposeAsync()
    {
        _connections.Dispose();
        await _production.DisposeAsync();
        await _lab.DisposeAsync();
    }

    [Fact]
    public async Task Try_EverythingRefused_PassesAndShowsTheRehearsalsCredentialAlone()
    {
        var result = await TryAsync();

        result.Should().BeEquivalentTo(new
        {
            Check = "rehearsal-powerless lab at primary ledger",
            Passed = true,
            Value = "tries refused: 1; rights denied: 9",
            Limit = "no right at all",
            Source = "access reviews and dry runs in the Kubernetes API of primary with the credential of lab",
        });
        _production.Requests.Should().OnlyContain(request => request.Authorization == "Bearer lab-token");
        _production.Requests.Where(request => request.Path != Reviews).Should().ContainSingle().Which.Should().BeEquivalentTo(new { Method = "PATCH", Path = "/apis/apps/v1/namespaces/ledger/deployments/ledger-api", Query = "?dryRun=All" });
        _lab.Requests.Should().BeEmpty();
    }

    /// <summary>A stranger at production is powerless there while both servers know their own: else it may be the token, a clock or a webhook that is not right just now.</summary>
    [Theory]
    [InlineData(201, 201, true, "tries refused: 1; rights denied: 9")]
    [InlineData(403, 403, true, "tries refused: 1; rights denied: 9")]
    [InlineData(401, 201, false, "unknown: primary does not know the credential of lab, and neither does lab now: it may be known there later")]
    [InlineData(500, 201, false, "unknown: primary does not know the credential of lab, and neither does lab now: it may be known there later")]
    [InlineData(201, 401, false, "unknown: primary does not know the credential of lab, nor its own now: it may know both later")]
    public async Task Try_CredentialThatNobodyKnowsThere_PassesWhereItsOwnClusterKnowsItNow(int atHome, int ofItsOwn, bool passes, string value)
    {
        (int, JsonNode?) Answer(int status) => status == 201 ? (201, JsonNode.Parse("""{"status":{"allowed":true}}""")) : Refused(status, "no");
        _production.Intercept = (request, _) => Answer(request.Headers.Authorization == "Bearer production-token" ? ofItsOwn : 401);
        _lab.Intercept = (_, _) => Answer(atHome);

        var result = await TryAsync();

        (result.Passed, result.Value).Should().Be((passes, value));
        _lab.Requests.Should().OnlyContain(request => request.Authorization == "Bearer lab-token" && request.Path == Reviews);
    }

    [Fact]
    public async Task Try_ServerThatNeverAnswers_DoesNotPass()
    {
        var asked = new TaskCompletionSource();
        var answers = new TaskCompletionSource();
        _production.Intercept = (_, _) =>
        {
            asked.TrySetResult();
            answers.Task.Wait();
            return Refused(403, Rbac);
        };

        var trying = TryAsync();
        await asked.Task;
        _time.Advance(TimeSpan.FromSeconds(15));
        var result = await trying;
        answers.SetResult();

        (result.Check, result.Passed, result.Value).Should().Be(("rehearsal-powerless lab at primary ledger", false, "no answer within 15s"));
    }

    [Fact]
    public async Task Try_OneRightIsThere_DoesNotPassAndSaysWhichToRemove()
    {
        Answer(allowed: asked => asked["verb"]!.ToString() == "delete");

        var result = await TryAsync();

        (result.Passed, result.Value).Should().Be((false, "it has: delete deployments.apps/ledger-api"));
        result.Remedy.Should().Be("Take these rights in namespace ledger of primary from the user of lab's kubeconfig: delete deployments.apps/ledger-api. Then start the rehearsal again.");
    }

    /// <summary>A list of Secrets holds what is in each.</summary>
    [Fact]
    public async Task Try_SecretsMayBeListedAlone_DoesNotPass()
    {
        Answer(allowed: asked => asked["verb"]!.ToString() == "list" && asked["resource"]!.ToString() == "secrets");

        (await TryAsync()).Value.Should().Be("it has: list secrets");
    }

    [Theory]
    [InlineData(200, "", "it has: patch deployments.apps/ledger-api")]
    [InlineData(404, "deployments.apps \"ledger-api\" not found", "it has: patch deployments.apps/ledger-api")]
    [InlineData(403, "admission webhook \"policy\" denied the request", "it has: patch deployments.apps/ledger-api")]
    [InlineData(500, "etcd is away", "unknown: no clear answer to patch deployments.apps/ledger-api: 500 etcd is away")]
    public async Task Try_ReviewsDenyAndTheTryIsNotRefused_DoesNotPass(int status, string message, string value)
    {
        Answer(allowed: _ => false, status, message);

        var result = await TryAsync();

        (result.Passed, result.Value).Should().Be((false, value));
    }

    [Theory]
    [InlineData(201, """{"status":{"allowed":false,"evaluationError":"webhook timed out"}}""", "webhook timed out")]
    [InlineData(403, """{"message":"User \"lab\" cannot create resource \"selfsubjectaccessreviews\""}""", "403 User \"lab\" cannot create resource \"selfsubjectaccessreviews\"")]
    public async Task Try_ReviewsSayNothing_IsUnknownAndDoesNotPass(int status, string body, string why)
    {
        _production.Intercept = (request, _) => request.Path == Reviews ? (status, JsonNode.Parse(body)) : Refused(403, Rbac);

        var result = await TryAsync();

        (result.Passed, result.Value).Should().Be((false, $"unknown: no clear answer to create deployments.apps: {why}"));
    }

    [Fact]
    public async Task Try_ItsKubeconfigCannotBeRead_DoesNotPass()
    {
        File.Delete(_lab.KubeconfigPath);

        (await TryAsync()).Should().Match<GateResult>(result => !result.Passed && result.Value.StartsWith("unknown: kubeconfig"));
    }

    [Fact]
    public async Task Try_ItsTokenCannotBeShown_IsUnknownAndNoRight()
    {
        var token = Path.Combine(Path.GetDirectoryName(_lab.KubeconfigPath)!, "empty.token");
        await File.WriteAllTextAsync(token, "");
        _lab.WriteKubeconfig($"tokenFile: {token}");

        (await TryAsync()).Should().Match<GateResult>(result => !result.Passed && result.Value.StartsWith("unknown: tokenFile"));
        _production.Requests.Should().BeEmpty();
    }

    [Fact]
    public async Task Try_ProductionIsWhereTheSystemServesNow()
    {
        var results = await Proof("dr").TryAsync(Rehearsals.Of(Live("dr")), Live("dr"), Estate, default);

        results.Should().ContainSingle("a failover has made it production").Which.Check.Should().Be("rehearsal-powerless lab at dr ledger");
    }

    /// <summary>Also where the plan does not act by the cluster: a credential that may do anything there is seen all the same.</summary>
    [Fact]
    public async Task Try_BothSidesOfASystem_AreProduction()
    {
        var results = await Proof("primary").TryAsync(Rehearsals.Of(Live("dr")), Live("dr"), Estate with { Systems = [Ledger] }, default);

        results.Select(result => result.Check).Should().Equal("rehearsal-powerless lab at dr ledger", "rehearsal-powerless lab at primary default");
        results[1].Value.Should().Be("tries refused: 1; rights denied: 5");
    }

    [Fact]
    public async Task Try_CredentialOfADatabasesHost_IsShownToo()
    {
        var databases = new[] { Database("one", "ledger", 1, "postgres") with { Host = new DatabaseHost.Exec("ledger", "store-0", "host", "data") }, Database("two", "lab", 1, "lab") with { Host = new DatabaseHost.Exec("lab", "store-0", "host", "data") } };
        var plan = Live("primary") with { Steps = [Step("fence", "postgres.fence", """{"database":"one"}""", new RehearsalTarget(false, null, StepBench.Parameters("""{"database":"two"}""")))] };

        var results = await Proof("primary").TryAsync(Rehearsals.Of(plan), plan, Estate with { Databases = databases }, default);

        results.Select(result => result.Check).Should().Contain("rehearsal-powerless lab at primary ledger");
    }

    [Theory]
    [InlineData(false, "not tried at production: route (command)")]
    [InlineData(true, "nothing of it acts with a credential")]
    public async Task Try_NothingThatCouldBeTried_IsOnRecord(bool skip, string value)
    {
        var plan = Live("primary") with { Steps = [Step("route", "command", """{"program":"/opt/route","args":["live"],"undo":"none"}""", new RehearsalTarget(skip, null, StepBench.Parameters("""{"args":["lab"]}""")))] };

        var results = await Proof("primary").TryAsync(Rehearsals.Of(plan), plan, Estate, default);

        results.Should().ContainSingle().Which.Should().BeEquivalentTo(new { Check = "rehearsal-powerless untried", Passed = true, Value = value });
    }

    [Fact]
    public async Task Try_OfADatabaseRole_IsRefusedOrWithoutRightsOrDoesNotPass()
    {
        await using var production = await PostgresServer.StartNewAsync();
        await production.ExecuteAsync("CREATE ROLE guest LOGIN", "CREATE ROLE clerk LOGIN", "CREATE TABLE posting (id int)", "GRANT UPDATE ON posting TO clerk", "GRANT EXECUTE ON FUNCTION pg_promote(boolean, integer) TO clerk", "CREATE ROLE closed NOLOGIN",
            "CREATE ROLE dba LOGIN NOINHERIT", "GRANT postgres TO dba",
            "CREATE DATABASE shut", "REVOKE CONNECT ON DATABASE shut FROM PUBLIC");
        var (ledger, down) = (Database("one", "ledger", production.Port, "postgres"), Database("down", "ledger", FreePort(), "postgres"));
        var powers = new DatabasePowers(new DatabaseSessions(new ProcessClock(TimeProvider.System)), TimeProvider.System);
        async Task<(bool, string)> Try(string user, DatabaseDefinition at) => await powers.TryAsync(Database("two", "lab", 1, user), at, default) is var result ? (result.Passed, result.Value) : default;

        (await Try("nobody", ledger)).Should().Be((true, "sign-in refused: 28000"));
        (await Try("closed", ledger)).Should().Be((true, "sign-in refused: 28000"));
        (await Try("guest", ledger)).Should().Be((true, "user guest may sign in, and has no right to act"));
        (await Try("clerk", ledger)).Should().Be((false, "user clerk may sign in, and has: EXECUTE on pg_promote, write to 1 tables"));
        (await Try("postgres", ledger)).Item2.Should().StartWith("user postgres may sign in, and has: SUPERUSER");
        (await Try("dba", ledger)).Item2.Should().StartWith("user dba may sign in, and has: SUPERUSER", "SET ROLE is no more than a word");

        var shut = Database("shut", "ledger", production.Port, "postgres") with { Target = ledger.Target with { Database = "shut" } };
        (await Try("clerk", shut)).Should().Be((false, "user clerk may sign in, and has: EXECUTE on pg_promote"), "a server is promoted from any of its databases");
        (await Try("guest", shut)).Should().Be((true, "user guest may sign in, and has no right to act"));
        (await Try("nobody", down)).Should().Match<(bool Passed, string Value)>(result => !result.Passed && result.Value.StartsWith("unknown: connection refused by"));
    }

    [Theory]
    [InlineData("postgres", "aborted", 0)]
    [InlineData("rehearser", "passed", 1)]
    public async Task Carry_Rehearsal_BeginsOnlyWhereItsRoleIsPowerlessAtProduction(string user, string outcome, int rows)
    {
        await using var production = await PostgresServer.StartNewAsync();
        await using var isolated = await PostgresServer.StartNewAsync();
        await isolated.ExecuteAsync("CREATE ROLE rehearser LOGIN SUPERUSER", "CREATE TABLE rehearsed (id int)");
        await using var bench = new DrillBench();
        bench.Databases.AddRange([Database("one", "ledger", production.Port, "postgres") with { Site = "dr" }, Database("two", "lab", isolated.Port, user) with { Site = "lab" }]);
        bench.MoreKinds.Add(new PostgresSqlStep(new DatabaseSessions(new ProcessClock(TimeProvider.System)), TimeProvider.System));
        bench.Step("act", "postgres.sql", with: """{"database":"one","statement":"INSERT INTO rehearsed VALUES (1)","undo":"none"}""", rehearsal: new RehearsalTarget(false, "lab", StepBench.Parameters("""{"database":"two"}""")));

        var run = await bench.OpenAsync(RunMode.Rehearsal);
        await bench.CarryAsync(run);

        var view = await bench.ShowAsync(run);
        var gate = view.Gates.Should().ContainSingle(one => one.Check == "rehearsal-powerless two at one").Which;
        (view.Outcome, gate.Passed).Should().Be((outcome, rows == 1));
        (await isolated.ScalarAsync<long>("SELECT count(*) FROM rehearsed")).Should().Be(rows);
        gate.Source.Should().Be("sign-in to one with the credential of two");
    }

    private Estate Estate => new(
        "test", ".", "", true,
        [
            new Site("primary", SiteRole.Production, null, _production.KubeconfigPath, "primary"),
            new Site("dr", SiteRole.SameCity, null, _production.KubeconfigPath, "x"),
            new Site("lab", SiteRole.Remote, null, _lab.KubeconfigPath, "primary"),
        ],
        [], [], [], [], [], [], []);

    private static ProtectedSystem Ledger { get; } = new("ledger", new Dictionary<string, string>(), "IT", "x", [], "primary", ["dr"], [], null, null, false, []);

    private static PlanStep Step(string name, string kind, string with, RehearsalTarget rehearsal) =>
        new(name, kind, new Dictionary<string, string>(), null, StepBench.Parameters(with), [], null, null, false, TimeSpan.FromSeconds(5), 0, null) { Rehearsal = rehearsal };

    private static Plan Live(string site) => StepBench.Plan with
    {
        Systems = ["ledger"],
        Modes = [RunMode.Live, RunMode.Rehearsal],
        Steps =
        [
            new PlanStep("scale", "k8s.scale", new Dictionary<string, string>(), site, StepBench.Parameters("""{"namespace":"ledger","workload":"deployment/ledger-api","replicas":2}"""), [], null, null, false, TimeSpan.FromSeconds(5), 0, null)
            {
                Rehearsal = new RehearsalTarget(false, "lab", StepBench.Parameters("""{"namespace":"lab"}""")),
            },
        ],
    };

    private static DatabaseDefinition Database(string name, string system, int port, string user) =>
        new(name, system, system == "lab" ? "lab" : "primary", new PostgresTarget(["127.0.0.1"], port, "postgres", user, null, PostgresTls.Disable, null), null, name);

    private static int FreePort()
    {
        using var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        return ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static (int Status, JsonNode? Body) Refused(int status, string message) => (status, new JsonObject { ["message"] = message });

    private RehearsalProof Proof(string serving) => new(
        new ClusterPowers(_connections), new DatabasePowers(new DatabaseSessions(new ProcessClock(TimeProvider.System)), TimeProvider.System), new Catalog(), new Serving(serving), new PlanLibrary(new Dictionary<string, Plan>()), _time);

    private async Task<GateResult> TryAsync() => (await Proof("primary").TryAsync(Rehearsals.Of(Live("primary")), Live("primary"), Estate, default)).Should().ContainSingle().Which;

    private void Answer(Func<JsonObject, bool> allowed, int status = 403, string message = Rbac) => _production.Intercept = (request, body) => request.Path == Reviews
        ? (201, new JsonObject { ["status"] = new JsonObject { ["allowed"] = allowed(JsonNode.Parse(body!)!["spec"]!["resourceAttributes"]!.AsObject()) } })
        : status == 200 ? (200, JsonNode.Parse("""{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"ledger-api"}}""")) : Refused(status, message);

    private sealed class Catalog : IStepKindCatalog
    {
        public IReadOnlyDictionary<string, StepKindShape> Steps { get; } = SmallCatalog.Instance.Steps.Values
            .Append(new PostgresFenceStep(null!, null!, null!, null!, TimeProvider.System).Shape)
            .Append(new DrOrchestrator.Drills.Steps.Programs.CommandStep(DrOrchestrator.Commands.AllowedCommands.None, TimeProvider.System).Shape)
            .ToDictionary(shape => shape.Kind, StringComparer.Ordinal);

        public IReadOnlyDictionary<string, StepKindShape> Gates => SmallCatalog.Instance.Gates;

        public IReadOnlyDictionary<string, StepKindShape> SteadyState => SmallCatalog.Instance.SteadyState;
    }

    private sealed class Serving(string site) : IServingSites
    {
        public string ServingSiteOf(string system) => site;
    }
}
