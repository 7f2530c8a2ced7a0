using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace DrOrchestrator.Probes;

/// <summary>
/// Echo requests over a socket of our own (RFC 792, RFC 4443): an unprivileged ICMP socket where the machine allows it, else a raw one. The runtime's own class starts the
/// program <c>ping</c> where it may not open a raw socket; a process per look is nothing for a probe loop.
/// </summary>
internal sealed class IcmpEcho : IDisposable
{
    private const int Header = 8;
    private const int Length = 40;
    private const int LargestReply = 1500;
    private readonly Socket _socket;
    private readonly IPAddress _address;
    private readonly ushort _id = (ushort)Random.Shared.Next(1, ushort.MaxValue);
    private readonly bool _isRaw;

    private IcmpEcho(Socket socket, IPAddress address, bool isRaw) => (_socket, _address, _isRaw) = (socket, address, isRaw);

    private bool IsV6 => _address.AddressFamily == AddressFamily.InterNetworkV6;

    /// <exception cref="LookEndedException">This process may not; says how it may.</exception>
    public static IcmpEcho Open(IPAddress address)
    {
        var protocol = address.AddressFamily == AddressFamily.InterNetworkV6 ? ProtocolType.IcmpV6 : ProtocolType.Icmp;
        foreach (var type in (SocketType[])[SocketType.Dgram, SocketType.Raw])
        {
            try
            {
                return new IcmpEcho(new Socket(address.AddressFamily, type, protocol), address, type == SocketType.Raw);
            }
            catch (SocketException exception) when (exception.SocketErrorCode is SocketError.AccessDenied or SocketError.ProtocolNotSupported or SocketError.ProtocolType or SocketError.SocketNotSupported or SocketError.OperationNotSupported)
            {
                // The other type may be allowed.
            }
        }

        throw new LookEndedException(Finding.Unknown("could not look: this process may not send ICMP (put its group into net.ipv4.ping_group_range, or give it CAP_NET_RAW)"));
    }

    /// <summary>The round trip, or null where nothing came in time.</summary>
    public async Task<TimeSpan?> AskAsync(ushort sequence, TimeSpan patience, Look look, CancellationToken deadline)
    {
        using var waiting = new CancellationTokenSource(patience, look.Time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(waiting.Token, deadline);
        var began = look.Elapsed;
        var reply = new byte[LargestReply];
        try
        {
            await _socket.SendToAsync(Request(sequence), new IPEndPoint(_address, 0), both.Token).ConfigureAwait(false);
            while (true)
            {
                var received = await _socket.ReceiveFromAsync(reply, SocketFlags.None, new IPEndPoint(IsV6 ? IPAddress.IPv6Any : IPAddress.Any, 0), both.Token).ConfigureAwait(false);
                if (IsReply(reply.AsSpan(0, received.ReceivedBytes), sequence) && ((IPEndPoint)received.RemoteEndPoint).Address.Equals(_address))
                {
                    return look.Elapsed - began;
                }
            }
        }
        catch (OperationCanceledException) when (!deadline.IsCancellationRequested)
        {
            return null;
        }
    }

    public void Dispose() => _socket.Dispose();

    private byte[] Request(ushort sequence)
    {
        var request = new byte[Length];
        request[0] = (byte)(IsV6 ? 128 : 8);
        BinaryPrimitives.WriteUInt16BigEndian(request.AsSpan(4), _id);
        BinaryPrimitives.WriteUInt16BigEndian(request.AsSpan(6), sequence);
        if (!IsV6)
        {
            // The kernel sums for ICMPv6, and for unprivileged sockets once more.
            BinaryPrimitives.WriteUInt16BigEndian(request.AsSpan(2), Checksum(request));
        }

        return request;
    }

    private bool IsReply(ReadOnlySpan<byte> packet, ushort sequence)
    {
        // A raw IPv4 socket is given the IP header too; its length is in words of four bytes.
        var at = _isRaw && !IsV6 && packet.Length > 0 ? (packet[0] & 15) * 4 : 0;
        return packet.Length >= at + Header
            && packet[at] == (IsV6 ? 129 : 0)
            && BinaryPrimitives.ReadUInt16BigEndian(packet[(at + 6)..]) == sequence
            && (!_isRaw || BinaryPrimitives.ReadUInt16BigEndian(packet[(at + 4)..]) == _id);
    }

    private static ushort Checksum(ReadOnlySpan<byte> bytes)
    {
        uint sum = 0;
        for (var i = 0; i < bytes.Length; i += 2)
        {
            sum += BinaryPrimitives.ReadUInt16BigEndian(bytes[i..]);
        }

        while (sum >> 16 != 0)
        {
            sum = (sum & 0xffff) + (sum >> 16);
        }

        return (ushort)~sum;
    }
}
