using System.Globalization;
using System.Text.Json.Nodes;
using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.EndToEnd.Chaos;
using DrOrchestrator.EndToEnd.Harness;
using DrOrchestrator.Testing.Kubernetes.Real;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace DrOrchestrator.EndToEnd.Conformance;

/// <summary>
/// The shipped plan for Deployments with a PostgreSQL outside, over two real clusters (passed on Kubernetes 1.36.2, nodes played) and two real PostgreSQL servers with a writer attached to
/// each all the time. The load balancer is the test's.
/// </summary>
[Collection(nameof(OneAtATime))]
public sealed class DeploymentsDrillConformanceTests
{
    private const string Plan = "deployments-switchover";

    [RealClusterFact]
    public Task Switchover_AsShipped_GoesThereAndComesBackWithoutLoss() => WorkFolder.UseAsync(async folder =>
    {
        await using RealPair apps = await RealPair.StartAsync(Directory.CreateDirectory(Path.Combine(folder, "apps")).FullName, plan => plan);
        await using DatabasePair data = await DatabasePair.StartAsync(folder, synchronous: true, ownNetwork: false);
        await using Balancer balancer = await Balancer.StartAsync();
        WriteEstate(apps, data, balancer);
        await using ServerProcess server = await ServerProcess.StartAsync(data.Estate, Path.Combine(folder, "server"), more: ["--allow-command", data.HostProgram]);
        using ApiClient api = server.Client(data.People.Requester);
        await Patience.UntilAsync("the ledger is up", Patience.Start, async () => (await api.StatusAsync())["systems"]![0]!["state"]!.GetValue<string>() == "up");
        (int Asked, int Ready) atDr = default;

        long id = await api.StartAsync(Plan);
        await using var personas = new Personas(server, data.People);
        DrillRun run = await DrillRun.FollowAsync(server, data.People, id, async happened =>
            atDr = happened is { Kind: JournalKinds.Asked, Step: "business-verification" } ? await apps.ReplicasAsync("dr") : atDr);

        run.View.Outcome.Should().Be("passed", run.View.Failure);
        SafetyGates.AllPassed(run, apps.Namespace);
        atDr.Should().Be((2, 2));
        balancer.Sites.Should().Equal("primary", "dr", "primary");
        (await apps.ReplicasAsync("primary")).Should().Be((2, 2));
        (await apps.ReplicasAsync("dr")).Asked.Should().Be(0);
        (await data.Primary.ScalarAsync<bool>("SELECT pg_is_in_recovery()")).Should().BeFalse("the database came home");
        (await data.Dr.ScalarAsync<bool>("SELECT pg_is_in_recovery()")).Should().BeTrue();
        data.AtPrimary.Acknowledged.Select(row => row.Number).Except(await data.AtPrimary.FoundAtAsync(data.Primary)).Should().BeEmpty();
        data.AtDr.Acknowledged.Should().NotBeEmpty("the other side was written meanwhile");
        data.AtDr.Acknowledged.Select(row => row.Number).Except(await data.AtDr.FoundAtAsync(data.Primary)).Should().BeEmpty();
    });

    /// <summary>The estate of the databases, whose sites are the two clusters; the plan as shipped, but for the gate that asks for a restore check of this very system.</summary>
    private static void WriteEstate(RealPair apps, DatabasePair data, Balancer balancer)
    {
        string file = Path.Combine(data.Estate, "estate.yaml");
        string estate = File.ReadAllText(file);
        string kubeconfig = Path.Combine(apps.Estate, "kubeconfig");
        File.WriteAllText(file, estate
            .Replace("{ name: primary, role: production }", $"{{ name: primary, role: production, kubeconfig: {kubeconfig}, context: primary }}", StringComparison.Ordinal)
            .Replace("{ name: dr, role: same-city }", $"{{ name: dr, role: same-city, kubeconfig: {kubeconfig}, context: dr }}", StringComparison.Ordinal)
            .Replace("plans: [", $"endpoints:\n  - {{ name: front-door-admin, url: \"{balancer.Url}\" }}\nplans: [{Plan}.yaml, ", StringComparison.Ordinal));
        File.WriteAllText(Path.Combine(data.Estate, Plan + ".yaml"), File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "runbooks", Plan + ".yaml"))
            .Replace("namespace: ledger", "namespace: " + apps.Namespace, StringComparison.Ordinal)
            .Replace("deployment/ledger-api", "deployment/" + RealPair.App, StringComparison.Ordinal)
            .Replace("registry.dr.bank.example]", RealPair.Registry + "]", StringComparison.Ordinal)
            .Replace("  - backups-verified: { within: 35d }\n", "", StringComparison.Ordinal));
    }

    /// <summary>A load balancer's interface as the plan needs it: a route with an ETag, changed under If-Match.</summary>
    private sealed class Balancer : IAsyncDisposable
    {
        private readonly WebApplication _app;
        private readonly Lock _gate = new();
        private readonly List<JsonObject> _routes = [new JsonObject { ["site"] = "primary", ["by"] = "" }];

        private Balancer(WebApplication app) => _app = app;

        public string Url => _app.Urls.Single();

        /// <summary>Where traffic went, in order.</summary>
        public IReadOnlyList<string> Sites
        {
            get
            {
                lock (_gate)
                {
                    return [.. _routes.Select(route => route["site"]!.ToString())];
                }
            }
        }

        public static async Task<Balancer> StartAsync()
        {
            WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
            builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
            WebApplication app = builder.Build();
            var balancer = new Balancer(app);
            app.Run(balancer.AnswerAsync);
            await app.StartAsync();
            return balancer;
        }

        public ValueTask DisposeAsync() => _app.DisposeAsync();

        private async Task AnswerAsync(HttpContext http)
        {
            using var reader = new StreamReader(http.Request.Body);
            string body = await reader.ReadToEndAsync();
            string answer;
            lock (_gate)
            {
                bool fits = http.Request.Headers.IfMatch == Tag;
                if (http.Request.Method == "PUT" && fits)
                {
                    _routes.Add(JsonNode.Parse(body)!.AsObject());
                }

                http.Response.StatusCode = http.Request.Method == "PUT" && !fits ? StatusCodes.Status412PreconditionFailed : StatusCodes.Status200OK;
                http.Response.Headers.ETag = Tag;
                answer = _routes[^1].ToJsonString();
            }

            http.Response.ContentType = "application/json";
            await http.Response.WriteAsync(answer);
        }

        private string Tag => string.Create(CultureInfo.InvariantCulture, $"\"{_routes.Count}\"");
    }
}
