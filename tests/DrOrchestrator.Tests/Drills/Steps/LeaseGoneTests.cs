using System.Reflection;
using System.Text.Json.Nodes;
using DrOrchestrator.Availability;
using DrOrchestrator.Commands;
using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Carrying;
using DrOrchestrator.Drills.Duties;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Drills.Owners;
using DrOrchestrator.Drills.Steps;
using DrOrchestrator.Drills.Steps.Cnpg;
using DrOrchestrator.Drills.Steps.Dns;
using DrOrchestrator.Drills.Steps.Fences;
using DrOrchestrator.Drills.Steps.Http;
using DrOrchestrator.Drills.Steps.Namespaces;
using DrOrchestrator.Drills.Steps.Objects;
using DrOrchestrator.Drills.Steps.Pods;
using DrOrchestrator.Drills.Steps.Postgres;
using DrOrchestrator.Drills.Steps.Programs;
using DrOrchestrator.Drills.Steps.Restores;
using DrOrchestrator.Drills.Steps.Workloads;
using DrOrchestrator.Estates;
using DrOrchestrator.Kubernetes;
using DrOrchestrator.Plans;
using DrOrchestrator.Probes;
using DrOrchestrator.RecoveryPoints;
using DrOrchestrator.Testing.Kubernetes;
using DrOrchestrator.Testing.Postgres;
using DrOrchestrator.Tests.Drills.Steps.Cnpg;
using DrOrchestrator.Tests.Drills.Steps.Dns;
using DrOrchestrator.Tests.Drills.Steps.Namespaces;
using DrOrchestrator.Tests.Drills.Steps.Objects;
using DrOrchestrator.Tests.Drills.Steps.Postgres;
using DrOrchestrator.Time;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace DrOrchestrator.Tests.Drills.Steps;

/// <summary>
/// SIGSTOP of the owner between intent and effect, for every kind that has effects: the process stands still inside of the step until its lease is gone. Woken up it may look, and
/// sends nothing. Where the far side is played it stands still while the far side answers its look, which is as late as can be.
/// </summary>
public sealed partial class LeaseGoneTests : ClusterFixture, IEarlierFences, IPositions, IServingSites
{
    private const string Patch = """{"namespace":"ledger","api":"apps/v1","resource":"deployments/ledger-api","patch":{"metadata":{"annotations":{"example.org/side":"dr"}}}}""";

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(20);

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 22, 8, 0, 0, TimeSpan.Zero));
    private EarlierFence? _left;
    private bool _stands;

    /// <summary>By word: carries the step out under a permit that is over once <see cref="StandStill"/> was called, and returns the effects that reached the far side.</summary>
    private Dictionary<string, Func<Task<int>>> Cases => new()
    {
        ["k8s.patch"] = () => AtTheClusterAsync(new K8sPatchStep(Connections, TimeProvider.System), "k8s.patch", Patch),
        ["k8s.apply"] = async () =>
        {
            var (kind, context) = (new K8sApplyStep(Connections, TimeProvider.System), Under(Bench.ContextOfManifest("ledger", K8sApplyStepTests.Two)));
            return await InterceptedAsync(kind, context, await kind.PrepareAsync(context, default));
        },
        ["k8s.namespace"] = () => AtTheClusterAsync(new K8sNamespaceStep(Connections, TimeProvider.System), "k8s.namespace", """{"prove":"none"}"""),
        ["k8s.namespace-remove"] = RemoveNamespaceAsync,
        ["k8s.scale"] = () => AtTheClusterAsync(new K8sScaleStep(Connections, TimeProvider.System), "k8s.scale", """{"namespace":"ledger","workload":"deployment/ledger-api","replicas":5}"""),
        ["k8s.job"] = () => AtTheClusterAsync(new K8sJobStep(Connections, TimeProvider.System), "k8s.job", """{"namespace":"ledger","command":["ledger","promote"]}"""),
        ["k8s.exec"] = ExecAsync,
        ["k8s.fence"] = () => AtTheClusterAsync(new K8sFenceStep(Connections, TimeProvider.System), "k8s.fence", """{"namespace":"ledger","workloads":["statefulset/ledger-store","deployment/ledger-api"]}"""),
        ["cnpg.demote"] = () =>
        {
            CnpgStepsTests.Serve(Cluster.Objects);
            return AtTheClusterAsync(new CnpgDemoteStep(Connections, TimeProvider.System), "cnpg.demote", CnpgStepsTests.With);
        },
        ["k8s.unfence"] = UnfenceAsync,
        ["k8s.unfence-earlier"] = UnfenceEarlierAsync,
        ["http"] = HttpAsync,
        ["canary"] = CanaryAsync,
        ["command"] = CommandAsync,
        ["dns"] = DnsAsync,
        ["notify"] = NotifyAsync,
        ["postgres.fence"] = () => AtTheHostAsync("postgres.fence", (hosts, bench) => new PostgresFenceStep(hosts, bench.Sessions, bench.Promotions, bench.Others, TimeProvider.System), """{"database":"one"}"""),
        ["postgres.rebuild"] = () => AtTheHostAsync("postgres.rebuild", (hosts, bench) => new PostgresRebuildStep(hosts, bench.Sessions), """{"database":"one","from":"one","method":"rewind"}"""),
        ["postgres.divergence"] = () => AtTheHostAsync("postgres.divergence", (hosts, bench) => new PostgresDivergenceStep(hosts, bench.Sessions, new RowMask(null)), """{"database":"one","from":"one"}"""),
        ["postgres.restore"] = () => AtTheRestorePlaceAsync(hosts => new PostgresRestoreStep(hosts, Nothing.Of<IExposures>(), new ProcessClock(TimeProvider.System)), """{"place":"scratch"}"""),
        ["postgres.restore-remove"] = () => AtTheRestorePlaceAsync(hosts => new RestoreRemoveStep(hosts), """{"place":"scratch","restored-by":"restore"}"""),
        ["postgres.promote"] = PromoteAsync,
        ["postgres.synchronous"] = () => AtTheServerAsync(
            bench => new PostgresSynchronousStep(bench.Sessions, TimeProvider.System), """{"database":"one","standby":"one","names":"nobody"}""", "SELECT (current_setting('synchronous_standby_names') <> '')::int"),
        ["postgres.sql"] = () => AtTheServerAsync(
            bench => new PostgresSqlStep(bench.Sessions, TimeProvider.System), """{"database":"one","statement":"CREATE TABLE made (n int)","undo":"none"}""", "SELECT (to_regclass('made') IS NOT NULL OR to_regclass('dro_marker') IS NOT NULL)::int"),
    };

    public static TheoryData<string> KindsWithEffects()
    {
        var found = new TheoryData<string>();
        foreach (var kind in Kinds().Where(kind => kind.Shape.Effect is not StepEffect.None || kind.Shape.NeedsDatabaseHost))
        {
            found.Add(kind.Shape.Kind);
        }

        return found;
    }

    /// <summary>The product's own table.</summary>
    private static IEnumerable<IStepKind> Kinds() => new ServiceCollection()
            .AddSingleton(TimeProvider.System)
            .AddSingleton(new ProcessClock(TimeProvider.System))
            .AddSingleton<IConfiguration>(new ConfigurationBuilder().Build())
            .AddSingleton(typeof(ILogger<>), typeof(NullLogger<>))
            .AddSingleton(new EstateHolder(Estate.None))
            .AddSingleton(AllowedCommands.None)
            .AddSingleton(Nothing.Of<IServiceWatch>())
            .AddSingleton(Nothing.Of<IExposures>())
            .AddSingleton(Nothing.Of<IPositions>())
            .AddSingleton(Nothing.Of<ICanaries>())
            .AddSingleton(Nothing.Of<IDrillJournal>())
            .AddProbes()
            .AddKubernetes()
            .AddDrills()
            .BuildServiceProvider()
            .GetServices<IStepKind>();

    [Theory]
    [MemberData(nameof(KindsWithEffects))]
    public async Task Execute_OwnerStandsStillUntilItsLeaseIsGone_SendsNothing(string kind)
    {
        Cases.Should().ContainKey(kind, "a kind that has effects shows here that it sends none once its lease is gone");

        (await Cases[kind]()).Should().Be(0, "whoever took over may have done it by now");

        _stands.Should().BeTrue("it is no proof that nothing was sent by a process that did not stand still");
    }

    /// <summary>The far side of <c>postgres.*</c> steps may be a cluster too: what is read of it right before a Job is made is where the owner stands still.</summary>
    [Fact]
    public async Task Execute_HostIsAskedByJobsAndOwnerStandsStillUntilItsLeaseIsGone_MakesNone()
    {
        await using var bench = await HostJobBench.StartAsync();
        await bench.StopPodsAsync();
        var context = Under(bench.FenceContext());
        var intent = await bench.Fence.PrepareAsync(context, default);
        using var watched = new ClusterConnections(TimeProvider.System, _ => new ActBefore("/persistentvolumeclaims/", () => Task.Run(StandStill)));

        await ExecuteAsync(bench.FenceBy(watched), context, intent);

        _stands.Should().BeTrue();
        (await bench.JobsAsync()).Should().BeEmpty("whoever took over may have made it by now");
    }

    /// <summary>And by <c>pods/exec</c>: the last that is done before the script is given to the pod is where the owner stands still.</summary>
    /// <param name="seconds">Also while the right to act would hold for another second: the script would act for longer than that.</param>
    [Theory]
    [InlineData(30)]
    [InlineData(24)]
    public async Task Execute_HostIsAskedByExecAndOwnerStandsStillUntilItsLeaseIsGone_SendsNothing(int seconds)
    {
        await using var bench = await HostJobBench.StartAsync(beside: "hand");
        var context = Under(bench.FenceContext());
        var intent = await bench.Fence.PrepareAsync(context, default);
        using var watched = new ClusterConnections(TimeProvider.System, _ => new ActBefore("/exec", () => Task.Run(() => StandStill(TimeSpan.FromSeconds(seconds)))));

        await ExecuteAsync(bench.FenceBy(watched), context, intent);

        _stands.Should().BeTrue();
        (await bench.Server.ScalarAsync<int>("SELECT 1")).Should().Be(1, "whoever took over may have lifted the fence by now");
        File.Exists(Path.Combine(bench.Server.DataFolder, "global", "pg_control")).Should().BeTrue();
    }

    private StepContext Under(StepContext context) => context with { Permit = new SendPermit(LeaseProof.Now(_time), Timeout, _time) };

    /// <summary>As long as whoever takes over waits at the least.</summary>
    private void StandStill() => StandStill(TakeoverWait.LeaseLasts + Timeout);

    private void StandStill(TimeSpan time)
    {
        _time.Advance(time);
        _stands = true;
    }

    private static async Task ExecuteAsync(IStepKind kind, StepContext context, JsonObject intent)
    {
        try
        {
            (await kind.ExecuteAsync(context, (JsonObject)JsonNode.Parse(intent.ToJsonString())!, default)).Should().NotBeOfType<StepOutcome.Done>();
        }
        catch (PermitOverException)
        {
            // The engine makes "unknown" of it.
        }
    }

    private static void WriteProgram(string file, string text)
    {
        File.WriteAllText(file, text);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    private async Task<int> AtTheClusterAsync(IStepKind kind, string word, string with)
    {
        var context = Under(Bench.Context(word, with));
        var intent = await kind.PrepareAsync(context, default);
        return await InterceptedAsync(kind, context, intent);
    }

    private async Task<int> RemoveNamespaceAsync()
    {
        PlayedNamespace.Play(Cluster.Objects);
        var making = Bench.Context("k8s.namespace", """{"prove":"none"}""", "space");
        var maker = new K8sNamespaceStep(Connections, TimeProvider.System);
        Bench.Intents["space"] = await maker.PrepareAsync(making, default);
        (await maker.ExecuteAsync(making, Bench.Intents["space"], default)).Should().BeOfType<StepOutcome.Done>();
        return await AtTheClusterAsync(new K8sNamespaceRemoveStep(Connections, TimeProvider.System), "k8s.namespace-remove", """{"made-by":"space"}""");
    }

    private async Task<int> UnfenceAsync()
    {
        var (kind, context) = await FencedAsync();
        context = Under(context);
        return await InterceptedAsync(kind, context, await kind.PrepareAsync(context, default));
    }

    private async Task<(K8sUnfenceStep Kind, StepContext Context)> FencedAsync()
    {
        const string Fence = """{"namespace":"ledger","workloads":["statefulset/ledger-store","deployment/ledger-api"]}""";
        var fence = new K8sFenceStep(Connections, TimeProvider.System);
        var fencing = Bench.Context("k8s.fence", Fence, "fence");
        Bench.Intents["fence"] = await fence.PrepareAsync(fencing, default);
        (await fence.ExecuteAsync(fencing, Bench.Intents["fence"], default)).Should().BeOfType<StepOutcome.Done>();
        Bench.Outputs["rejoin"] = new JsonObject { ["role"] = "standby" };
        return (
            new K8sUnfenceStep(new FenceLift(Connections, TimeProvider.System)),
            Bench.Context("k8s.unfence", """{"namespace":"ledger","fence":"fence","rejoined-by":"rejoin","workloads":{"statefulset/ledger-store":1,"deployment/ledger-api":0}}""", "unfence"));
    }

    private async Task<int> UnfenceEarlierAsync()
    {
        var (kind, context) = await FencedEarlierAsync();
        context = Under(context);
        return await InterceptedAsync(kind, context, await kind.PrepareAsync(context, default));
    }

    private async Task<(K8sEarlierUnfenceStep Kind, StepContext Context)> FencedEarlierAsync()
    {
        var fence = new K8sFenceStep(Connections, TimeProvider.System);
        var fencing = Bench.Context("k8s.fence", """{"namespace":"ledger","workloads":["statefulset/ledger-store","deployment/ledger-api"]}""", "fence") with { RunMark = "dro-7" };
        var intent = await fence.PrepareAsync(fencing, default);
        (await fence.ExecuteAsync(fencing, intent, default)).Should().BeOfType<StepOutcome.Done>();
        _left = new EarlierFence(7, "failover", "fence", intent, 3, "2", ["dro-7-fence-1"]);
        Bench.Outputs["rejoin"] = new JsonObject { ["role"] = "standby", ["epoch"] = 2 };
        Bench.Outputs["account"] = new JsonObject { ["by"] = "chen" };
        var kind = new K8sEarlierUnfenceStep(new FenceLift(Connections, TimeProvider.System), fence, this, this, this);
        const string With = """
            {"namespace":"ledger","fence":"fence","of-plans":["failover"],"recovery-point":"replication","rejoined-by":"rejoin","accounted-by":"account","workloads":{"statefulset/ledger-store":1,"deployment/ledger-api":0}}
            """;
        var context = Bench.Context("k8s.unfence-earlier", With, "unfence") with { Run = 9, RunMark = "dro-9" };
        var point = new RecoveryPointDefinition("replication", "ledger", TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1), new PositionsSettings(new Dictionary<string, Uri>()));
        return (kind, context with { Estate = context.Estate with { RecoveryPoints = [point] } });
    }

    public Task<EarlierFence> FindAsync(long run, string step, IReadOnlyList<string> plans, CancellationToken cancellationToken) => Task.FromResult(_left!);

    public Task<SitePosition> ReadSiteAsync(string recoveryPoint, string site, CancellationToken cancellationToken) => Task.FromResult(new SitePosition("dr", "primary", 2, 100, 100, true));

    public string ServingSiteOf(string system) => "dr";

    private async Task<int> InterceptedAsync(IStepKind kind, StepContext context, JsonObject intent)
    {
        var before = Cluster.Mutations.Count();
        Cluster.Intercept = (request, _) =>
        {
            if (request.Method == "GET" && !_stands)
            {
                StandStill();
            }

            return null;
        };
        await ExecuteAsync(kind, context, intent);
        return Cluster.Mutations.Count() - before;
    }

    private async Task<int> HttpAsync()
    {
        var sent = 0;
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        await using var target = builder.Build();
        var isMeant = false;
        target.Run(request =>
        {
            if (request.Request.Method != "GET")
            {
                sent++;
            }
            else if (isMeant)
            {
                StandStill();
            }

            return request.Response.WriteAsync("""{"site":"primary"}""");
        });
        await target.StartAsync();
        Bench.Endpoints.Add(new ServiceEndpoint("front-door", new Uri(target.Urls.First()), null));
        var kind = new HttpStep(TimeProvider.System);
        var context = Under(Bench.Context("http", """{"endpoint":"front-door","method":"POST","path":"/route","body":{"site":"dr"},"marker-field":"by","observe-path":"/route"}"""));
        var intent = await kind.PrepareAsync(context, default);
        isMeant = true;
        await ExecuteAsync(kind, context, intent);
        return sent;
    }

    private async Task<int> CanaryAsync()
    {
        var canaries = new CountedCanaries();
        var context = Under(Bench.Context("canary", """{"action":"start","leg":"failover","endpoint":"front-door"}"""));
        StandStill();
        await ExecuteAsync(new CanaryStep(canaries), context, new JsonObject { ["action"] = "start", ["leg"] = "failover", ["idPrefix"] = "p-", ["url"] = "http://127.0.0.1:1/" });
        return canaries.Started;
    }

    private async Task<int> NotifyAsync()
    {
        await using var receiver = await NoticeReceiver.StartAsync();
        Bench.Endpoints.Add(new ServiceEndpoint("desk", receiver.Url, null));
        var kind = new NotifyStep(TimeProvider.System);
        var context = Under(Bench.Context("notify", """{"endpoint":"desk","text":{"en":"Moving."}}"""));
        var intent = await kind.PrepareAsync(context, default);
        StandStill();
        await ExecuteAsync(kind, context, intent);
        return receiver.Notices.Count;
    }

    private async Task<int> DnsAsync()
    {
        await using var server = new FakeNameServer();
        server.Has("pay.bank.test", "10.1.0.7");
        var folder = Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, "work", Guid.NewGuid().ToString("N"))).FullName;
        var kind = new DnsStep(TimeProvider.System);
        var context = Under(await DnsContextAsync(server, folder));
        var intent = await kind.PrepareAsync(context, default);
        server.Asked = StandStill;
        await ExecuteAsync(kind, context, intent);
        Directory.Delete(folder, recursive: true);
        return server.Changes;
    }

    private async Task<StepContext> DnsContextAsync(FakeNameServer server, string folder)
    {
        await File.WriteAllTextAsync(Path.Combine(folder, "key"), Convert.ToBase64String(FakeNameServer.Secret));
        return Bench.Context(
            "dns",
            $$"""{"server":"{{server.Address}}","zone":"bank.test","name":"pay.bank.test","type":"A","values":["10.2.0.7"],"key-name":"{{FakeNameServer.KeyName}}","key-file":"{{folder}}/key"}""");
    }

    private async Task<int> CommandAsync()
    {
        var folder = Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, "work", Guid.NewGuid().ToString("N"))).FullName;
        var (program, ran) = (Path.Combine(folder, "program"), Path.Combine(folder, "ran"));
        WriteProgram(program, $"#!/bin/sh\ntouch '{ran}'\n");

        var kind = new CommandStep(new AllowedCommands([program]), TimeProvider.System);
        var context = Under(Bench.Context("command", $$"""{"program":"{{program}}"}"""));
        var intent = await kind.PrepareAsync(context, default);
        StandStill();
        await ExecuteAsync(kind, context, intent);
        var times = File.Exists(ran) ? 1 : 0;
        Directory.Delete(folder, recursive: true);
        return times;
    }

    /// <summary>Is asked only for what kinds say of themselves.</summary>
    private class Nothing : DispatchProxy
    {
        public static T Of<T>()
            where T : class => Create<T, Nothing>();

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => throw new NotSupportedException();
    }

    private sealed class CountedCanaries : ICanaries
    {
        public int Started { get; private set; }

        public Task StartAsync(CanaryLeg leg, CancellationToken cancellationToken)
        {
            Started++;
            return Task.CompletedTask;
        }

        public Task StopAsync(long run, string leg, CancellationToken cancellationToken) => Task.CompletedTask;

        public string? FailureOf(long run, string leg) => null;

        public bool IsRunning(long run, string leg) => false;

        public Task<IReadOnlyList<Marker>> ReadAsync(long run, string leg, CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<Marker>>([]);

        public Task<(CanaryCount Count, byte[] RawSurvivors)> CountAsync(long run, string leg, string idPrefix, Uri survivorsUrl, CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
