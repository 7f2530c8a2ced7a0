using System.Text.Json.Nodes;
using DrOrchestrator.Commands;
using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Steps;
using DrOrchestrator.Drills.Steps.Fences;
using DrOrchestrator.Drills.Steps.Postgres;
using DrOrchestrator.Estates;
using DrOrchestrator.Kubernetes;
using DrOrchestrator.Plans;
using DrOrchestrator.Sandbox.Kubernetes;
using DrOrchestrator.Testing.Postgres;
using k8s;
using k8s.Models;

namespace DrOrchestrator.Tests.Drills.Steps.Postgres;

/// <summary>A site of the lab whose stateful set <c>db</c> runs a real server on its claim <c>data-db-0</c>; the estate leads to it by Jobs, or by <c>pods/exec</c> into a container beside it.</summary>
internal sealed class HostJobBench : IAsyncDisposable, IRequestRecord
{
    public const string FenceStep = "stop-pods";

    /// <summary>Of the duty that those old data are.</summary>
    public const string KeptSubject = "kept one dro-7-fence";

    private const string FenceWith = """{"namespace":"bank","workloads":["statefulset/db"]}""";
    public const string Mount = "/var/lib/dro-test";

    private static readonly Dictionary<string, string> NoTitle = [];

    private readonly string _folder = Path.Combine(AppContext.BaseDirectory, "work", "jobs-" + Guid.NewGuid().ToString("N")[..8]);
    private SandboxSite _site = null!;

    private HostJobBench(PostgresServer server, PostgresServer? standby)
    {
        (Server, Pair) = (server, new PairBench(server, standby));
    }

    public PostgresServer Server { get; }

    public PairBench Pair { get; }

    public ClusterConnections Connections { get; } = new(TimeProvider.System);

    public IKubernetes Client => Connections.Of(Estate, "primary");

    public Estate Estate { get; private set; } = null!;

    public PostgresFenceStep Fence => FenceBy(Connections);

    public PostgresRebuildStep Rebuild => new(HostsBy(Connections), Pair.Sessions);

    /// <summary>The server runs in its pod.</summary>
    /// <param name="beside">Name of a container beside the server's, by which the estate leads to it.</param>
    /// <param name="restartBackoff">How long its kubelet waits before it starts a container again that has ended twice.</param>
    public static async Task<HostJobBench> StartAsync(string access = "ReadWriteOnce", bool withStandby = false, string? beside = null, bool isShared = true, TimeSpan? restartBackoff = null)
    {
        var server = await PostgresServer.StartNewAsync("wal_log_hints = on");
        var standby = withStandby ? await server.AddStandbyAsync("two") : null;
        await server.StopAsync();
        var bench = new HostJobBench(server, standby);
        Directory.CreateDirectory(Path.Combine(bench._folder, "volumes"));
        Directory.CreateSymbolicLink(Path.Combine(bench._folder, "volumes", "data-db-0"), Path.GetDirectoryName(server.DataFolder)!);
        bench._site = await SandboxSite.StartAsync(
            new SandboxSiteOptions("primary", bench._folder, [], TimeSpan.FromMilliseconds(200), restartBackoff ?? TimeSpan.FromSeconds(10), bench, TimeProvider.System) { NodeGracePeriod = TimeSpan.FromSeconds(1) }, default);
        bench.Estate = bench.Pair.Estate with
        {
            Sites = [new Site("primary", SiteRole.Production, null, bench._site.KubeconfigPath, "primary")],
            Databases = [.. bench.Pair.Estate.Databases.Select(database => database.Name == "one"
                ? database with
                {
                    Host = beside is null
                        ? new DatabaseHost.Job("bank", "statefulset/db", "data-db-0", "data", "postgres:15") { Programs = PostgresServer.Programs }
                        : new DatabaseHost.Exec("bank", "db-0", beside, Mount + "/data") { Programs = PostgresServer.Programs },
                }
                : database)],
        };
        await bench._site.SeedAsync([JsonNode.Parse("""{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"bank"}}""")!.AsObject(), Workload(access, beside, isShared)], default);
        await bench.UntilServingAsync();
        return bench;
    }

    /// <param name="time">The step's own; what it asks of the host takes the time it takes.</param>
    public PostgresFenceStep FenceBy(ClusterConnections connections, TimeProvider? time = null)
    {
        var hosts = HostsBy(connections);
        return new PostgresFenceStep(hosts, Pair.Sessions, Pair.Promotions, new OtherServers(hosts, Pair.Sessions, TimeProvider.System), time ?? TimeProvider.System);
    }

    public DatabaseHosts HostsBy(ClusterConnections connections) => new(AllowedCommands.None, TimeProvider.System, new HostJobs(connections, TimeProvider.System), new HostExecs(connections, TimeProvider.System));

    /// <summary>Of a step of a plan whose step <see cref="FenceStep"/> fences the workload.</summary>
    public StepContext Context(string kind, string with, string step = "s", int attempt = 1, double timeoutSeconds = 60)
    {
        var context = Pair.Context(kind, with, step, attempt, timeoutSeconds);
        var fence = context.Step with { Name = FenceStep, Kind = "k8s.fence", Site = "primary", Parameters = StepBench.Parameters(FenceWith) };
        return context with { Estate = Estate, Step = context.Step with { Site = "primary" }, Plan = context.Plan with { Steps = [fence, context.Step] } };
    }

    public StepContext FenceContext(int attempt = 1) => Context("postgres.fence", """{"database":"one"}""", attempt: attempt);

    /// <summary>The server ends by itself, and its kubelet starts it again at once, as it does the first time.</summary>
    public async Task EndOnceAsync()
    {
        var postmaster = Server.Postmaster();
        await PostgresServer.SignalAsync("INT", postmaster);
        await PostgresServer.UntilAsync(() => Task.FromResult(!Directory.Exists($"/proc/{postmaster}")));
        await UntilServingAsync();
    }

    /// <summary>As a rebuild leaves them.</summary>
    public Task KeepOldDataAsync() => PostgresServer.RunAsync("/bin/sh", "-c", $"mkdir -p {Server.DataFolder}.dro/dro-7-fence/data && echo '{{}}' >{Server.DataFolder}.dro/dro-7-fence/divergence.json");

    public Task RemoveOldDataAsync() => PostgresServer.RunAsync("/bin/rm", "-r", Server.DataFolder + ".dro/dro-7-fence/data");

    /// <summary>The plan's own step before: the workload is held at 0, and its pod was seen to end.</summary>
    public async Task StopPodsAsync()
    {
        var (step, context) = (new K8sFenceStep(Connections, TimeProvider.System), Context("k8s.fence", FenceWith, FenceStep));
        var intent = await step.PrepareAsync(context, default);
        var done = (await step.ExecuteAsync(context, intent, default)).Should().BeOfType<StepOutcome.Done>().Which;
        (Pair.Intents[FenceStep], Pair.Outputs[FenceStep]) = (intent, done.Outputs);
    }

    public async Task StartPodsAsync()
    {
        var (step, context) = (new K8sFenceStep(Connections, TimeProvider.System), Context("k8s.fence", FenceWith, FenceStep));
        (await step.UndoAsync(context, Pair.Intents[FenceStep], Pair.Outputs[FenceStep], default)).Should().BeOfType<StepOutcome.Done>();
        await UntilServingAsync();
    }

    /// <summary>Somebody else does it, and nobody sees the containers end.</summary>
    public async Task ScaleToZeroAsync()
    {
        await Client.AppsV1.PatchNamespacedStatefulSetScaleAsync(new V1Patch("""{"spec":{"replicas":0}}""", V1Patch.PatchType.MergePatch), "db", "bank");
        await PostgresServer.UntilAsync(async () => (await Client.CoreV1.ListNamespacedPodAsync("bank")).Items.Count == 0);
    }

    public async Task<IReadOnlyList<V1Job>> JobsAsync() => [.. (await Client.BatchV1.ListNamespacedJobAsync("bank")).Items];

    public void Record(RequestEntry entry)
    {
    }

    public async ValueTask DisposeAsync()
    {
        Connections.Dispose();
        await _site.DisposeAsync();
        File.Delete(Path.Combine(_folder, "volumes", "data-db-0"));
        Directory.Delete(_folder, recursive: true);
        await Server.DisposeAsync();
    }

    /// <summary>Its own pod has started it.</summary>
    public Task UntilServingAsync() => PostgresServer.UntilAsync(async () =>
    {
        try
        {
            return await Server.ScalarAsync<int>("SELECT 1") == 1;
        }
        catch (Npgsql.NpgsqlException)
        {
            return false;
        }
    });

    private static JsonObject Workload(string access, string? beside, bool isShared)
    {
        var start = PostgresServer.Command(Path.Combine(PostgresServer.Programs, "postgres"), "-D", Mount + "/data", "-c", "logging_collector=off");
        var sidecar = beside is null or "server" ? "" : $$""",{"name":"{{beside}}","image":"postgres:15","command":["/bin/sleep","600"],"volumeMounts":[{"name":"data","mountPath":"{{Mount}}"}]}""";
        return JsonNode.Parse($$$"""
            {"apiVersion":"apps/v1","kind":"StatefulSet","metadata":{"name":"db","namespace":"bank"},"spec":{
              "replicas":1,"serviceName":"db","selector":{"matchLabels":{"app":"db"}},
              "template":{"metadata":{"labels":{"app":"db"}},"spec":{"terminationGracePeriodSeconds":60,"shareProcessNamespace":{{{(isShared ? "true" : "false")}}},"containers":[
                {"name":"server","image":"postgres:15","command":{{{new JsonArray([start.FileName, .. start.ArgumentList.Select(word => JsonValue.Create(word))]).ToJsonString()}}},"volumeMounts":[{"name":"data","mountPath":"{{{Mount}}}"}]}{{{sidecar}}}]}},
              "volumeClaimTemplates":[{"metadata":{"name":"data"},"spec":{"accessModes":["{{{access}}}"],"resources":{"requests":{"storage":"1Gi"} } } } ] } }
            """)!.AsObject();
    }
}
