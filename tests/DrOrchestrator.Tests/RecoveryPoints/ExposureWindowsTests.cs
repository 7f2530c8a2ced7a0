using DrOrchestrator.RecoveryPoints;
using DrOrchestrator.Storage;
using DrOrchestrator.Testing.Storage;

namespace DrOrchestrator.Tests.RecoveryPoints;

/// <summary>Windows and series over readings, written or not.</summary>
public sealed class ExposureWindowsTests : IDisposable
{
    private static readonly DateTimeOffset T0 = new(2026, 3, 1, 8, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(100);

    private readonly TemporaryDatabase _temporary = new();
    private readonly ExposureHistory _history;

    public ExposureWindowsTests() =>
        _history = new ExposureHistory(new SqlExposureStore(_temporary.Database, _temporary.Gate), new SqlSynchronyStore(_temporary.Database, _temporary.Gate));

    public void Dispose() => _temporary.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Window_ReadingEveryFiveSeconds_SpeaksForTheSecondsBetween(bool written)
    {
        for (var second = 0; second < 60; second += 5)
        {
            Add(second, 2, validSeconds: 20);
        }

        if (written)
        {
            await _history.FlushAsync(default);
        }

        var window = _history.Window("s", "dr", T0, T0.AddSeconds(60), Limit);

        window.Should().BeEquivalentTo(new { WindowSeconds = 60, ObservedSeconds = 60, UnseenSeconds = 0, OverHighestSeconds = 0, OverLowestSeconds = 0, FirstSeen = T0 });
        window.WorstSeconds.Should().Be(7, "what has not arrived grows while nobody looks");
    }

    [Fact]
    public void Window_NobodyLooked_IsUnseenAndOverTheLimitInTheUpperBoundOnly()
    {
        Add(0, 0, validSeconds: 10);
        Add(40, 0, validSeconds: 10);

        var window = _history.Window("s", "dr", T0, T0.AddSeconds(60), Limit);

        window.Should().BeEquivalentTo(new { WorstSeconds = 0.0, ObservedSeconds = 20, UnseenSeconds = 40, OverHighestSeconds = 40, OverLowestSeconds = 0 });
        window.ShareOverHighest.Should().BeApproximately(2 / 3.0, 1e-9);
        window.NotSynchronousSeconds.Should().Be(60);
    }

    [Fact]
    public async Task Window_BeginsInTheMiddleOfAMinute_HidesNoUnseenSecond()
    {
        Add(0, 0, validSeconds: 40); // seen before the window begins
        await _history.FlushAsync(default);
        Add(60, 0, validSeconds: 60);

        var window = _history.Window("s", "dr", T0.AddSeconds(40), T0.AddSeconds(120), Limit);

        window.Should().BeEquivalentTo(new { From = T0, ObservedSeconds = 100, UnseenSeconds = 20, OverHighestSeconds = 20 });
    }

    [Fact]
    public async Task Window_SecondReadTwiceAroundAWrite_CountsOnce()
    {
        for (var second = 0; second < 20; second++)
        {
            Add(second, 0, validSeconds: 0.5);
            await _history.FlushAsync(default);
            Add(second + 0.5, 3, validSeconds: 0.5);
        }

        var window = _history.Window("s", "dr", T0, T0.AddSeconds(60), Limit);

        window.Should().BeEquivalentTo(new { WorstSeconds = 3.0, ObservedSeconds = 20, UnseenSeconds = 40 });
    }

    [Fact]
    public async Task Window_BackupReadOncePerTenMinutes_AgesUntilTheNext()
    {
        Add(0, 50, validSeconds: 1800);
        await _history.FlushAsync(default);
        Add(600, 10, validSeconds: 1800);

        var window = _history.Window("s", "dr", T0, T0.AddSeconds(900), Limit);

        window.WorstSeconds.Should().Be(650, "it was 50 s old, and 600 s passed");
        window.ObservedSeconds.Should().Be(900);
        window.OverLowestSeconds.Should().BeInRange(490, 550 + 210, "over from 50 s to 600 s and from 690 s on, by minutes surely over");
        window.OverHighestSeconds.Should().BeInRange(550 + 210, 900, "by minutes that may be over").And.BeGreaterThan(window.OverLowestSeconds);
    }

    [Fact]
    public async Task Series_Minutes_TellWorstUnknownAndNotProtected()
    {
        Add(0, 3, validSeconds: 1);
        Add(30, null, validSeconds: 1, ReplicationState.Unknown);
        Add(70, 9, validSeconds: 1, ReplicationState.NotProtected);
        await _history.FlushAsync(default);
        Add(130, 0, validSeconds: 50, synchronous: true);

        var series = _history.Series("s", "dr", T0.AddSeconds(10), T0.AddSeconds(180), TimeSpan.FromMinutes(1));

        series.Should().Equal(
            new ExposureBucket(T0, T0.AddMinutes(1), 3, 59, 0, 60),
            new ExposureBucket(T0.AddMinutes(1), T0.AddMinutes(2), 9, 59, 1, 60),
            new ExposureBucket(T0.AddMinutes(2), T0.AddMinutes(3), 0, 10, 0, 10));
    }

    [Fact]
    public async Task Synchrony_StateChanges_AreStretchesWithUnknownBetweenThem()
    {
        Look(0, Synchrony.Synchronous);
        Look(1, Synchrony.Synchronous);
        Look(2, Synchrony.Asynchronous);
        Look(3, Synchrony.Synchronous);
        await _history.FlushAsync(default);
        Look(4, Synchrony.Synchronous);
        Look(5, Synchrony.Synchronous, "reloaded"); // between these two looks it may have been otherwise
        Look(20, Synchrony.Synchronous, "reloaded"); // nobody looked for longer than a reading is good

        _history.Synchrony("s", "dr", T0, T0.AddMinutes(1)).Select(s => ((s.From - T0).TotalSeconds, (s.To - T0).TotalSeconds, s.State)).Should().Equal(
            (0, 1, Synchrony.Synchronous), (2, 2, Synchrony.Asynchronous), (3, 4, Synchrony.Synchronous), (5, 5, Synchrony.Synchronous), (20, 20, Synchrony.Synchronous));

        await _history.FlushAsync(default);
        _temporary.Reopen();
        new SqlSynchronyStore(_temporary.Database, _temporary.Gate).Read("s", "dr", T0, T0.AddMinutes(1)).Select(s => (s.To - T0).TotalSeconds)
            .Should().Equal(1, 2, 4, 5, 20);
    }

    [Fact]
    public void Synchrony_KindThatCannotTell_LeavesNothing()
    {
        Add(0, 0, validSeconds: 5);

        _history.Synchrony("s", "dr", T0, T0.AddMinutes(1)).Should().BeEmpty();
    }

    [Fact]
    public void Add_UnwrittenSeconds_CountBesideWhatIsStoredEachByItsStateAndLimit()
    {
        ExposureSample[] unwritten =
        [
            Sample(20, 5_000, ReplicationState.Protected, 3) with { IsSynchronous = true },
            Sample(0, null, ReplicationState.Unknown, 2),
            Sample(30, 100_000, ReplicationState.NotProtected, 4),
            Sample(40, 100_000, ReplicationState.Protected, 5), // as much as allowed
            Sample(50, 100_001, ReplicationState.Protected, 6) with { BestMilliseconds = 100_000 }, // perhaps over
            Sample(59, 100_002, ReplicationState.Protected, 7) with { BestMilliseconds = 100_001 }, // surely over
        ];

        ExposureWindows.Add(new ExposureTotals(1, 100, 10, 20, 30, 40, 50, null), unwritten, Limit)
            .Should().Be(new ExposureTotals(100.002, 127, 14, 22, 33, 40 + 2 + 4 + 6 + 7, 50 + 4 + 7, T0));
        ExposureWindows.Add(new ExposureTotals(null, 0, 0, 0, 0, 0, 0, null), [], Limit).Should().Be(new ExposureTotals(null, 0, 0, 0, 0, 0, 0, null));
        ExposureWindows.Add(new ExposureTotals(null, 0, 0, 0, 0, 0, 0, null), unwritten[1..2], Limit).FirstMinute.Should().Be(T0);
        ExposureWindows.Add(new ExposureTotals(7, 0, 0, 0, 0, 0, 0, T0.AddDays(-1)), unwritten[1..2], Limit).Should().BeEquivalentTo(new { WorstSeconds = 7.0, FirstMinute = T0.AddDays(-1) });
    }

    [Fact]
    public void Buckets_UnwrittenSeconds_AreInTheirMinuteAndNowhereElse()
    {
        ExposureSample[] unwritten =
        [
            Sample(-1, 9_000, ReplicationState.NotProtected, 1),
            Sample(0, 5_000, ReplicationState.NotProtected, 4),
            Sample(10, 2_000, ReplicationState.Unknown, 6),
            Sample(20, 3_000, ReplicationState.Protected, 20) with { IsSynchronous = true },
            Sample(60, 1_000, ReplicationState.Protected, 60) with { IsSynchronous = true },
            Sample(120, 8_000, ReplicationState.NotProtected, 1),
        ];

        ExposureWindows.Buckets([], unwritten, T0, T0.AddSeconds(90), TimeSpan.FromMinutes(1)).Should().Equal(
            new ExposureBucket(T0, T0.AddMinutes(1), 5, 30 + 6, 4, 40), new ExposureBucket(T0.AddMinutes(1), T0.AddSeconds(90), 1, 0, 0, 0));
        ExposureWindows.Buckets([], unwritten, T0.AddHours(1), T0, TimeSpan.FromMinutes(1)).Should().BeEmpty();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-60)]
    [InlineData(30)]
    [InlineData(90)]
    public void Buckets_NotOfWholeMinutes_AreAMistakeOfTheCaller(int seconds)
    {
        var buckets = () => ExposureWindows.Buckets([], [], T0, T0.AddHours(1), TimeSpan.FromSeconds(seconds));

        buckets.Should().Throw<ArgumentOutOfRangeException>();
    }

    private static ExposureSample Sample(double second, long? worst, ReplicationState state, int covers) => new("s", "dr", T0.AddSeconds(second), worst, state) { Covers = covers };

    private void Look(double second, Synchrony state, string continuity = "") =>
        _history.Add(Exposure(second, 0, 3, ReplicationState.Protected) with { Synchrony = new SynchronyFinding(state, "why") { Continuity = continuity } }, T0.AddSeconds(second));

    private void Add(double second, double? seconds, double validSeconds, ReplicationState state = ReplicationState.Protected, bool synchronous = false) => _history.Add(
        Exposure(second, seconds, validSeconds, state) with { Synchrony = synchronous ? new SynchronyFinding(Synchrony.Synchronous, "") : SynchronyFinding.NotAsked }, T0.AddSeconds(second));

    private static Exposure Exposure(double second, double? seconds, double validSeconds, ReplicationState state)
    {
        var value = seconds is { } known ? TimeSpan.FromSeconds(known) : (TimeSpan?)null;
        return new Exposure("s", "dr", value, value, value, state, T0.AddSeconds(second), T0.AddSeconds(second + validSeconds), "");
    }
}
