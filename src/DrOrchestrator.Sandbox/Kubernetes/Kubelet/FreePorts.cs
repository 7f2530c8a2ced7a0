using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace DrOrchestrator.Sandbox.Kubernetes.Kubelet;

/// <summary>
/// Finds ports on 127.0.0.1 that nobody uses. They are taken below the range from which the kernel gives ports to outgoing connections:
/// a fixed port that happens not to listen for a while must not be lost to one of those. Nor to another lab of this machine: each holds the UDP port of the same number, which nothing
/// here uses, for as long as the TCP port is its own.
/// </summary>
public static class FreePorts
{
    private const int Lowest = 15_000;
    private const int Highest = 32_000;
    private static readonly Lock Gate = new();
    private static readonly Dictionary<int, Socket> Given = [];

    /// <summary>A port that was free a moment ago and that no lab gets a second time.</summary>
    /// <exception cref="IOException">None was found in many tries.</exception>
    public static int Take()
    {
        for (var attempt = 0; attempt < 500; attempt++)
        {
            var port = RandomNumberGenerator.GetInt32(Lowest, Highest);
            lock (Gate)
            {
                if (Given.ContainsKey(port) || Claim(port) is not { } claim)
                {
                    continue;
                }

                if (IsFree(port))
                {
                    Given.Add(port, claim);
                    return port;
                }

                claim.Dispose();
            }
        }

        throw new IOException($"No free TCP port was found on 127.0.0.1 between {Lowest} and {Highest}; end what listens there.");
    }

    /// <summary>Gives a port back once nothing uses it any more.</summary>
    public static void Return(int port)
    {
        lock (Gate)
        {
            if (Given.Remove(port, out var claim))
            {
                claim.Dispose();
            }
        }
    }

    private static Socket? Claim(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            return socket;
        }
        catch (SocketException)
        {
            socket.Dispose();
            return null;
        }
    }

    private static bool IsFree(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            socket.Listen();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
