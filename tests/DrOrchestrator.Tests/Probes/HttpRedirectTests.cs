using DrOrchestrator.Estates;
using DrOrchestrator.Probes;

namespace DrOrchestrator.Tests.Probes;

public sealed class HttpRedirectTests : IDisposable
{
    private readonly HttpBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task RunAsync_RedirectsAsked_AreFollowedAndEachIsInTheStory()
    {
        await using var target = Routing(path => path == "/" ? "302 Found\r\nLocation: /next?token=abc" : path.StartsWith("/next") ? "307 Again\r\nLocation: last" : "200 OK");

        var result = await _bench.LookAsync(HttpBench.Settings(target.Url) with { Redirects = 2 }, tellAlways: true);

        result.Should().BeEquivalentTo(new { Outcome = ProbeOutcome.Up, Reason = "HTTP 200" });
        result.Notes!.Select(note => note.Text).Where(text => text.Contains("redirects")).Should().Equal(
            $"HTTP 302 redirects to {target.Url}next", $"HTTP 307 redirects to {target.Url}last");
    }

    [Fact]
    public async Task RunAsync_OneRedirectTooMany_IsDown()
    {
        var hop = 0;
        await using var target = Routing(_ => $"302 Found\r\nLocation: /{++hop}");

        (await _bench.LookAsync(HttpBench.Settings(target.Url) with { Redirects = 3 })).Reason.Should().Be($"HTTP 302, but it redirects more than 3 times, last to {target.Url}4");
        target.Connections.Should().Be(4);
    }

    [Fact]
    public async Task RunAsync_ACircle_IsDownAtItsFirstReturn()
    {
        await using var target = Routing(path => $"302 Found\r\nLocation: {(path == "/a" ? "/" : "/a")}");

        (await _bench.LookAsync(HttpBench.Settings(target.Url) with { Redirects = 10 })).Reason.Should().Be($"HTTP 302, but it redirects in a circle, back to {target.Url}");
        target.Connections.Should().Be(2);
    }

    [Fact]
    public async Task RunAsync_FromHttpsToHttp_IsRefused()
    {
        using var certificates = new TestCertificates();
        using var certificate = certificates.Sign("localhost");
        await using var plain = TcpTarget.Answering("200 OK", "");
        await using var target = new TcpTarget(async (stream, token) =>
        {
            await using var secure = await TcpTarget.SecureAsync(stream, certificate, token);
            await TcpTarget.ReadRequestAsync(secure, token);
            await TcpTarget.WriteAsync(secure, $"HTTP/1.1 302 Found\r\nLocation: {plain.Url}\r\nContent-Length: 0\r\n\r\n", token);
        });
        var settings = HttpBench.Settings(new Uri($"https://localhost:{target.Port}/")) with { Redirects = 3, Tls = TlsSettings.Usual with { CaFile = certificates.AuthorityFile } };

        (await _bench.LookAsync(settings)).Reason.Should().Be($"HTTP 302, but it redirects from https to {plain.Url}");
        plain.Connections.Should().Be(0);
    }

    [Theory]
    [InlineData("ftp://a.example/")]
    [InlineData("http://user:pw@127.0.0.1/")]
    [InlineData("http://[")]
    public async Task RunAsync_NoAddressOfTheWeb_IsDown(string location)
    {
        await using var target = Routing(_ => $"302 Found\r\nLocation: {location}");

        (await _bench.LookAsync(HttpBench.Settings(target.Url) with { Redirects = 3 })).Outcome.Should().Be(ProbeOutcome.Down);
    }

    [Fact]
    public async Task RunAsync_ToAnotherOrigin_LeavesSecretsBehind()
    {
        var (home, other) = (new List<string>(), new List<string>());
        await using var elsewhere = TcpTarget.Answering("200 OK", "", other.Add);
        await using var target = TcpTarget.Answering($"307 Again\r\nLocation: {elsewhere.Url}", "", home.Add);
        using var secret = new SecretInEnvironment("hunter2");
        var settings = HttpBench.Settings(target.Url) with
        {
            Redirects = 1,
            Method = "POST",
            Body = "{}",
            SecretHeaders = new Dictionary<string, SecretReference> { ["X-Key"] = secret.Reference },
            Credentials = new HttpCredentials(null, secret.Reference),
        };

        (await _bench.LookAsync(settings)).Outcome.Should().Be(ProbeOutcome.Up);

        home.Single().Should().Contain("X-Key: hunter2").And.Contain("Authorization: Bearer hunter2");
        other.Single().Should().StartWith("POST ").And.EndWith("{}").And.NotContain("hunter2");
    }

    private static TcpTarget Routing(Func<string, string> answer) => new(async (stream, token) =>
    {
        while (await TcpTarget.ReadRequestAsync(stream, token) is { Length: > 0 } request)
        {
            await TcpTarget.WriteAsync(stream, $"HTTP/1.1 {answer(request.Split(' ')[1])}\r\nContent-Length: 0\r\n\r\n", token);
        }
    });
}
