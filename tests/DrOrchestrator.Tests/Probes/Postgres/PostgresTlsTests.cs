using DrOrchestrator.Estates;
using DrOrchestrator.Probes;
using DrOrchestrator.RecoveryPoints;
using DrOrchestrator.RecoveryPoints.Postgres;
using DrOrchestrator.Testing.Postgres;
using DrOrchestrator.Time;
using static DrOrchestrator.Tests.Probes.Postgres.PostgresLook;

namespace DrOrchestrator.Tests.Probes.Postgres;

/// <summary>Against a real server that asks for TLS, passwords and certificates: the right result or the right reason, for the probe and for the recovery point.</summary>
public sealed class PostgresTlsTests : IAsyncLifetime
{
    private const string Variable = "DRO_TEST_POSTGRES_PASSWORD";
    private DemandingPostgres _demanding = null!;

    public async Task InitializeAsync()
    {
        Environment.SetEnvironmentVariable(Variable, DemandingPostgres.Password);
        Environment.SetEnvironmentVariable(Variable + "_WRONG", DemandingPostgres.Password + "x");
        _demanding = await DemandingPostgres.StartAsync();
    }

    public async Task DisposeAsync() => await _demanding.DisposeAsync();

    [Fact]
    public async Task SignIn_TlsAsTheServerWants_IsUpAndEverythingElseSaysWhy()
    {
        await IsUpAsync(Target());
        await IsUpAsync(Target() with { Tls = PostgresTls.VerifyCa });
        await IsUpAsync(Target() with { Tls = PostgresTls.Require, AuthorityFile = null });
        await IsUpAsync(Target() with { Tls = PostgresTls.Prefer, AuthorityFile = null });

        await SaysAsync(Target() with { Tls = PostgresTls.Disable, AuthorityFile = null }, ProbeOutcome.Unknown, "*no pg_hba.conf entry for host \"127.0.0.1\", user \"looker\", database \"postgres\", no encryption*");
        await SaysAsync(Target() with { Password = null }, ProbeOutcome.Unknown, "*password*");
        await SaysAsync(Target() with { Password = new SecretReference.Env(Variable + "_WRONG") }, ProbeOutcome.Unknown, "*password authentication failed for user \"looker\"*");
        await SaysAsync(Target() with { AuthorityFile = null }, ProbeOutcome.Down, $"TLS with 127.0.0.1:{Port}: the issuer of the certificate is not trusted (*)");
        await SaysAsync(Target() with { AuthorityFile = _demanding.StrangersAuthorityFile }, ProbeOutcome.Down, $"TLS with 127.0.0.1:{Port}: the issuer of the certificate is not trusted (*)");
    }

    [Fact]
    public async Task SignIn_CertificateOfAnotherNameOrOver_IsDownWithTheReason()
    {
        await _demanding.PresentAsync(dnsName: "db1.bank.example");
        await SaysAsync(Target(), ProbeOutcome.Down, $"TLS with 127.0.0.1:{Port}: the certificate is for db1.bank.example, not for 127.0.0.1");
        await IsUpAsync(Target() with { Tls = PostgresTls.VerifyCa });

        await _demanding.PresentAsync(isExpired: true);
        await SaysAsync(Target(), ProbeOutcome.Down, $"TLS with 127.0.0.1:{Port}: the certificate expired at *");
        await SaysAsync(Target() with { Tls = PostgresTls.VerifyCa }, ProbeOutcome.Down, $"TLS with 127.0.0.1:{Port}: the certificate expired at *");
        await IsUpAsync(Target() with { Tls = PostgresTls.Require, AuthorityFile = null });
    }

    [Fact]
    public async Task SignIn_ServerAsksForAClientCertificate_IsUpWithTheRightOneOnly()
    {
        var certified = Target() with { User = DemandingPostgres.CertifiedUser };
        var (own, ownKey) = _demanding.ClientFiles(DemandingPostgres.CertifiedUser);
        var (another, anotherKey) = _demanding.ClientFiles("somebody");
        var (strange, strangeKey) = _demanding.ClientFiles(DemandingPostgres.CertifiedUser, fromStranger: true);

        await IsUpAsync(certified with { CertificateFile = own, KeyFile = ownKey });
        await SaysAsync(certified, ProbeOutcome.Unknown, "*connection requires a valid client certificate*");
        await SaysAsync(certified with { CertificateFile = another, KeyFile = anotherKey }, ProbeOutcome.Unknown, "*authentication failed for user \"certified\"*");
        await SaysAsync(certified with { CertificateFile = own, KeyFile = anotherKey }, ProbeOutcome.Unknown, $"could not look: the file {own} cannot be used (*)");
        await SaysAsync(certified with { CertificateFile = strange, KeyFile = strangeKey }, null, "*");
    }

    private int Port => _demanding.Server.Port;

    private PostgresTarget Target() => new(
        ["127.0.0.1"], Port, "postgres", DemandingPostgres.User, new SecretReference.Env(Variable), PostgresTls.VerifyFull, _demanding.AuthorityFile);

    private async Task IsUpAsync(PostgresTarget target)
    {
        (await LookAsync(Settings(_demanding.Server, PostgresProbeMode.Read).With(_ => target))).Should().BeEquivalentTo(new { Outcome = ProbeOutcome.Up });
        (await ReadAsync(target)).Should().BeOfType<PositionResult.Read>();
    }

    /// <param name="outcome">Null where it must only not be up.</param>
    private async Task SaysAsync(PostgresTarget target, ProbeOutcome? outcome, string reason)
    {
        var look = await LookAsync(Settings(_demanding.Server, PostgresProbeMode.Read).With(_ => target));
        look.Outcome.Should().Match(seen => seen == outcome || (outcome == null && seen != ProbeOutcome.Up), look.Reason);
        look.Reason.Should().Match(reason).And.NotContain(DemandingPostgres.Password).And.NotContain("callback", "the words of the library help nobody");
        var read = (await ReadAsync(target)).Should().BeOfType<PositionResult.Failed>().Subject;
        read.Reason.Should().NotContain(DemandingPostgres.Password).And.NotContain("callback");
        read.Reason.Should().Match(reason);
    }

    private static async Task<PositionResult> ReadAsync(PostgresTarget target)
    {
        await using var reader = new PostgresReader(new ProcessClock(TimeProvider.System));
        var settings = new PostgresPointSettings(new Dictionary<string, PostgresTarget> { ["primary"] = target }, new Dictionary<string, string>(), null);
        return await reader.ReadAsync(new RecoveryPointDefinition("log", "ledger", TimeSpan.FromSeconds(10), Long, settings), "primary", default);
    }
}
