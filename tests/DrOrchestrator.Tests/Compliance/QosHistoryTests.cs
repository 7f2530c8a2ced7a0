using DrOrchestrator.Availability;
using DrOrchestrator.Compliance;
using DrOrchestrator.Estates;
using DrOrchestrator.Testing.Plans;
using DrOrchestrator.Time;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace DrOrchestrator.Tests.Compliance;

public sealed class QosHistoryTests : IProbeMinutes, IDisposable
{
    /// <summary>In Shanghai, whose year began at 16:00 UTC.</summary>
    private static readonly DateTimeOffset Now = new(2026, 11, 27, 8, 20, 30, TimeSpan.Zero);

    private readonly FakeTimeProvider _time = new(Now);
    private readonly List<(string Probe, DateTimeOffset From, DateTimeOffset To)> _asked = [];
    private readonly List<string> _tried = [];
    private readonly Estate _estate = Estate();
    private readonly QosHistory _history;
    private TimeSpan _known = TimeSpan.FromDays(3);
    private bool _away;
    private string? _unreadable;

    public QosHistoryTests() =>
        _history = new QosHistory(new EstateHolder(_estate), this, new ProcessClock(_time), NullLogger<QosHistory>.Instance);

    public void Dispose() => _history.Dispose();

    [Fact]
    public async Task LookAsync_FirstTime_AddsUpEveryWindowOfEveryCriticalProbe()
    {
        await _history.LookAsync(default);

        var sums = _history.Of("ledger");
        sums.Select(sum => (sum.Window, sum.From, sum.To)).Should().Equal(
            ("24-hours", Now.AddDays(-1), Now),
            ("30-days", new DateTimeOffset(2026, 10, 28, 9, 0, 0, TimeSpan.Zero), Now),
            ("year", new DateTimeOffset(2025, 12, 31, 16, 0, 0, TimeSpan.Zero), Now));
        sums.Should().OnlyContain(sum => sum.Sum.Good == Critical() * 100);
        sums.Select(sum => sum.Since).Should().Equal(Now.AddDays(-1), Now.AddDays(-3), Now.AddDays(-3));
        sums[1].CoveragePercent.Should().BeApproximately(10, 0.1, "three of thirty days were looked at");
        _asked.Should().HaveCount(3 * Critical());
    }

    [Fact]
    public async Task Of_AskedAgainAndAgain_ReadsNothing()
    {
        await _history.LookAsync(default);
        _asked.Clear();

        for (var request = 0; request < 100; request++)
        {
            _history.Of("ledger").Should().HaveCount(3);
            await _history.LookAsync(default);
        }

        _asked.Should().BeEmpty();
    }

    [Fact]
    public async Task LookAsync_ADayLater_HasReadADayOftenAndAYearSeldom()
    {
        _known = TimeSpan.FromDays(300);
        await _history.LookAsync(default);
        _asked.Clear();

        for (var beat = 0; beat < 24 * 60; beat++)
        {
            _time.Advance(TimeSpan.FromMinutes(1));
            await _history.LookAsync(default);
        }

        int Times(Func<TimeSpan, bool> which) => _asked.Count(asked => which(asked.To - asked.From)) / Critical();
        Times(length => length < TimeSpan.FromDays(2)).Should().Be(24 * 60 / 5);
        Times(length => length > TimeSpan.FromDays(2) && length < TimeSpan.FromDays(31)).Should().Be(24);
        Times(length => length > TimeSpan.FromDays(31)).Should().Be(4);
    }

    [Fact]
    public async Task LookAsync_DatabaseAway_KeepsTheSumUntilItExpires()
    {
        await _history.LookAsync(default);
        _away = true;
        _time.Advance(TimeSpan.FromMinutes(6));

        await _history.LookAsync(default);
        _history.Of("ledger").Should().HaveCount(3).And.OnlyContain(sum => sum.To == Now);
        _time.Advance(TimeSpan.FromMinutes(5));
        _history.Of("ledger").Select(sum => sum.Window).Should().Equal("30-days", "year");
        _time.Advance(TimeSpan.FromHours(2));
        _history.Of("ledger").Should().BeEmpty();
    }

    [Fact]
    public async Task LookAsync_ASystemThatCannotBeRead_HoldsUpNoOtherAndIsTriedAgainAfterAPause()
    {
        var good = _estate.FindSystem("ledger")!;
        var bad = _estate.CriticalProbesOf(good).Select(probe => probe with { Name = $"bad-{probe.Name}", System = "bad" }).ToList();
        _unreadable = bad[0].Name;
        var log = new KeptLog();
        using var history = new QosHistory(
            new EstateHolder(_estate with { Systems = [good with { Name = "bad" }, good], Probes = [.. bad, .. _estate.Probes] }), this, new ProcessClock(_time), log);

        for (var second = 0; second < 120; second++)
        {
            await history.LookAsync(default);
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        history.Of("ledger").Should().HaveCount(3);
        history.Of("bad").Should().BeEmpty();
        _tried.Count(probe => probe == _unreadable).Should().Be(3, "each window waits");
        log.Lines.Should().ContainSingle().Which.Should().Contain("bad 24-hours, bad 30-days, bad year");
        _unreadable = null;
        await history.LookAsync(default);
        history.Of("bad").Should().HaveCount(3);
    }

    [Fact]
    public async Task Of_NextYear_NoLongerShowsTheYearBefore()
    {
        _known = TimeSpan.FromDays(300);
        _time.SetUtcNow(new DateTimeOffset(2026, 12, 31, 15, 59, 0, TimeSpan.Zero));
        using var history = new QosHistory(new EstateHolder(_estate), this, new ProcessClock(_time), NullLogger<QosHistory>.Instance);
        await history.LookAsync(default);

        _time.Advance(TimeSpan.FromMinutes(2));

        history.Of("ledger").Select(sum => sum.Window).Should().Equal("24-hours", "30-days");
        await history.LookAsync(default);
        history.Of("ledger").Should().HaveCount(3).And.Contain(sum => sum.Window == "year" && sum.From == new DateTimeOffset(2026, 12, 31, 16, 0, 0, TimeSpan.Zero));
    }

    [Fact]
    public async Task LookAsync_ManySystemsWithAYearEach_DoesAYearsWorkABeat()
    {
        _known = TimeSpan.FromDays(340);
        var system = _estate.FindSystem("ledger")!;
        var probes = _estate.Probes.Where(probe => probe.System == "ledger").ToList();
        var many = Enumerable.Range(0, 10).Select(i => $"s{i}").ToList();
        using var history = new QosHistory(
            new EstateHolder(_estate with
            {
                Systems = [.. many.Select(name => system with { Name = name })],
                Probes = [.. many.SelectMany(name => probes.Select(probe => probe with { Name = $"{name}-{probe.Name}", System = name }))],
            }),
            this,
            new ProcessClock(_time),
            NullLogger<QosHistory>.Instance);
        var beats = 0;

        while (many.Exists(name => history.Of(name).Count < 3))
        {
            _asked.Clear();
            await history.LookAsync(default);
            beats.Should().BeLessThan(50);
            beats++;
            _asked.Sum(asked => Math.Min((asked.To - asked.From).TotalHours, _known.TotalHours)).Should().BeLessThan(366 * 24 * (1 + Critical()));
        }

        beats.Should().BeGreaterThan(5);
    }

    public Task<IReadOnlyList<ProbeMinute>> ReadAsync(string probe, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<ProbeSpan> SumAsync(string probe, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        _tried.Add(probe);
        if (_away || probe == _unreadable)
        {
            throw new IOException("away");
        }

        _asked.Add((probe, from, to));
        return Task.FromResult(new ProbeSpan(new ProbeSum(100, 1, 0, LatencyHistogram.Empty), (long)_known.TotalMinutes, to - _known > from ? to - _known : from));
    }

    private static Estate Estate()
    {
        using var folder = new EstateFolderBuilder();
        var estate = folder.LoadGood().Estate;
        return estate with { TimeZone = "Asia/Shanghai" };
    }

    private int Critical() => _estate.CriticalProbesOf(_estate.FindSystem("ledger")!).Count;

    private sealed class KeptLog : ILogger<QosHistory>
    {
        public List<string> Lines { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => Lines.Add(formatter(state, exception));
    }
}
