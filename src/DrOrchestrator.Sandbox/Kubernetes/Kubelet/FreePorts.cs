using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace DrOrchestrator.Sandbox.Kubernetes.Kubelet;

/// <summary>
/// Finds ports on 127.0.0.1 that nobody uses. They are taken below the range from which the kernel gives ports to outgoing connections:
/// a fixed port that happens not to listen for a while must not be lost to one of those.
/// </summary>
public static class FreePorts
{
    private const int Lowest = 15_000;
    private const int Highest = 32_000;
    private static readonly Lock Gate = new();
    private static readonly HashSet<int> Given = [];

    /// <summary>A port that was free a moment ago and that this process does not get a second time.</summary>
    /// <exception cref="IOException">None was found in many tries.</exception>
    public static int Take()
    {
        for (var attempt = 0; attempt < 500; attempt++)
        {
            var port = RandomNumberGenerator.GetInt32(Lowest, Highest);
            lock (Gate)
            {
                if (Given.Contains(port) || !IsFree(port))
                {
                    continue;
                }

                Given.Add(port);
                return port;
            }
        }

        throw new IOException($"No free TCP port was found on 127.0.0.1 between {Lowest} and {Highest}; end what listens there.");
    }

    /// <summary>Gives a port back once nothing uses it any more.</summary>
    public static void Return(int port)
    {
        lock (Gate)
        {
            Given.Remove(port);
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
