using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace DrOrchestrator.Tests.Probes.Prometheus;

/// <summary>A real Prometheus on a free port of the loopback interface that scrapes a page the test writes. Ends with the test.</summary>
public class PrometheusServer : IAsyncLifetime
{
    private readonly string _folder = Path.Combine(AppContext.BaseDirectory, "work", $"prometheus-{Guid.NewGuid():N}"[..20]);
    private readonly HttpListener _page = new();
    private Process? _process;

    public Uri Url { get; private set; } = null!;

    /// <summary>What the scraped page says, in the text format.</summary>
    public string Page { get; set; } = "ledger_ready 3\nledger_lag_seconds{site=\"dr\"} 0.5\nledger_lag_seconds{site=\"far\"} 9\nledger_odd NaN\n";

    public async Task InitializeAsync()
    {
        Directory.CreateDirectory(_folder);
        var (page, own) = (FreePort(), FreePort());
        _page.Prefixes.Add($"http://127.0.0.1:{page}/");
        _page.Start();
        _ = AnswerAsync();
        await File.WriteAllTextAsync(Path.Combine(_folder, "prometheus.yml"), $$"""
            scrape_configs:
              - job_name: ledger
                scrape_interval: 500ms
                scrape_timeout: 500ms
                static_configs: [ { targets: ["127.0.0.1:{{page}}"] } ]
            """);
        string[] guard = [];
        if (Guard(_folder) is { } web)
        {
            await File.WriteAllTextAsync(Path.Combine(_folder, "web.yml"), web);
            guard = [$"--web.config.file={Path.Combine(_folder, "web.yml")}"];
        }

        Url = new Uri($"{(guard.Length > 0 ? "https" : "http")}://127.0.0.1:{own}/");
        _process = Process.Start(new ProcessStartInfo(
            "prometheus",
            [
                $"--config.file={Path.Combine(_folder, "prometheus.yml")}", $"--storage.tsdb.path={Path.Combine(_folder, "data")}",
                $"--web.listen-address=127.0.0.1:{own}", "--log.level=error", .. guard,
            ]) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        await UntilValueAsync("ledger_ready", "\"3\"");
    }

    /// <summary>The server's own web configuration, with files beside it; null for one that lets everybody in.</summary>
    protected virtual string? Guard(string folder) => null;

    /// <summary>A client it lets in.</summary>
    protected virtual HttpClient NewClient() => new();

    /// <summary>Waits until an instant query's answer holds a text.</summary>
    public async Task UntilValueAsync(string query, string text)
    {
        using var client = NewClient();
        for (var i = 0; i < 4000; i++)
        {
            if (_process is { HasExited: true })
            {
                throw new InvalidOperationException($"Prometheus ended with {_process.ExitCode}: {await _process.StandardError.ReadToEndAsync()}");
            }

            try
            {
                if ((await client.GetStringAsync(new Uri(Url, $"api/v1/query?query={Uri.EscapeDataString(query)}"))).Contains(text, StringComparison.Ordinal))
                {
                    return;
                }
            }
            catch (HttpRequestException)
            {
            }

            await Task.Delay(TimeSpan.FromMilliseconds(30), TimeProvider.System);
        }

        throw new TimeoutException($"Prometheus does not answer {query} with {text}.");
    }

    public virtual async Task DisposeAsync()
    {
        _process?.Kill();
        await (_process?.WaitForExitAsync() ?? Task.CompletedTask);
        _process?.Dispose();
        _page.Close();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task AnswerAsync()
    {
        while (_page.IsListening)
        {
            try
            {
                var context = await _page.GetContextAsync();
                context.Response.ContentType = "text/plain; version=0.0.4";
                await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(Page));
                context.Response.Close();
            }
            catch (Exception exception) when (exception is HttpListenerException or ObjectDisposedException)
            {
                // A scrape that was given up, or the end of the test.
            }
        }
    }

    private static int FreePort()
    {
        using var socket = new TcpListener(IPAddress.Loopback, 0);
        socket.Start();
        return int.Parse(((IPEndPoint)socket.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
    }
}
