using System.Net;
using System.Net.Sockets;
using DrOrchestrator.Estates;
using DrOrchestrator.Probes;

namespace DrOrchestrator.Tests.Probes;

public sealed class HttpProxyTests : IDisposable
{
    private readonly HttpBench _bench = new();
    private readonly SecretInEnvironment _secret = new("hunter2");

    public void Dispose()
    {
        _bench.Dispose();
        _secret.Dispose();
    }

    [Fact]
    public async Task RunAsync_ThroughAProxy_AsksTheProxy()
    {
        var seen = new List<string>();
        await using var proxy = TcpTarget.Answering("200 OK", "", seen.Add);
        var settings = HttpBench.Settings(new Uri("http://ledger.invalid/health")) with { Proxy = new HttpProxySettings(proxy.Url, null, null) };

        var result = await _bench.LookAsync(settings, tellAlways: true);

        result.Outcome.Should().Be(ProbeOutcome.Up, result.Reason);
        seen.Single().Should().StartWith("GET http://ledger.invalid/health HTTP/1.1");
        result.Notes!.Select(note => note.Text).Should().Contain($"by the proxy {proxy.Url.Authority}");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task RunAsync_ProxyAsksWhoWeAre_IsTold(bool fresh)
    {
        var seen = new List<string>();
        await using var proxy = new TcpTarget(async (stream, token) =>
        {
            while (await TcpTarget.ReadRequestAsync(stream, token) is { Length: > 0 } request)
            {
                seen.Add(request);
                await TcpTarget.WriteAsync(stream, request.Contains("Proxy-Authorization: Basic") ? "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n" : "HTTP/1.1 407 Who\r\nProxy-Authenticate: Basic realm=\"x\"\r\nContent-Length: 0\r\n\r\n", token);
            }
        });
        var settings = HttpBench.Settings(new Uri("http://ledger.invalid/health")) with { FreshConnection = fresh, Proxy = new HttpProxySettings(proxy.Url, "probe", _secret.Reference) };

        var result = await _bench.LookAsync(settings);

        result.Outcome.Should().Be(ProbeOutcome.Up, result.Reason);
        seen.Should().HaveCount(2);
    }

    [Fact]
    public async Task RunAsync_HttpsThroughAProxy_GoesThroughATunnelAndKnowsTheCertificate()
    {
        using var certificates = new TestCertificates();
        using var certificate = certificates.Sign("ledger.invalid", toDays: 5);
        await using var target = new TcpTarget(async (stream, token) =>
        {
            await using var secure = await TcpTarget.SecureAsync(stream, certificate, token);
            while (await TcpTarget.ReadRequestAsync(secure, token) is { Length: > 0 })
            {
                await TcpTarget.WriteAsync(secure, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", token);
            }
        });
        string? asked = null;
        await using var proxy = new TcpTarget(async (stream, token) =>
        {
            asked = await TcpTarget.ReadRequestAsync(stream, token);
            await TcpTarget.WriteAsync(stream, "HTTP/1.1 200 Go\r\n\r\n", token);
            using var far = new TcpClient();
            await far.ConnectAsync(IPAddress.Loopback, target.Port, token);
            await Task.WhenAny(stream.CopyToAsync(far.GetStream(), token), far.GetStream().CopyToAsync(stream, token));
        });
        var settings = HttpBench.Settings(new Uri("https://ledger.invalid/health")) with
        {
            Proxy = new HttpProxySettings(proxy.Url, null, null),
            Tls = TlsSettings.Usual with { CaFile = certificates.AuthorityFile },
        };

        var good = await _bench.LookAsync(settings);
        var untrusting = await _bench.LookAsync(settings with { Tls = null });
        var soon = await _bench.LookAsync(settings with { Tls = settings.Tls with { ExpiresInMoreThan = TimeSpan.FromDays(14) } });

        good.Outcome.Should().Be(ProbeOutcome.Up, good.Reason);
        asked.Should().StartWith("CONNECT ledger.invalid:443 HTTP/1.1");
        untrusting.Reason.Should().StartWith("TLS with ledger.invalid: the issuer of the certificate is not trusted (");
        soon.Reason.Should().StartWith("HTTP 200, but the certificate expires in ");
    }

    [Fact]
    public async Task RunAsync_ProxyRefusesTheTunnel_IsDown()
    {
        await using var proxy = TcpTarget.Answering("403 Forbidden", "");

        var result = await _bench.LookAsync(HttpBench.Settings(new Uri("https://ledger.invalid/health")) with { Proxy = new HttpProxySettings(proxy.Url, null, null) });

        result.Outcome.Should().Be(ProbeOutcome.Down);
        result.Reason.Should().Contain("403");
    }
}
