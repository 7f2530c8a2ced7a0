using DrOrchestrator.Estates;
using DrOrchestrator.Probes;
using DrOrchestrator.Probes.Prometheus;
using DrOrchestrator.Time;

namespace DrOrchestrator.Tests.Probes.Prometheus;

/// <summary>Against a real Prometheus.</summary>
public sealed class PrometheusProbeTests(PrometheusServer server) : IClassFixture<PrometheusServer>
{
    [Theory]
    [InlineData("ledger_ready", 3.0, ProbeOutcome.Up, "the value is 3", 3.0)]
    [InlineData("ledger_ready", 4.0, ProbeOutcome.Down, "the value is 3, expected at least 4", 3.0)]
    [InlineData("scalar(ledger_ready) * 2", 6.0, ProbeOutcome.Up, "the value is 6", 6.0)]
    [InlineData("ledger_gone", null, ProbeOutcome.Unknown, "the query has no series", null)]
    [InlineData("ledger_lag_seconds", null, ProbeOutcome.Unknown, "the query has 2 series, not one", null)]
    [InlineData("ledger_odd", null, ProbeOutcome.Unknown, "the value is NaN", null)]
    [InlineData("ledger_ready[1m]", null, ProbeOutcome.Unknown, "could not look: Prometheus: the query has a matrix as its result, not an instant vector or a scalar", null)]
    public async Task RunAsync_AnyQuery_IsJudgedByItsValue(string query, double? least, ProbeOutcome outcome, string reason, double? value) =>
        (await LookAsync(Settings(query) with { Limits = new ValueLimits(least, null, null) })).Should().BeEquivalentTo(new { Outcome = outcome, Reason = reason, Value = value });

    [Fact]
    public async Task RunAsync_QueryWithAnError_IsUnknownWithItsWords()
    {
        var result = await LookAsync(Settings("ledger_ready +"));

        result.Outcome.Should().Be(ProbeOutcome.Unknown);
        result.Reason.Should().StartWith("could not look: Prometheus: bad_data: invalid parameter \"query\"");
    }

    [Theory]
    [InlineData(ProbeMeaning.Up, ProbeOutcome.Up)]
    [InlineData(ProbeMeaning.Down, ProbeOutcome.Down)]
    public async Task RunAsync_CasesWithADeclaredMeaning_HaveIt(ProbeMeaning meaning, ProbeOutcome outcome)
    {
        (await LookAsync(Settings("ledger_gone") with { OnEmpty = meaning })).Outcome.Should().Be(outcome);
        (await LookAsync(Settings("ledger_odd") with { OnNan = meaning })).Outcome.Should().Be(outcome);
    }

    [Theory]
    [InlineData(SeriesRule.Every, 1.0, ProbeOutcome.Down, "the value of __name__=ledger_lag_seconds, instance=*, job=ledger, site=far is 9, expected at most 1", 9.0)]
    [InlineData(SeriesRule.Any, 1.0, ProbeOutcome.Up, "the value of __name__=ledger_lag_seconds, instance=*, job=ledger, site=dr is 0.5", 0.5)]
    [InlineData(SeriesRule.Every, 9.0, ProbeOutcome.Up, "*", 0.5)]
    [InlineData(SeriesRule.Any, 0.1, ProbeOutcome.Down, "*", 0.5)]
    public async Task RunAsync_SeveralSeries_FollowTheRule(SeriesRule rule, double most, ProbeOutcome outcome, string reason, double value)
    {
        var result = await LookAsync(Settings("sort(ledger_lag_seconds)") with { Series = rule, Limits = new ValueLimits(null, most, null) });

        result.Should().BeEquivalentTo(new { Outcome = outcome, Value = value });
        result.Reason.Should().Match(reason);
    }

    [Fact]
    public async Task RunAsync_SampleOlderThanItsLimit_IsUnknownThoughPrometheusStillHasIt()
    {
        // Exposed with a time of its own, two minutes ago: within the five minutes for which Prometheus hands it out.
        var twoMinutesAgo = TimeProvider.System.GetUtcNow().AddMinutes(-2).ToUnixTimeMilliseconds();
        server.Page += FormattableString.Invariant($"ledger_old 1 {twoMinutesAgo}\n");
        await server.UntilValueAsync("ledger_old", "\"1\"");
        var settings = Settings("ledger_old");

        (await LookAsync(settings)).Outcome.Should().Be(ProbeOutcome.Up);
        (await LookAsync(settings with { MaxAge = TimeSpan.FromMinutes(60) })).Outcome.Should().Be(ProbeOutcome.Up);
        var stale = await LookAsync(settings with { MaxAge = TimeSpan.FromMinutes(1) });
        stale.Outcome.Should().Be(ProbeOutcome.Unknown);
        stale.Reason.Should().MatchRegex(@"^the sample is [0-9.]+s old \(limit: 60s\)$");
        (await LookAsync(settings with { Query = "ledger_old * 2", Sample = "ledger_old", MaxAge = TimeSpan.FromMinutes(1) })).Outcome.Should().Be(ProbeOutcome.Unknown);
    }

    [Fact]
    public async Task RunAsync_PrometheusIsAway_IsUnknown() =>
        (await LookAsync(Settings("up") with { Url = new Uri("http://127.0.0.1:1/") })).Should().BeEquivalentTo(
            new { Outcome = ProbeOutcome.Unknown, Reason = "could not look: Prometheus: connection refused by 127.0.0.1:1" });

    [Fact]
    public async Task RunAsync_PrometheusHangs_IsUnknown()
    {
        await using var target = new TcpTarget((_, cancelled) => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancelled));

        (await LookAsync(Settings("up") with { Url = new Uri($"http://127.0.0.1:{target.Port}/") }, TimeSpan.FromMilliseconds(300))).Should().BeEquivalentTo(
            new { Outcome = ProbeOutcome.Unknown, Reason = "could not look: Prometheus: no answer within 0.3s" });
    }

    [Fact]
    public async Task RunAsync_SecretMissing_IsUnknown() =>
        (await LookAsync(Settings("up") with { BearerToken = new SecretReference.Env("DRO_NO_SUCH_TOKEN") })).Should().BeEquivalentTo(
            new { Outcome = ProbeOutcome.Unknown, Reason = "could not look: the environment variable DRO_NO_SUCH_TOKEN is not set" });

    [Fact]
    public async Task RunAsync_ServerEchoesTheSignIn_ItIsNowhereInTheResult()
    {
        using var secret = new SecretInEnvironment("hunter2");
        await using var target = TcpTarget.Answering("400 Bad Request", """{"status":"error","errorType":"bad_data","error":"Basic cHJvYmU6aHVudGVyMg== of hunter2"}""");

        var result = await LookAsync(Settings("up") with { Url = target.Url, Basic = new BasicCredentials("probe", secret.Reference) });

        result.Reason.Should().Be("could not look: Prometheus: bad_data: Basic *** of ***");
    }

    private PrometheusProbeSettings Settings(string query) => new(
        server.Url, query, ValueLimits.None, SeriesRule.One, null, null, ProbeMeaning.Unknown, ProbeMeaning.Unknown, ProbeMeaning.Unknown, null, null);

    private static async Task<ProbeResult> LookAsync(PrometheusProbeSettings settings, TimeSpan? timeout = null)
    {
        using var connections = new ProbeConnections();
        using var probe = new PrometheusProbe(
            new ProbeDefinition("p", "s", null, ProbeRole.Component, null, TimeSpan.FromSeconds(60), timeout ?? TimeSpan.FromSeconds(30), 1, settings),
            settings,
            new ProbeContext(connections, new ProcessClock(TimeProvider.System)));
        return await probe.RunAsync(default);
    }
}
