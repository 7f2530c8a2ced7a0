using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Text;
using DrOrchestrator.Estates;
using DrOrchestrator.Probes;
using DrOrchestrator.Time;
using Microsoft.Extensions.Time.Testing;

namespace DrOrchestrator.Tests.Probes;

/// <summary>Alone in the process, because sockets and memory are counted.</summary>
[CollectionDefinition(nameof(HostileTargets), DisableParallelization = true)]
public sealed class HostileTargets;

/// <summary>Targets that do the worst they can: a result with the right reason inside its timeout, no socket left, no more memory than a body's beginning.</summary>
[Collection(nameof(HostileTargets))]
public sealed class HostileTargetsTests : IDisposable
{
    private const double Timeout = 1;
    private const long MostMemory = 8 * 1024 * 1024;
    private const string Ok = "HTTP/1.1 200 OK\r\n";
    private static readonly TimeSpan Far = TimeSpan.FromSeconds(30);
    private readonly HttpBench _bench = new();

    /// <summary>What the target does once the request is there, and how the look must end.</summary>
    public static TheoryData<string, Func<Stream, CancellationToken, Task>, string> Answers => new()
    {
        { "says nothing", (_, token) => Task.Delay(System.Threading.Timeout.InfiniteTimeSpan, TimeProvider.System, token), "no answer within 1s" },
        { "headers a byte at a time", (stream, token) => DripAsync(stream, Ok + "X-Slow: " + new string('x', 5000), token), "no answer within 1s" },
        { "body a byte at a time", async (stream, token) => { await WriteAsync(stream, Ok + "Content-Length: 5000\r\n\r\n", token); await DripAsync(stream, new string('x', 5000), token); }, "HTTP 200, but no complete answer within 1s" },
        { "continue for ever", (stream, token) => RepeatAsync(stream, "HTTP/1.1 100 Continue\r\n\r\n", 20, token), "no answer within 1s" },
        { "headers without end", (stream, token) => FloodAsync(stream, Ok, $"X-More: {new string('x', 4000)}\r\n", token), "*" },
        { "one header without end", (stream, token) => FloodAsync(stream, Ok + "X: ", new string('x', 4000), token), "*" },
        { "a chunk's extension without end", (stream, token) => FloodAsync(stream, Ok + "Transfer-Encoding: chunked\r\n\r\n1;", new string('x', 4000), token), "HTTP 200, but *" },
        { "a gigabyte in chunks", (stream, token) => FloodAsync(stream, Ok + "Transfer-Encoding: chunked\r\n\r\n", "1000\r\n" + new string('x', 4096) + "\r\n", token), "HTTP 200" },
        { "a gigabyte without length", (stream, token) => FloodAsync(stream, Ok + "\r\n", new string('x', 4096), token), "HTTP 200" },
        { "no HTTP at all", (stream, token) => WriteAsync(stream, "SSH-2.0-OpenSSH_9.2\r\n", token), "*" },
        { "bytes of no meaning", (stream, token) => FloodAsync(stream, "\0\u0001\u0002", new string('\u0003', 4096), token), "*" },
        { "half an answer", (stream, token) => WriteAsync(stream, Ok + "Content-Length: 100\r\n\r\nhalf", token), "HTTP 200, but *closed the connection before the answer was complete" },
        { "a reset in the middle", async (stream, token) => { await WriteAsync(stream, Ok + "Content-Length: 100\r\n\r\nhalf", token); Reset(stream); }, "HTTP 200, but *" },
        { "a reset at once", (stream, _) => { Reset(stream); return Task.CompletedTask; }, "*" },
        { "no answer, closed", (_, _) => Task.CompletedTask, "*closed the connection before*" },
        { "a bomb of gzip", (stream, token) => BombAsync(stream, token), "HTTP 200" },
    };

    public void Dispose() => _bench.Dispose();

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task RunAsync_HostileAnswer_EndsInTimeWithItsReasonAndLeavesNothing(string what, Func<Stream, CancellationToken, Task> behaviour, string reason)
    {
        await using var target = new TcpTarget(async (stream, token) =>
        {
            await TcpTarget.ReadRequestAsync(stream, token);
            await behaviour(stream, token);
        });

        var result = await ShouldBeHarmlessAsync(target.Port, HttpBench.Settings(target.Url));

        result.Reason.Should().Match(reason, what);
        result.Outcome.Should().Be(reason == "HTTP 200" ? ProbeOutcome.Up : ProbeOutcome.Down, what);
        target.Connections.Should().Be(1, "a look is one connection");
    }

    [Fact]
    public async Task RunAsync_NobodyAccepts_EndsInTime()
    {
        using var full = Unaccepting(IPAddress.Loopback, 0, out var port, out var first);
        using var queued = first;

        (await ShouldBeHarmlessAsync(port, HttpBench.Settings(new Uri($"http://127.0.0.1:{port}/")), own: 1)).Reason.Should().Be("no answer within 1s");
    }

    [Fact]
    public async Task RunAsync_TlsHandshakeStalls_EndsInTime()
    {
        await using var target = new TcpTarget(async (stream, token) =>
        {
            await stream.ReadAtLeastAsync(new byte[100], 1, throwOnEndOfStream: false, token);
            await Task.Delay(System.Threading.Timeout.InfiniteTimeSpan, TimeProvider.System, token);
        });

        (await ShouldBeHarmlessAsync(target.Port, HttpBench.Settings(new Uri($"https://localhost:{target.Port}/")))).Reason.Should().Be($"no TLS handshake with localhost:{target.Port} within 1s");
    }

    [Fact]
    public async Task RunAsync_RedirectsForEver_EndsAtTheLimit()
    {
        var hop = 0;
        await using var target = new TcpTarget(async (stream, token) =>
        {
            await TcpTarget.ReadRequestAsync(stream, token);
            await WriteAsync(stream, $"HTTP/1.1 302 Found\r\nLocation: /{++hop}\r\n\r\n", token);
        });

        (await ShouldBeHarmlessAsync(target.Port, HttpBench.Settings(target.Url) with { Redirects = 10 })).Reason.Should().StartWith("HTTP 302, but it redirects more than 10 times");
        target.Connections.Should().Be(11);
    }

    [Fact]
    public async Task RunAsync_AnswersBeforeItIsAsked_IsTakenAsTheAnswer()
    {
        await using var target = new TcpTarget(async (stream, token) =>
        {
            await WriteAsync(stream, Ok + "Content-Length: 0\r\n\r\n", token);
            await TcpTarget.ReadRequestAsync(stream, token);
        });

        (await ShouldBeHarmlessAsync(target.Port, HttpBench.Settings(target.Url))).Reason.Should().Match(text => text == "HTTP 200" || text.Contains("closed the connection"));
    }

    [Fact]
    public async Task RunAsync_TcpBannerWithoutEnd_ReadsOnlyItsLimit()
    {
        await using var target = new TcpTarget((stream, token) => FloodAsync(stream, "", new string('x', 4096), token));
        var settings = new TcpProbeSettings("127.0.0.1", target.Port) { Banner = new TcpBanner(null, null, new System.Text.RegularExpressions.Regex("ready"), 1024) };
        using var connections = new ProbeConnections();
        var definition = new ProbeDefinition("p", "s", null, ProbeRole.Component, null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(10), 1, settings);
        using var probe = new TcpProbe(definition, settings, new ProbeContext(connections, new ProcessClock(TimeProvider.System)));

        var result = await probe.RunAsync(default);

        result.Reason.Should().StartWith($"accepted by 127.0.0.1:{target.Port}, but the banner is not as expected: xxx");
        result.Notes!.Select(note => note.Text).Should().Contain("heard 1024 bytes");
    }

    [Fact]
    public async Task RunAsync_DnsOverTcp_KeepsNoMoreThanOneSocket()
    {
        await using var server = new DnsTarget((question, _) => DnsTarget.Answer(question, 0, cut: false, ((ushort)1, [10, 1, 2, 3])));
        var settings = new DnsProbeSettings("127.0.0.1", server.Port, "a.example", DnsRecordType.A, [], DnsMatch.Contains, "NOERROR", DnsTransport.Tcp);
        using var connections = new ProbeConnections();
        var definition = new ProbeDefinition("p", "s", null, ProbeRole.Component, null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(10), 1, settings);
        using var probe = new DnsProbe(definition, settings, new ProbeContext(connections, new ProcessClock(TimeProvider.System)));
        for (var i = 0; i < 20; i++)
        {
            (await probe.RunAsync(default)).Outcome.Should().Be(ProbeOutcome.Up);
        }

        Open(server.Port).Should().BeLessThanOrEqualTo(1);
    }

    [Theory]
    [InlineData(2.9, false)]
    [InlineData(3.0, true)]
    public async Task RunAsync_TargetHangs_EndsWithTheTimeoutAndNotBefore(double seconds, bool ends)
    {
        var time = new FakeTimeProvider();
        await using var target = new TcpTarget((_, token) => Task.Delay(System.Threading.Timeout.InfiniteTimeSpan, TimeProvider.System, token));
        using var connections = new ProbeConnections();
        using var stop = new CancellationTokenSource();
        var settings = HttpBench.Settings(target.Url);
        var definition = new ProbeDefinition("p", "s", null, ProbeRole.Component, null, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(3), 1, settings);
        using var probe = new HttpProbe(definition, settings, new ProbeContext(connections, new ProcessClock(time)));
        var look = probe.RunAsync(stop.Token);
        while (target.Connections == 0)
        {
            await Task.Yield();
        }

        time.Advance(TimeSpan.FromSeconds(seconds));

        if (ends)
        {
            (await look).Should().BeEquivalentTo(new { Outcome = ProbeOutcome.Down, Reason = "no answer within 3s", Duration = TimeSpan.FromSeconds(3) });
            return;
        }

        look.IsCompleted.Should().BeFalse();
        await stop.CancelAsync();
        await look.Awaiting(ended => ended).Should().ThrowAsync<OperationCanceledException>();
    }

    internal static Socket Unaccepting(IPAddress address, int wanted, out int port, out Socket first)
    {
        var full = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        full.Bind(new IPEndPoint(address, wanted));
        full.Listen(0);
        port = ((IPEndPoint)full.LocalEndPoint!).Port;
        first = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        first.Connect(address, port);
        return full;
    }

    private static Task WriteAsync(Stream stream, string text, CancellationToken token) => TcpTarget.WriteAsync(stream, text, token);

    private static Task DripAsync(Stream stream, string text, CancellationToken token) => RepeatAsync(stream, text, 0, token);

    private static async Task RepeatAsync(Stream stream, string text, int times, CancellationToken token)
    {
        foreach (var piece in times == 0 ? text.Select(letter => letter.ToString()) : Enumerable.Repeat(text, 5000))
        {
            await WriteAsync(stream, piece, token);
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, token);
        }
    }

    private static async Task FloodAsync(Stream stream, string head, string piece, CancellationToken token)
    {
        await WriteAsync(stream, head, token);
        var bytes = Encoding.UTF8.GetBytes(piece);
        for (var sent = 0L; sent < 1L << 30; sent += bytes.Length)
        {
            await stream.WriteAsync(bytes, token);
        }
    }

    private static async Task BombAsync(Stream stream, CancellationToken token)
    {
        using var packed = new MemoryStream();
        await using (var zip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            await zip.WriteAsync(new byte[4 * 1024 * 1024], token);
        }

        await WriteAsync(stream, Ok + $"Content-Encoding: gzip\r\nContent-Length: {packed.Length}\r\n\r\n", token);
        await stream.WriteAsync(packed.ToArray(), token);
    }

    private static void Reset(Stream stream)
    {
        ((NetworkStream)stream).Socket.LingerState = new LingerOption(true, 0);
        ((NetworkStream)stream).Socket.Close();
    }

    /// <summary>Sockets of this process that go to the port: the probe's side.</summary>
    private static int Open(int port) => File.ReadLines("/proc/self/net/tcp").Concat(File.ReadLines("/proc/self/net/tcp6")).Skip(1)
        .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        .Count(fields => fields[2].EndsWith($":{port:X4}", StringComparison.Ordinal) && fields[9] != "0");

    private async Task<ProbeResult> ShouldBeHarmlessAsync(int port, HttpProbeSettings settings, int own = 0)
    {
        var (began, before) = (TimeProvider.System.GetTimestamp(), GC.GetTotalAllocatedBytes());
        var result = await _bench.LookAsync(settings, Timeout);

        TimeProvider.System.GetElapsedTime(began).Should().BeLessThan(Far);
        (GC.GetTotalAllocatedBytes() - before).Should().BeLessThan(MostMemory + (settings.Redirects * MostMemory), "both sides together");
        while (Open(port) > own)
        {
            TimeProvider.System.GetElapsedTime(began).Should().BeLessThan(Far, "every socket is closed");
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System);
        }

        return result;
    }
}
