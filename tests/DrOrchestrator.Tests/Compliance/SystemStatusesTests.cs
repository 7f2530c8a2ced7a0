using DrOrchestrator.Availability;
using DrOrchestrator.Availability.Planned;
using DrOrchestrator.Compliance;
using DrOrchestrator.Compliance.Alerts;
using DrOrchestrator.Estates;
using DrOrchestrator.Evidence;
using DrOrchestrator.Kubernetes;
using DrOrchestrator.Plans;
using DrOrchestrator.Probes;
using DrOrchestrator.RecoveryPoints;
using DrOrchestrator.Storage;
using DrOrchestrator.Storage.Spooling;
using DrOrchestrator.Testing.Storage;
using DrOrchestrator.Tests.Probes;
using DrOrchestrator.Tiers;
using DrOrchestrator.Time;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace DrOrchestrator.Tests.Compliance;

/// <summary>The four slices together, as the composition root puts them together: real sockets, a real database, real loops.</summary>
public sealed class SystemStatusesTests : IServingSites, IDemonstratedRecords, IStepHistory, IAssessedChanges, ICurrentFingerprints, IPlans, IDisposable
{
    private readonly TemporaryDatabase _temporary = new();
    private readonly string _folder = Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, "work", Guid.NewGuid().ToString("N"))).FullName;

    public void Dispose()
    {
        _temporary.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    public string ServingSiteOf(string system) => "primary";

    public IReadOnlyList<Plan> All => [];

    Task<IReadOnlyList<DemonstratedRecord>> IDemonstratedRecords.ReadAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<DemonstratedRecord>>([]);

    Task<IReadOnlyList<ChangeAssessment>> IAssessedChanges.ReadAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<ChangeAssessment>>([]);

    Task<IReadOnlyList<PastRun>> IStepHistory.ReadAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<PastRun>>([]);

    public IReadOnlyDictionary<string, string> Now(string plan) => new Dictionary<string, string>();

    public DateTimeOffset? FirstOther(string plan, string part, string was, DateTimeOffset after) => null;

    [Fact]
    public async Task ReadAsync_ServiceInterrupted_ShowsItWithItsBounds()
    {
        var target = TcpTarget.Answering("201 Created", "{}");
        await using var store = TcpTarget.Answering("200 OK", """{"role":"primary","epoch":1,"position":5,"received":5,"connected":true}""");
        await using var standby = TcpTarget.Answering("200 OK", """{"role":"standby","epoch":1,"position":5,"received":5,"connected":true}""");
        var host = Host(Estate(target, store, standby));
        await StartAsync(host);
        var watch = host.GetRequiredService<IServiceWatch>();
        await watch.WaitForAsync("entry", IntervalState.Up, DateTimeOffset.MinValue, Limit());

        (await watch.LookNowAsync("entry", Limit())).Outcome.Should().Be(ProbeOutcome.Up);
        var up = await StatusAsync(host);
        await target.DisposeAsync();
        var down = await watch.WaitForAsync("entry", IntervalState.Down, DateTimeOffset.MinValue, Limit());
        var status = await StatusAsync(host);

        up.Should().BeEquivalentTo(new { Name = "ledger", RequiredTier = 4, Serving = "primary", State = IntervalState.Up, Reason = "HTTP 201" });
        up.LatencyMilliseconds.Should().BePositive();
        status.Recovery.Running!.Elapsed.Should().BeGreaterThan(status.Recovery.Running.ElapsedAtLeast);
        down.Since.Earliest.Should().BeBefore(down.Since.At).And.BeBefore(down.Since.Latest);
        status.State.Should().Be(IntervalState.Down);
        status.Reason.Should().MatchRegex(
            "^(connection re(set|fused) by 127.0.0.1:[0-9]+|127.0.0.1:[0-9]+ closed the connection before the answer was complete)$",
            "a look that was on its way is reset or cut off, the next ones are refused");
        status.Sites.Select(s => (s.Site, s.Role)).Should().Equal(("primary", "serving"), ("dr", "standby"));
        status.Sites[1].State.Should().Be(IntervalState.Up);
        status.Exposures.Should().ContainSingle().Which.Should().BeEquivalentTo(new { Standby = "dr", Value = TimeSpan.Zero, Replication = ReplicationState.Protected });
        status.Verdicts.Single(v => v.Subject == "availability").Should().BeEquivalentTo(new { Verdict = Verdict.Indeterminate, Note = "lab, satisfies no clause" });
        var timeline = await UntilAsync(
            () => host.GetRequiredService<ISystemStatuses>().TimelineAsync("ledger", DateTimeOffset.UnixEpoch, DateTimeOffset.MaxValue, default), rows => rows.Count > 1);
        timeline.Select(i => i.State).Should().Equal(IntervalState.Up, IntervalState.Down);
        await StopAsync(host);
    }

    [Fact]
    public async Task ReadAsync_FloorBrokenThenInterruptedInsidePlannedWork_ShowsDegradedThenMaintenance()
    {
        var target = TcpTarget.Answering("201 Created", "{}");
        await using var store = TcpTarget.Answering("200 OK", """{"role":"primary","epoch":1,"position":5,"received":5,"connected":true}""");
        await using var standby = TcpTarget.Answering("200 OK", """{"role":"standby","epoch":1,"position":5,"received":5,"connected":true}""");
        var estate = Estate(target, store, standby);
        var never = new LqaFloor(LqaKind.Latency, 0.95, TimeSpan.FromTicks(1), TimeSpan.FromSeconds(1), false);
        var host = Host(estate with { Probes = [.. estate.Probes.Select(probe => probe.Name == "entry" ? probe with { Floors = [never] } : probe)] });
        await StartAsync(host);
        var degraded = await UntilAsync(() => StatusAsync(host), status => status.State == IntervalState.Degraded);
        var now = host.GetRequiredService<ProcessClock>().Now;
        var word = new MaintenanceWord("li", now.AddHours(-25));
        var entry = new MaintenanceEntry(1, "CHG-1", ["ledger"], now, now.AddHours(1), "r", TimeSpan.FromHours(24), word, word with { By = "chen" }, null);
        await host.GetRequiredService<IMaintenanceStore>().ChangeAsync(_ => new MaintenanceResult.Entered(entry, new EvidenceDraft("maintenance.approved", "chen", null, "ledger", [])), default);

        // A look that is on its way began inside the planned work.
        await host.GetRequiredService<IServiceWatch>().WaitForAsync("entry", IntervalState.Up, now, Limit());
        await target.DisposeAsync();

        var planned = await UntilAsync(() => StatusAsync(host), status => status.State == IntervalState.Maintenance);

        degraded.Reason.Should().StartWith("latency floor broken: ");
        planned.Reason.Should().Be("planned work, change CHG-1");
        var timeline = await UntilAsync(
            () => host.GetRequiredService<ISystemStatuses>().TimelineAsync("ledger", DateTimeOffset.UnixEpoch, DateTimeOffset.MaxValue, default),
            rows => rows[^1].State == IntervalState.Maintenance);
        timeline.Select(row => row.State).Should().EndWith([IntervalState.Degraded, IntervalState.Maintenance]);
        host.GetRequiredService<IServiceWatch>().Current("entry").State.Should().Be(IntervalState.Down, "a drill asks the probe itself");
        await StopAsync(host);
    }

    [Fact]
    public async Task ReadAsync_SiteUpForAnotherReasonThanItBeganWith_TellsTheNewest()
    {
        var answer = "201 Created";
        await using var target = TcpTarget.Answering("201 Created", "{}");
        await using var store = TcpTarget.Answering("200 OK", """{"role":"primary","epoch":1,"position":5,"received":5,"connected":true}""");
        await using var standby = new TcpTarget(async (stream, token) =>
        {
            await TcpTarget.ReadRequestAsync(stream, token);
            await TcpTarget.WriteAsync(stream, $"HTTP/1.1 {Volatile.Read(ref answer)}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", token);
        });
        var estate = Estate(target, store, standby);
        var settings = new HttpProbeSettings(standby.Url, "GET", new Dictionary<string, string>(), null, [new StatusRange(200, 201)], null, true);
        var host = Host(estate with { Probes = [.. estate.Probes.Select(probe => probe.Name == "dr-store" ? probe with { Settings = settings } : probe)] });
        await StartAsync(host);
        await UntilAsync(() => StatusAsync(host), status => status.Sites[1] is { State: IntervalState.Up, Reason: "HTTP 201" });

        Volatile.Write(ref answer, "200 OK");

        await UntilAsync(() => StatusAsync(host), status => status.Sites[1] is { State: IntervalState.Up, Reason: "HTTP 200" });
        host.GetRequiredService<IServiceWatch>().Current("dr-store").Reason.Should().Be("HTTP 201", "that is why the state began");
        await StopAsync(host);
    }

    /// <summary>What is read is at most a second old.</summary>
    private static async Task<T> UntilAsync<T>(Func<Task<T>> read, Func<T, bool> isThere)
    {
        var limit = Limit();
        while (true)
        {
            var seen = await read();
            if (isThere(seen))
            {
                return seen;
            }

            limit.IsCancellationRequested.Should().BeFalse("it should have come by now; seen: {0}", seen);
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, CancellationToken.None);
        }
    }

    private static CancellationToken Limit() => new CancellationTokenSource(TimeSpan.FromSeconds(60), TimeProvider.System).Token;

    private static async Task<SystemStatus> StatusAsync(IServiceProvider host) =>
        (await host.GetRequiredService<ISystemStatuses>().ReadAsync(default)).Should().ContainSingle().Subject;

    private static async Task StartAsync(IServiceProvider host)
    {
        foreach (var service in host.GetServices<IHostedService>())
        {
            await service.StartAsync(default);
        }
    }

    private static async Task StopAsync(ServiceProvider host)
    {
        foreach (var service in host.GetServices<IHostedService>().Reverse())
        {
            await service.StopAsync(default);
        }

        await host.DisposeAsync();
    }

    private static Estate Estate(TcpTarget entry, TcpTarget store, TcpTarget standby)
    {
        var title = new Dictionary<string, string> { ["en"] = "Ledger" };
        var system = new ProtectedSystem(
            "ledger", title, "Operations", "owner", [new ImpactRating(ImpactScope.FinancialRights, Severity.Moderate, "r", "s")], "primary", ["dr"],
            [new BusinessFunction("entry", true), new BusinessFunction("report", false)], null, null, false, []);
        ProbeDefinition Probe(string name, ProbeRole role, string? site, string? function, ProbeSettings settings) =>
            new(name, "ledger", site, role, function, TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(5), 2, settings);
        var sites = new Dictionary<string, Uri> { ["primary"] = store.Url, ["dr"] = standby.Url };
        return new Estate(
            "e", "", "", IsSandbox: true, [], [system], [],
            [
                Probe("entry", ProbeRole.Service, null, "entry", new HttpProbeSettings(entry.Url, "POST", new Dictionary<string, string>(), "{\"id\":\"{{nonce}}\"}", [201], null, true)),
                Probe("report", ProbeRole.Service, null, "report", new TcpProbeSettings("127.0.0.1", HttpProbeTests.FreePort())),
                Probe("dr-store", ProbeRole.Standby, "dr", null, new TcpProbeSettings("127.0.0.1", standby.Port)),
            ],
            [new RecoveryPointDefinition("ledger", "ledger", TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(5), new PositionsSettings(sites))],
            [], [], []);
    }

    private ServiceProvider Host(Estate estate) => new ServiceCollection()
        .AddSingleton(typeof(ILogger<>), typeof(NullLogger<>))
        .AddSingleton(new EstateHolder(estate))
        .AddSingleton(new ProcessClock(TimeProvider.System))
        .AddSingleton(_temporary.Database)
        .AddSingleton(_temporary.Gate)
        .AddSingleton<IServingSites>(this)
        .AddSingleton<IDemonstratedRecords>(this)
        .AddSingleton<IStepHistory>(this)
        .AddSingleton<IAssessedChanges>(this)
        .AddSingleton<ICurrentFingerprints>(this)
        .AddSingleton<IPlans>(this)
        .AddSingleton(TimeProvider.System)
        .AddSingleton<IConfiguration>(new ConfigurationBuilder().Build())
        .AddEvidence(_folder)
        .AddSpool(_folder)
        .AddAvailability()
        .AddProbes()
        .AddRecoveryPoints()
        .AddSingleton<ClusterConnections>()
        .AddCompliance()
        .BuildServiceProvider(new ServiceProviderOptions { ValidateOnBuild = true });
}
