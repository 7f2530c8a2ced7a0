using System.Net;
using System.Net.Sockets;
using DrOrchestrator.Estates;
using DrOrchestrator.Probes;
using DrOrchestrator.Time;

namespace DrOrchestrator.Tests.Probes;

public sealed class DialerTests : IDisposable
{
    private readonly CancellationTokenSource _deadline = new(TimeSpan.FromSeconds(20));
    private readonly Look _look;

    public DialerTests() => _look = new Look(new ProcessClock(TimeProvider.System), _deadline.Token);

    public void Dispose() => _deadline.Dispose();

    [Fact]
    public async Task FirstOfAsync_DeadAddressesInFront_ReachesTheLivingOne()
    {
        await using var target = new TcpTarget((_, _) => Task.CompletedTask);
        using var silent = HostileTargetsTests.Unaccepting(IPAddress.Parse("127.0.0.3"), target.Port, out _, out var first);
        using var queued = first;

        using var socket = await Dialer.FirstOfAsync([IPAddress.Parse("127.0.0.2"), IPAddress.Parse("127.0.0.3"), IPAddress.Loopback], target.Port, _look, _deadline.Token);

        ((IPEndPoint)socket.RemoteEndPoint!).Address.Should().Be(IPAddress.Loopback);
        Notes().Should().Contain($"no connection to 127.0.0.2:{target.Port}: ConnectionRefused").And.Contain($"connected to 127.0.0.1:{target.Port}");
    }

    [Fact]
    public async Task FirstOfAsync_AllRefuse_ThrowsTheLastRefusal()
    {
        var port = HttpProbeTests.FreePort();

        var dialing = () => Dialer.FirstOfAsync([.. Enumerable.Range(2, 7).Select(i => IPAddress.Parse($"127.0.0.{i}"))], port, _look, _deadline.Token);

        (await dialing.Should().ThrowAsync<SocketException>()).Which.SocketErrorCode.Should().Be(SocketError.ConnectionRefused);
        Notes().Should().HaveCount(7);
    }

    [Fact]
    public async Task FirstOfAsync_AllSilent_EndsWithTheDeadline()
    {
        using var silent = HostileTargetsTests.Unaccepting(IPAddress.Parse("127.0.0.3"), 0, out var port, out var first);
        using var queued = first;
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(0.5));

        var dialing = () => Dialer.FirstOfAsync([IPAddress.Parse("127.0.0.3"), IPAddress.Parse("127.0.0.3")], port, _look, deadline.Token);

        await dialing.Should().ThrowAsync<OperationCanceledException>();
    }

    [Theory]
    [InlineData(IpChoice.Four, "127.0.0.1")]
    [InlineData(IpChoice.Six, "::1")]
    public async Task ResolveAsync_AFamilyAsked_GivesThatFamilyOrSaysThereIsNone(IpChoice ip, string address)
    {
        try
        {
            (await Dialer.ResolveAsync("localhost", ip, _look, _deadline.Token)).Should().Equal(IPAddress.Parse(address));
        }
        catch (LookEndedException ended)
        {
            // Not every machine's localhost has both.
            ended.Finding.Reason.Should().Be($"the name localhost has no IPv{(ip == IpChoice.Four ? 4 : 6)} address");
        }
    }

    private IEnumerable<string> Notes() => _look.End("p", Finding.Down(""), tellAlways: true).Notes!.Select(note => note.Text);
}
