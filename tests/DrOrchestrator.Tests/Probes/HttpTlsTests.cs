using System.Net.Security;
using DrOrchestrator.Estates;
using DrOrchestrator.Probes;

namespace DrOrchestrator.Tests.Probes;

public sealed class HttpTlsTests : IDisposable
{
    private readonly HttpBench _bench = new();
    private readonly TestCertificates _certificates = new();

    public void Dispose()
    {
        _bench.Dispose();
        _certificates.Dispose();
    }

    [Fact]
    public async Task RunAsync_OurAuthority_IsUpAndTellsTheChain()
    {
        await using var target = Secure("localhost", toDays: 30.5);

        var result = await LookAsync(target, Trusting());

        result.Outcome.Should().Be(ProbeOutcome.Up, result.Reason);
        result.Phases!.Value.Tls.Should().NotBeNull();
        (result.CertificateExpires!.Value - result.EndedAt).TotalDays.Should().BeInRange(30.4, 30.5);
        result.Notes!.Select(note => note.Text).Should().Contain(text => text.StartsWith("certificate CN=localhost, issued by CN=Test authority, valid until "))
            .And.Contain(text => text.StartsWith("issuer in the chain CN=Test authority, valid until "))
            .And.Contain(text => text.StartsWith("TLS agreed: Tls1"));
    }

    [Fact]
    public async Task RunAsync_NobodyTrustsTheIssuer_IsDown()
    {
        await using var target = Secure("localhost");

        (await LookAsync(target, null)).Should().Match<ProbeResult>(
            r => r.Outcome == ProbeOutcome.Down && r.Reason.StartsWith($"TLS with localhost:{target.Port}: the issuer of the certificate is not trusted ("));
    }

    [Fact]
    public async Task RunAsync_AnotherName_IsDownAndSaysWhose()
    {
        await using var target = Secure("other.example");

        (await LookAsync(target, Trusting())).Reason.Should().Be($"TLS with localhost:{target.Port}: the certificate is for other.example, not for localhost");
        (await LookAsync(target, Trusting() with { ServerName = "other.example" })).Outcome.Should().Be(ProbeOutcome.Up);
    }

    [Fact]
    public async Task RunAsync_ExpiredOrNotYetValid_IsDownAndSaysWhen()
    {
        await using var old = Secure("localhost", fromDays: -20, toDays: -10);
        await using var early = Secure("localhost", fromDays: 10, toDays: 20);

        (await LookAsync(old, Trusting())).Reason.Should().StartWith($"TLS with localhost:{old.Port}: the certificate expired at 2");
        (await LookAsync(early, Trusting())).Reason.Should().StartWith($"TLS with localhost:{early.Port}: the certificate is not valid before 2");
    }

    [Fact]
    public async Task RunAsync_EndsSoonerThanAsked_IsDownThoughItAnswers()
    {
        await using var target = Secure("localhost", toDays: 3.25);

        (await LookAsync(target, Trusting() with { ExpiresInMoreThan = TimeSpan.FromDays(14) })).Reason.Should().Be("HTTP 200, but the certificate expires in 3.2 days (limit: 14 days)");
        (await LookAsync(target, Trusting() with { ExpiresInMoreThan = TimeSpan.FromDays(3) })).Outcome.Should().Be(ProbeOutcome.Up);
    }

    [Fact]
    public async Task RunAsync_ReusedConnection_StillKnowsTheCertificate()
    {
        await using var target = Secure("localhost", toDays: 3);
        var settings = HttpBench.Settings(new Uri($"https://localhost:{target.Port}/")) with { FreshConnection = false, Tls = Trusting() with { ExpiresInMoreThan = TimeSpan.FromDays(14) } };
        using var probe = _bench.Create(settings);

        await probe.RunAsync(default);
        var second = await probe.RunAsync(default);

        second.Reason.Should().StartWith("HTTP 200, but the certificate expires in ");
        second.Phases!.Value.Tls.Should().BeNull("the connection was there");
        target.Connections.Should().Be(1);
    }

    [Fact]
    public async Task RunAsync_ClientCertificateWithAnEncryptedKey_IsPresented()
    {
        using var password = new SecretInEnvironment("key password");
        _certificates.WriteClient("key password");
        string? presented = null;
        using var certificate = _certificates.Sign("localhost");
        await using var target = new TcpTarget(async (stream, token) =>
        {
            await using var secure = new SslStream(stream);
            await secure.AuthenticateAsServerAsync(
                new SslServerAuthenticationOptions
                {
                    ServerCertificate = certificate,
                    ClientCertificateRequired = true,
                    RemoteCertificateValidationCallback = (_, client, _, _) => (presented = client?.Subject) is not null,
                },
                token);
            await AnswerAsync(secure, token);
        });
        var tls = Trusting() with { CertificateFile = _certificates.ClientFile, KeyFile = _certificates.ClientKeyFile, KeyPassword = password.Reference };

        var result = await LookAsync(target, tls);

        result.Outcome.Should().Be(ProbeOutcome.Up, result.Reason);
        presented.Should().Be("CN=probe");
    }

    [Fact]
    public async Task RunAsync_RedirectToAnotherPort_KeepsOurCertificateToTheDeclaredOrigin()
    {
        using var password = new SecretInEnvironment("key password");
        _certificates.WriteClient("key password");
        var presented = new List<string?>();
        await using var other = Asking("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", presented);
        await using var target = Asking($"HTTP/1.1 302 Found\r\nLocation: https://localhost:{other.Port}/\r\nContent-Length: 0\r\n\r\n", presented);
        var tls = Trusting() with { CertificateFile = _certificates.ClientFile, KeyFile = _certificates.ClientKeyFile, KeyPassword = password.Reference };

        var result = await _bench.LookAsync(HttpBench.Settings(new Uri($"https://localhost:{target.Port}/")) with { Tls = tls, Redirects = 1 });

        result.Outcome.Should().Be(ProbeOutcome.Up, result.Reason);
        presented.Should().Equal("CN=probe", null);
    }

    [Fact]
    public async Task RunAsync_KeyFileIsNone_CouldNotLook()
    {
        await using var target = Secure("localhost");
        File.WriteAllText(_certificates.ClientFile, "no PEM");

        var result = await LookAsync(target, Trusting() with { CertificateFile = _certificates.ClientFile });

        result.Should().BeEquivalentTo(new { Outcome = ProbeOutcome.Unknown, Reason = $"could not look: the file {_certificates.ClientFile} cannot be used (CryptographicException)" });
    }

    private TlsSettings Trusting() => TlsSettings.Usual with { CaFile = _certificates.AuthorityFile };

    /// <summary>Asks for a certificate, takes none too, and notes which it was.</summary>
    private TcpTarget Asking(string answer, List<string?> presented)
    {
        var certificate = _certificates.Sign("localhost");
        return new TcpTarget(async (stream, token) =>
        {
            await using var secure = new SslStream(stream);
            string? subject = null;
            await secure.AuthenticateAsServerAsync(
                new SslServerAuthenticationOptions
                {
                    ServerCertificate = certificate,
                    ClientCertificateRequired = true,
                    RemoteCertificateValidationCallback = (_, client, _, _) =>
                    {
                        subject = client?.Subject;
                        return true;
                    },
                },
                token);
            await TcpTarget.ReadRequestAsync(secure, token);
            presented.Add(subject);
            await TcpTarget.WriteAsync(secure, answer, token);
        });
    }

    private TcpTarget Secure(string name, double fromDays = -1, double toDays = 100)
    {
        var certificate = _certificates.Sign(name, fromDays, toDays);
        return new TcpTarget(async (stream, token) =>
        {
            await using var secure = await TcpTarget.SecureAsync(stream, certificate, token);
            await AnswerAsync(secure, token);
        });
    }

    private static async Task AnswerAsync(Stream stream, CancellationToken token)
    {
        while (await TcpTarget.ReadRequestAsync(stream, token) is { Length: > 0 })
        {
            await TcpTarget.WriteAsync(stream, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", token);
        }
    }

    private Task<ProbeResult> LookAsync(TcpTarget target, TlsSettings? tls) =>
        _bench.LookAsync(HttpBench.Settings(new Uri($"https://localhost:{target.Port}/")) with { Tls = tls }, tellAlways: true);
}
