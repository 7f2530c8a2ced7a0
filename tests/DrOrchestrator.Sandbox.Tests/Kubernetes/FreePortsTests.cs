using System.Net;
using System.Net.Sockets;
using DrOrchestrator.Sandbox.Kubernetes.Kubelet;

namespace DrOrchestrator.Sandbox.Tests.Kubernetes;

public sealed class FreePortsTests
{
    [Fact]
    public async Task Take_HoldsThePortAgainstOtherLabsUntilItIsGivenBack()
    {
        var port = FreePorts.Take();

        IsHeld(port).Should().BeTrue("another process looks the same way");
        FreePorts.Return(port);

        // A process that a neighbour has just forked holds a copy of every socket until it is another program.
        await Eventually.TrueAsync(() => Task.FromResult(!IsHeld(port)), "the port is free again");
    }

    private static bool IsHeld(int port)
    {
        using var other = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            other.Bind(new IPEndPoint(IPAddress.Loopback, port));
            return false;
        }
        catch (SocketException)
        {
            return true;
        }
    }
}
