using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using DrOrchestrator.Estates;
using DrOrchestrator.RecoveryPoints;
using DrOrchestrator.RecoveryPoints.Moments;
using DrOrchestrator.Tests.Probes;
using DrOrchestrator.Time;

namespace DrOrchestrator.Tests.RecoveryPoints.Moments;

/// <summary>Moments out of documents: <c>http</c> by a real server, <c>prometheus</c> by the real program and by answers it may give.</summary>
public sealed class WebMomentReaderTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 8, 0, 0, TimeSpan.Zero);
    private static readonly MomentFormat Rfc3339 = new(MomentFormat.Rfc3339, TimeZoneInfo.Utc);

    private readonly MomentWeb _web = new(new ProcessClock(TimeProvider.System));

    public void Dispose() => _web.Dispose();

    [Fact]
    public async Task Http_DocumentWithATime_RepresentsIt()
    {
        await using var server = Serve("HTTP/1.1 200 OK", """{"backups":[{"of":"2026-03-01T02:00:00Z"}]}""");

        var read = await ReadAsync(new HttpPointSettings("dr", new Uri(server.Url, "last?token=x"), "backups[0].of", Rfc3339, null));

        read.Should().BeOfType<MomentResult.Read>().Which.Represents.Should().Be(new DateTimeOffset(2026, 3, 1, 2, 0, 0, TimeSpan.Zero));
    }

    [Theory]
    [InlineData("HTTP/1.1 503 Busy", "{}", "http://127.0.0.1:*/last answers HTTP 503")]
    [InlineData("HTTP/1.1 302 Found\r\nLocation: /other", "{}", "http://127.0.0.1:*/last answers HTTP 302")]
    [InlineData("HTTP/1.1 200 OK", "{}", "the document of http://127.0.0.1:*/last has no text or number at backups[0].of")]
    [InlineData("HTTP/1.1 200 OK", "<html>", "the document of http://127.0.0.1:*/last is no JSON: *")]
    [InlineData("HTTP/1.1 200 OK", """{"backups":[{"of":"yesterday"}]}""", "backups[0].of of http://127.0.0.1:*/last is no moment in the format rfc3339: yesterday")]
    public async Task Http_AnythingElse_IsAFailureWithItsReason(string head, string body, string reason)
    {
        await using var server = Serve(head, body);

        var result = await ReadAsync(new HttpPointSettings("dr", new Uri(server.Url, "last?token=x"), "backups[0].of", Rfc3339, null));

        result.Should().BeOfType<MomentResult.Failed>().Which.Reason.Should().Match(reason).And.NotContain("token");
    }

    [Fact]
    public void Http_ClockOfTheServer_IsCompared()
    {
        var answer = new WebAnswer("x", "{\"t\":\"2026-03-01T07:59:00Z\"}"u8.ToArray(), Now, Now.AddSeconds(2), Now.AddSeconds(31));

        HttpMomentReader.Read(answer, new HttpPointSettings("dr", new Uri("http://x/"), "t", Rfc3339, null)).Should().BeOfType<MomentResult.Read>()
            .Which.ClockOffset.Should().Be(TimeSpan.FromSeconds(30));
    }

    [Theory]
    [InlineData("""{"status":"success","data":{"resultType":"vector","result":[]}}""", false, null, "the query at x has no value")]
    [InlineData("""{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[1772352000,"1772348400"]}]}}""", false, -3600.0, "the one of x")]
    [InlineData("""{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[1772352000,"5"]},{"metric":{},"value":[1772352000,"70.5"]}]}}""", true, -70.5, "the oldest of 2 series of x")]
    [InlineData("""{"status":"success","data":{"resultType":"scalar","result":[1772352000,"10"]}}""", true, -10.0, "the one of x")]
    [InlineData("""{"status":"success","data":{"resultType":"scalar","result":[1772352000,"NaN"]}}""", true, null, "a value of the query at x is no age in seconds")]
    [InlineData("""{"status":"success","data":{"resultType":"scalar","result":[1772352000,"0"]}}""", false, null, "a value of the query at x is no moment in seconds since 1970")]
    [InlineData("""{"status":"success","data":{"resultType":"matrix","result":[]}}""", false, null, "the answer of x is none of Prometheus: the query gives a matrix")]
    [InlineData("""{"status":"error"}""", false, null, "the answer of x is none of Prometheus: *")]
    public void Prometheus_Answer_IsRead(string body, bool age, double? seconds, string text)
    {
        var result = PrometheusMomentReader.Read(new WebAnswer("x", Encoding.UTF8.GetBytes(body), Now, Now, null), new PrometheusPointSettings("dr", new Uri("http://x/"), "q", age, null));

        if (seconds is { } expected)
        {
            var read = result.Should().BeOfType<MomentResult.Read>().Which;
            (read.Represents - Now).TotalSeconds.Should().BeApproximately(expected, 0.001);
            read.What.Should().Be(text);
            read.ClockOffset.Should().Be(TimeSpan.Zero);
        }
        else
        {
            (result switch { MomentResult.Empty empty => empty.Reason, MomentResult.Failed failed => failed.Reason, _ => "" }).Should().Match(text);
        }
    }

    [Fact]
    public async Task Prometheus_TheRealProgram_AnswersMomentsAndAges()
    {
        var folder = Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, "work", Guid.NewGuid().ToString("N"))).FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "prometheus.yml"), "scrape_configs: []\n");
        var port = FreePort();
        using var process = Process.Start(new ProcessStartInfo(
            "prometheus",
            [$"--config.file={folder}/prometheus.yml", $"--storage.tsdb.path={folder}/data", string.Create(CultureInfo.InvariantCulture, $"--web.listen-address=127.0.0.1:{port}"), "--log.level=error"]))!;
        try
        {
            var url = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/"));
            PrometheusPointSettings Query(string query, bool age) => new("dr", url, query, age, null);
            MomentResult moment;
            for (var i = 0; (moment = await ReadAsync(Query("vector(time() - 90)", false))) is MomentResult.Failed && i < 500; i++)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(40), TimeProvider.System);
            }

            var age = await ReadAsync(Query("90", true));
            var refused = await ReadAsync(Query("no(", true));

            (moment.At - moment.Should().BeOfType<MomentResult.Read>().Which.Represents).TotalSeconds.Should().BeInRange(89, 150);
            (age.At - age.Should().BeOfType<MomentResult.Read>().Which.Represents).TotalSeconds.Should().BeInRange(89, 150);
            refused.Should().BeOfType<MomentResult.Failed>().Which.Reason.Should().EndWith("/api/v1/query answers HTTP 400");
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync();
            Directory.Delete(folder, recursive: true);
        }
    }

    private Task<MomentResult> ReadAsync(MomentSettings settings)
    {
        IMomentReader reader = settings is HttpPointSettings ? new HttpMomentReader(_web) : new PrometheusMomentReader(_web);
        return reader.ReadAsync(new RecoveryPointDefinition("x", "s", TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(30), settings), default);
    }

    private static TcpTarget Serve(string head, string body) => new(async (stream, token) =>
    {
        if ((await TcpTarget.ReadRequestAsync(stream, token)).Length > 0)
        {
            await TcpTarget.WriteAsync(stream, $"{head}\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n{body}", token);
        }
    });

    private static int FreePort()
    {
        using var socket = new TcpListener(IPAddress.Loopback, 0);
        socket.Start();
        return ((IPEndPoint)socket.LocalEndpoint).Port;
    }
}
