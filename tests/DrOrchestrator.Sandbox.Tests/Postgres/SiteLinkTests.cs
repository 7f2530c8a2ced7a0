using System.Net;
using System.Net.Sockets;
using System.Text;
using DrOrchestrator.Sandbox.Control;
using DrOrchestrator.Sandbox.Postgres;

namespace DrOrchestrator.Sandbox.Tests.Postgres;

/// <summary>The line between the sites, between two sockets that play server and standby.</summary>
public sealed class SiteLinkTests : IAsyncLifetime
{
    private static readonly byte[] _greeting = Message('R', "let in");
    private static readonly byte[] _streamBegins = Message('W', "");
    private readonly PostgresPorts _ports = PostgresPorts.Choose();
    private readonly TcpListener _server;
    private readonly TcpClient _standby = new();
    private readonly CountingTime _time = new();
    private SiteLink? _link;
    private TcpClient? _primary;
    private volatile LabFaults _faults = LabFaults.None;

    public SiteLinkTests() => _server = new TcpListener(IPAddress.Loopback, _ports.Server);

    [Fact]
    public async Task Stream_OfThePrimary_IsHeldWhileReplicationIsStalled_AndWhatTheStandbySaysIsNot()
    {
        await StartAsync(TimeSpan.Zero);
        await SendAsync(_primary!, _greeting);
        (await HeardAsync(_standby, _greeting.Length)).Should().Equal(_greeting);
        _faults = With(LabFaults.ReplicationStalled);
        await SendAsync(_primary!, [.. _streamBegins, .. Message('d', "log")]);
        await SendAsync(_standby, "reply"u8.ToArray());

        (await HeardAsync(_primary!, 5)).Should().Equal("reply"u8.ToArray());
        await _time.WaitedForAsync(10);
        _standby.Available.Should().Be(0);
        _faults = LabFaults.None;

        (await HeardAsync(_standby, _streamBegins.Length)).Should().Equal(_streamBegins);
    }

    [Fact]
    public async Task Stream_ThatWasUnderWayWhenThePrimaryEnded_IsLost()
    {
        await StartAsync(TimeSpan.FromMinutes(10));
        await SendAsync(_primary!, [.. _greeting[..3]]);
        await SendAsync(_primary!, [.. _greeting[3..]]);
        (await HeardAsync(_standby, _greeting.Length)).Should().Equal(_greeting, "a message in two pieces is still none of the stream");
        await SendAsync(_primary!, _streamBegins);
        await SendAsync(_primary!, Message('d', "log"));
        await _time.WaitedForAsync(10);
        _standby.Available.Should().Be(0);

        _primary!.Close();

        (await EndsWithAsync(_standby)).Should().Be("", "nothing of the stream came through before the break");
    }

    [Fact]
    public async Task Cut_PassesNothing_AndBreaksNothing()
    {
        await StartAsync(TimeSpan.Zero);
        _faults = With(LabFaults.Cut);
        await SendAsync(_primary!, _greeting);
        await SendAsync(_standby, "hello"u8.ToArray());
        _primary!.Client.Shutdown(SocketShutdown.Send);
        using var late = new TcpClient();
        await late.ConnectAsync(IPAddress.Loopback, _ports.Link);
        await _time.WaitedForAsync(40);

        _primary.Available.Should().Be(0);
        _standby.Available.Should().Be(0);
        _standby.Client.Poll(0, SelectMode.SelectRead).Should().BeFalse("nobody hears of a break");
        late.Client.Poll(0, SelectMode.SelectRead).Should().BeFalse("nor is anybody refused");
        _server.Pending().Should().BeFalse();
        _faults = LabFaults.None;

        await Eventually.TrueAsync(() => Task.FromResult(_server.Pending()), "the late one gets through");
        await Eventually.TrueAsync(() => Task.FromResult(_standby.Client.Poll(0, SelectMode.SelectRead)), "the break is heard of");
    }

    [Fact]
    public async Task Cut_DuringWhichThePrimaryEnds_TellsTheStandbyOnlyAfterwards()
    {
        await StartAsync(TimeSpan.Zero);
        _faults = With(LabFaults.Cut);

        _primary!.Close();
        await _time.WaitedForAsync(10);

        _standby.Client.Poll(0, SelectMode.SelectRead).Should().BeFalse("packets are dropped, a reset too");
        _faults = LabFaults.None;
        await Eventually.TrueAsync(() => Task.FromResult(_standby.Client.Poll(0, SelectMode.SelectRead)), "the break is heard of");
    }

    public Task InitializeAsync()
    {
        _server.Start();
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await (_link?.DisposeAsync() ?? default);
        _standby.Dispose();
        _primary?.Dispose();
        _server.Dispose();
    }

    private static LabFaults With(string name) => LabFaults.None.With(new LabFault(name, "primary", true, null));

    private static byte[] Message(char type, string body) => [(byte)type, 0, 0, 0, (byte)(body.Length + 4), .. Encoding.ASCII.GetBytes(body)];

    private static async Task SendAsync(TcpClient to, byte[] bytes) => await to.GetStream().WriteAsync(bytes);

    private static async Task<byte[]> HeardAsync(TcpClient at, int count)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20), TimeProvider.System);
        var bytes = new byte[count];
        await at.GetStream().ReadExactlyAsync(bytes, patience.Token);
        return bytes;
    }

    private static async Task<string> EndsWithAsync(TcpClient at)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20), TimeProvider.System);
        using var heard = new MemoryStream();
        try
        {
            await at.GetStream().CopyToAsync(heard, patience.Token);
        }
        catch (IOException)
        {
            // Reset, as by a host that died.
        }

        return Encoding.ASCII.GetString(heard.ToArray());
    }

    private async Task StartAsync(TimeSpan delay)
    {
        _link = SiteLink.Start(_ports, new LinkTerms(delay, () => _faults, _time));
        Task<TcpClient> accepted = _server.AcceptTcpClientAsync();
        await _standby.ConnectAsync(IPAddress.Loopback, _ports.Link);
        _primary = await accepted;
    }
}
