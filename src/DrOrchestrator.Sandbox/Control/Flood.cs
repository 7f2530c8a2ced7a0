using System.Net;
using System.Net.Sockets;
using System.Text;
using DrOrchestrator.Sandbox.FrontDoor;

namespace DrOrchestrator.Sandbox.Control;

/// <summary>
/// An attack on the lab's own front door, over the loopback interface: from <see cref="Source"/> it keeps as many slow requests open as the front door has places. It ends by
/// itself after the time it was given, 120 s at most.
/// </summary>
internal sealed class Flood(int port, TimeProvider time) : IAsyncDisposable
{
    /// <summary>Where it comes from; users of the lab come from 127.0.0.1.</summary>
    public static readonly IPAddress Source = IPAddress.Parse("127.0.0.66");

    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(500);
    private static readonly byte[] Head = Encoding.ASCII.GetBytes("POST /ledger/entries HTTP/1.1\r\nHost: front-door\r\nContent-Type: application/json\r\nContent-Length: 60000\r\n\r\n");

    // Above the 240 bytes a second under which a server hangs up.
    private static readonly byte[] Drip = [.. Enumerable.Repeat((byte)' ', 200)];

    private readonly Lock _gate = new();
    private CancellationTokenSource? _ending;
    private Task _running = Task.CompletedTask;

    public void Start(TimeSpan lasts)
    {
        lock (_gate)
        {
            if (!_running.IsCompleted)
            {
                return;
            }

            _ending = new CancellationTokenSource(lasts < Longest ? lasts : Longest, time);
            CancellationToken ended = _ending.Token;
            _running = Task.WhenAll(Enumerable.Range(0, Gatekeeper.Places + 16).Select(_ => Task.Run(() => AttackAsync(ended), ended)));
        }
    }

    public void End()
    {
        lock (_gate)
        {
            _ending?.Cancel();
        }
    }

    public async ValueTask DisposeAsync()
    {
        End();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _ending?.Dispose();
    }

    private async Task AttackAsync(CancellationToken ended)
    {
        while (!ended.IsCancellationRequested)
        {
            try
            {
                using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                socket.Bind(new IPEndPoint(Source, 0));
                await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port), ended).ConfigureAwait(false);
                await socket.SendAsync(Head, ended).ConfigureAwait(false);
                while (true)
                {
                    await socket.SendAsync(Drip, ended).ConfigureAwait(false);
                    await Task.Delay(Beat, time, ended).ConfigureAwait(false);
                }
            }
            catch (SocketException)
            {
                // Turned away: an attacker comes again.
                await Task.Delay(Beat, time, ended).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }
}
