using System.Buffers;
using System.Net;
using System.Net.Sockets;

namespace DrOrchestrator.Sandbox.Kubernetes.Services;

/// <summary>One forwarded connection: bytes both ways, the end of each way passed on, a break on one side a break on the other; none of it during a <see cref="Silence"/>.</summary>
internal sealed class Connection(Socket client, Silence silence)
{
    private readonly Socket _pod = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    public async Task RunAsync(int port)
    {
        try
        {
            client.NoDelay = true;
            _pod.NoDelay = true;
            await _pod.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port));
            await Task.WhenAll(PumpAsync(client, _pod), PumpAsync(_pod, client));
            client.Dispose();
            _pod.Dispose();
        }
        catch (Exception problem) when (problem is SocketException or ObjectDisposedException)
        {
            await silence.OverAsync();
            Break();
        }
    }

    /// <summary>Ends both sides at once, with a reset.</summary>
    public void Break()
    {
        Reset(client);
        Reset(_pod);
    }

    public static void Reset(Socket socket)
    {
        try
        {
            socket.LingerState = new LingerOption(true, 0);
        }
        catch (Exception problem) when (problem is SocketException or ObjectDisposedException)
        {
            // It is broken already.
        }

        socket.Dispose();
    }

    private async Task PumpAsync(Socket from, Socket to)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(16 * 1024);
        try
        {
            int count;
            while ((count = await from.ReceiveAsync(buffer.AsMemory())) > 0)
            {
                await silence.OverAsync();
                var rest = buffer.AsMemory(0, count);
                while (rest.Length > 0)
                {
                    rest = rest[await to.SendAsync(rest)..];
                }
            }

            await silence.OverAsync();
            to.Shutdown(SocketShutdown.Send);
        }
        catch (Exception problem) when (problem is SocketException or ObjectDisposedException)
        {
            await silence.OverAsync();
            Break();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
