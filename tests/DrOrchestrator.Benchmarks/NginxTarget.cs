using System.Globalization;
using System.Text.RegularExpressions;

namespace DrOrchestrator.Benchmarks;

/// <summary>What is looked at: one nginx process on loopback, which counts what it is asked.</summary>
internal sealed partial class NginxTarget : IAsyncDisposable
{
    private readonly PeerProcess _process;
    private readonly HttpClient _client = new();

    private NginxTarget(PeerProcess process, int port) => (_process, Url) = (process, $"http://127.0.0.1:{port}");

    public string Url { get; }

    public static bool IsInstalled => PeerProcess.IsInstalled("nginx");

    public static async Task<NginxTarget> StartAsync(string folder)
    {
        var port = PeerProcess.FreePort();
        var configuration = Path.Combine(folder, "nginx.conf");
        await File.WriteAllTextAsync(configuration, $$"""
            daemon off; master_process off; pid {{folder}}/nginx.pid; error_log {{folder}}/nginx.log; worker_rlimit_nofile 65536;
            events { worker_connections 32768; }
            http {
              access_log off; keepalive_requests 1000000000; keepalive_timeout 600s;
              client_body_temp_path {{folder}}/body; proxy_temp_path {{folder}}/proxy; fastcgi_temp_path {{folder}}/fastcgi; uwsgi_temp_path {{folder}}/uwsgi; scgi_temp_path {{folder}}/scgi;
              server {
                listen 127.0.0.1:{{port}} backlog=4096;
                location = /asked { stub_status; }
                location / { default_type text/plain; return 200 "ok\n"; }
              }
            }
            """);
        return new NginxTarget(await PeerProcess.StartAsync("nginx", $"http://127.0.0.1:{port}/", "-c", configuration), port);
    }

    /// <summary>Requests since its start, this question among them.</summary>
    public async Task<long> AskedAsync() => long.Parse(Counters().Match(await _client.GetStringAsync($"{Url}/asked")).Groups[1].Value, CultureInfo.InvariantCulture);

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _process.DisposeAsync();
    }

    [GeneratedRegex(@"^ \d+ \d+ (\d+)", RegexOptions.Multiline)]
    private static partial Regex Counters();
}
