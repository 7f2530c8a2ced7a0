using System.Reflection;
using DrOrchestrator.Availability;
using DrOrchestrator.Calendars;
using DrOrchestrator.Compliance;
using DrOrchestrator.Drills;
using DrOrchestrator.Estates;
using DrOrchestrator.Kubernetes.Watching;
using DrOrchestrator.Probes;
using DrOrchestrator.RecoveryPoints;
using DrOrchestrator.Storage.Spooling;
using DrOrchestrator.Web.Api;
using DrOrchestrator.Words;
using Microsoft.AspNetCore.Http;
using Prometheus;

namespace DrOrchestrator.Web.Metrics;

/// <summary>
/// <c>/metrics</c>: filled from one status reading at every scrape, in a registry of its own. Nothing is counted between scrapes, so a server that nobody scrapes
/// pays nothing.
/// </summary>
internal sealed class MetricsPage(StatusReader statuses, ProbeReport probes, LastReadings readings, EstateHolder estates, IProbeLateness lateness, IWritePath path, ISitePods pods) : IDisposable
{
    private static readonly string Version =
        typeof(MetricsPage).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "unknown";

    private readonly CollectorRegistry _registry = Prometheus.Metrics.NewCustomRegistry();
    private readonly SemaphoreSlim _oneScrape = new(1, 1);
    private GaugeSheet? _sheet;

    public async Task WriteAsync(HttpContext context)
    {
        await _oneScrape.WaitAsync(context.RequestAborted);
        try
        {
            await FillAsync(_sheet ??= new GaugeSheet(_registry), context.RequestAborted);
            context.Response.ContentType = PrometheusConstants.TextContentTypeWithVersionAndEncoding;
            await _registry.CollectAndExportAsTextAsync(context.Response.Body, context.RequestAborted);
        }
        finally
        {
            _oneScrape.Release();
        }
    }

    public void Dispose() => _oneScrape.Dispose();

    private async Task FillAsync(GaugeSheet sheet, CancellationToken cancellationToken)
    {
        var status = await statuses.ReadAsync(cancellationToken);
        var runs = await readings.RunsAsync(cancellationToken);
        var records = await readings.RecordsAsync(cancellationToken);
        sheet.Begin();
        sheet.Set(MetricTable.BuildInfo, 1, Version);
        sheet.Set(MetricTable.EvidenceRecords, records);
        sheet.Set(MetricTable.ReadingAge, status.DatabaseAway is { } away ? (status.At - away.AsOf).TotalSeconds : 0);
        Lateness(sheet, "answering", lateness.Read(hanging: false));
        Lateness(sheet, "hanging", lateness.Read(hanging: true));
        sheet.Set(MetricTable.ProbeLooks, lateness.Looks);
        sheet.Set(MetricTable.ProbeLooksMissed, lateness.Missed);
        sheet.Set(MetricTable.SpoolBytes, path.Read().SpooledBytes);
        sheet.Set(MetricTable.SpoolLosing, path.Read().Losing is null ? 0 : 1);
        foreach (var point in status.VantagePoints)
        {
            sheet.Set(MetricTable.VantageVoting, point.Votes ? 1 : 0, point.Name);
        }

        foreach (var engine in status.Engines)
        {
            sheet.Set(MetricTable.EngineUp, engine.State == EngineCondition.Running ? 1 : 0, engine.Name);
        }

        foreach (var system in status.Systems)
        {
            System(sheet, system);
            Compliance(sheet, system);
        }

        ProbeMetrics.Fill(sheet, probes.All(), status.At);
        Runs(sheet, runs);
        PodMetrics.Fill(sheet, pods.Read());
        foreach (var entry in estates.Current.Calendars.Where(entry => entry.Kind == CalendarKinds.DrillOverdue))
        {
            sheet.Set(MetricTable.DrillOverdue, status.Overdue.Any(overdue => overdue.Schedule == entry.Name) ? 1 : 0, entry.Name, entry.System, entry.Plan);
        }

        sheet.End();
    }

    private static void Lateness(GaugeSheet sheet, string lane, LatenessReading reading)
    {
        sheet.Set(MetricTable.ProbeLateness, reading.P50?.TotalSeconds ?? double.NaN, lane, "0.5");
        sheet.Set(MetricTable.ProbeLateness, reading.P99?.TotalSeconds ?? double.NaN, lane, "0.99");
        sheet.Set(MetricTable.ProbeLateness, reading.Worst?.TotalSeconds ?? double.NaN, lane, "1");
    }

    private static void System(GaugeSheet sheet, SystemReport system)
    {
        sheet.SetOneOf(MetricTable.SystemState, system.State.Word(), EnumWords.All<IntervalState>(), system.Name);
        sheet.Set(MetricTable.AvailabilityLower, system.Availability.LowerPercent / 100, system.Name);
        sheet.Set(MetricTable.Coverage, system.Availability.CoveragePercent / 100, system.Name);
        if (system.Availability.Percent is { } percent)
        {
            sheet.Set(MetricTable.Availability, percent / 100, system.Name);
        }

        foreach (var site in system.Sites)
        {
            sheet.Set(MetricTable.ServingSite, site.Site == system.Serving ? 1 : 0, system.Name, site.Site);
            if (site.LatencyMilliseconds is { } latency)
            {
                sheet.Set(MetricTable.ProbeLatency, latency / 1000, system.Name, site.Site);
            }
        }

        foreach (var exposure in system.Exposures)
        {
            sheet.SetOneOf(MetricTable.Replication, exposure.Replication.Word(), EnumWords.All<ReplicationState>(), system.Name, exposure.Standby);
            if (exposure.Value is { } value)
            {
                sheet.Set(MetricTable.Exposure, value.TotalSeconds, system.Name, exposure.Standby);
            }
        }

        foreach (var verdict in system.Verdicts)
        {
            sheet.SetOneOf(MetricTable.Verdict, verdict.Verdict.Word(), EnumWords.All<Verdict>(), system.Name, verdict.Subject);
        }
    }

    private static void Compliance(GaugeSheet sheet, SystemReport system)
    {
        foreach (var (window, basis, percent) in system.Windows.SelectMany(window => new[] { (window.Window, "around-the-clock", window.Figure.Percent), (window.Window, "service-time", window.Figure.Service?.Percent) }))
        {
            if (percent is { } known)
            {
                sheet.Set(MetricTable.WindowAvailability, known / 100, system.Name, window, basis);
            }
        }

        if (system.Budget is { } budget)
        {
            sheet.Set(MetricTable.DowntimeLeft, budget.Left.TotalSeconds, system.Name);
        }

        foreach (var forecast in system.Recovery.Forecasts.Where(forecast => forecast.P50 is not null))
        {
            sheet.Set(MetricTable.ForecastRto, forecast.P50!.Value.TotalSeconds, system.Name, forecast.Plan, "0.5");
            sheet.Set(MetricTable.ForecastRto, forecast.P95!.Value.TotalSeconds, system.Name, forecast.Plan, "0.95");
        }

        if (system.Recovery.Running is { } running)
        {
            sheet.Set(MetricTable.RunningRto, running.Elapsed.TotalSeconds, system.Name);
        }

        foreach (var (standby, window) in system.ExposureYears.Where(year => year.Value.WorstSeconds is not null))
        {
            sheet.Set(MetricTable.ExposureWorst, window.WorstSeconds!.Value, system.Name, standby);
        }

        foreach (var row in system.Qos.Rows)
        {
            foreach (var (of, value) in new[] { ("forecast", row.Forecast), ("target", row.Target), ("floor", row.Floor), ("measured", row.Measured) })
            {
                if (value is { } known)
                {
                    sheet.Set(MetricTable.Qos, known, system.Name, row.Key, of);
                }
            }
        }

        foreach (var period in system.Qos.Periods)
        {
            sheet.Set(MetricTable.QosCoverage, period.CoveragePercent / 100, system.Name, period.Window);
            foreach (var row in period.Rows.Where(row => row.Measured is not null))
            {
                sheet.Set(MetricTable.QosWindow, row.Measured!.Value, system.Name, row.Key, period.Window);
            }
        }

        foreach (var alert in system.Alerts)
        {
            sheet.Set(MetricTable.Alert, 1, system.Name, alert.Kind, alert.Subject, alert.Severity);
        }

        sheet.Set(MetricTable.Finding, system.Findings.Count, system.Name);
    }

    private static void Runs(GaugeSheet sheet, IReadOnlyList<RunView> runs)
    {
        foreach (var ofPlan in runs.GroupBy(run => run.Plan))
        {
            sheet.Set(MetricTable.RunOpen, ofPlan.Count(run => run.ClosedAt is null), ofPlan.Key);
            foreach (var system in ofPlan.SelectMany(run => run.Systems).Distinct(StringComparer.Ordinal))
            {
                var own = ofPlan.Where(run => run.ClosedAt is not null && run.Systems.Contains(system)).OrderByDescending(run => run.Id);
                if (own.Select(run => run.Measurement?.For(system).Rto).FirstOrDefault(rto => rto is not null) is { } newest)
                {
                    sheet.Set(MetricTable.RunRto, newest.Seconds, ofPlan.Key, system);
                }
            }
        }
    }
}
