using System.Text.Json;

namespace DrOrchestrator.Benchmarks;

/// <summary>A thousand targets every five seconds, on fresh connections: <c>dro serve</c>, and Prometheus with blackbox_exporter after it.</summary>
internal static class TargetsBenchmark
{
    private const int Targets = 1000;
    private const double ShareOfPeer = 0.25;
    private const double AnonymousBudget = 100;
    private static readonly TimeSpan Warm = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Measured = TimeSpan.FromSeconds(60);

    private sealed record Cost(double CoreShare, double Resident, double Anonymous, double PerSecond);

    public static async Task RunAsync(Published published, WorkFolder work, Report report)
    {
        if (!NginxTarget.IsInstalled)
        {
            report.Add(new Figure($"{Targets} targets every 5 s", "not measured: nginx absent"));
            return;
        }

        await using var target = await NginxTarget.StartAsync(work.Folder("targets-nginx"));
        var ours = await OursAsync(published, work, target);
        var peer = BlackboxPeer.IsInstalled && PeerProcess.IsInstalled("prometheus") ? await PeerAsync(work, target) : null;
        report.Add(new Figure($"{Targets} targets every 5 s, fresh connections ({published.Form})", $"{ours.PerSecond:F0} looks a second, {100 * ours.CoreShare:F1} % of a core"));
        report.Add(new Figure("... anonymous memory", $"{ours.Anonymous:F0} MB", $"< {AnonymousBudget:F0} MB", ours.Anonymous < AnonymousBudget));
        report.Add(peer is null
            ? new Figure("... peer: prometheus and blackbox_exporter", "peer absent")
            : new Figure(
                "... peer: prometheus and blackbox_exporter",
                $"{peer.PerSecond:F0} a second, {100 * peer.CoreShare:F1} % of a core; ours is {ours.CoreShare / peer.CoreShare:F2} of it",
                $"< {ShareOfPeer}",
                ours.CoreShare < ShareOfPeer * peer.CoreShare));
        report.Add(new Figure(
            "... resident, ours / the peers' sum", $"{ours.Resident:F0} / {peer?.Resident.ToString("F0") ?? "?"} MB", "ours less", peer is null ? null : ours.Resident < peer.Resident));
    }

    private static async Task<Cost> OursAsync(Published published, WorkFolder work, NginxTarget target)
    {
        var (estate, data) = (work.Folder("targets-estate"), work.Folder("targets-data"));
        new BenchEstate(Targets, target.Url, "5s", "4s", IsFresh: true).Write(estate);
        await using var server = await Server.StartAsync(published, estate, data);
        return await MeasureAsync(target, server.Id);
    }

    private static async Task<Cost> PeerAsync(WorkFolder work, NginxTarget target)
    {
        var folder = work.Folder("targets-prometheus");
        await using var blackbox = await BlackboxPeer.StartAsync(folder);
        var targets = Enumerable.Range(0, Targets).Select(index => $"{target.Url}/probe/{index}");
        await File.WriteAllTextAsync(Path.Combine(folder, "targets.json"), JsonSerializer.Serialize(new[] { new { targets } }));
        var (port, configuration) = (PeerProcess.FreePort(), Path.Combine(folder, "prometheus.yml"));
        await File.WriteAllTextAsync(configuration, $$"""
            global: { scrape_interval: 5s, scrape_timeout: 4s }
            scrape_configs:
              - job_name: blackbox
                metrics_path: /probe
                params: { module: [http_2xx] }
                file_sd_configs: [ { files: ["{{folder}}/targets.json"] } ]
                relabel_configs:
                  - { source_labels: [__address__], target_label: __param_target }
                  - { source_labels: [__param_target], target_label: instance }
                  - { target_label: __address__, replacement: "{{blackbox.Address}}" }
            """);
        await using var prometheus = await PeerProcess.StartAsync(
            "prometheus", $"http://127.0.0.1:{port}/-/ready", "--config.file", configuration, "--storage.tsdb.path", Path.Combine(folder, "data"), "--web.listen-address", $"127.0.0.1:{port}", "--log.level", "error");
        return await MeasureAsync(target, prometheus.Id, blackbox.Id);
    }

    private static async Task<Cost> MeasureAsync(NginxTarget target, params int[] processes)
    {
        TimeSpan Used() => TimeSpan.FromTicks(processes.Sum(process => Usage.Processor(process).Ticks));
        await Task.Delay(Warm, TimeProvider.System);
        var (asked, used, began) = (await target.AskedAsync(), Used(), TimeProvider.System.GetTimestamp());
        await Task.Delay(Measured, TimeProvider.System);
        var (cost, looks, took) = (Used() - used, await target.AskedAsync() - asked, TimeProvider.System.GetElapsedTime(began));
        return new Cost(cost / took, processes.Sum(Usage.ResidentMegabytes), processes.Sum(Usage.AnonymousMegabytes), looks / took.TotalSeconds);
    }
}
