using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using DrOrchestrator.Commands;
using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Steps;
using DrOrchestrator.Drills.Steps.Dns;
using DrOrchestrator.Drills.Steps.Postgres;
using DrOrchestrator.Drills.Steps.Workloads;
using DrOrchestrator.Estates;
using DrOrchestrator.Kubernetes;
using DrOrchestrator.Plans;
using DrOrchestrator.Testing.Kubernetes;
using DrOrchestrator.Time;
using Microsoft.Extensions.DependencyInjection;

namespace DrOrchestrator.Tests.Drills;

/// <summary>One plan that acts on a cluster, an endpoint, a database and a zone, and the record of the wire to each: who connected, in which mode.</summary>
public sealed class WireRecordTests : IAsyncLifetime
{
    private readonly DrillBench _bench = new();
    private readonly Door _endpoint = new();
    private readonly Door _database = new();
    private readonly Door _names = new();
    private readonly Door _desk = new();
    private readonly ClusterConnections _connections = new(TimeProvider.System);
    private readonly string _key = Path.Combine(AppContext.BaseDirectory, "work", $"{Guid.NewGuid():N}.key");
    private FakeCluster _cluster = null!;

    public async Task InitializeAsync()
    {
        _cluster = await FakeCluster.StartAsync();
        Directory.CreateDirectory(Path.GetDirectoryName(_key)!);
        await File.WriteAllTextAsync(_key, "c2VjcmV0");
        var sessions = new DatabaseSessions(new ProcessClock(TimeProvider.System));
        _bench.MoreKinds.AddRange([new DnsStep(TimeProvider.System), new NotifyStep(TimeProvider.System), new K8sScaleStep(_connections, TimeProvider.System), new PostgresPromoteStep(sessions, new PromotionSight(sessions, TimeProvider.System), new OtherServers(new DatabaseHosts(AllowedCommands.None, TimeProvider.System), sessions, TimeProvider.System), TimeProvider.System)]);
        _bench.Endpoints.Add(new ServiceEndpoint("front-door", new Uri($"http://127.0.0.1:{_endpoint.Port}"), null));
        _bench.Endpoints.Add(new ServiceEndpoint("desk", new Uri($"http://127.0.0.1:{_desk.Port}"), null));
        _bench.Databases.Add(new DatabaseDefinition("ledger-db", "ledger", "primary", new PostgresTarget(["127.0.0.1"], _database.Port, "ledger", "dro", null, PostgresTls.Disable, null), null, "ledger-db"));
    }

    public async Task DisposeAsync()
    {
        await _bench.DisposeAsync();
        File.Delete(_key);
        _connections.Dispose();
        _endpoint.Dispose();
        _database.Dispose();
        _names.Dispose();
        _desk.Dispose();
        await _cluster.DisposeAsync();
    }

    [Fact]
    public async Task Carry_TheSamePlan_ConnectsToNobodyAsATabletopAndToEverybodyLive()
    {
        Declare();

        var tabletop = await _bench.OpenAsync(RunMode.Tabletop);
        await AnswerAllAsync(tabletop);
        var silent = Wire();
        var closed = await _bench.ShowAsync(tabletop);
        var live = await _bench.OpenAsync();
        await AnswerAllAsync(live);

        closed.Outcome.Should().Be("passed");
        silent.Should().Be((0, 0, 0, 0, 0));
        var why = string.Join("; ", (await _bench.EntriesAsync(live)).Select(line => $"{line.Kind} {line.Step} {line.Data["reason"]}"));
        var (cluster, endpoint, database, names, desk) = Wire();
        cluster.Should().BePositive("the record does record: {0}", why);
        endpoint.Should().BePositive(why);
        database.Should().BePositive(why);
        names.Should().BePositive(why);
        desk.Should().BePositive(why);
    }

    /// <summary>The same plan again; a rehearsal of it is refused for each thing of production that it names, before anything is on the wire.</summary>
    [Theory]
    [InlineData("scale", "its rehearsal acts on site 'primary', which is production")]
    [InlineData("route", "its rehearsal uses endpoint 'front-door', the address that step 'route' uses live")]
    [InlineData("promote", "its rehearsal acts on database 'ledger-db', which step 'promote' names live")]
    [InlineData("name", "its rehearsal changes the zone 'bank.test' at 127.0.0.1:")]
    [InlineData("tell", "its rehearsal uses endpoint 'desk', the address that step 'tell' uses live")]
    [InlineData("credential", "its rehearsal uses the credential of site 'primary', which is production")]
    public async Task Start_ARehearsalThatNamesProduction_IsRefusedBeforeAnyRequest(string what, string found)
    {
        var same = new RehearsalTarget(false, null, StepParameters.None);
        Declare(
            scale: what is "scale" ? same : what is "credential" ? new RehearsalTarget(false, "lab", StepParameters.None) : null,
            route: what is "route" ? same : null,
            promote: what is "promote" ? same : null,
            name: what is "name" ? same : null,
            tell: what is "tell" ? same : null);
        var holder = _bench.Process.GetRequiredService<EstateHolder>();
        if (what is "credential")
        {
            holder.Swap(holder.Current with { Sites = [.. holder.Current.Sites.Select(site => site.Name is "lab" ? site with { KubeconfigPath = _cluster.KubeconfigPath, KubernetesContext = "primary" } : site)] });
        }

        var refused = await _bench.Drills.StartAsync(new StartRequest("plan", RunMode.Rehearsal, "because", DrillBench.Operator), default);

        refused.Should().BeOfType<StartResult.Refused>().Which.Should().Match<StartResult.Refused>(r => r.Code == "rehearsal-target" && r.Detail.Contains(found, StringComparison.Ordinal));
        Wire().Should().Be((0, 0, 0, 0, 0));
        (await _bench.Reading.RunsAsync(false, default)).Should().BeEmpty();
    }

    [Fact]
    public async Task Start_RealByASchedule_IsRefusedAndNothingIsSent()
    {
        Declare();

        var refused = await _bench.Drills.StartAsync(new StartRequest("plan", RunMode.Real, "because", DrillBench.Operator) { Source = StartSource.Schedule }, default);

        refused.Should().BeOfType<StartResult.Refused>().Which.Code.Should().Be("not-by-schedule");
        Wire().Should().Be((0, 0, 0, 0, 0));
        (await _bench.Reading.RunsAsync(false, default)).Should().BeEmpty();
    }

    private (int Cluster, int Endpoint, int Database, int Names, int Desk) Wire() => (_cluster.Requests.Count, _endpoint.Knocks, _database.Knocks, _names.Knocks, _desk.Knocks);

    /// <summary>Side by side, so that the failure of one keeps no other from trying. What a rehearsal leaves out stands at null.</summary>
    private void Declare(RehearsalTarget? scale = null, RehearsalTarget? route = null, RehearsalTarget? promote = null, RehearsalTarget? name = null, RehearsalTarget? tell = null)
    {
        var skip = new RehearsalTarget(true, null, StepParameters.None);
        var timeout = TimeSpan.FromSeconds(20);
        _bench.Step("scale", "k8s.scale", needs: [], site: "primary", with: """{"namespace":"ledger","workload":"deployment/api","replicas":2}""", timeout: timeout, rehearsal: scale ?? skip)
            .Step("route", "http", needs: [], site: null, with: """{"endpoint":"front-door","method":"PUT","path":"/route","body":{"site":"dr"}}""", timeout: timeout, rehearsal: route ?? skip)
            .Step("promote", "postgres.promote", needs: [], site: null, with: """{"database":"ledger-db"}""", timeout: timeout, rehearsal: promote ?? skip)
            .Step("name", "dns", needs: [], site: null, with: $$"""{"server":"127.0.0.1:{{_names.Port}}","zone":"bank.test","name":"pay.bank.test","type":"A","values":["10.2.0.7"],"key-name":"k","key-file":"{{_key}}"}""", timeout: timeout, rehearsal: name ?? skip)
            .Step("tell", "notify", needs: [], site: null, with: """{"endpoint":"desk","text":{"en":"Moving."}}""", timeout: timeout, onFailure: OnFailure.Continue, rehearsal: tell ?? skip);
        _bench.Restart();
        var holder = _bench.Process.GetRequiredService<EstateHolder>();
        holder.Swap(holder.Current with { Sites = [.. holder.Current.Sites.Select(site => site.Name is "primary" ? site with { KubeconfigPath = _cluster.KubeconfigPath, KubernetesContext = "primary" } : site)] });
    }

    private async Task AnswerAllAsync(long run)
    {
        await _bench.CarryAsync(run);
        for (var asked = 0; asked < 10 && (await _bench.Drills.PendingAsync(null, default)).FirstOrDefault(item => item.Run == run) is { } item; asked++)
        {
            await _bench.Drills.AnswerAsync(run, item.Name, item.Role == "approver" ? DrillBench.Approver : DrillBench.Operator, true, "as the manual says", default);
            await _bench.CarryAsync(run);
        }
    }

    /// <summary>Somebody who counts who comes, and says nothing to them.</summary>
    private sealed class Door : IDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private int _knocks;

        public Door()
        {
            _listener.Start();
            Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
            _ = CountAsync();
        }

        public int Port { get; }

        public int Knocks => Volatile.Read(ref _knocks);

        public void Dispose() => _listener.Dispose();

        private async Task CountAsync()
        {
            try
            {
                while (true)
                {
                    using var client = await _listener.AcceptTcpClientAsync();
                    Interlocked.Increment(ref _knocks);
                }
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                // Over.
            }
        }
    }
}
