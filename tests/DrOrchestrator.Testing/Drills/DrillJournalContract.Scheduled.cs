using System.Text.Json.Nodes;
using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Drills.People;
using DrOrchestrator.Testing.Storage;
using FluentAssertions;
using Xunit;

namespace DrOrchestrator.Testing.Drills;

/// <summary>Runs that the calendar opens: a time and its run are one.</summary>
public abstract partial class DrillJournalContract
{
    [Fact]
    public async Task OpenAsync_TimeOfTheCalendarTwice_OpensOneRun()
    {
        (await OpenScheduledAsync(Journal, "a", 0)).Run.Should().Be(1);

        (await OpenScheduledAsync(Other, "b", 0)).Should().Be(new OpenResult(null, null, null) { AlreadyFired = true });
        Reopen();
        (await OpenScheduledAsync(Journal, "c", 0)).AlreadyFired.Should().BeTrue();

        (await Journal.RunsAsync(openOnly: false, default)).Should().Equal(1);
        (await Journal.OpenAsync("li-wei", ["b", "c"], [], [], default)).Run.Should().Be(2, "what was not opened has left neither a number nor a lock");
    }

    [Fact]
    public async Task OpenAsync_NodeThatSleptBringsAnOldTime_OpensNothing()
    {
        (await OpenScheduledAsync(Journal, "a", 1)).Run.Should().Be(1);

        (await OpenScheduledAsync(Other, "b", 0)).AlreadyFired.Should().BeTrue("times pass in order");
    }

    [Fact]
    public async Task OpenAsync_TimeOfTheCalendarFromTwoProcessesAtOnce_OpensOneRun()
    {
        var opened = await AtOnce.RunAsync(10, index => OpenScheduledAsync(index % 2 == 0 ? Journal : Other, $"system-{index}", 0));

        opened.Count(result => result.Run == 1).Should().Be(1);
        opened.Count(result => result.AlreadyFired).Should().Be(9);
    }

    [Fact]
    public async Task OpenAsync_AfterTheLatestMoment_OpensNothingAndLeavesTheTimeToBeMissed()
    {
        Time.Advance(TimeSpan.FromSeconds(61));

        (await OpenScheduledAsync(Journal, "a", 0)).Should().Be(new OpenResult(null, null, null) { FiredLate = true });
        (await OpenScheduledAsync(Journal, "a", 1)).Run.Should().Be(1);
    }

    [Fact]
    public async Task OpenAsync_OpeningFails_LeavesTheTimeFree()
    {
        var opened = Unrecordable();
        opened["scheduled"] = Scheduled(0);
        await FluentActions.Awaiting(() => Journal.OpenAsync("li-wei", ["a"], opened, [], default)).Should().ThrowAsync<ArgumentException>();

        (await OpenScheduledAsync(Journal, "a", 0)).Run.Should().Be(1, "key and run are durable together or not at all");
    }

    [Fact]
    public async Task OpenAsync_SystemIsLocked_LeavesTheTimeFree()
    {
        await OpenAsync("a");

        (await OpenScheduledAsync(Journal, "a", 0)).HeldBy.Should().Be(1);
        (await OpenScheduledAsync(Journal, "b", 0)).Run.Should().Be(2);
    }

    /// <summary>The hour of day <paramref name="day"/>, where the clock stands at day 0.</summary>
    private JsonObject Scheduled(int day)
    {
        var at = new DateTimeOffset(2026, 11, 22, 8, 0, 0, TimeSpan.Zero).AddDays(day);
        return new ScheduledFire("quarterly", at, at.AddSeconds(60)).ToJson();
    }

    private Task<OpenResult> OpenScheduledAsync(IDrillJournal journal, string system, int day) => journal.OpenAsync("li-wei", [system], new JsonObject { ["scheduled"] = Scheduled(day) }, [], default);
}
