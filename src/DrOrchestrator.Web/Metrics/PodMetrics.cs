using DrOrchestrator.Kubernetes.Watching;

namespace DrOrchestrator.Web.Metrics;

/// <summary>What runs at the sites, as series.</summary>
internal static class PodMetrics
{
    public static void Fill(GaugeSheet sheet, IReadOnlyList<SitePods> sites)
    {
        foreach (var site in sites)
        {
            sheet.Set(MetricTable.SiteWatchFresh, site.Counts is null ? 0 : 1, site.Site, site.Namespace);
            if (site.Age is { } age)
            {
                sheet.Set(MetricTable.SiteWatchAge, age.TotalSeconds, site.Site, site.Namespace);
            }

            if (site.Counts is { } counts)
            {
                sheet.Set(MetricTable.SitePodsReady, counts.Ready, site.Site, site.Namespace);
                foreach (var (phase, count) in counts.ByPhase)
                {
                    sheet.Set(MetricTable.SitePods, count, site.Site, site.Namespace, phase);
                }
            }
        }
    }
}
