using System.Text.RegularExpressions;
using DrOrchestrator.Estates;
using DrOrchestrator.Probes;
using DrOrchestrator.Time;

namespace DrOrchestrator.Tests.Probes;

public sealed class TcpProbeTests : IDisposable
{
    private readonly ProbeConnections _connections = new();

    public void Dispose() => _connections.Dispose();

    [Fact]
    public async Task RunAsync_SomebodyAccepts_IsUp()
    {
        await using var target = new TcpTarget((_, _) => Task.CompletedTask);

        (await LookAsync(target.Port)).Should().BeEquivalentTo(new { Outcome = ProbeOutcome.Up, Reason = $"accepted by 127.0.0.1:{target.Port}" });
    }

    [Fact]
    public async Task RunAsync_NobodyListens_IsRefused()
    {
        var port = HttpProbeTests.FreePort();

        (await LookAsync(port)).Should().BeEquivalentTo(new { Outcome = ProbeOutcome.Down, Reason = $"connection refused by 127.0.0.1:{port}" });
    }

    [Theory]
    [InlineData("220 ", null, "accepted by 127.0.0.1:{0}")]
    [InlineData(null, "mail\\.example", "accepted by 127.0.0.1:{0}")]
    [InlineData("SSH-", null, "accepted by 127.0.0.1:{0}, but the banner is not as expected: 22")]
    [InlineData("220 mail.example ESMTP and more", null, "accepted by 127.0.0.1:{0}, but the banner is not as expected: 220 mail.example ESMTP")]
    public async Task RunAsync_Banner_MustBeAsExpected(string? start, string? pattern, string reason)
    {
        // In two pieces: a beginning is not judged too early.
        await using var target = new TcpTarget(async (stream, token) =>
        {
            await TcpTarget.WriteAsync(stream, "22", token);
            await TcpTarget.WriteAsync(stream, "0 mail.example ESMTP\r\n", token);
        });

        var result = await LookAsync(target.Port, new TcpBanner(null, start, pattern is null ? null : new Regex(pattern), 1024));

        result.Reason.Should().StartWith(string.Format(reason, target.Port));
        result.Outcome.Should().Be(reason.Contains("but") ? ProbeOutcome.Down : ProbeOutcome.Up);
    }

    [Fact]
    public async Task RunAsync_TargetWaitsToBeSpokenTo_IsSpokenTo()
    {
        await using var target = new TcpTarget(async (stream, token) =>
        {
            var buffer = new byte[4];
            await stream.ReadExactlyAsync(buffer, token);
            await TcpTarget.WriteAsync(stream, "PONG", token);
        });

        (await LookAsync(target.Port, new TcpBanner("PING", "PONG", null, 16))).Outcome.Should().Be(ProbeOutcome.Up);
    }

    [Fact]
    public async Task RunAsync_ClosedWithoutABanner_SaysThatNothingCame()
    {
        await using var target = new TcpTarget((_, _) => Task.CompletedTask);

        (await LookAsync(target.Port, new TcpBanner(null, "220", null, 16))).Reason.Should().Be($"accepted by 127.0.0.1:{target.Port}, but the banner is not as expected: nothing came");
    }

    [Fact]
    public void BannerAttempts_ATargetThatDribbles_ComparesOnlyWhatIsNewAndSeldom()
    {
        var attempts = new BannerAttempts();

        var taken = Enumerable.Range(1, 65536).Count(length => attempts.Take(length, isAll: false));

        taken.Should().BeInRange(64, 80);
        attempts.Take(65536, isAll: true).Should().BeFalse("nothing new has come");
        attempts.HasMissed(65537).Should().BeTrue();
        attempts.Take(65537, isAll: true).Should().BeTrue();
    }

    [Fact]
    public async Task RunAsync_TlsThatEndsSoon_IsDown()
    {
        using var certificates = new TestCertificates();
        using var certificate = certificates.Sign("127.0.0.1", toDays: 2.1);
        await using var target = new TcpTarget(async (stream, token) =>
        {
            await using var secure = await TcpTarget.SecureAsync(stream, certificate, token);
            await secure.ReadAtLeastAsync(new byte[1], 1, throwOnEndOfStream: false, token);
        });
        var trusting = TlsSettings.Usual with { CaFile = certificates.AuthorityFile };

        (await LookAsync(target.Port, null, trusting)).Outcome.Should().Be(ProbeOutcome.Up);
        (await LookAsync(target.Port, null, trusting with { ExpiresInMoreThan = TimeSpan.FromDays(7) })).Reason
            .Should().Be($"TLS with 127.0.0.1:{target.Port}: the certificate expires in 2.1 days (limit: 7 days)");
    }

    private async Task<ProbeResult> LookAsync(int port, TcpBanner? banner = null, TlsSettings? tls = null)
    {
        var settings = new TcpProbeSettings("127.0.0.1", port) { Banner = banner, Tls = tls };
        using var probe = new TcpProbe(
            new ProbeDefinition("p", "s", null, ProbeRole.Component, null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(20), 1, settings), settings, new ProbeContext(_connections, new ProcessClock(TimeProvider.System)));
        return await probe.RunAsync(default);
    }
}
