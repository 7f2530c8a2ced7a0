namespace DrOrchestrator.Web.Metrics;

/// <summary>One metric: its name, labels and meaning; docs/metrics.md shows the same table and a test holds them together.</summary>
internal sealed record MetricRow(string Name, string[] Labels, string Help);

/// <summary>Every metric of the server.</summary>
internal static class MetricTable
{
    public static readonly MetricRow BuildInfo = new("dro_build_info", ["version"], "Always 1; the version is the label.");
    public static readonly MetricRow SystemState = new("dro_system_state", ["system", "state"], "1 for the state the system is in, 0 for the others: unknown, up, degraded, down, maintenance.");
    public static readonly MetricRow ServingSite = new("dro_serving_site", ["system", "site"], "1 for the site that serves, 0 for the others.");
    public static readonly MetricRow ProbeLatency = new("dro_probe_latency_seconds", ["system", "site"], "Duration of the newest good probe that is still valid; absent when there is none.");
    public static readonly MetricRow ProbeValue = new("dro_probe_value", ["system", "probe"], "The number the newest result of a probe measured, in its own unit; absent when it measures none.");
    public static readonly MetricRow ProbeCertificate = new("dro_probe_certificate_seconds", ["system", "probe"], "Seconds until the certificate a probe was shown ends; negative when it has ended, absent without TLS.");
    public static readonly MetricRow Exposure = new("dro_exposure_seconds", ["system", "standby"], "What would be lost if the serving site were gone now; absent when unknown.");
    public static readonly MetricRow Replication = new("dro_replication_state", ["system", "standby", "state"], "1 for the state replication is in, 0 for the others: unknown, protected, not-protected.");
    public static readonly MetricRow Availability = new("dro_availability_ratio", ["system"], "Availability over the window of the verdicts, 0 to 1; absent when nothing was observed.");
    public static readonly MetricRow AvailabilityLower = new("dro_availability_ratio_lower", ["system"], "The same with unknown time counted as down.");
    public static readonly MetricRow Coverage = new("dro_coverage_ratio", ["system"], "Share of the window that was observed, 0 to 1.");
    public static readonly MetricRow Verdict = new("dro_verdict", ["system", "subject", "verdict"], "1 for the verdict on a subject, 0 for the others: met, at-risk, breached, indeterminate.");
    public static readonly MetricRow WindowAvailability = new("dro_window_availability_ratio", ["system", "window", "basis"], "Availability over a standing window, 0 to 1; basis around-the-clock or service-time; absent when nothing was observed.");
    public static readonly MetricRow DowntimeLeft = new("dro_downtime_left_seconds", ["system"], "What is left of the yearly unplanned downtime; negative when overdrawn.");
    public static readonly MetricRow ForecastRto = new("dro_rto_forecast_seconds", ["system", "plan", "quantile"], "Predicted recovery time; absent when there is no forecast.");
    public static readonly MetricRow RunningRto = new("dro_rto_running_seconds", ["system"], "Clock of an interruption that goes on, upper bound; absent while the system serves.");
    public static readonly MetricRow ExposureWorst = new("dro_exposure_worst_seconds", ["system", "standby"], "Worst exposure of the last 365 days; absent when none is known.");
    public static readonly MetricRow Qos = new("dro_qos", ["system", "figure", "of"], "Quality of service, in percent, seconds or the probe's unit: forecast, target, floor and measured, as far as there are.");
    public static readonly MetricRow QosWindow = new("dro_qos_window", ["system", "figure", "window"], "Measured quality of service over the last hour, 24 hours, 30 days and the year, in percent, seconds or the probe's unit.");
    public static readonly MetricRow QosCoverage = new("dro_qos_coverage", ["system", "window"], "Share of the window that was really looked at, 0 to 1.");
    public static readonly MetricRow Alert = new("dro_alert", ["system", "kind", "subject", "severity"], "1 for every alert that holds.");
    public static readonly MetricRow Finding = new("dro_findings", ["system"], "Findings of the estate itself.");
    public static readonly MetricRow RunOpen = new("dro_run_open", ["plan"], "Runs of the plan that are not closed.");
    public static readonly MetricRow RunRto = new("dro_run_rto_seconds", ["plan", "system"], "Demonstrated recovery time of the newest closed run that measured one; upper bound.");
    public static readonly MetricRow DrillOverdue = new("dro_drill_overdue", ["schedule", "system", "plan"], "1 when the drill of a calendar entry is overdue, 0 when it is not.");
    public static readonly MetricRow EvidenceRecords = new("dro_evidence_records", [], "Records in the evidence log.");
    public static readonly MetricRow ReadingAge = new("dro_reading_age_seconds", [], "How old runs, assessments and alerts behind the other values are: 0 while the database answers, seconds since they were last read while it is away.");
    public static readonly MetricRow EngineUp = new("dro_engine_up", ["engine"], "1 while the calendar or the workers run, or the database takes writes (`database`), 0 otherwise, also where it is not known.");
    public static readonly MetricRow ProbeLateness = new("dro_probe_lateness_seconds", ["lane", "quantile"], "How late looks began over the last one to two minutes, at most; lane hanging: targets that let us wait, answering: all others. NaN without looks.");
    public static readonly MetricRow ProbeLooks = new("dro_probe_looks", [], "Looks made since the start.");
    public static readonly MetricRow ProbeLooksMissed = new("dro_probe_looks_missed", [], "Looks left out since the start because their probe was late by more than an interval.");
    public static readonly MetricRow VantageVoting = new("dro_vantage_voting", ["vantage"], "1 while the word of the vantage point counts, 0 while it does not (silent, or by another estate); one series for each that is declared.");
    public static readonly MetricRow SitePods = new("dro_site_pods", ["site", "namespace", "phase"], "Pods of a namespace that the estate acts in, by phase; absent when unknown.");
    public static readonly MetricRow SitePodsReady = new("dro_site_pods_ready", ["site", "namespace"], "Pods that are ready and not asked to end; absent when unknown.");
    public static readonly MetricRow SiteWatchFresh = new("dro_site_watch_fresh", ["site", "namespace"], "1 while what is known of the pods was confirmed within 150 s, 0 while it is unknown.");
    public static readonly MetricRow SiteWatchAge = new("dro_site_watch_age_seconds", ["site", "namespace"], "Seconds since it was last confirmed; absent when it never was.");
    public static readonly MetricRow SpoolBytes = new("dro_spool_bytes", [], "Bytes of observations that wait for the database.");
    public static readonly MetricRow SpoolLosing = new("dro_spool_losing", [], "1 while the spool is full and observations are lost, 0 otherwise.");

    public static IReadOnlyList<MetricRow> All { get; } =
    [
        BuildInfo, SystemState, ServingSite, ProbeLatency, ProbeValue, ProbeCertificate, Exposure, Replication, Availability, AvailabilityLower, Coverage, Verdict, WindowAvailability, DowntimeLeft,
        ForecastRto, RunningRto, ExposureWorst, Qos, QosWindow, QosCoverage, Alert, Finding, RunOpen, RunRto, DrillOverdue,
        EvidenceRecords, ReadingAge, EngineUp, ProbeLateness, ProbeLooks, ProbeLooksMissed, VantageVoting, SitePods, SitePodsReady, SiteWatchFresh, SiteWatchAge, SpoolBytes, SpoolLosing,
    ];
}
