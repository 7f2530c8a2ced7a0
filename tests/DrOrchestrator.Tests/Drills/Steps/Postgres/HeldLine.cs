using System.Net;
using System.Net.Sockets;
using System.Text;

namespace DrOrchestrator.Tests.Drills.Steps.Postgres;

/// <summary>A line to a server on which what names a word is held up until the test lets it go, as a server that stands still holds it.</summary>
internal sealed class HeldLine : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _over = new();
    private readonly TaskCompletionSource _held = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _letGo = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly byte[] _word;
    private readonly int _server;

    public HeldLine(int server, string word)
    {
        (_server, _word) = (server, Encoding.ASCII.GetBytes(word));
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _ = AcceptAsync();
    }

    public int Port { get; }

    /// <summary>Once it holds something.</summary>
    public Task Held => _held.Task;

    public void LetGo() => _letGo.TrySetResult();

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        _listener.Dispose();
        _over.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _ = RelayAsync(await _listener.AcceptTcpClientAsync(_over.Token));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Over.
        }
    }

    private async Task RelayAsync(TcpClient client)
    {
        using var near = client;
        using var far = new TcpClient();
        try
        {
            await far.ConnectAsync(IPAddress.Loopback, _server, _over.Token);
            await Task.WhenAny(PassAsync(near.GetStream(), far.GetStream(), holds: true), PassAsync(far.GetStream(), near.GetStream(), holds: false));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or IOException)
        {
            // One of the two has gone.
        }
    }

    private async Task PassAsync(NetworkStream from, NetworkStream to, bool holds)
    {
        var buffer = new byte[16 * 1024];
        while (await from.ReadAsync(buffer, _over.Token) is > 0 and var length)
        {
            if (holds && buffer.AsSpan(0, length).IndexOf(_word) >= 0)
            {
                _held.TrySetResult();
                await _letGo.Task.WaitAsync(_over.Token);
            }

            await to.WriteAsync(buffer.AsMemory(0, length), _over.Token);
        }
    }
}
