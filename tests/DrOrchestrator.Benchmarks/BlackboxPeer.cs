using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace DrOrchestrator.Benchmarks;

/// <summary>prometheus-blackbox-exporter, which makes a fresh connection for every probe.</summary>
internal sealed partial class BlackboxPeer : IAsyncDisposable
{
    private readonly PeerProcess _process;

    private BlackboxPeer(PeerProcess process, int port) => (_process, Address) = (process, $"127.0.0.1:{port}");

    public string Address { get; }

    public int Id => _process.Id;

    public static bool IsInstalled => PeerProcess.IsInstalled("prometheus-blackbox-exporter");

    public static bool CanBeSaturated => IsInstalled && PeerProcess.IsInstalled("wrk");

    public static async Task<BlackboxPeer> StartAsync(string folder)
    {
        var (port, configuration) = (PeerProcess.FreePort(), Path.Combine(folder, "blackbox.yml"));
        await File.WriteAllTextAsync(configuration, "modules:\n  http_2xx: { prober: http, timeout: 5s }\n");
        return new BlackboxPeer(
            await PeerProcess.StartAsync(
                "prometheus-blackbox-exporter", $"http://127.0.0.1:{port}/", "--config.file", configuration, "--web.listen-address", $"127.0.0.1:{port}", "--log.level", "error"),
            port);
    }

    /// <summary>Processor time per probe while fifty callers ask for one after the other.</summary>
    public async Task<(TimeSpan PerProbe, double PerSecond)> SaturateAsync(string target, int seconds)
    {
        await AskAsync(target, 2);
        var before = Usage.Processor(Id);
        var probes = await AskAsync(target, seconds);
        return ((Usage.Processor(Id) - before) / probes, (double)probes / seconds);
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();

    private async Task<int> AskAsync(string target, int seconds)
    {
        string[] arguments = ["-t1", "-c50", $"-d{seconds}s", $"http://{Address}/probe?target={target}/&module=http_2xx"];
        using var wrk = Process.Start(new ProcessStartInfo("wrk", arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var said = await wrk.StandardOutput.ReadToEndAsync();
        await wrk.WaitForExitAsync();
        return int.Parse(Requests().Match(said).Groups[1].Value, CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(@"(\d+) requests in")]
    private static partial Regex Requests();
}
