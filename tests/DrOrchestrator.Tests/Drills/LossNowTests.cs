using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Steps;
using DrOrchestrator.Plans;
using DrOrchestrator.RecoveryPoints;

namespace DrOrchestrator.Tests.Drills;

/// <summary>Who is asked about a promotion is told what it would lose.</summary>
public sealed class LossNowTests : IAsyncDisposable, IExposures
{
    private readonly DrillBench _bench;
    private Exposure? _exposure = Between(0.4, 1.25);
    private long? _run;

    public LossNowTests() => _bench = new DrillBench { Serves = true, Exposures = this, MoreKinds = { PersonStep.Approval(new LossNow(this)) } };

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Fact]
    public async Task Carry_ApprovalBeforeAPromotion_SaysWhatWouldBeLost()
    {
        _bench.Step("decide", "approval", with: """{ "role": "approver", "text": "Switch?" }""").Step("fence").Step("promote", "burn", promotes: new Promotion("ledger", "fence"));

        (await QuestionAsync()).Should().Be("Lost if ledger were promoted at dr now: 0.4s to 1.25s. Switch?");
    }

    [Fact]
    public async Task Carry_PointOfNoReturnThatPromotes_SaysWhatWouldBeLost()
    {
        _exposure = Between(2, null);
        _bench.Step("fence").Step("promote", "burn", pointOfNoReturn: true, promotes: new Promotion("ledger", "fence"));

        (await QuestionAsync()).Should().Be("Lost if ledger were promoted at dr now: 2s to unknown. Step 'promote' (burn) cannot be taken back. May it run now?");
    }

    [Fact]
    public async Task Carry_ApprovalOfTheRun_SaysWhatWouldBeLost_AsItWasAsked()
    {
        _bench.Approvals.Add(new PlanApproval("run-approval", "approver", 1, TimeSpan.FromMinutes(10)));
        _bench.Step("fence").Step("promote", "burn", promotes: new Promotion("ledger", "fence"));

        var asked = await QuestionAsync();
        _exposure = null;
        var again = await QuestionAsync();

        asked.Should().Be("Lost if ledger were promoted at dr now: 0.4s to 1.25s. Run plan 'plan' on ledger, asked by li-wei: because");
        again.Should().Be(asked);
    }

    [Fact]
    public async Task Carry_NobodyKnows_SaysSo()
    {
        _exposure = Between(null, null);
        _bench.Step("decide", "approval", with: """{ "role": "approver", "text": "Switch?" }""").Step("fence").Step("promote", "burn", promotes: new Promotion("ledger", "fence"));

        (await QuestionAsync()).Should().Be("Lost if ledger were promoted at dr now: unknown. Switch?");
    }

    [Fact]
    public async Task Carry_PromotionThatRefusesALoss_OrBehindAnotherQuestion_SaysNothing()
    {
        _bench.Step("fence").Step("promote", "burn", promotes: new Promotion("ledger", "fence"), with: """{ "lossless": "true" }""").Step("tell", "approval", with: """{ "role": "approver", "text": "Tell them?" }""");
        _bench.Step("home-fence").Step("home", "burn", promotes: new Promotion("ledger", "home-fence"), with: """{ "lossless": "true" }""");

        (await QuestionAsync()).Should().Be("Tell them?");
    }

    [Fact]
    public async Task Carry_Tabletop_SaysNothing()
    {
        _bench.Step("decide", "approval", with: """{ "role": "approver", "text": "Switch?" }""").Step("fence").Step("promote", "burn", promotes: new Promotion("ledger", "fence"));

        (await QuestionAsync(RunMode.Tabletop)).Should().Be("Switch?");
    }

    Exposure? IExposures.Current(string system, string standby) => system == "ledger" && standby == "dr" ? _exposure : null;

    Task<Exposure> IExposures.ReadNowAsync(string recoveryPoint, string standby, CancellationToken cancellationToken) => throw new NotSupportedException();

    private static Exposure Between(double? lowest, double? highest) => new(
        "ledger", "dr", null, Span(lowest), Span(highest), ReplicationState.NotProtected, DateTimeOffset.UnixEpoch, DateTimeOffset.MaxValue, "gone");

    private static TimeSpan? Span(double? seconds) => seconds is { } value ? TimeSpan.FromSeconds(value) : null;

    private async Task<string> QuestionAsync(RunMode mode = RunMode.Live)
    {
        _run ??= await _bench.OpenAsync(mode);
        await _bench.CarryAsync(_run.Value);
        return (await _bench.EntriesAsync(_run.Value)).Last(entry => entry.Kind == JournalKinds.Asked).Data["text"]!.GetValue<string>();
    }
}
