using System.ComponentModel.DataAnnotations;
using System.Text;
using DrOrchestrator.Availability;
using DrOrchestrator.RecoveryPoints;
using DrOrchestrator.Storage.Spooling;
using static DrOrchestrator.Tests.Storage.Spooling.SpoolBench;

namespace DrOrchestrator.Tests.Storage.Spooling;

public sealed class SpooledWritesTests
{
    private const int Batches = 6;

    public static TheoryData<int, int, bool> EveryFault()
    {
        var data = new TheoryData<int, int, bool>();
        foreach (var first in Enumerable.Range(0, Batches))
        {
            foreach (var length in new[] { 1, 2, 4 })
            {
                data.Add(first, length, true);
                data.Add(first, length, false);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(EveryFault))]
    public async Task WriteAsync_AnyAttemptFails_EverythingArrivesOnceAndInOrder(int first, int length, bool isKept)
    {
        using var bench = new SpoolBench();
        bench.Faults = attempt => attempt >= first && attempt < first + length ? isKept ? Fault.Kept : Fault.Lost : Fault.None;

        foreach (var batch in Story())
        {
            await bench.Writes.WriteAsync(batch, default);
            await bench.Writes.ReplayAsync(default);
        }

        await ReplayAllAsync(bench);
        await AssertStoryAsync(bench);
        bench.Writes.Read().Should().BeEquivalentTo(new { AwaySince = (DateTimeOffset?)null, SpooledBytes = 0L });
    }

    [Theory]
    [MemberData(nameof(EveryFault))]
    public async Task ReplayAsync_ProcessDiesAfterAnyWrite_EverythingArrivesOnceAndInOrder(int first, int length, bool isKept)
    {
        using var bench = new SpoolBench();
        bench.Faults = attempt => attempt >= first && attempt < first + length ? isKept ? Fault.Kept : Fault.Lost : Fault.None;

        foreach (var batch in Story())
        {
            await bench.Writes.WriteAsync(batch, default);

            // A replay that committed and died before it cut the spool back is one that failed and was kept.
            await bench.Writes.ReplayAsync(default);
            bench.Restart();
        }

        await ReplayAllAsync(bench);
        await AssertStoryAsync(bench);
    }

    [Fact]
    public async Task WriteAsync_DatabaseAway_IsDurableInTheSpoolWhenItReturns()
    {
        using var bench = new SpoolBench();
        bench.Faults = _ => Fault.Lost;
        await bench.Writes.WriteAsync(Batch([Change("a", IntervalState.Up, 0)]), default);

        bench.Restart();

        bench.Writes.Read().SpooledBytes.Should().BePositive();
        bench.Faults = null;
        (await bench.Writes.ReplayAsync(default)).Should().BeTrue();
        (await bench.Database.ReadAsync("a", T0, T0.AddHours(1), default)).Should().ContainSingle();
    }

    [Fact]
    public async Task WriteAsync_DatabaseHangs_GoesToTheSpoolAfterThePatienceAndNoSecondAttemptIsMade()
    {
        using var bench = new SpoolBench();
        using var hanging = new ManualResetEventSlim();
        bench.Faults = attempt =>
        {
            hanging.Wait(TimeSpan.FromSeconds(30));
            return Fault.None;
        };
        var write = bench.Writes.WriteAsync(Batch([Change("a", IntervalState.Up, 0)]), default);
        await UntilAsync(() => bench.Attempts == 0 || write.IsCompleted);
        while (!write.IsCompleted)
        {
            bench.Time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        await bench.Writes.WriteAsync(Batch([Change("a", IntervalState.Down, 10)]), default);
        (await bench.Writes.ReplayAsync(default)).Should().BeFalse();
        bench.Writes.Read().Reason.Should().Be("the database does not answer");

        hanging.Set();
        await ReplayAllAsync(bench);
        (await bench.Database.ReadAsync("a", T0, T0.AddHours(1), default)).Select(row => row.State).Should().Equal(IntervalState.Up, IntervalState.Down);
    }

    [Fact]
    public async Task WriteAsync_ObservationsWhileAway_AreSpooledEveryThirtySecondsAndTheNewestArrives()
    {
        using var bench = new SpoolBench();
        await bench.Writes.WriteAsync(Batch([Change("a", IntervalState.Up, 0)]), default);
        bench.Faults = _ => Fault.Lost;
        await bench.Writes.WriteAsync(Batch([Change("b", IntervalState.Up, 0)]), default);
        var before = bench.Writes.Read().SpooledBytes;
        for (var second = 1; second <= 20; second++)
        {
            bench.Time.Advance(TimeSpan.FromSeconds(1));
            await bench.Writes.WriteAsync(Observed("a", second), default);
        }

        bench.Writes.Read().SpooledBytes.Should().Be(before);
        bench.Faults = null;
        await bench.Writes.ReplayAsync(default);
        await bench.Writes.WriteAsync(Batch([Change("b", IntervalState.Down, 21)]), default);

        (await bench.Database.ReadTailsAsync(default))["a"].Observed.Until.Should().Be(T0.AddSeconds(20));
    }

    [Fact]
    public async Task WriteAsync_Exposures_TakeTheSameWay()
    {
        using var bench = new SpoolBench();
        var store = new SpooledExposureStore(bench.DatabaseExposures, new Lazy<SpooledWrites>(bench.Writes), Reads);
        store.Worst("ledger", "dr", T0, T0.AddMinutes(1)).WorstSeconds.Should().BeNull();
        bench.Faults = _ => Fault.Lost;
        await store.SaveAsync([new ExposureSample("ledger", "dr", T0.AddSeconds(3), 2500, ReplicationState.Protected)], default);

        store.Worst("ledger", "dr", T0, T0.AddMinutes(1)).Should().Be(new ExposureWorst(2.5, 1, 0, 0));
        store.Seconds("ledger", "dr", T0, T0.AddMinutes(1)).Should().Equal(T0.AddSeconds(3));
        bench.Faults = null;
        await ReplayAllAsync(bench);

        bench.DatabaseExposures.Worst("ledger", "dr", T0, T0.AddMinutes(1)).Should().Be(new ExposureWorst(2.5, 1, 0, 0));
    }

    [Fact]
    public async Task ReplayAsync_DatabaseRefusesARecord_SetsItAsideAndGoesOn()
    {
        using var bench = new SpoolBench();
        bench.Faults = _ => Fault.Lost;
        await bench.Writes.WriteAsync(Batch([Change("a", IntervalState.Up, 0)]), default);
        await bench.Writes.WriteAsync(Batch([Change("b", IntervalState.Up, 0) with { Reason = null! }]), default);
        await bench.Writes.WriteAsync(Batch([Change("a", IntervalState.Down, 10)]), default);

        bench.Faults = null;
        (await bench.Writes.ReplayAsync(default)).Should().BeTrue();

        (await bench.Database.ReadAsync("a", T0, T0.AddHours(1), default)).Select(row => row.State).Should().Equal(IntervalState.Up, IntervalState.Down);
        SpoolCodec.Read(await File.ReadAllBytesAsync(bench.SpoolPath + ".refused-1")).Timeline!.Changes.Should().ContainSingle().Which.Subject.Should().Be("b");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task WriteAsync_DatabaseRefusesOneSubject_OthersArriveAndItHasAGapThenItsState(bool isAway)
    {
        using var bench = new SpoolBench();
        await bench.Writes.WriteAsync(Batch([Change("a", IntervalState.Up, 0), Change("b", IntervalState.Up, 0)], Seen("a", 8), Seen("b", 8)), default);
        bench.Faults = isAway ? _ => Fault.Lost : null;
        await bench.Writes.WriteAsync(
            Batch([Change("a", IntervalState.Down, 10), Change("b", IntervalState.Down, 10) with { Reason = null! }], Seen("a", 11), Seen("b", 11)), default);

        bench.Faults = null;
        (await bench.Writes.ReplayAsync(default)).Should().BeTrue();

        bench.Writes.Read().AwaySince.Should().BeNull();
        (await bench.Database.ReadAsync("a", T0, T0.AddHours(1), default)).Select(row => row.State).Should().Equal(IntervalState.Up, IntervalState.Down);
        var rows = await bench.Database.ReadAsync("b", T0, T0.AddHours(1), default);
        rows.Select(row => (row.State, row.Start.At, row.Reason)).Should().Equal(
            (IntervalState.Up, T0, "at 0"),
            (IntervalState.Unknown, T0.AddSeconds(8), "the database refused the record of what was seen here"),
            (IntervalState.Down, T0.AddSeconds(11), "seen so, but the database refused the record of why"));
        (await bench.Evidence.ReadAsync(null, 0, 100, default)).Should().ContainSingle(record => record.Kind == "server.spool-refused")
            .Which.Payload.ToJsonString().Should().Contain("\"probeNames\":[\"b\"]");
        SpoolCodec.Read(await File.ReadAllBytesAsync(bench.SpoolPath + ".refused-1")).Timeline!.Changes.Should().ContainSingle().Which.Subject.Should().Be("b");

        static ObservedUntil Seen(string subject, double seconds) => new(subject, T0.AddSeconds(seconds), null, null);
    }

    [Fact]
    public async Task WriteAsync_DatabaseRefusesOneStretchOfSynchrony_OthersArriveAndItIsOnRecord()
    {
        using var bench = new SpoolBench();
        var good = new SynchronyInterval("ledger", "dr", default, T0, T0.AddSeconds(5), "r");

        await bench.Writes.WriteAsync([good with { System = "cards", Reason = null! }, good], default);

        bench.DatabaseSynchrony.Read("ledger", "dr", T0, T0.AddMinutes(1)).Should().Equal(good);
        bench.DatabaseSynchrony.Read("cards", "dr", T0, T0.AddMinutes(1)).Should().BeEmpty();
        (await bench.Evidence.ReadAsync(null, 0, 100, default)).Should().ContainSingle(record => record.Kind == "server.spool-refused")
            .Which.Payload.ToJsonString().Should().Contain("\"probeNames\":[\"cards dr\"]");
    }

    [Fact]
    public async Task ReplayAsync_ProcessDiesBetweenThePartsOfARefusedRecord_EachArrivesOnce()
    {
        using var bench = new SpoolBench();
        await bench.Writes.WriteAsync(Batch([Change("a", IntervalState.Up, 0), Change("b", IntervalState.Up, 0)]), default);
        bench.Faults = _ => Fault.Lost;
        await bench.Writes.WriteAsync(Batch([Change("a", IntervalState.Down, 10), Change("b", IntervalState.Down, 10) with { Reason = null! }]), default);
        for (var step = 0; step < 6; step++)
        {
            bench.Restart();
            var first = bench.Attempts;
            bench.Faults = attempt => attempt - first == step ? Fault.Kept : Fault.None;
            await bench.Writes.ReplayAsync(default);
        }

        bench.Faults = null;
        await ReplayAllAsync(bench);

        (await bench.Database.ReadAsync("a", T0, T0.AddHours(1), default)).Select(row => row.State).Should().Equal(IntervalState.Up, IntervalState.Down);
        (await bench.Database.ReadAsync("b", T0, T0.AddHours(1), default)).Select(row => row.State).Should().Equal(IntervalState.Up, IntervalState.Unknown, IntervalState.Down);
        (await bench.Evidence.ReadAsync(null, 0, 100, default)).Should().ContainSingle(record => record.Kind == "server.spool-refused");
    }

    [Fact]
    public async Task Open_SpoolDamaged_WhatItMayHaveHeldIsAnUnknownIntervalOnRecord()
    {
        using var bench = new SpoolBench();
        await bench.Writes.WriteAsync(
            Batch([Change("a", IntervalState.Up, 0)], new ObservedUntil("a", T0.AddSeconds(8), T0.AddSeconds(7.5), null)), default);
        bench.Faults = _ => Fault.Lost;
        await bench.Writes.WriteAsync(Batch([Change("a", IntervalState.Down, 10)]), default);
        await bench.Writes.WriteAsync(Batch([Change("a", IntervalState.Up, 20)]), default);
        bench.Time.Advance(TimeSpan.FromSeconds(60));

        // The length of the first record of the spool, so that everything after it seems to be its torn end.
        bench.Damage(bytes => bytes[8 + 1] ^= 1);
        bench.Faults = null;
        await ReplayAllAsync(bench);

        (await bench.Database.ReadAsync("a", T0, T0.AddHours(1), default)).Select(row => (row.State, row.Start.At, row.Reason)).Should().Equal(
            (IntervalState.Up, T0, "at 0"), (IntervalState.Unknown, T0.AddSeconds(8), "the spool was damaged: what was seen here may not be on record"));
        (await bench.Evidence.ReadAsync(null, 0, 100, default)).Should().ContainSingle(record => record.Kind == "server.spool-damaged")
            .Which.Payload.ToJsonString().Should().Be("""{"from":"2026-03-01T08:00:08.000000Z","probeNames":["a"],"probes":1,"to":"2026-03-01T08:01:00.000000Z"}""");
        File.Exists(bench.SpoolPath + ".damaged-1").Should().BeTrue();
    }

    [Fact]
    public void Remove_MoreThanWaits_LeavesNothing()
    {
        var overlay = new SpoolOverlay();
        overlay.Add(new SpoolRecord("w", 1) { Timeline = Batch([Change("a", IntervalState.Up, 0)]) });

        overlay.Remove(2);

        overlay.Changes("a").Should().BeEmpty();
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(1024, true)]
    [InlineData(1025, false)]
    public void LimitMiB_OutsideItsRange_IsNotValid(int limit, bool isValid)
    {
        var options = new SpoolOptions { LimitMiB = limit };

        Validator.TryValidateObject(options, new ValidationContext(options), [], validateAllProperties: true).Should().Be(isValid);
    }

    [Fact]
    public void IsAboutTheRecord_TextThatCannotBeEncoded_IsTheRecords() => Refusals.IsAboutTheRecord(
        new InvalidOperationException("write", new EncoderFallbackException())).Should().BeTrue();

    internal static TimelineBatch Batch(IReadOnlyList<TimelineChange> changes, params IReadOnlyList<ObservedUntil> observed) => new(changes, [], observed);

    internal static TimelineBatch Observed(string subject, double seconds) =>
        new([], [], [new ObservedUntil(subject, T0.AddSeconds(seconds), T0.AddSeconds(seconds - 0.5), null)]);

    internal static async Task ReplayAllAsync(SpoolBench bench)
    {
        for (var i = 0; i < 1000 && !await bench.Writes.ReplayAsync(default); i++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System);
        }
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        for (var i = 0; i < 2000 && !condition(); i++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System);
        }
    }

    /// <summary>Two subjects, changes, contradictions, minutes: whatever is applied twice or out of order shows.</summary>
    private static IEnumerable<TimelineBatch> Story() => Enumerable.Range(0, Batches).Select(number => new TimelineBatch(
        [Change("a", State(number), 10 * number), Change("b", State(number), (10 * number) + 1), Change("b", State(number + 1), (10 * number) + 2)],
        [new Blip("a", IntervalState.Up, T0.AddSeconds(10 * number), T0.AddSeconds((10 * number) + 1))],
        [new ObservedUntil("a", T0.AddSeconds((10 * number) + 3), T0.AddSeconds(10 * number), null)])
    {
        Minutes =
        [
            new SeenMinute("e", new ProbeMinute("a", T0.AddMinutes(number), 5, 1, 0, LatencyHistogram.Of(TimeSpan.FromMilliseconds(3)), new ProbeValues(1, 2, 2, 2))),
        ],
    });

    private static IntervalState State(int number) => number % 2 == 0 ? IntervalState.Up : IntervalState.Down;

    private static async Task AssertStoryAsync(SpoolBench bench)
    {
        using var undisturbed = new SpoolBench();
        foreach (var batch in Story())
        {
            await undisturbed.Writes.WriteAsync(batch, default);
        }

        foreach (var subject in new[] { "a", "b" })
        {
            (await bench.Database.ReadAsync(subject, T0.AddDays(-1), T0.AddDays(1), default)).Should().Equal(
                await undisturbed.Database.ReadAsync(subject, T0.AddDays(-1), T0.AddDays(1), default)).And.NotBeEmpty();
            (await bench.Database.ReadBlipsAsync(subject, T0.AddDays(-1), T0.AddDays(1), default)).Should().Equal(
                await undisturbed.Database.ReadBlipsAsync(subject, T0.AddDays(-1), T0.AddDays(1), default));
        }

        (await bench.Database.ReadTailsAsync(default)).Should().BeEquivalentTo(await undisturbed.Database.ReadTailsAsync(default));
        (await bench.DatabaseMinutes.ReadAsync("a", T0, T0.AddDays(1), default)).Should().Equal(
            await undisturbed.DatabaseMinutes.ReadAsync("a", T0, T0.AddDays(1), default)).And.HaveCount(Batches);
    }
}
