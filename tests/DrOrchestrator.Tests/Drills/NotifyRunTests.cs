using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Drills.Steps;
using DrOrchestrator.Estates;
using DrOrchestrator.Plans;
using DrOrchestrator.Tests.Drills.Steps;

namespace DrOrchestrator.Tests.Drills;

/// <summary>A notice of a run: taken, or not.</summary>
public sealed class NotifyRunTests : IAsyncLifetime
{
    private readonly DrillBench _bench = new();
    private NoticeReceiver _receiver = null!;

    public async Task InitializeAsync()
    {
        _receiver = await NoticeReceiver.StartAsync();
        _bench.Endpoints.Add(new ServiceEndpoint("desk", _receiver.Url, null));
        _bench.MoreKinds.Add(new NotifyStep(TimeProvider.System));
        _bench.Step("tell", "notify", with: """{"endpoint":"desk","text":{"en":"Moving."}}""", site: null, onFailure: OnFailure.Continue, timeout: TimeSpan.FromSeconds(20)).Step("switch");
    }

    public async Task DisposeAsync()
    {
        await _bench.DisposeAsync();
        await _receiver.DisposeAsync();
    }

    [Theory]
    [InlineData(202, null)]
    [InlineData(503, """[{"step":"tell","reason":"desk did not take the notice: 503"}]""")]
    public async Task Carry_Notice_TheRunGoesOnAndOneThatWasNotTakenIsAFinding(int status, string? findings)
    {
        _receiver.Status = status;
        var run = await _bench.OpenAsync();

        await _bench.CarryAsync(run);

        var view = await _bench.ShowAsync(run);
        (view.Outcome, _bench.World.Story.Contains("execute switch")).Should().Be(("passed", true));
        ((await _bench.EntriesAsync(run)).Single(line => line.Kind == JournalKinds.Closed).Data["findings"]?.ToJsonString()).Should().Be(findings);
        view.Findings.Should().HaveCount(findings is null ? 0 : 1);
    }

    /// <summary>What people were told stays told: it is neither taken back nor in the way.</summary>
    [Fact]
    public async Task Carry_ALaterStepFails_TheNoticeIsNotTakenBackAndHoldsNothing()
    {
        _bench.World.Next("switch", new StepOutcome.Failed("no"));
        var run = await _bench.OpenAsync();

        await _bench.CarryAsync(run);

        (await _bench.ShowAsync(run)).RolledBack.Should().BeTrue();
        (await _bench.EntriesAsync(run)).Should().NotContain(line => line.Kind == JournalKinds.UndoIntent && line.Step == "tell");
        _receiver.Notices.Should().HaveCount(1);
    }

    /// <summary>Dead between the notice and its outcome: it is sent again under the same key.</summary>
    [Fact]
    public async Task Carry_CrashAfterTheNotice_SendsItAgainUnderTheSameKey()
    {
        _bench.Restart((draft, written) => draft is { Kind: JournalKinds.Outcome, Step: "tell" } && !written);
        var run = await _bench.OpenAsync();
        await _bench.Invoking(bench => bench.CarryAsync(run)).Should().ThrowAsync<CrashingJournal.Killed>();

        _bench.Restart();
        await _bench.CarryAsync(run);

        (await _bench.ShowAsync(run)).Outcome.Should().Be("passed");
        _receiver.Notices.Select(notice => notice.Headers["Idempotency-Key"]).Should().HaveCount(2).And.OnlyContain(key => key == _receiver.Notices.First().Headers["Idempotency-Key"]);
    }
}
