using DrOrchestrator.Estates;
using DrOrchestrator.Probes;
using DrOrchestrator.Testing.Postgres;
using Microsoft.Extensions.Time.Testing;
using Npgsql;
using static DrOrchestrator.Tests.Probes.Postgres.PostgresLook;

namespace DrOrchestrator.Tests.Probes.Postgres;

/// <summary>Against a real primary and its real standby.</summary>
public sealed class PostgresProbeTests(PostgresPair pair) : IClassFixture<PostgresPair>
{
    private readonly PostgresServer _primary = pair.Primary;
    private readonly PostgresServer _standby = pair.Standby;

    [Fact]
    public async Task Connect_APrimaryAndAStandby_AreToldApart()
    {
        var primary = await LookAsync(Settings(_primary, PostgresProbeMode.Connect));
        var standby = await LookAsync(Settings(_standby, PostgresProbeMode.Connect));

        (primary.Outcome, standby.Outcome).Should().Be((ProbeOutcome.Up, ProbeOutcome.Up));
        primary.Reason.Should().MatchRegex("^PostgreSQL [0-9.]+, primary$");
        standby.Reason.Should().MatchRegex("^PostgreSQL [0-9.]+, in recovery$");
    }

    [Fact]
    public async Task Connect_TheServerItIsFor_TellsItsMajorVersion()
    {
        var (settings, versions) = (Settings(_primary, PostgresProbeMode.Connect), new DatabaseVersions());
        using var another = Probe(settings with { Expected = new(null, "7", null) }, Long, versions: versions);
        using var probe = Probe(settings, Long, versions: versions);

        await another.RunAsync(default);
        versions.MajorOf("p").Should().BeNull("another server says nothing of ours");
        await probe.RunAsync(default);

        versions.MajorOf("p").Should().Be(await _primary.ScalarAsync<int>("SELECT current_setting('server_version_num')::int / 10000"));
    }

    [Fact]
    public async Task Connect_AnotherServerThanExpected_IsDown()
    {
        var settings = Settings(_standby, PostgresProbeMode.Connect);
        var identifier = await _primary.ScalarAsync<long>("SELECT system_identifier FROM pg_control_system()");

        (await LookAsync(settings with { Expected = new(false, null, null) })).Reason.Should().Be("the server is in recovery: a standby, not a primary");
        (await LookAsync(settings with { Expected = new(true, "7", null) })).Reason.Should().Be($"the server has the system identifier {identifier}, expected 7");
        (await LookAsync(settings with { Expected = new(null, null, "9.6") })).Reason.Should().MatchRegex("^the server is PostgreSQL [0-9.]+, expected 9.6$");
        (await LookAsync(settings with { Expected = new(true, $"{identifier}", "1") })).Outcome.Should().Be(ProbeOutcome.Down);
        (await LookAsync(settings with { Expected = new(true, $"{identifier}", null) })).Outcome.Should().Be(ProbeOutcome.Up);
    }

    [Fact]
    public async Task Connect_NobodyListens_IsDown()
    {
        var settings = Settings(_primary, PostgresProbeMode.Connect).With(server => server with { Port = 1 });

        (await LookAsync(settings)).Should().BeEquivalentTo(new { Outcome = ProbeOutcome.Down, Reason = "connection refused by 127.0.0.1:1" });
    }

    [Fact]
    public async Task Connect_SecondHostAnswers_IsUp()
    {
        var settings = Settings(_primary, PostgresProbeMode.Connect).With(server => server with { Hosts = ["127.0.0.2", "127.0.0.1"] });

        (await LookAsync(settings)).Outcome.Should().Be(ProbeOutcome.Up);
        (await LookAsync(settings.With(server => server with { Hosts = ["127.0.0.2", "127.0.0.3"] }))).Reason
            .Should().Be($"connection refused by 127.0.0.2:{_primary.Port}; connection refused by 127.0.0.3:{_primary.Port}");
    }

    [Fact]
    public async Task Connect_NoConnectionLeft_IsDownWithThatReason()
    {
        await using var only = new NpgsqlConnection($"Host=127.0.0.1;Port={_primary.Port};Username=few;Database=postgres;Pooling=false");
        await only.OpenAsync();

        var result = await LookAsync(Settings(_primary, PostgresProbeMode.Connect).With(server => server with { User = "few" }));

        result.Should().BeEquivalentTo(new { Outcome = ProbeOutcome.Down, Reason = "out of connections (53300): too many connections for role \"few\"" });
    }

    [Fact]
    public async Task Connect_NoSuchDatabase_IsDown()
    {
        var settings = Settings(_primary, PostgresProbeMode.Connect).With(server => server with { Database = "gone" });

        (await LookAsync(settings)).Should().BeEquivalentTo(new { Outcome = ProbeOutcome.Down, Reason = "no database gone (3D000)" });
    }

    [Fact]
    public async Task Connect_OurSignInRefused_IsUnknownAndHoldsNoSecret()
    {
        var file = Path.Combine(AppContext.BaseDirectory, "work", $"password-{Guid.NewGuid():N}");
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        await File.WriteAllTextAsync(file, "open sesame\n");
        var settings = Settings(_primary, PostgresProbeMode.Connect).With(server => server with { User = "secretive", Password = new SecretReference.File(file) });
        var right = await LookAsync(settings);

        await File.WriteAllTextAsync(file, "hunter2\n");
        var wrong = await LookAsync(settings);
        File.Delete(file);
        var missing = await LookAsync(settings);
        var none = await LookAsync(settings.With(server => server with { Password = null }));

        right.Outcome.Should().Be(ProbeOutcome.Up);
        wrong.Should().BeEquivalentTo(new { Outcome = ProbeOutcome.Unknown, Reason = "could not look: sign-in refused (28P01): password authentication failed for user \"secretive\"" });
        missing.Should().BeEquivalentTo(new { Outcome = ProbeOutcome.Unknown, Reason = $"could not look: the file {file} cannot be read (FileNotFoundException)" });
        none.Outcome.Should().Be(ProbeOutcome.Unknown);
    }

    [Theory]
    [InlineData("SELECT 42", null, null, ProbeOutcome.Up, "the query answers 42", 42.0)]
    [InlineData("SELECT 42", "42", null, ProbeOutcome.Up, "the query answers 42", 42.0)]
    [InlineData("SELECT 'on'", "off", null, ProbeOutcome.Down, "the query answers on, expected off", null)]
    [InlineData("SELECT 2.5", null, 3.0, ProbeOutcome.Down, "the query answers 2.5, expected at least 3", 2.5)]
    [InlineData("SELECT 'many'", null, 3.0, ProbeOutcome.Down, "the query answers many, which is no number", null)]
    [InlineData("SELECT NULL::int", null, 3.0, ProbeOutcome.Down, "the query answers NULL, which is no number", null)]
    [InlineData("SELECT 1 WHERE false", "1", null, ProbeOutcome.Down, "the query has no row", null)]
    [InlineData("SELECT 1 WHERE false", null, null, ProbeOutcome.Up, "the query answers, without a row", null)]
    [InlineData("SELECT repeat('x', 1000000) FROM generate_series(1, 1000) -- long and many", null, null, ProbeOutcome.Up, "the query answers xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…", null)]
    [InlineData("SELECT * FROM gone", null, null, ProbeOutcome.Down, "no such table (42P01): relation \"gone\" does not exist", null)]
    [InlineData("SELECT nextval('pg_toast.none')", null, null, ProbeOutcome.Down, "no such table (42P01): relation \"pg_toast.none\" does not exist", null)]
    public async Task Read_AnyQuery_IsJudgedByItsFirstValue(string query, string? expected, double? least, ProbeOutcome outcome, string reason, double? value)
    {
        var settings = Settings(_standby, PostgresProbeMode.Read) with { Query = query, ExpectedValue = expected, Limits = new ValueLimits(least, null, null) };

        (await LookAsync(settings)).Should().BeEquivalentTo(new { Outcome = outcome, Reason = reason, Value = value });
    }

    [Fact]
    public async Task Read_AQueryThatNeverEnds_IsEndedByTheServer()
    {
        // The clock of the probe stands still: it is the server's own timeout that ends the query.
        using var probe = Probe(Settings(_primary, PostgresProbeMode.Read) with { Query = "SELECT pg_sleep(600)" }, TimeSpan.FromSeconds(1), new FakeTimeProvider());

        (await probe.RunAsync(default)).Should().BeEquivalentTo(new { Outcome = ProbeOutcome.Down, Reason = "no answer within 1s" });
        await UntilAsync(async () => await _primary.SessionsAsync() == 0);
    }

    [Fact]
    public async Task Read_OnAKeptSession_UsesItAgainAndOutlivesItsEnd()
    {
        using var probe = Probe(Settings(_primary, PostgresProbeMode.Read) with { Query = "SELECT pg_backend_pid()", FreshConnection = false }, Long);
        var first = await probe.RunAsync(default);
        var second = await probe.RunAsync(default);

        await _primary.ExecuteAsync($"SELECT pg_terminate_backend({first.Value})");
        await UntilAsync(async () => await _primary.SessionsAsync() == 0);
        var third = await probe.RunAsync(default);

        second.Value.Should().Be(first.Value);
        third.Should().Match<ProbeResult>(result => result.Outcome == ProbeOutcome.Up && result.Value != first.Value);
        (await _primary.SessionsAsync("state <> 'idle'")).Should().Be(0, "a kept session holds no transaction");
    }

    [Fact]
    public async Task Look_CancelledFromOutside_ThrowsAndLeavesNoSession()
    {
        using var stop = new CancellationTokenSource();
        using var probe = Probe(Settings(_primary, PostgresProbeMode.Read) with { Query = "SELECT pg_sleep(600)" }, Long);
        var look = probe.RunAsync(stop.Token);
        await UntilAsync(async () => await _primary.SessionsAsync("wait_event = 'PgSleep'") == 1);

        await stop.CancelAsync();

        await look.Invoking(task => task).Should().ThrowAsync<OperationCanceledException>();
        await UntilAsync(async () => await _primary.SessionsAsync() == 0);
    }

    [Fact]
    public async Task Connect_ServerStoppedInItsTracks_IsDownInTimeAndUpAfterwards()
    {
        var time = new FakeTimeProvider();
        using var probe = Probe(Settings(_primary, PostgresProbeMode.Connect), TimeSpan.FromSeconds(5), time);
        await PostgresServer.SignalAsync("STOP", _primary.Postmaster());
        ProbeResult hung;
        try
        {
            var look = probe.RunAsync(default);
            time.Advance(TimeSpan.FromSeconds(5));
            hung = await look;
        }
        finally
        {
            await PostgresServer.SignalAsync("CONT", _primary.Postmaster());
        }

        hung.Should().BeEquivalentTo(new { Outcome = ProbeOutcome.Down, Reason = "no answer within 5s" });
        await UntilAsync(async () => await _primary.SessionsAsync() == 0);
        (await probe.RunAsync(default)).Outcome.Should().Be(ProbeOutcome.Up);
    }

    [Fact]
    public async Task Connect_ServerShutsDown_IsDownWithItsWords()
    {
        await using var server = await PostgresServer.StartNewAsync();
        await using (var holding = new NpgsqlConnection(server.ConnectionString))
        {
            await holding.OpenAsync();
            await PostgresServer.RunAsync("pg_ctl", "stop", "-D", server.DataFolder, "-m", "smart", "-W");
            ProbeResult? result = null;
            await UntilAsync(async () => (result = await LookAsync(Settings(server, PostgresProbeMode.Connect))).Outcome != ProbeOutcome.Up);

            result!.Reason.Should().Be("accepts no sessions now (57P03): the database system is shutting down");
        }
    }
}
