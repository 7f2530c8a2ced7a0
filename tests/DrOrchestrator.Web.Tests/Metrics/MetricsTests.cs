using Microsoft.Extensions.DependencyInjection;
using DrOrchestrator.Time;
using DrOrchestrator.Probes;
using DrOrchestrator.Estates;
using DrOrchestrator.Kubernetes.Watching;
using DrOrchestrator.RecoveryPoints;
using DrOrchestrator.Compliance.Alerts;
using DrOrchestrator.Compliance;
using System.Globalization;
using System.Text.RegularExpressions;
using DrOrchestrator.Web.Metrics;

namespace DrOrchestrator.Web.Tests.Metrics;

public sealed partial class MetricsTests
{
    [Fact]
    public void Documentation_AndCode_ListTheSameMetrics()
    {
        var documented = File.ReadAllLines(Path.Combine(RepositoryRoot(), "docs", "metrics.md"))
            .Where(line => line.StartsWith("| `dro_", StringComparison.Ordinal))
            .ToList();

        documented.Should().Equal(MetricTable.All.Select(row =>
            $"| `{row.Name}` | {string.Join(", ", row.Labels.Select(label => $"`{label}`"))} | {row.Help} |".Replace("|  |", "| |", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Scrape_OfALivingServer_HasEveryMetric()
    {
        var probe = new ProbeDefinition("lag", "ledger", null, ProbeRole.Component, null, TimeSpan.FromHours(1), TimeSpan.FromSeconds(1), 2, new TcpProbeSettings("127.0.0.1", 1));
        await using var server = await RunningServer.StartAsync(estate: Samples.Estate() with { Probes = [probe], VantagePoints = [new VantagePoint("dc-a", [], ControlsRule.All)] }, drills: drills => drills.Runs.Add(Samples.Run()), overrides: services => services.AddSingleton<ISitePods>(new FakeSitePods()));
        await server.EnginesRunning();
        var now = server.App.Services.GetRequiredService<ProcessClock>().Now;
        await server.App.Services.GetRequiredService<IProbeResultSink>().AcceptAsync(
            probe, new ProbeResult("lag", ProbeOutcome.Up, now, now, "HTTP 200") { Value = 4.5, CertificateExpires = now.AddDays(-1) }, default);
        server.Statuses.Systems[0] = Full(server.Statuses.Systems[0]);
        await server.App.Services.GetRequiredService<IAlerts>().RecordAsync([new AlertCondition(AlertKinds.Interruption, "ledger", "", "service interruption: HTTP 503")], [], Samples.Start, default);
        using var client = server.Client(Samples.ViewerToken);

        var page = await client.GetStringAsync("/metrics");

        page.Should().ContainAll(
            "dro_window_availability_ratio{system=\"ledger\",window=\"year\",basis=\"around-the-clock\"}",
            "dro_downtime_left_seconds{system=\"ledger\"} 32400",
            "dro_rto_forecast_seconds{system=\"ledger\",plan=\"quickstart-failover\",quantile=\"0.95\"} 90",
            "dro_rto_running_seconds{system=\"ledger\"} 180",
            "dro_exposure_worst_seconds{system=\"ledger\",standby=\"dr\"} 3",
            "dro_qos{system=\"ledger\",figure=\"throughput\",of=\"floor\"} 700");
        foreach (var row in MetricTable.All)
        {
            page.Should().MatchRegex($@"(?m)^{row.Name}(\{{| )", row.Name);
        }

        page.Should().ContainAll(
            "dro_site_pods{site=\"primary\",namespace=\"ledger\",phase=\"Running\"} 3",
            "dro_site_pods_ready{site=\"primary\",namespace=\"ledger\"} 2",
            "dro_site_watch_fresh{site=\"primary\",namespace=\"ledger\"} 1",
            "dro_site_watch_fresh{site=\"dr\",namespace=\"ledger\"} 0",
            "dro_site_watch_age_seconds{site=\"dr\",namespace=\"ledger\"} 181.5").And.NotContain("dro_site_pods{site=\"dr\"");
        page.Should().Contain("dro_probe_value{system=\"ledger\",probe=\"lag\"} 4.5").And.Contain("dro_probe_certificate_seconds{system=\"ledger\",probe=\"lag\"} -");
        page.Should().Contain("dro_system_state{system=\"ledger\",state=\"up\"} 1").And.Contain("dro_system_state{system=\"ledger\",state=\"down\"} 0")
            .And.Contain("dro_exposure_seconds{system=\"ledger\",standby=\"dr\"} 0.5")
            .And.Contain("dro_verdict{system=\"ledger\",subject=\"overall\",verdict=\"at-risk\"} 1")
            .And.Contain("dro_run_rto_seconds{plan=\"quickstart-failover\",system=\"ledger\"} 12.3")
            .And.Contain("dro_drill_overdue{schedule=\"ledger-yearly\",system=\"ledger\",plan=\"quickstart-failover\"}");
    }

    private static SystemStatus Full(SystemStatus status) => status with
    {
        Windows = [new WindowFigure("year", status.Availability)],
        Budget = new DowntimeBudget(TimeSpan.FromHours(10), TimeSpan.FromHours(9), TimeSpan.FromHours(1), null),
        ExposureYears = new Dictionary<string, ExposureWindow> { ["dr"] = new(Samples.Start, Samples.Start, 3, 100, 90, 10, 0, 0, 0, 5, 4, null) },
        Qos = new QosStatus(
            null,
            [new QosPeriod("30-days", Samples.Start.AddDays(-30), Samples.Start, Samples.Start.AddDays(-3), 10, 100, [new QosRow("latency", "seconds", null, null, 1, 0.5, false, false) { Quantile = 0.99 }])],
            [new QosRow("throughput", "number", 1200, 800, 700, 650, true, true)],
            false),
        Recovery = new RecoveryStatus(
            [],
            [new("quickstart-failover", TimeSpan.FromSeconds(40), TimeSpan.FromSeconds(90), TimeSpan.FromSeconds(2), TimeSpan.FromMinutes(1), null, [], [], null)],
            new RunningRecovery(Samples.Start, TimeSpan.FromMinutes(3), TimeSpan.FromMinutes(2), null, null, null, null, null, false)),
    };

    [Fact]
    public async Task Scrape_AfterAValueExpired_NoLongerHasIt()
    {
        await using var server = await RunningServer.StartAsync();
        using var client = server.Operator();
        (await client.GetStringAsync("/metrics")).Should().Contain("\ndro_exposure_seconds{");

        var known = server.Statuses.Systems[0];
        server.Statuses.Systems[0] = known with { Exposures = [known.Exposures[0] with { Value = null }] };

        (await client.GetStringAsync("/metrics")).Should().NotContain("\ndro_exposure_seconds{");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(37)]
    public async Task EvidenceRecords_AsTheLogGrows_AreCounted(int more)
    {
        await using var server = await RunningServer.StartAsync();
        using var client = server.Operator();
        var before = await Records(client);
        var log = (Evidence.IEvidenceLog)server.App.Services.GetService(typeof(Evidence.IEvidenceLog))!;

        for (var record = 0; record < more; record++)
        {
            await log.AppendAsync(new Evidence.EvidenceDraft("server.tested", "system", null, null, []), CancellationToken.None);
        }

        (await Records(client)).Should().Be(before + more);
    }

    private static async Task<long> Records(HttpClient client) =>
        long.Parse(EvidenceLine().Match(await client.GetStringAsync("/metrics")).Groups[1].Value, CultureInfo.InvariantCulture);

    private static string RepositoryRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "DrOrchestrator.sln")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("The tests do not run inside the repository.");
        }

        return folder.FullName;
    }

    [GeneratedRegex(@"(?m)^dro_evidence_records (\d+)$")]
    private static partial Regex EvidenceLine();
}
