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
}
