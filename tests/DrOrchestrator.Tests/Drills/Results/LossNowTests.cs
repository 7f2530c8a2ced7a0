using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Drills.Results;
using DrOrchestrator.Drills.Steps;
using DrOrchestrator.Plans;
using DrOrchestrator.RecoveryPoints;
using Microsoft.Extensions.DependencyInjection;

namespace DrOrchestrator.Tests.Drills.Results;

/// <summary>Who is asked about a promotion is told what it would lose.</summary>
public sealed class LossNowTests : IAsyncDisposable, IExposures
{
    private readonly DrillBench _bench;
    private Exposure? _exposure = Between(0.4, 1.25);
    private readonly List<Exposure> _more = [];
    private int _asked;
    private int _reads;
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

    [Fact]
    public async Task Carry_SeveralRecoveryPoints_NamesEachWithTheWorstFirst()
    {
        _exposure = Between(0.4, 1.25) with { RecoveryPoint = "cards" };
        _more.AddRange([Between(3600, 10800) with { RecoveryPoint = "files" }, Between(5, null) with { RecoveryPoint = "letters" }]);
        _bench.Step("decide", "approval", with: """{ "role": "approver", "text": "Switch?" }""").Step("fence").Step("promote", "burn", promotes: new Promotion("ledger", "fence"));

        (await QuestionAsync()).Should().Be(
            "Lost of letters if ledger were promoted at dr now: 5s to unknown. Lost of files if ledger were promoted at dr now: 3600s to 10800s. Lost of cards if ledger were promoted at dr now: 0.4s to 1.25s. Switch?");
    }

    [Fact]
    public async Task Carry_NobodyReadsIt_SaysSo()
    {
        _exposure = null;
        _bench.Step("decide", "approval", with: """{ "role": "approver", "text": "Switch?" }""").Step("fence").Step("promote", "burn", promotes: new Promotion("ledger", "fence"));

        (await QuestionAsync()).Should().Be("Lost if ledger were promoted at dr now: unknown, nobody reads it. Switch?");
    }

    /// <summary>A primary that hangs would keep whoever decides waiting, in the middle of the outage.</summary>
    [Fact]
    public async Task Carry_AsksAtOnce_WithTheNewestReading_AndReadsNothing()
    {
        _exposure = Between(0.4, 1.25) with { RecoveryPoint = "cards" };
        _more.Add(Between(60, 120) with { RecoveryPoint = "files" });
        _bench.Step("decide", "approval", with: """{ "role": "approver", "text": "Switch?" }""").Step("fence").Step("promote", "burn", promotes: new Promotion("ledger", "fence"));

        (await QuestionAsync()).Should().Be("Lost of files if ledger were promoted at dr now: 60s to 120s. Lost of cards if ledger were promoted at dr now: 0.4s to 1.25s. Switch?");
        _reads.Should().Be(0);
    }

    [Fact]
    public async Task Answer_MuchLater_CarriesTheFigureOfItsOwnMoment()
    {
        _bench.Approvals.Add(new PlanApproval("run-approval", "approver", 1, TimeSpan.FromHours(10)));
        _bench.Step("fence").Step("promote", "burn", promotes: new Promotion("ledger", "fence"));
        await QuestionAsync();
        _exposure = Between(3600, 3610);

        await _bench.Drills.AnswerAsync(_run!.Value, "run-approval", DrillBench.Approver, true, null, default);

        var line = (await _bench.EntriesAsync(_run.Value)).Single(entry => entry.Kind == JournalKinds.Answered);
        line.Data["lostIfPromotedNow"]!.GetValue<string>().Should().Be("Lost if ledger were promoted at dr now: 3600s to 3610s.");
        RunStory.Tell(line).Text.Should().Be("chen confirmed run-approval. Lost if ledger were promoted at dr now: 3600s to 3610s.");
    }

    [Fact]
    public async Task Answer_IsOnRecordAtOnce_WithTheNewestReading_AndReadsNothing()
    {
        _exposure = Between(0.4, 1.25) with { RecoveryPoint = "cards" };
        _bench.Approvals.Add(new PlanApproval("run-approval", "approver", 1, TimeSpan.FromHours(10)));
        _bench.Step("fence").Step("promote", "burn", promotes: new Promotion("ledger", "fence"));
        await QuestionAsync();
        _reads = 0;

        await _bench.Drills.AnswerAsync(_run!.Value, "run-approval", DrillBench.Approver, true, null, default);

        (await _bench.EntriesAsync(_run.Value)).Single(entry => entry.Kind == JournalKinds.Answered).Data["lostIfPromotedNow"]!.GetValue<string>()
            .Should().Be("Lost if ledger were promoted at dr now: 0.4s to 1.25s.");
        _reads.Should().Be(0);
    }

    [Theory]
    [InlineData("run-approval", "role-missing")]
    [InlineData("no-approval", "no-such-item")]
    public async Task Answer_ThatIsNotTaken_AsksForNoFigure(string item, string code)
    {
        _bench.Approvals.Add(new PlanApproval("run-approval", "approver", 1, TimeSpan.FromHours(10)));
        _bench.Step("fence").Step("promote", "burn", promotes: new Promotion("ledger", "fence"));
        await QuestionAsync();
        _asked = 0;

        var answer = await _bench.Drills.AnswerAsync(_run!.Value, item, DrillBench.Viewer, true, null, default);

        (answer.Code, _asked).Should().Be((code, 0));
    }

    [Fact]
    public void Carry_ToTheSiteThatServes_SaysNothing()
    {
        _bench.Step("decide", "approval", with: """{ "role": "approver", "text": "Switch?" }""").Step("fence").Step("promote", "burn", promotes: new Promotion("ledger", "fence"), site: "primary");
        var loss = new LossNow(this, new Served("primary"));

        loss.Of(_bench.Process.GetRequiredService<PlanLibrary>().All["plan"], RunMode.Live, null).Should().BeEmpty();
    }

    Exposure? IExposures.Current(string system, string standby) => system == "ledger" && standby == "dr" ? _exposure : null;

    IReadOnlyList<Exposure> IExposures.All(string system, string standby) => _asked++ >= 0 && system == "ledger" && standby == "dr" && _exposure is { } first ? [first, .. _more] : [];

    Task<Exposure> IExposures.ReadNowAsync(string recoveryPoint, string standby, CancellationToken cancellationToken) =>
        _reads++ >= 0 ? throw new InvalidOperationException("away") : Task.FromResult(_exposure!);

    private static Exposure Between(double? lowest, double? highest) => new(
        "ledger", "dr", null, Span(lowest), Span(highest), ReplicationState.NotProtected, DateTimeOffset.UnixEpoch, DateTimeOffset.MaxValue, "gone");

    private static TimeSpan? Span(double? seconds) => seconds is { } value ? TimeSpan.FromSeconds(value) : null;

    private async Task<string> QuestionAsync(RunMode mode = RunMode.Live)
    {
        _run ??= await _bench.OpenAsync(mode);
        await _bench.CarryAsync(_run.Value);
        return (await _bench.EntriesAsync(_run.Value)).Last(entry => entry.Kind == JournalKinds.Asked).Data["text"]!.GetValue<string>();
    }

    private sealed class Served(string site) : DrOrchestrator.Estates.IServingSites
    {
        public string ServingSiteOf(string system) => site;
    }
}
