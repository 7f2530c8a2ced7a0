using DrOrchestrator.Web.Api;

namespace DrOrchestrator.Web.Metrics;

/// <summary>What the newest results of the probes measured.</summary>
internal static class ProbeMetrics
{
    /// <summary>A result older than the next one should have been says nothing of now.</summary>
    public static void Fill(GaugeSheet sheet, IReadOnlyList<ProbeSummary> probes, DateTimeOffset now)
    {
        foreach (var probe in probes.Where(probe => probe.Newest is { } newest && now - newest.StartedAt <= (2 * probe.Interval) + probe.Timeout))
        {
            if (probe.Newest?.Value is { } value)
            {
                sheet.Set(MetricTable.ProbeValue, value, probe.System, probe.Name);
            }

            if (probe.Newest?.CertificateExpires is { } expires)
            {
                sheet.Set(MetricTable.ProbeCertificate, (expires - now).TotalSeconds, probe.System, probe.Name);
            }
        }
    }
}
