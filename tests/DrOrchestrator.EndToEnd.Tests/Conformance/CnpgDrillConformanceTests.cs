using System.Text.Json.Nodes;
using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.EndToEnd.Chaos;
using DrOrchestrator.EndToEnd.Harness;
using DrOrchestrator.Testing.Kubernetes;
using DrOrchestrator.Testing.Kubernetes.Real;
using k8s;
using k8s.Models;

namespace DrOrchestrator.EndToEnd.Conformance;

/// <summary>
/// The shipped plans for CloudNativePG against real API servers (passed on Kubernetes 1.36.2), with names of the test in the place of theirs. The test plays the operator
/// (<see cref="PlayedCnpg"/>): no PostgreSQL runs, and what an operator makes of its pods is not shown.
/// </summary>
[Collection(nameof(OneAtATime))]
public sealed class CnpgDrillConformanceTests
{
    [RealClusterFact]
    public Task Switchover_AsShipped_WithThePlayedOperator_GoesThereAndComesBackByTheTokens() => WorkFolder.UseAsync(async folder =>
    {
        await using CnpgPair pair = await CnpgPair.StartAsync(folder, "cnpg-switchover");
        await using ServerProcess server = await ServerProcess.StartAsync(pair.Pair.Estate, Path.Combine(folder, "server"));
        (string? Primary, string? Token) atDr = default;

        DrillRun run = await RunAsync(server, pair, "cnpg-switchover", "live", async happened =>
            atDr = happened is { Kind: JournalKinds.Asked, Step: "business-verification" } ? await pair.ReplicaAsync("dr") : atDr);

        run.View.Outcome.Should().Be("passed", run.View.Failure);
        SafetyGates.AllPassed(run, pair.Pair.Namespace);
        atDr.Should().Be(("ledger-dr", PlayedCnpg.Token(1)), "the other side was promoted by the token of the demotion");
        (await pair.ReplicaAsync("primary")).Should().Be(("ledger-primary", PlayedCnpg.Token(1)), "and it came home by the token that the other side's operator wrote");
        (await pair.ReplicaAsync("dr")).Primary.Should().Be("ledger-primary");
        (await pair.Pair.ReplicasAsync("primary")).Should().Be((2, 2));
        (await pair.Pair.ReplicasAsync("dr")).Should().Be((0, 0));
    });

    [RealClusterFact]
    public Task Failover_AsShipped_PrimaryApiGone_AsksForBreakGlassAndDemotesTheOldSideWhenItAnswers() => WorkFolder.UseAsync(async folder =>
    {
        BlackHole? line = null;
        await using CnpgPair pair = await CnpgPair.StartAsync(folder, "cnpg-failover", server => (line = BlackHole.Start(server.Port)).Port);
        await using BlackHole cut = line!;
        await using ServerProcess server = await ServerProcess.StartAsync(pair.Pair.Estate, Path.Combine(folder, "server"));
        await cut.CutAsync(true);
        (string? Primary, string? Token) before = default;

        DrillRun run = await RunAsync(server, pair, "cnpg-failover", "real", async happened =>
        {
            if (happened is { Kind: JournalKinds.Asked, Step: "reconcile" })
            {
                before = await pair.ReplicaAsync("primary");
                await cut.CutAsync(false);
            }
        });

        SafetyGates.AllPassed(run, pair.Pair.Namespace);
        run.Events.Should().ContainSingle(e => e.Kind == JournalKinds.Asked && e.Text.Contains("BREAK-GLASS: step 'promote-dr' would promote app at dr without a fence", StringComparison.Ordinal));
        before.Primary.Should().Be("ledger-primary", "nothing could reach it");
        run.View.Outcome.Should().Be("switched-not-returned", run.View.Failure);
        (await pair.ReplicaAsync("primary")).Primary.Should().Be("ledger-dr", "it was demoted the moment it answered");
        (await pair.ReplicaAsync("dr")).Primary.Should().Be("ledger-dr");
    });

    private static async Task<DrillRun> RunAsync(ServerProcess server, CnpgPair pair, string plan, string mode, Func<RunEvent, Task> onEvent)
    {
        using ApiClient api = server.Client(pair.Pair.People.Requester);
        long run = await api.StartAsync(plan, mode: mode);
        await using var personas = new Personas(server, pair.Pair.People);
        return await DrillRun.FollowAsync(server, pair.Pair.People, run, onEvent);
    }
}

/// <summary>A <see cref="RealPair"/> whose database is two Clusters of CloudNativePG, operators played.</summary>
internal sealed class CnpgPair : IAsyncDisposable
{
    private readonly List<TestCrds> _crds = [];
    private readonly Dictionary<string, RealCnpg> _played = [];

    private CnpgPair(RealPair pair) => Pair = pair;

    public RealPair Pair { get; }

    public static async Task<CnpgPair> StartAsync(string folder, string plan, Func<Uri, int>? primaryPort = null)
    {
        var pair = new CnpgPair(await RealPair.StartAsync(folder, text => Shipped(plan, text.Split("namespace: ")[1].Split(',')[0]), primaryPort));
        try
        {
            foreach ((string site, string name, string other) in new[] { ("primary", "ledger-primary", "ledger-dr"), ("dr", "ledger-dr", "ledger-primary") })
            {
                pair._crds.Add(await TestCrds.EnsureAsync(pair.Pair.Client(site), TestCrds.Clusters));
                await pair.Pair.Client(site).CustomObjects.CreateNamespacedCustomObjectAsync(PlayedCnpg.Cluster(name, "ledger-primary", other), "postgresql.cnpg.io", "v1", pair.Pair.Namespace, "clusters", fieldManager: RealPair.ByHand);
                await pair.StartInstancesAsync(site, name);
                pair._played[site] = new RealCnpg(pair.Pair.Client(site), pair.Pair.Namespace, name, site == "primary");
            }

            return pair;
        }
        catch
        {
            await pair.DisposeAsync();
            throw;
        }
    }

    /// <summary>Who is declared to be written, and the token of the last promotion, as the Cluster at the site says.</summary>
    public async Task<(string? Primary, string? Token)> ReplicaAsync(string site)
    {
        JsonObject seen = await _played[site].ReadAsync();
        return (seen["spec"]?["replica"]?["primary"]?.ToString(), seen["status"]?["lastPromotionToken"]?.ToString());
    }

    public async ValueTask DisposeAsync()
    {
        foreach (RealCnpg played in _played.Values)
        {
            await played.DisposeAsync();
        }

        foreach (TestCrds crds in _crds)
        {
            await crds.DisposeAsync();
        }

        await Pair.DisposeAsync();
    }

    /// <summary>What its operator makes of the Cluster: instances apart from each other, and a disruption budget.</summary>
    private async Task StartInstancesAsync(string site, string name)
    {
        IKubernetes client = Pair.Client(site);
        var labels = new Dictionary<string, string> { ["cnpg.io/cluster"] = name, ["cnpg.io/podRole"] = "instance" };
        foreach (int number in (int[])[1, 2])
        {
            await client.CoreV1.CreateNamespacedPodAsync(
                new V1Pod
                {
                    Metadata = new V1ObjectMeta { Name = $"{name}-{number}", Labels = labels },
                    Spec = Pair.Apart(new V1PodSpec { Containers = [new V1Container { Name = "postgres", Image = RealPair.Registry + "/postgres:18", Command = ["postgres"] }] }, labels),
                },
                Pair.Namespace);
        }

        await client.PolicyV1.CreateNamespacedPodDisruptionBudgetAsync(RealPair.Budget(name, labels), Pair.Namespace);
        await Patience.UntilAsync($"the instances of {name} are ready", Patience.Start, async () =>
            (await client.CoreV1.ListNamespacedPodAsync(Pair.Namespace, labelSelector: $"cnpg.io/cluster={name}")).Items.Count(pod => pod.Status?.Conditions?.Any(condition => condition is { Type: "Ready", Status: "True" }) is true) == 2);
    }

    /// <summary>The plan as it is shipped, for the system of the pair. What the test's estate has not (people's trainings, an interruption, two vantage points) is left out.</summary>
    private static string Shipped(string plan, string ns)
    {
        string text = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "runbooks", plan + ".yaml"))
            .Replace("namespace: ledger", "namespace: " + ns, StringComparison.Ordinal)
            .Replace("systems: [ledger]", "systems: [app]", StringComparison.Ordinal)
            .Replace("system: ledger,", "system: app,", StringComparison.Ordinal)
            .Replace("ledger-posting", "posting", StringComparison.Ordinal)
            .Replace("deployment/ledger-api", "deployment/" + RealPair.App, StringComparison.Ordinal)
            .Replace("registry.dr.bank.example]", RealPair.Registry + "]", StringComparison.Ordinal)
            .Replace("  - people: { trained-within: 365d }\n", "", StringComparison.Ordinal)
            .Replace("  - site-dark: { site: primary }\n", "", StringComparison.Ordinal);
        int detect = text.IndexOf("  - name: detect\n", StringComparison.Ordinal);
        return detect < 0 ? text : text.Remove(detect, text.IndexOf("  - name: declare\n", StringComparison.Ordinal) - detect);
    }
}
