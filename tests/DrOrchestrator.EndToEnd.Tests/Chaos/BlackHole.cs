using System.Net;
using System.Net.Sockets;
using DrOrchestrator.EndToEnd.Harness;

namespace DrOrchestrator.EndToEnd.Chaos;

/// <summary>A proxy in front of the primary for where packets cannot be dropped: while it is cut it takes connections and bytes, passes nothing on and ends nothing.</summary>
internal sealed class BlackHole : ICutLine
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopping = new();
    private readonly int _target;
    private readonly Task _accepting;
    private volatile bool _isCut;

    private BlackHole(int target)
    {
        _target = target;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public string Means => "a black-hole proxy";

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public static BlackHole Start(int target) => new(target);

    public Task CutAsync(bool isCut)
    {
        _isCut = isCut;
        return Task.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Stop();
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            _ = CarryAsync(await _listener.AcceptTcpClientAsync(_stopping.Token), _stopping.Token);
        }
    }

    private async Task CarryAsync(TcpClient client, CancellationToken stopping)
    {
        using var primary = new TcpClient { NoDelay = true };
        using (client)
        {
            try
            {
                client.NoDelay = true;
                await WhileCutAsync(stopping);
                await primary.ConnectAsync(IPAddress.Loopback, _target, stopping);
                await Task.WhenAny(PassAsync(client.GetStream(), primary.GetStream(), stopping), PassAsync(primary.GetStream(), client.GetStream(), stopping));

                // Nor is an end told while it is cut.
                await WhileCutAsync(stopping);
            }
            catch (Exception e) when (NoAnswer.Is(e))
            {
                // Either end has gone.
            }
        }
    }

    private async Task PassAsync(NetworkStream from, NetworkStream to, CancellationToken stopping)
    {
        byte[] buffer = new byte[32 * 1024];
        int count;
        while ((count = await from.ReadAsync(buffer, stopping)) > 0)
        {
            await WhileCutAsync(stopping);
            await to.WriteAsync(buffer.AsMemory(0, count), stopping);
        }
    }

    private async Task WhileCutAsync(CancellationToken stopping)
    {
        while (_isCut)
        {
            await Patience.PauseAsync(Look, stopping);
        }
    }
}
