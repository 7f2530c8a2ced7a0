using DrOrchestrator.RecoveryPoints;
using FluentAssertions;
using Xunit;

namespace DrOrchestrator.Testing.RecoveryPoints;

/// <summary>What every <see cref="IExposureStore"/> must keep: a second as bad as it was at its worst, for a day; its minute for ever.</summary>
public abstract class ExposureStoreContract : IDisposable
{
    private const long Day = 24 * 3600;

    /// <summary>The beginning of a minute.</summary>
    private static readonly DateTimeOffset T0 = new(2026, 3, 1, 8, 0, 0, TimeSpan.Zero);

    /// <summary>The store under test, empty; another object over the same data after <see cref="Reopen"/>.</summary>
    protected abstract IExposureStore Store { get; }

    /// <summary>Forgets everything in memory and opens the data again.</summary>
    protected abstract void Reopen();

    public abstract void Dispose();

    [Fact]
    public async Task Seconds_Window_AreThoseWithASampleInOrder()
    {
        await SaveAsync(Sample(12, 3000), Sample(10, 1000), Sample(20, 1));
        Reopen();

        Store.Seconds("ledger", "dr", T0.AddSeconds(10.5), T0.AddSeconds(20)).Should().Equal(T0.AddSeconds(10), T0.AddSeconds(12));
        Store.Seconds("ledger", "elsewhere", T0, T0.AddSeconds(60)).Should().BeEmpty();
    }

    [Fact]
    public void Worst_NothingSaved_IsNothingObserved() => Worst(0, 60).Should().Be(new ExposureWorst(null, 0, 0, 0));

    [Theory]
    [InlineData(0, 9.999, null, 0)]
    [InlineData(0, 10, null, 0)] // half open
    [InlineData(0, 10.001, 1.0, 1)]
    [InlineData(10, 11, 1.0, 1)]
    [InlineData(10, 11.001, 2.0, 2)]
    [InlineData(10.999, 11, 1.0, 1)] // a second that overlaps counts whole
    [InlineData(11, 13, 3.0, 2)]
    [InlineData(12.5, 12.6, 3.0, 1)]
    [InlineData(13, 60, null, 0)]
    [InlineData(0, 100_000, 3.0, 3)]
    public async Task Worst_Window_TakesEverySecondThatOverlapsIt(double from, double to, double? worst, long observed)
    {
        await SaveAsync(Sample(10, 1000), Sample(11, 2000), Sample(12, 3000));
        Reopen();

        Worst(from, to).Should().Be(new ExposureWorst(worst, observed, 0, 0));
    }

    [Fact]
    public async Task Worst_SecondsNotProtectedOrUnknown_AreCounted()
    {
        await SaveAsync(
            Sample(0, 1500), Sample(1, null, ReplicationState.Unknown),
            Sample(2, 700, ReplicationState.NotProtected), Sample(3, null, ReplicationState.NotProtected),
            Sample(4, 2, ReplicationState.Unknown), Sample(5, 1500));

        Worst(0, 60).Should().Be(new ExposureWorst(1.5, 6, 2, 2));
        Worst(1, 2).Should().Be(new ExposureWorst(null, 1, 0, 1), "an exposure that nobody knew is none that was small");
        Worst(2, 4).Should().Be(new ExposureWorst(0.7, 2, 2, 0));
    }

    [Theory]
    [InlineData(100L, ReplicationState.Protected, 300L, ReplicationState.Protected, 0.3, 0, 0)]
    [InlineData(300L, ReplicationState.Protected, 100L, ReplicationState.Unknown, 0.3, 0, 1)]
    [InlineData(300L, ReplicationState.Protected, null, ReplicationState.Unknown, 0.3, 0, 1)]
    [InlineData(null, ReplicationState.Unknown, null, ReplicationState.Protected, null, 0, 1)]
    [InlineData(5L, ReplicationState.Unknown, 7L, ReplicationState.NotProtected, 0.007, 1, 0)]
    [InlineData(null, ReplicationState.NotProtected, 7L, ReplicationState.Protected, 0.007, 1, 0)]
    public async Task SaveAsync_SameSecondTwice_KeepsTheWorseOfBoth(
        long? one, ReplicationState oneState, long? two, ReplicationState twoState, double? worst, long notProtected, long unknown)
    {
        var expected = new ExposureWorst(worst, 1, notProtected, unknown);

        await SaveAsync(Sample(0, one, oneState));
        await SaveAsync(Sample(0, two, twoState));
        await SaveAsync(Sample(60, two, twoState), Sample(60, one, oneState));
        Worst(0, 1).Should().Be(expected);
        Worst(60, 61).Should().Be(expected, "the order makes no difference, nor does one save for both");

        await SaveAsync(Sample(3 * Day, 0));
        Worst(0, 60).Should().Be(expected, "the minute tells what its seconds told");
        Worst(60, 120).Should().Be(expected);
    }

    [Fact]
    public async Task SaveAsync_OtherSystemsAndStandbys_AreApart()
    {
        await SaveAsync(Sample(0, 1), Sample(0, 2000) with { System = "cards" }, Sample(0, 3000) with { Standby = "remote" });

        Worst(0, 60).Should().Be(new ExposureWorst(0.001, 1, 0, 0));
        Store.Worst("cards", "dr", T0, T0.AddMinutes(1)).WorstSeconds.Should().Be(2);
        Store.Worst("ledger", "remote", T0, T0.AddMinutes(1)).WorstSeconds.Should().Be(3);

        await SaveAsync(Sample(2 * Day, 0) with { System = "cards" });
        Worst(0, 0.5).WorstSeconds.Should().Be(0.001, "one system's time goes on without the other's");
    }

    [Fact]
    public async Task Worst_SecondsOfADayAgo_AreStillSeconds()
    {
        await SaveAsync(Sample(0, 5000), Sample(59, 1000));
        await SaveAsync(Sample(Day, 0));

        Worst(30, 60).Should().Be(new ExposureWorst(1, 1, 0, 0));
    }

    [Fact]
    public async Task Worst_SecondsOlderThanADay_AreForgottenAndTheirMinutesStay()
    {
        await SaveAsync(
            Sample(0, 5000), Sample(1, null, ReplicationState.Unknown), Sample(58, 20, ReplicationState.NotProtected), Sample(59, 1000), Sample(60, 300), Sample(61, 200));
        await SaveAsync(Sample(Day + 3600, 7), Sample(Day + 3601, 40));
        Reopen();

        Worst(30, 60).Should().Be(new ExposureWorst(5, 4, 1, 1), "a minute counts whole: too large rather than too small");
        Worst(61, 62).Should().Be(new ExposureWorst(0.3, 2, 0, 0));
        Worst(59.5, 60.5).Should().Be(new ExposureWorst(5, 6, 1, 1), "two minutes overlap");
        Worst(120, Day).Should().Be(new ExposureWorst(null, 0, 0, 0));
        Worst(60, 2 * Day).Should().Be(new ExposureWorst(0.3, 4, 0, 0), "minutes and seconds add up, none twice");
        Worst(Day + 3601, Day + 3602).Should().Be(new ExposureWorst(0.04, 1, 0, 0));
    }

    [Fact]
    public async Task SaveAsync_MinuteSavedPiecemeal_IsRolledUpWhole()
    {
        await SaveAsync(Sample(0, 100));
        await SaveAsync(Sample(1, 900, ReplicationState.Unknown), Sample(2, 50));
        await SaveAsync(Sample(1, 10, ReplicationState.NotProtected));
        await SaveAsync(Sample(2 * Day, 0));

        Worst(0, 1).Should().Be(new ExposureWorst(0.9, 3, 1, 0));
    }

    [Fact]
    public async Task SaveAsync_OneBatchOverMoreThanADayNewestFirst_LosesNothing()
    {
        await SaveAsync(Sample(2 * Day, 7), Sample(60, 300, ReplicationState.NotProtected), Sample(0, 5000));

        Worst(0, 120).Should().Be(new ExposureWorst(5, 2, 1, 0));
        Worst(0, 3 * Day).Should().Be(new ExposureWorst(5, 3, 1, 0));
    }

    [Fact]
    public async Task SaveAsync_SampleThatSpeaksForSeveralSeconds_CountsThemAll()
    {
        await SaveAsync(Sample(0, 500), Sample(1, 700) with { Covers = 59, IsCarried = true }, Sample(60, null, ReplicationState.Unknown), Sample(61, 900, ReplicationState.NotProtected) with { Covers = 10, IsCarried = true });
        Reopen();

        Worst(0, 60).Should().Be(new ExposureWorst(0.7, 60, 0, 0));
        Worst(30, 40).Should().Be(new ExposureWorst(0.7, 10, 0, 0), "only what lies inside counts");
        Worst(0, 120).Should().Be(new ExposureWorst(0.9, 71, 10, 1));
        Store.Seconds("ledger", "dr", T0, T0.AddMinutes(5)).Should().Equal([T0, T0.AddSeconds(60)], "in the others nobody looked");

        await SaveAsync(Sample(2 * Day, 0));
        Worst(0, 120).Should().Be(new ExposureWorst(0.9, 71, 10, 1));
    }

    [Fact]
    public async Task SaveAsync_Synchronous_IsCountedWhereEveryLookOfASecondProvedIt()
    {
        await SaveAsync(Sample(0, 0) with { IsSynchronous = true }, Sample(1, 0) with { IsSynchronous = true }, Sample(2, 0));
        await SaveAsync(Sample(1, 0));

        Worst(0, 60).Should().BeEquivalentTo(new { ObservedSeconds = 3, SynchronousSeconds = 1, NotSynchronousSeconds = 2 });
        await SaveAsync(Sample(2 * Day, 0));
        Worst(0, 60).Should().BeEquivalentTo(new { ObservedSeconds = 3, SynchronousSeconds = 1 });
    }

    [Fact]
    public async Task Minutes_Window_AreThoseThatOverlapIt()
    {
        await SaveAsync(Sample(0, 500), Sample(59, 100), Sample(60, 20) with { IsSynchronous = true }, Sample(180, null, ReplicationState.Unknown));
        Reopen();

        Store.Minutes("ledger", "dr", T0.AddSeconds(30), T0.AddSeconds(180)).Should().Equal(
            new ExposureMinute(T0, 0.5, 0.1, 2, 0, 0, 0), new ExposureMinute(T0.AddMinutes(1), 0.02, 0.02, 1, 0, 0, 1));
        Store.Minutes("ledger", "dr", T0.AddSeconds(180), T0.AddHours(1)).Should().Equal(new ExposureMinute(T0.AddMinutes(3), null, null, 1, 0, 1, 0));
    }

    [Fact]
    public async Task Totals_Limit_BoundsTheTimeOverIt()
    {
        await SaveAsync(
            Sample(0, 500), Sample(1, 3000), // over once: the whole minute may be, nothing surely is
            Sample(60, 3000), Sample(61, 2000), // over at its best
            Sample(120, 10), Sample(121, null, ReplicationState.Unknown), Sample(122, 10, ReplicationState.NotProtected),
            Sample(180, 1000));

        var totals = Store.Totals("ledger", "dr", T0, T0.AddMinutes(5), TimeSpan.FromSeconds(1));

        totals.Should().Be(new ExposureTotals(3, 8, 1, 1, 0, OverHighestSeconds: 2 + 2 + 2, OverLowestSeconds: 2 + 1, T0));
        Store.Totals("ledger", "elsewhere", T0, T0.AddMinutes(5), TimeSpan.MaxValue).Should().Be(new ExposureTotals(null, 0, 0, 0, 0, 0, 0, null));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Totals_WindowsOfHours_AgreeWithTheirMinutes(int seed)
    {
        // Hours that are quiet, bad throughout, mixed, unknown and absent; a few samples come late.
        var random = new Random(seed);
        var late = new List<ExposureSample>();
        for (var hour = 0; hour < 12; hour++)
        {
            var kind = random.Next(5);
            var batch = Enumerable.Range(0, kind == 4 ? 0 : 40).Select(_ => Any(hour, kind)).ToList();
            late.AddRange(batch.Take(2));
            await SaveAsync([.. batch.Skip(2)]);
        }

        await SaveAsync([.. late]);
        Reopen();

        for (var i = 0; i < 60; i++)
        {
            var from = T0.AddSeconds(random.Next(-3600, 13 * 3600));
            var (to, limit) = (from.AddSeconds(random.Next(1, 13 * 3600)), TimeSpan.FromMilliseconds(random.Next(0, 3) * 1000));
            Store.Totals("ledger", "dr", from, to, limit).Should().Be(Reference(Store.Minutes("ledger", "dr", from, to), limit));
        }

        ExposureSample Any(int hour, int kind)
        {
            var second = (hour * 3600) + random.Next(3600);
            var state = kind == 3 || (kind == 2 && random.Next(4) == 0) ? ReplicationState.Unknown : random.Next(20) == 0 ? ReplicationState.NotProtected : ReplicationState.Protected;
            return Sample(second, state is ReplicationState.Unknown ? null : kind == 0 ? random.Next(900) : kind == 1 ? random.Next(2001, 5000) : random.Next(4000), state)
                with { IsSynchronous = random.Next(2) == 0 };
        }
    }

    private static ExposureTotals Reference(IReadOnlyList<ExposureMinute> minutes, TimeSpan limit) => new(
        minutes.Max(m => m.WorstSeconds),
        minutes.Sum(m => m.ObservedSeconds),
        minutes.Sum(m => m.NotProtectedSeconds),
        minutes.Sum(m => m.UnknownSeconds),
        minutes.Sum(m => m.SynchronousSeconds),
        minutes.Sum(m => m.WorstSeconds is null || m.WorstSeconds > limit.TotalSeconds ? m.ObservedSeconds : m.NotProtectedSeconds + m.UnknownSeconds),
        minutes.Sum(m => m.BestSeconds > limit.TotalSeconds && m.UnknownSeconds == 0 ? m.ObservedSeconds : m.NotProtectedSeconds),
        minutes.Count > 0 ? minutes[0].At : null);

    private ExposureWorst Worst(double from, double to) => Store.Worst("ledger", "dr", T0.AddSeconds(from), T0.AddSeconds(to));

    private Task SaveAsync(params ExposureSample[] samples) => Store.SaveAsync(samples, default);

    private static ExposureSample Sample(long second, long? milliseconds, ReplicationState state = ReplicationState.Protected) => new("ledger", "dr", T0.AddSeconds(second), milliseconds, state);
}
