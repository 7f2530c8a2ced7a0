using System.Text.Json.Nodes;
using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Steps;
using DrOrchestrator.Estates;
using DrOrchestrator.Plans;
using Microsoft.Extensions.Time.Testing;

namespace DrOrchestrator.Tests.Drills.Steps;

public sealed class NotifyStepTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 22, 8, 0, 30, TimeSpan.Zero));
    private readonly StepBench _bench = new("");
    private readonly string _token = Path.Combine(AppContext.BaseDirectory, "work", $"{Guid.NewGuid():N}.token");
    private NoticeReceiver _receiver = null!;

    public async Task InitializeAsync()
    {
        _receiver = await NoticeReceiver.StartAsync();
        Directory.CreateDirectory(Path.GetDirectoryName(_token)!);
        await File.WriteAllTextAsync(_token, "hunter-two\n");
        _bench.Endpoints.Add(new ServiceEndpoint("desk", _receiver.Url, _token));
    }

    public async Task DisposeAsync()
    {
        await _receiver.DisposeAsync();
        File.Delete(_token);
    }

    [Fact]
    public async Task Execute_Notice_TellsRunStepModeAndTextInBothLanguages()
    {
        var context = _bench.Context("notify", """{"endpoint":"desk","path":"/hook","text":{"en":"Moving.","zh-CN":"正在切换。"}}""") with { RunOpenedAt = _time.GetUtcNow().AddSeconds(-30), Mode = RunMode.Real };

        var (outcome, intent) = await RunAsync(context);

        var (path, headers, body) = _receiver.Notices.Single();
        (path, headers["Idempotency-Key"], headers["Authorization"]).Should().Be(("/hook", "dro-7-s", "Bearer hunter-two"));
        JsonNode.DeepEquals(body, JsonNode.Parse("""
            {"key":"dro-7-s","run":7,"plan":"p","step":"s","mode":"real","systems":[],"by":"ann","at":"2026-11-22T08:00:30.0000000+00:00","openedAt":"2026-11-22T08:00:00.0000000+00:00",
             "secondsSinceOpened":30,"text":{"en":"Moving.","zh-CN":"正在切换。"}}
            """)).Should().BeTrue(body.ToJsonString());
        outcome.Should().BeOfType<StepOutcome.Done>().Which.Outputs.ToJsonString().Should().Be("""{"status":"202","key":"dro-7-s"}""");
        intent.ToJsonString().Should().NotContain("hunter");
    }

    [Fact]
    public async Task Execute_TokenHeader_CarriesTheTokenAndNoAuthorization()
    {
        await RunAsync(_bench.Context("notify", """{"endpoint":"desk","token-header":"X-Desk","text":{"en":"Moving."}}"""));

        var headers = _receiver.Notices.Single().Headers;
        headers["X-Desk"].Should().Be("hunter-two");
        headers.Should().NotContainKey("Authorization");
    }

    [Theory]
    [InlineData(503, "desk did not take the notice: 503")]
    [InlineData(401, "desk did not take the notice: 401")]
    public async Task Execute_NotTaken_HasFailedAndNothingIsUnknown(int status, string reason)
    {
        _receiver.Status = status;

        var (outcome, _) = await RunAsync(_bench.Context("notify", """{"endpoint":"desk","text":{"en":"Moving."}}"""));

        outcome.Should().BeOfType<StepOutcome.Failed>().Which.Reason.Should().Be(reason);
    }

    [Fact]
    public async Task Execute_ReceiverSaysTheTokenBack_ItIsNotOnRecord()
    {
        (_receiver.Status, _receiver.Echoes) = (400, true);

        var (outcome, _) = await RunAsync(_bench.Context("notify", """{"endpoint":"desk","text":{"en":"Moving."}}"""));

        outcome.Should().BeOfType<StepOutcome.Failed>().Which.Reason.Should().Be("desk did not take the notice: 400 Bearer [the endpoint's token]");
    }

    [Fact]
    public async Task Execute_SecondAttemptAndAfterACrash_CarriesTheSameKey()
    {
        var kind = new NotifyStep(_time);
        const string With = """{"endpoint":"desk","text":{"en":"Moving."}}""";
        var intent = (await RunAsync(_bench.Context("notify", With))).Intent;

        var seen = await kind.ObserveAsync(_bench.Context("notify", With), intent, default);
        await RunAsync(_bench.Context("notify", With, attempt: 2));

        seen.Answer.Should().Be(ObservedAnswer.CannotHappenAnyMore);
        _receiver.Notices.Select(notice => notice.Headers["Idempotency-Key"]).Should().Equal("dro-7-s", "dro-7-s");
    }

    [Theory]
    [InlineData("""{"text":{"en":"a"}}""")]
    [InlineData("""{"text":{"de":"a"}}""", "'text' is {\"de\":\"a\"}")]
    [InlineData("""{"text":{"en":" "}}""", "'text' is {\"en\":\" \"}")]
    [InlineData("""{"text":"a"}""", "'text' is a")]
    [InlineData("""{"path":"hook"}""", "'path' is 'hook'")]
    [InlineData("""{"path":"//elsewhere"}""", "'path' is '//elsewhere'")]
    [InlineData("""{"path":"/\\elsewhere"}""", "'path' is '/\\elsewhere'")]
    [InlineData("""{"token-header":"Host"}""", "'token-header' is 'Host'")]
    [InlineData("""{"token-header":"A B"}""", "'token-header' is 'A B'")]
    public void Judge_Parameters_SaysWhatStandsAgainstThem(string with, params string[] expected) =>
        new NotifyStep(_time).Shape.Judge!(StepBench.Parameters(with)).Select(problem => problem.Found).Should().Equal(expected);

    private async Task<(StepOutcome Outcome, JsonObject Intent)> RunAsync(StepContext context)
    {
        var kind = new NotifyStep(_time);
        var intent = await kind.PrepareAsync(context, default);
        return (await kind.ExecuteAsync(context, intent, default), intent);
    }
}
