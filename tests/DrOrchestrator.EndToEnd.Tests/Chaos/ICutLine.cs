using System.Diagnostics;

namespace DrOrchestrator.EndToEnd.Chaos;

/// <summary>What lies between the primary and everybody else, and can be cut: nothing comes through then, in either direction, and nothing is broken off.</summary>
internal interface ICutLine : IAsyncDisposable
{
    /// <summary>How it is cut, for the record.</summary>
    string Means { get; }

    /// <summary>Port on 127.0.0.1 at which others reach the primary.</summary>
    int Port { get; }

    Task CutAsync(bool isCut);
}

/// <summary>The kernel drops the packets of the primary's port on 127.0.0.1, in a network namespace that this process was started in. The writers attached to it use another address.</summary>
internal sealed class DroppedPackets(int port) : ICutLine
{
    public string Means => "packets dropped by nft in a network namespace of its own";

    public int Port => port;

    /// <summary>Brings the loopback interface of a new network namespace up.</summary>
    public static Task PrepareAsync() => RunAsync("ip", ["link", "set", "lo", "up"]);

    public static async Task<DroppedPackets> StartAsync(int port)
    {
        var line = new DroppedPackets(port);
        await RunAsync("nft", ["add table inet cut; add chain inet cut in { type filter hook input priority 0; }"]);
        return line;
    }

    public Task CutAsync(bool isCut) => RunAsync("nft", [isCut
        ? $"add rule inet cut in ip daddr 127.0.0.1 tcp dport {port} drop; add rule inet cut in ip saddr 127.0.0.1 tcp sport {port} drop"
        : "flush chain inet cut in"]);

    /// <summary>The rules go with the namespace.</summary>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static async Task RunAsync(string program, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        string said = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{program} ended with {process.ExitCode}: {said}");
        }
    }
}
