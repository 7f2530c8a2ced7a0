using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using DrOrchestrator.Estates;
using DrOrchestrator.Probes;
using DrOrchestrator.Probes.Prometheus;
using DrOrchestrator.RecoveryPoints;
using DrOrchestrator.RecoveryPoints.Moments;
using DrOrchestrator.Testing;
using DrOrchestrator.Time;

namespace DrOrchestrator.Tests.Probes.Prometheus;

/// <summary>A real Prometheus behind TLS of a private authority, which asks for a client certificate and a password.</summary>
public sealed class GuardedPrometheus : PrometheusServer
{
    public const string Password = "prometheus-secret";

    // bcrypt of the password, at the least cost there is.
    private const string Hash = "$2b$04$hNf2lSsxfm0.i4a.1kVpSOmvkw42AIx5JOoSETBoTq8iQ6oVZYpQO";
    private readonly TestAuthority _authority = new("bank-ca");
    private readonly TestAuthority _stranger = new("somebody-else");

    public static string Basic { get; } = "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes("dro:" + Password));

    public TlsSettings Tls { get; private set; } = null!;

    public string StrangersAuthority { get; private set; } = null!;

    protected override string? Guard(string folder)
    {
        var (ca, other) = (Path.Combine(folder, "ca.pem"), Path.Combine(folder, "other.pem"));
        File.WriteAllText(ca, _authority.Pem);
        File.WriteAllText(other, _stranger.Pem);
        var server = _authority.Write(folder, "prometheus", "127.0.0.1");
        var client = _authority.Write(folder, "dro", "dro.example");
        (Tls, StrangersAuthority) = (TlsSettings.Usual with { CaFile = ca, CertificateFile = client.Certificate, KeyFile = client.Key }, other);
        return $"""
            tls_server_config:
              cert_file: {server.Certificate}
              key_file: {server.Key}
              client_auth_type: RequireAndVerifyClientCert
              client_ca_file: {ca}
            basic_auth_users:
              dro: {Hash}
            """;
    }

    protected override HttpClient NewClient()
    {
        var certificate = X509Certificate2.CreateFromPemFile(Tls.CertificateFile!, Tls.KeyFile);
        var handler = new SocketsHttpHandler
        {
            SslOptions = new SslClientAuthenticationOptions { ClientCertificates = [certificate], RemoteCertificateValidationCallback = (_, _, _, _) => true },
        };
        return new HttpClient(handler) { DefaultRequestHeaders = { Authorization = AuthenticationHeaderValue.Parse(Basic) } };
    }

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        _authority.Dispose();
        _stranger.Dispose();
    }
}

/// <summary>The probe and the recovery point, let in and kept out.</summary>
public sealed class GuardedPrometheusTests : IClassFixture<GuardedPrometheus>
{
    private readonly GuardedPrometheus _server;
    private readonly string _basicFile = Path.Combine(AppContext.BaseDirectory, "work", $"basic-{Guid.NewGuid():N}");

    public GuardedPrometheusTests(GuardedPrometheus server)
    {
        _server = server;
        Environment.SetEnvironmentVariable("DRO_TEST_PROMETHEUS", GuardedPrometheus.Password);
        Environment.SetEnvironmentVariable("DRO_TEST_PROMETHEUS_WRONG", "another-secret");
        Environment.SetEnvironmentVariable("DRO_TEST_PROMETHEUS_HEADER", GuardedPrometheus.Basic);
        Environment.SetEnvironmentVariable("DRO_TEST_PROMETHEUS_BEARER", "Bearer another-secret");
        File.WriteAllText(_basicFile, GuardedPrometheus.Password + "\n");
    }

    [Fact]
    public async Task RunAsync_CertificateAndPassword_IsUp()
    {
        (await LookAsync(Settings())).Should().BeEquivalentTo(new { Outcome = ProbeOutcome.Up, Value = 3.0 });
        (await LookAsync(Settings() with { Basic = new BasicCredentials("dro", new SecretReference.File(_basicFile)) })).Outcome.Should().Be(ProbeOutcome.Up);
        (await ReadAsync(Point())).Should().BeOfType<MomentResult.Read>();
    }

    [Fact]
    public async Task RunAsync_AnythingLess_SaysWhyAndNoSecret()
    {
        await SaysAsync(Settings() with { Basic = new BasicCredentials("dro", new SecretReference.Env("DRO_TEST_PROMETHEUS_WRONG")) }, "could not look: Prometheus: sign-in refused (HTTP 401)");
        await SaysAsync(Settings() with { Basic = null }, "could not look: Prometheus: sign-in refused (HTTP 401)");
        await SaysAsync(Settings() with { Basic = null, BearerToken = new SecretReference.Env("DRO_TEST_PROMETHEUS_WRONG") }, "could not look: Prometheus: sign-in refused (HTTP 401)");
        await SaysAsync(Settings() with { Tls = _server.Tls with { CaFile = null } }, "could not look: Prometheus: TLS with *: the issuer of the certificate is not trusted (*)");
        await SaysAsync(Settings() with { Tls = _server.Tls with { CaFile = _server.StrangersAuthority } }, "could not look: Prometheus: TLS with *: the issuer of the certificate is not trusted (*)");
        await SaysAsync(Settings() with { Tls = _server.Tls with { ServerName = "metrics.bank.example" } }, "could not look: Prometheus: TLS with *: the certificate is for 127.0.0.1, not for metrics.bank.example");
        await SaysAsync(Settings() with { Tls = _server.Tls with { CertificateFile = null, KeyFile = null } }, "could not look: *");

        await FailsAsync(Point() with { Authorization = new SecretReference.Env("DRO_TEST_PROMETHEUS_BEARER") }, "* answers HTTP 401");
        await FailsAsync(Point() with { Authorization = null }, "* answers HTTP 401");
        await FailsAsync(Point() with { Tls = _server.Tls with { CaFile = null } }, "TLS with *: the issuer of the certificate is not trusted (*)");
        await FailsAsync(Point() with { Tls = _server.Tls with { ServerName = "metrics.bank.example" } }, "TLS with *: the certificate is for 127.0.0.1, not for metrics.bank.example");
        await FailsAsync(Point() with { Tls = _server.Tls with { KeyFile = _basicFile } }, "could not look: the file * cannot be used (*)");
        await FailsAsync(Point() with { Tls = _server.Tls with { CertificateFile = null, KeyFile = null } }, "*");
    }

    private PrometheusProbeSettings Settings() => new(
        _server.Url, "ledger_ready", ValueLimits.None, SeriesRule.One, null, null, ProbeMeaning.Unknown, ProbeMeaning.Unknown, ProbeMeaning.Unknown, null, new BasicCredentials("dro", new SecretReference.Env("DRO_TEST_PROMETHEUS")))
    {
        Tls = _server.Tls,
    };

    private PrometheusPointSettings Point() => new("dr", _server.Url, "ledger_ready", true, new SecretReference.Env("DRO_TEST_PROMETHEUS_HEADER")) { Tls = _server.Tls };

    private static async Task SaysAsync(PrometheusProbeSettings settings, string reason)
    {
        var result = await LookAsync(settings);
        result.Outcome.Should().Be(ProbeOutcome.Unknown);
        result.Reason.Should().Match(reason).And.NotContain("secret");
    }

    private static async Task FailsAsync(PrometheusPointSettings settings, string reason) =>
        (await ReadAsync(settings)).Should().BeOfType<MomentResult.Failed>().Which.Reason.Should().Match(reason).And.NotContain("secret");

    private static async Task<ProbeResult> LookAsync(PrometheusProbeSettings settings)
    {
        using var connections = new ProbeConnections();
        using var probe = new PrometheusProbe(
            new ProbeDefinition("p", "s", null, ProbeRole.Component, null, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(20), 1, settings), settings, new ProbeContext(connections, new ProcessClock(TimeProvider.System)));
        return await probe.RunAsync(default);
    }

    private static async Task<MomentResult> ReadAsync(PrometheusPointSettings settings)
    {
        using var web = new MomentWeb(new ProcessClock(TimeProvider.System));
        return await new PrometheusMomentReader(web).ReadAsync(new RecoveryPointDefinition("p", "s", TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(20), settings), default);
    }
}
