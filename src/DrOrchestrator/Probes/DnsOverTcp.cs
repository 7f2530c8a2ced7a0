using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using DrOrchestrator.Estates;

namespace DrOrchestrator.Probes;

/// <summary>
/// One question over a connection of its own, closed with the look (RFC 7766). Ours and not the package's: that one keeps connections in a pool which nobody can close, and
/// connects without an end.
/// </summary>
internal static class DnsOverTcp
{
    /// <exception cref="FormatException">What came is no DNS.</exception>
    /// <exception cref="IOException">The server closed the connection before its answer was complete.</exception>
    public static async Task<DnsAnswer> AskAsync(IPEndPoint server, string name, DnsRecordType type, CancellationToken deadline)
    {
        var id = (ushort)RandomNumberGenerator.GetInt32(ushort.MaxValue + 1);
        return DnsMessage.Read(await ExchangeAsync(server, DnsMessage.Question(id, name, type), () => { }, deadline).ConfigureAwait(false), id, type);
    }

    /// <summary>One message and the one that answers it, over a connection of their own.</summary>
    /// <param name="connected">Called when the connection stands, right before anything is written to it.</param>
    /// <exception cref="IOException">The server closed the connection before its answer was complete.</exception>
    public static async Task<byte[]> ExchangeAsync(IPEndPoint server, byte[] message, Action connected, CancellationToken deadline)
    {
        using var socket = new Socket(server.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(server, deadline).ConfigureAwait(false);
        await using var stream = new NetworkStream(socket);
        connected();
        await stream.WriteAsync((byte[])[(byte)(message.Length >> 8), (byte)message.Length, .. message], deadline).ConfigureAwait(false);
        var length = new byte[2];
        await ReadAsync(stream, length, deadline).ConfigureAwait(false);
        var answer = new byte[BinaryPrimitives.ReadUInt16BigEndian(length)];
        await ReadAsync(stream, answer, deadline).ConfigureAwait(false);
        return answer;
    }

    private static async Task ReadAsync(NetworkStream stream, byte[] into, CancellationToken deadline)
    {
        try
        {
            await stream.ReadExactlyAsync(into, deadline).ConfigureAwait(false);
        }
        catch (EndOfStreamException end)
        {
            throw new IOException("closed the connection before the answer was complete", end);
        }
    }
}
