using System.Text.Json.Nodes;
using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Carrying;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Drills.Owners;
using DrOrchestrator.Drills.Stops;
using DrOrchestrator.Time;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace DrOrchestrator.Tests.Drills.Owners;

/// <summary>Where several processes use one database, a silent owner is waited for.</summary>
public sealed class OwnerProofTests : IAsyncDisposable
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 22, 8, 0, 0, TimeSpan.Zero));
    private readonly DrillBench _bench;

    public OwnerProofTests() => _bench = new DrillBench { OthersAreDead = false, Time = _time }.Step("one").Step("two", timeout: TimeSpan.FromMinutes(2));

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Fact]
    public async Task CarryAsync_OwnerDiedInTheMiddleOfAnEffect_WaitsForItsLeaseAndTheEffectsTimeout()
    {
        _bench.Restart((draft, written) => draft.Kind == JournalKinds.Intent && draft.Step == "two" && written);
        var run = await _bench.OpenAsync();
        await FluentActions.Awaiting(() => _bench.CarryAsync(run)).Should().ThrowAsync<CrashingJournal.Killed>();
        var lines = (await _bench.EntriesAsync(run)).Count;
        _time.Advance(TimeSpan.FromSeconds(30));
        _bench.Restart();

        await _bench.CarryAsync(run);

        (await _bench.EntriesAsync(run)).Should().HaveCount(lines, "the claim left nothing");
        _bench.Later.Should().Equal((run, TimeSpan.FromSeconds(10 + 120 - 30)));
    }

    [Fact]
    public async Task CarryAsync_OwnerDiedInAStepThatOnlyLooks_WaitsForItsLeaseAlone()
    {
        await using var bench = new DrillBench { OthersAreDead = false, Time = _time }.Step("long-look", "look", timeout: TimeSpan.FromHours(2));
        bench.Restart((draft, written) => draft.Kind == JournalKinds.Intent && draft.Step == "long-look" && written);
        var run = await bench.OpenAsync();
        await FluentActions.Awaiting(() => bench.CarryAsync(run)).Should().ThrowAsync<CrashingJournal.Killed>();
        _time.Advance(TimeSpan.FromSeconds(10));
        bench.Restart();

        await bench.CarryAsync(run);

        (await bench.ShowAsync(run)).Outcome.Should().Be("passed", "nothing of it could still act");
    }

    [Fact]
    public async Task CarryAsync_OwnerIsSilentForLongEnough_TakesOver()
    {
        _bench.Restart((draft, written) => draft.Kind == JournalKinds.Outcome && draft.Step == "one" && written);
        var run = await _bench.OpenAsync();
        await FluentActions.Awaiting(() => _bench.CarryAsync(run)).Should().ThrowAsync<CrashingJournal.Killed>();
        _time.Advance(TimeSpan.FromSeconds(10));
        _bench.Restart();

        await _bench.CarryAsync(run);

        (await _bench.ShowAsync(run)).Outcome.Should().Be("passed", "nothing was open, and the lease is over");
    }

    [Fact]
    public async Task CarryAsync_OwnerIsDeadForCertain_TakesOverAtOnce()
    {
        _bench.OthersAreDead = true;
        _bench.Restart((draft, written) => draft.Kind == JournalKinds.Outcome && draft.Step == "one" && written);
        var run = await _bench.OpenAsync();
        await FluentActions.Awaiting(() => _bench.CarryAsync(run)).Should().ThrowAsync<CrashingJournal.Killed>();
        _bench.Restart();

        await _bench.CarryAsync(run);

        (await _bench.ShowAsync(run)).Outcome.Should().Be("passed");
    }

    [Fact]
    public async Task CarryAsync_EngineFailedInTheMiddleAndDiedHoursAgo_AsksBeforeItGoesOn()
    {
        await using var bench = new DrillBench { Time = _time, Serves = true }.Step("one").Step("back", wayBack: true);
        bench.World.Next("one", (_, _) =>
        {
            bench.SteadyThrows = new IOException("the database is away");
            return Task.FromResult<StepOutcome>(new StepOutcome.Done([]));
        });
        var run = await bench.OpenAsync();
        await FluentActions.Awaiting(() => bench.CarryAsync(run)).Should().ThrowAsync<IOException>();
        (await bench.ShowAsync(run)).WaitingFor.Should().StartWith("the engine, which failed");
        bench.SteadyThrows = null;
        _time.Advance(TimeSpan.FromHours(3));
        bench.Restart();

        await bench.CarryAsync(run);

        (await bench.ShowAsync(run)).WaitingFor.Should().Be("resume 'resume:2' by operator", "nobody was asked, and nobody has looked for three hours");
        bench.World.Story.Should().NotContain("execute back");
    }

    [Fact]
    public async Task CarryAsync_PausedInTheMiddleOfAnUndo_IsWaitedForAndCarriedByOne()
    {
        await using var bench = new DrillBench { OthersAreDead = false, Time = _time }.Step("one", timeout: TimeSpan.FromMinutes(2)).Step("two");
        bench.World.Next("two", new StepOutcome.Failed("no room"));
        var undoing = bench.World.Hangs("undo one", lands: false);
        var run = await bench.OpenAsync();
        var carried = bench.CarryAsync(run);
        await undoing;
        await bench.OrderAsync(run, RunOrder.Pause);
        await carried;
        await bench.OrderAsync(run, RunOrder.Resume);
        var other = bench.Second().GetRequiredService<IRunCarrier>();

        await other.CarryAsync(run, default);
        bench.Later.Should().Equal([(run, TimeSpan.FromMinutes(2))], "what was sent of the undo may still act");

        var again = bench.World.Hangs("undo one", lands: false);
        carried = bench.CarryAsync(run);
        await again;
        await other.CarryAsync(run, default);

        bench.Later[^1].Should().Be((run, TimeSpan.FromMinutes(2) + TakeoverWait.LeaseLasts), "whoever heard the answer first carries it, and has a lease again");
        bench.World.Story.Count(told => told == "undo one").Should().Be(2);
        await bench.OrderAsync(run, RunOrder.Abort);
        await carried;
    }

    [Fact]
    public async Task CarryAsync_RunWaitsForAPerson_IsTakenByWhoeverHearsTheAnswer()
    {
        var bench = new DrillBench { OthersAreDead = false, Time = _time }.Step("task", "task", with: """{"role":"operator","text":"Look"}""");
        await using var disposed = bench;
        var run = await bench.OpenAsync();
        await bench.CarryAsync(run);
        (await bench.Drills.AnswerAsync(run, "task", DrillBench.Colleague, confirmed: true, null, default)).Accepted.Should().BeTrue();
        bench.Restart();

        await bench.CarryAsync(run);

        (await bench.ShowAsync(run)).Outcome.Should().Be("passed");
    }
}
