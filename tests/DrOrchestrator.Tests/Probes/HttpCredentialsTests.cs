using System.Text;
using DrOrchestrator.Estates;
using DrOrchestrator.Probes;

namespace DrOrchestrator.Tests.Probes;

public sealed class HttpCredentialsTests : IDisposable
{
    private readonly HttpBench _bench = new();
    private readonly SecretInEnvironment _secret = new("hunter2");

    public void Dispose()
    {
        _bench.Dispose();
        _secret.Dispose();
    }

    [Fact]
    public async Task RunAsync_TargetEchoesTheSecrets_TheyAreNowhereInTheResult()
    {
        await using var target = new TcpTarget(async (stream, token) =>
        {
            var request = await TcpTarget.ReadRequestAsync(stream, token);
            var body = request[request.IndexOf("Authorization", StringComparison.Ordinal)..];
            await TcpTarget.WriteAsync(stream, $"HTTP/1.1 500 No\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}", token);
        });
        var settings = HttpBench.Settings(target.Url) with
        {
            Credentials = new HttpCredentials("probe", _secret.Reference),
            SecretHeaders = new Dictionary<string, SecretReference> { ["X-Key"] = _secret.Reference },
        };

        var result = await _bench.LookAsync(settings);

        var told = result.Reason + string.Join('\n', result.Notes!.Select(note => note.Text));
        told.Should().Contain("HTTP 500 (expected 200): Authorization: Basic ***");
        told.Should().NotContain("hunter2").And.NotContain(Convert.ToBase64String("probe:hunter2"u8));
    }

    [Fact]
    public async Task RunAsync_SecretMissing_CouldNotLook()
    {
        await using var target = TcpTarget.Answering("200 OK", "");

        var result = await _bench.LookAsync(HttpBench.Settings(target.Url) with { Credentials = new HttpCredentials(null, new SecretReference.Env("DRO_TEST_NOT_SET")) });

        result.Should().BeEquivalentTo(new { Outcome = ProbeOutcome.Unknown, Reason = "could not look: the environment variable DRO_TEST_NOT_SET is not set" });
        target.Connections.Should().Be(0);
    }

    [Fact]
    public async Task RunAsync_ThroughAProxy_AsksTheProxyWithItsCredentials()
    {
        var seen = new List<string>();
        await using var proxy = TcpTarget.Answering("200 OK", "", seen.Add);
        var settings = HttpBench.Settings(new Uri("http://ledger.invalid/health")) with { Proxy = new HttpProxySettings(proxy.Url, null, null) };

        var result = await _bench.LookAsync(settings, tellAlways: true);

        result.Outcome.Should().Be(ProbeOutcome.Up, result.Reason);
        seen.Single().Should().StartWith("GET http://ledger.invalid/health HTTP/1.1");
        result.Notes!.Select(note => note.Text).Should().Contain($"by the proxy {proxy.Url.Authority}");
    }

    [Fact]
    public async Task RunAsync_ProxyAsksWhoWeAre_IsTold()
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
        var settings = HttpBench.Settings(new Uri("http://ledger.invalid/health")) with { FreshConnection = false, Proxy = new HttpProxySettings(proxy.Url, "probe", _secret.Reference) };

        var result = await _bench.LookAsync(settings);

        result.Outcome.Should().Be(ProbeOutcome.Up, result.Reason);
        seen.Should().HaveCount(2);
    }
}
