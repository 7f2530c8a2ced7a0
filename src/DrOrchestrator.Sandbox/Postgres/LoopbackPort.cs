using System.Net;
using System.Net.Sockets;

namespace DrOrchestrator.Sandbox.Postgres;

/// <summary>Whether somebody listens on a port of 127.0.0.1.</summary>
internal static class LoopbackPort
{
    public static async Task<bool> AnswersAsync(int port, CancellationToken cancellationToken)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port), cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
