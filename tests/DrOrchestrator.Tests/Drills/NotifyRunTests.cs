using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Steps;
using DrOrchestrator.Estates;
using DrOrchestrator.Tests.Drills.Steps;

namespace DrOrchestrator.Tests.Drills;

/// <summary>A notice in a run: it holds nobody up.</summary>
public sealed class NotifyRunTests : IAsyncLifetime
{
    private readonly DrillBench _bench = new();
    private NoticeReceiver _receiver = null!;

    public async Task InitializeAsync()
    {
        _receiver = await NoticeReceiver.StartAsync();
        _bench.Endpoints.Add(new ServiceEndpoint("desk", _receiver.Url, null));
        var kind = new NotifyStep(TimeProvider.System);
        _bench.MoreKinds.Add(kind);
        _bench.Step("tell", "notify", site: null, with: """{"endpoint":"desk","text":{"en":"Moving."}}""", onFailure: kind.Shape.UsualOnFailure).Step("act");
        _bench.Restart();
    }

    public async Task DisposeAsync()
    {
        await _bench.DisposeAsync();
        await _receiver.DisposeAsync();
    }

    [Fact]
    public async Task Carry_NoticeIsNotTaken_GoesOnWithTheFailureOnRecord()
    {
        _receiver.Status = 500;

        var run = await _bench.OpenAsync();
        await _bench.CarryAsync(run);

        (await _bench.ShowAsync(run)).Outcome.Should().Be("passed");
        (await _bench.EntriesAsync(run)).Where(line => line.Step == "tell" && line.Kind == JournalKinds.Outcome).Select(line => $"{line.Data["outcome"]}: {line.Data["reason"]}").Should().Equal("failed: desk did not take the notice: 500");
    }

    [Fact]
    public async Task Carry_CrashAfterTheNotice_SendsItAgainUnderTheSameKey()
    {
        _bench.Restart((draft, written) => draft.Kind == JournalKinds.Outcome && draft.Step == "tell" && !written);
        var run = await _bench.OpenAsync();
        await _bench.Invoking(bench => bench.CarryAsync(run)).Should().ThrowAsync<CrashingJournal.Killed>();

        _bench.Restart();
        await _bench.CarryAsync(run);

        (await _bench.ShowAsync(run)).Outcome.Should().Be("passed");
        var keys = _receiver.Notices.Select(notice => notice.Headers["Idempotency-Key"]).ToList();
        keys.Should().HaveCount(2);
        keys.Distinct().Should().ContainSingle("the receiver drops the second");
    }
}
