using System.Net;
using System.Net.Sockets;
using DrOrchestrator.Estates;
using DrOrchestrator.Probes;
using DrOrchestrator.Time;

namespace DrOrchestrator.Tests.Probes;

public sealed class HttpProbeTests : IDisposable
{
    private static readonly TimeSpan Patient = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Short = TimeSpan.FromSeconds(3);
    private readonly ProbeConnections _connections = new();
    private readonly ProcessClock _clock = new(TimeProvider.System);

    public void Dispose() => _connections.Dispose();

    [Fact]
    public async Task RunAsync_ExpectedStatus_IsUp()
    {
        await using var target = TcpTarget.Answering("201 Created", "{}");

        var result = await LookAsync(Settings(target.Url) with { ExpectedStatus = [200, 201] });

        result.Should().BeEquivalentTo(new { Probe = "p", Outcome = ProbeOutcome.Up, Reason = "HTTP 201" });
        result.Duration.Should().BePositive().And.BeLessThan(Patient);
        result.Notes.Should().BeNull("a good look has no story");
        result.Phases.Should().Match<ProbePhases?>(phases => phases!.Value.Dns == null && phases.Value.Tls == null && phases.Value.Connect != null && phases.Value.FirstByte != null && phases.Value.Transfer != null);
    }

    [Fact]
    public async Task RunAsync_OtherStatus_SaysWhatItExpectedAndWhatItGot()
    {
        await using var target = TcpTarget.Answering("503 Service Unavailable", "{\"refused\":true,\n\"reason\":\"no primary\"}" + new string('x', 200));

        var result = await LookAsync(Settings(target.Url) with { ExpectedStatus = [201] });

        result.Outcome.Should().Be(ProbeOutcome.Down);
        result.Reason.Should().StartWith("HTTP 503 (expected 201): {\"refused\":true, \"reason\":\"no primary\"}xxx").And.HaveLength("HTTP 503 (expected 201): ".Length + 100);
    }

    [Fact]
    public async Task RunAsync_RedirectToAGoodPage_IsNotFollowed()
    {
        await using var good = TcpTarget.Answering("200 OK", "fine");
        await using var target = TcpTarget.Answering($"302 Found\r\nLocation: {good.Url}", "");

        (await LookAsync(Settings(target.Url))).Should().BeEquivalentTo(new { Outcome = ProbeOutcome.Down, Reason = "HTTP 302 (expected 200)" });
        good.Connections.Should().Be(0);
    }

    [Fact]
    public async Task RunAsync_BodyWithoutTheText_IsDown()
    {
        await using var target = TcpTarget.Answering("200 OK", "{\"status\":\"starting\"}");

        (await LookAsync(Settings(target.Url) with { BodyContains = "ready" })).Reason
            .Should().Be("HTTP 200, but the body does not contain 'ready': {\"status\":\"starting\"}");
    }

    [Fact]
    public async Task RunAsync_NobodyListens_IsRefused()
    {
        var port = FreePort();

        (await LookAsync(Settings(new Uri($"http://127.0.0.1:{port}/")))).Should().BeEquivalentTo(
            new { Outcome = ProbeOutcome.Down, Reason = $"connection refused by 127.0.0.1:{port}" });
    }

    [Fact]
    public async Task RunAsync_UnknownName_CannotBeResolved() =>
        (await LookAsync(Settings(new Uri("http://no-such-host.invalid/")))).Should().Match<ProbeResult>(
            r => r.Outcome == ProbeOutcome.Down && (r.Reason == "the name no-such-host.invalid cannot be resolved" || r.Reason == "no name server answers for no-such-host.invalid"));

    [Fact]
    public async Task RunAsync_TargetHangs_EndsAtTheTimeout()
    {
        await using var target = new TcpTarget((_, token) => Task.Delay(System.Threading.Timeout.InfiniteTimeSpan, TimeProvider.System, token));

        await ShouldEndInTimeAsync(Settings(target.Url), "no answer within 3s");
    }

    [Fact]
    public async Task RunAsync_NobodyAccepts_EndsAtTheTimeout()
    {
        using var full = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        full.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        full.Listen(0);
        var port = ((IPEndPoint)full.LocalEndPoint!).Port;
        using var first = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await first.ConnectAsync(IPAddress.Loopback, port);

        await ShouldEndInTimeAsync(Settings(new Uri($"http://127.0.0.1:{port}/")), "no answer within 3s");
    }

    [Fact]
    public async Task RunAsync_AByteASecond_EndsAtTheTimeout()
    {
        await using var target = new TcpTarget(async (stream, token) =>
        {
            await TcpTarget.WriteAsync(stream, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n", token);
            for (var i = 0; i < 100; i++)
            {
                await TcpTarget.WriteAsync(stream, "x", token);
                await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, token);
            }
        });

        await ShouldEndInTimeAsync(Settings(target.Url), "HTTP 200, but no complete answer within 3s");
    }

    [Fact]
    public async Task RunAsync_HeadersWithoutEnd_EndsInTime()
    {
        await using var target = new TcpTarget(async (stream, token) =>
        {
            await TcpTarget.WriteAsync(stream, "HTTP/1.1 200 OK\r\n", token);
            while (true)
            {
                await TcpTarget.WriteAsync(stream, $"X-More: {new string('x', 4000)}\r\n", token);
            }
        });

        (await LookAsync(Settings(target.Url))).Outcome.Should().Be(ProbeOutcome.Down);
    }

    [Fact]
    public async Task RunAsync_AGigabyteOfBody_IsNotReadWhole()
    {
        var sent = 0L;
        await using var target = new TcpTarget(async (stream, token) =>
        {
            await TcpTarget.ReadRequestAsync(stream, token);
            await TcpTarget.WriteAsync(stream, "HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\n", token);
            var chunk = new byte[64 * 1024];
            for (var i = 0; i < 16 * 1024; i++)
            {
                await stream.WriteAsync(chunk, token);
                Interlocked.Add(ref sent, chunk.Length);
            }
        });

        var result = await LookAsync(Settings(target.Url));

        result.Outcome.Should().Be(ProbeOutcome.Up);
        await target.DisposeAsync();
        Interlocked.Read(ref sent).Should().BeLessThan(64 * 1024 * 1024, "what the probe did not read stays in the buffers of two sockets");
    }

    [Fact]
    public async Task RunAsync_ConnectionReset_IsDown()
    {
        await using var target = new TcpTarget((stream, _) =>
        {
            ((NetworkStream)stream).Socket.LingerState = new LingerOption(true, 0);
            ((NetworkStream)stream).Socket.Close();
            return Task.CompletedTask;
        });

        var result = await LookAsync(Settings(target.Url));

        result.Outcome.Should().Be(ProbeOutcome.Down);
        result.Reason.Should().BeOneOf($"connection reset by 127.0.0.1:{target.Port}", $"127.0.0.1:{target.Port}: closed the connection before it answered");
        target.Connections.Should().Be(1);
    }

    [Theory]
    [InlineData("GET", null)]
    [InlineData("POST", "{}")]
    public async Task RunAsync_ClosedWithoutAnAnswer_IsDownAfterOneRequest(string method, string? body)
    {
        var requests = 0;
        await using var target = new TcpTarget(async (stream, token) =>
        {
            await TcpTarget.ReadRequestAsync(stream, token);
            Interlocked.Increment(ref requests);
        });

        var result = await LookAsync(Settings(target.Url) with { Method = method, Body = body });

        result.Outcome.Should().Be(ProbeOutcome.Down);
        result.Reason.Should().Contain("closed the connection before");
        requests.Should().Be(1);
    }

    [Fact]
    public async Task RunAsync_NoHttpAtAll_IsDown()
    {
        await using var target = new TcpTarget((stream, token) => TcpTarget.WriteAsync(stream, "SSH-2.0-OpenSSH_9.2\r\n", token));

        (await LookAsync(Settings(target.Url))).Outcome.Should().Be(ProbeOutcome.Down);
    }

    [Fact]
    public async Task RunAsync_ExpiredCertificate_SaysSo()
    {
        using var certificate = TcpTarget.ExpiredCertificate();
        await using var target = new TcpTarget((stream, token) => TcpTarget.SecureAsync(stream, certificate, token));

        var result = await LookAsync(Settings(new Uri($"https://localhost:{target.Port}/")));

        result.Outcome.Should().Be(ProbeOutcome.Down);
        result.Reason.Should().StartWith($"TLS with localhost:{target.Port}: the certificate expired at 2021-01-01 00:00:00Z");
        result.CertificateExpires.Should().Be(new DateTimeOffset(2021, 1, 1, 0, 0, 0, TimeSpan.Zero));
        result.Notes!.Select(note => note.Text).Should().Contain(text => text.StartsWith("certificate CN=localhost, issued by CN=localhost, valid until 2021-01-01 00:00:00Z"));
    }

    [Fact]
    public async Task RunAsync_FreshConnectionAsked_OpensOneEachTime()
    {
        await using var target = TcpTarget.Answering("200 OK", "fine");

        await LookAsync(Settings(target.Url));
        await LookAsync(Settings(target.Url));
        target.Connections.Should().Be(2);

        await LookAsync(Settings(target.Url) with { FreshConnection = false });
        await LookAsync(Settings(target.Url) with { FreshConnection = false });
        target.Connections.Should().Be(3);
    }

    [Fact]
    public async Task RunAsync_HeadersAndNonce_AreSentAndNeverRepeated()
    {
        var seen = new List<string>();
        await using var target = TcpTarget.Answering("200 OK", "fine", seen.Add);
        var settings = Settings(target.Url) with
        {
            Method = "POST",
            Body = "{\"id\":\"probe-{{nonce}}\"}",
            Headers = new Dictionary<string, string> { ["Authorization"] = "Bearer abc", ["Content-Type"] = "text/plain" },
        };

        await LookAsync(settings);
        await LookAsync(settings);
        using var restarted = new ProbeConnections();
        await new HttpProbe(Definition(settings, Patient), settings, new ProbeContext(restarted, _clock)).RunAsync(default);

        seen.Should().OnlyContain(request => request.StartsWith("POST / HTTP/1.1\r\n") && request.Contains("\r\nAuthorization: Bearer abc\r\n") && request.Contains("\r\nContent-Type: text/plain\r\n"));
        seen.Select(request => request[request.IndexOf('{')..]).Should().OnlyHaveUniqueItems().And.HaveCount(3).And.OnlyContain(body => !body.Contains("nonce"));
    }

    [Fact]
    public async Task RunAsync_CancelledFromOutside_Throws()
    {
        await using var target = new TcpTarget((_, token) => Task.Delay(System.Threading.Timeout.InfiniteTimeSpan, TimeProvider.System, token));
        using var outside = new CancellationTokenSource(TimeSpan.FromSeconds(0.1));
        var settings = Settings(target.Url);
        using var probe = new HttpProbe(Definition(settings, TimeSpan.FromSeconds(30)), settings, new ProbeContext(_connections, _clock));

        await probe.Invoking(p => p.RunAsync(outside.Token)).Should().ThrowAsync<OperationCanceledException>();
    }

    internal static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static HttpProbeSettings Settings(Uri url) => new(url, "GET", new Dictionary<string, string>(), null, [200], null, FreshConnection: true);

    private static ProbeDefinition Definition(ProbeSettings settings, TimeSpan timeout) =>
        new("p", "s", null, ProbeRole.Service, "f", TimeSpan.FromSeconds(1), timeout, 2, settings);

    private async Task<ProbeResult> LookAsync(HttpProbeSettings settings, TimeSpan? timeout = null)
    {
        using var probe = new HttpProbe(Definition(settings, timeout ?? Patient), settings, new ProbeContext(_connections, _clock));
        return await probe.RunAsync(default);
    }

    private async Task ShouldEndInTimeAsync(HttpProbeSettings settings, string reason)
    {
        var began = TimeProvider.System.GetTimestamp();

        var result = await LookAsync(settings, Short);

        result.Should().BeEquivalentTo(new { Outcome = ProbeOutcome.Down, Reason = reason });
        TimeProvider.System.GetElapsedTime(began).Should().BeLessThan(Short * 10);
    }
}
