using System.Text.Json.Nodes;
using DrOrchestrator.Calendars;
using DrOrchestrator.Drills;
using DrOrchestrator.Evidence;
using DrOrchestrator.Testing.Storage;
using FluentAssertions;
using Xunit;

namespace DrOrchestrator.Testing.Calendars;

/// <summary>What every <see cref="IFireLedger"/> must keep.</summary>
public abstract class FireLedgerContract : IDisposable
{
    private static readonly DateTimeOffset Nine = new(2026, 3, 1, 9, 0, 0, TimeSpan.Zero);

    /// <summary>The ledger under test, empty; another object over the same store after <see cref="Reopen"/>.</summary>
    protected abstract IFireLedger Ledger { get; }

    /// <summary>The same store as a second process opens it.</summary>
    protected abstract IFireLedger Other { get; }

    protected abstract IEvidenceLog Evidence { get; }

    /// <summary>Forgets everything in memory and opens the store again.</summary>
    protected abstract void Reopen();

    public abstract void Dispose();

    [Fact]
    public async Task RecordOnceAsync_SameKeyAgain_AppendsNothing()
    {
        (await Ledger.RecordOnceAsync("quarterly", Nine, Finding("first"), default)).Should().BeTrue();
        (await Ledger.RecordOnceAsync("quarterly", Nine, Finding("second"), default)).Should().BeFalse();
        (await Other.RecordOnceAsync("quarterly", Nine, Finding("third"), default)).Should().BeFalse();
        Reopen();
        (await Ledger.RecordOnceAsync("quarterly", Nine, Finding("fourth"), default)).Should().BeFalse();

        (await FindingsAsync()).Should().Equal("first");
    }

    [Fact]
    public async Task RecordOnceAsync_SameMomentInAnotherZone_IsTheSameKey()
    {
        await Ledger.RecordOnceAsync("quarterly", Nine, Finding("in UTC"), default);

        (await Ledger.RecordOnceAsync("quarterly", Nine.ToOffset(TimeSpan.FromHours(8)), Finding("in Shanghai"), default)).Should().BeFalse();
    }

    [Fact]
    public async Task RecordOnceAsync_AnotherScheduleOrFireTime_IsAnotherKey()
    {
        await Ledger.RecordOnceAsync("quarterly", Nine, Finding("a"), default);

        (await Ledger.RecordOnceAsync("yearly", Nine, Finding("b"), default)).Should().BeTrue();
        (await Ledger.RecordOnceAsync("quarterly", Nine.AddSeconds(1), Finding("c"), default)).Should().BeTrue();

        (await FindingsAsync()).Should().Equal("a", "b", "c");
    }

    [Fact]
    public async Task RecordOnceAsync_FindingFails_LeavesTheKeyFree()
    {
        var broken = () => Ledger.RecordOnceAsync("quarterly", Nine, Finding("a") with { Actor = "" }, default);
        await broken.Should().ThrowAsync<ArgumentException>().WithMessage("The record finding.drill-overdue has no actor; it is a person's id or 'system'.");

        (await Ledger.RecordOnceAsync("quarterly", Nine, Finding("b"), default)).Should().BeTrue();
        (await FindingsAsync()).Should().Equal("b");
    }

    [Fact]
    public async Task RecordOnceAsync_ManyAtOnceFromTwoProcesses_AppendsOne()
    {
        var appended = await AtOnce.RunAsync(10, index => (index % 2 == 0 ? Ledger : Other).RecordOnceAsync("quarterly", Nine, Finding($"{index}"), default));

        appended.Count(once => once).Should().Be(1);
        (await FindingsAsync()).Should().Equal($"{Array.IndexOf(appended, true)}");
    }

    [Fact]
    public async Task ConcludeAsync_TimesAndRecords_AreDurableTogetherAndReadBack()
    {
        var gate = new GateResult("standby-healthy dr", false, "2 s behind", "protected", "recovery point", TimeSpan.FromSeconds(0.25), "Repair it.");
        var passed = Fire(Nine, FireOutcome.NotPassed) with { Gates = [gate] };
        var missed = Fire(Nine.AddDays(1), FireOutcome.Missed);

        (await Ledger.ConcludeAsync([passed, missed], [Finding("a"), Finding("b")], default)).Should().BeTrue();
        Reopen();

        (await Other.ReadAsync("quarterly", 10, default)).Should().BeEquivalentTo([missed, passed], options => options.WithStrictOrdering());
        (await Ledger.ReadAsync("quarterly", 1, default)).Should().ContainSingle().Which.FireTime.Should().Be(Nine.AddDays(1));
        (await FindingsAsync()).Should().Equal("a", "b");
    }

    [Fact]
    public async Task ConcludeAsync_ThisTimeOrALaterOneIsTaken_WritesNothing()
    {
        await Ledger.ConcludeAsync([Fire(Nine, FireOutcome.Frozen)], [Finding("first")], default);

        (await Other.ConcludeAsync([Fire(Nine, FireOutcome.Missed)], [Finding("again")], default)).Should().BeFalse();
        (await Other.ConcludeAsync([Fire(Nine.AddDays(-1), FireOutcome.Missed)], [Finding("a node that slept")], default)).Should().BeFalse();
        (await Other.ConcludeAsync([Fire(Nine.AddDays(-1), FireOutcome.Missed), Fire(Nine.AddDays(1), FireOutcome.Missed)], [Finding("partly")], default)).Should().BeFalse();

        (await Ledger.ReadAsync("quarterly", 10, default)).Should().ContainSingle().Which.Outcome.Should().Be(FireOutcome.Frozen);
        (await FindingsAsync()).Should().Equal("first");
    }

    [Fact]
    public async Task ConcludeAsync_RecordFails_LeavesTheKeyFree()
    {
        var broken = () => Ledger.ConcludeAsync([Fire(Nine, FireOutcome.Missed)], [Finding("a") with { Actor = "" }], default);
        await broken.Should().ThrowAsync<ArgumentException>();

        (await Ledger.ConcludeAsync([Fire(Nine, FireOutcome.Missed)], [Finding("b")], default)).Should().BeTrue();
    }

    [Fact]
    public async Task ConcludeAsync_ManyAtOnceFromTwoProcesses_WritesOne()
    {
        var written = await AtOnce.RunAsync(10, index => (index % 2 == 0 ? Ledger : Other).ConcludeAsync([Fire(Nine, FireOutcome.Passed)], [Finding($"{index}")], default));

        written.Count(once => once).Should().Be(1);
        (await FindingsAsync()).Should().ContainSingle();
    }

    [Fact]
    public async Task KeepAsync_Schedules_ReplacesThoseOfTheirNamesAndForgetsOthers()
    {
        var drill = new KeptSchedule("quarterly", "drill", "failover", ["ledger", "cards"], "live", "0 0 9 * * ?", "Asia/Shanghai", Nine);
        var gates = new KeptSchedule("nightly", "gates", "failover", ["ledger"], null, "0 0 1 * * ?", "UTC", Nine);
        await Ledger.KeepAsync([drill, gates], [], default);
        await Ledger.KeepAsync([drill with { Mode = "tabletop", Since = Nine.AddDays(1) }], ["nightly"], default);
        Reopen();

        (await Other.SchedulesAsync(default)).Should().BeEquivalentTo([drill with { Mode = "tabletop", Since = Nine.AddDays(1) }]);
    }

    private static Fire Fire(DateTimeOffset at, FireOutcome outcome) => new("quarterly", at, outcome, null, "what became of it", [], Nine.AddDays(2));

    private static EvidenceDraft Finding(string text) => new("finding.drill-overdue", "system", null, "core-ledger", new JsonObject { ["finding"] = text });

    private async Task<IEnumerable<string?>> FindingsAsync() =>
        (await Evidence.ReadAsync(null, 0, 100, default)).Where(record => record.Kind == "finding.drill-overdue").Select(record => (string?)record.Payload["finding"]);
}
