using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace DrOrchestrator.Benchmarks;

/// <summary>A program beside ours, or that ours looks at: started by its public command, ended with the bench.</summary>
internal sealed class PeerProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly Task _silence;

    private PeerProcess(Process process)
    {
        _process = process;
        _silence = Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
    }

    public int Id => _process.Id;

    public static bool IsInstalled(string program) => Find(program) is not null;

    /// <summary>Starts it and waits until an address answers.</summary>
    public static async Task<PeerProcess> StartAsync(string program, string answersAt, params string[] arguments)
    {
        var start = new ProcessStartInfo(Find(program)!, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        var peer = new PeerProcess(Process.Start(start)!);
        using var client = new HttpClient();
        for (var i = 0; i < 100; i++)
        {
            try
            {
                await client.GetStringAsync(answersAt);
                return peer;
            }
            catch (HttpRequestException) when (!peer._process.HasExited)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
            }
        }

        await peer.DisposeAsync();
        throw new InvalidOperationException($"{program} does not answer at {answersAt}");
    }

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        await _process.WaitForExitAsync();
        await _silence;
        _process.Dispose();
    }

    private static string? Find(string program) =>
        new[] { "/usr/sbin", "/usr/bin", "/usr/local/bin" }.Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);
}
