using DrOrchestrator.Availability;
using DrOrchestrator.Compliance;
using DrOrchestrator.Estates;
using DrOrchestrator.Testing.Availability;
using DrOrchestrator.Testing.Availability.Planned;
using DrOrchestrator.Time;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using static DrOrchestrator.Tests.Availability.Scenario;

namespace DrOrchestrator.Tests.Availability;

/// <summary>An estate that changes: what a probe saw while it decided stays true, and nobody is asked about the time before or after.</summary>
public sealed class DecidingSubjectsTests : IDisposable
{
    private static readonly LqaFloor Success = new(LqaKind.Success, 0.99, null, Span(60), true);
    private readonly ITimelineStore _store = new MemoryTimelineStore();
    private readonly MemoryDecidingStore _record = new();
    private readonly EstateHolder _estates = new(DrOrchestrator.Estates.Estate.None);
    private readonly FakeTimeProvider _time = new(T0);
    private Process _process;

    public DecidingSubjectsTests() => _process = new Process(this);

    public void Dispose() => _process.Dispose();

    [Fact]
    public async Task ReadAsync_ProbeRemoved_KeepsItsDowntimeAndIsNotUnknownAfterwards()
    {
        await PutInForceAsync(0, Estate(Probe("web"), Probe("pay")));
        await SeeAsync(("web", IntervalState.Up, 0), ("pay", IntervalState.Up, 0), ("pay", IntervalState.Down, 100), ("pay", IntervalState.Up, 400));
        await PutInForceAsync(1000, Estate(Probe("web")));

        // Nobody looks by it any more.
        await SeeAsync(("pay", IntervalState.Unknown, 1001));

        var read = await ReadAsync(0, 2000);

        (read.Down, read.DownLower, read.Unknown).Should().Be((Span(300), Span(300), TimeSpan.Zero));
        read.DownUpper.Should().Be(Span(300));
    }

    [Fact]
    public async Task ReadAsync_OnlyProbeRemovedWhileDown_IsDownUntilThenAndUnknownAfterwards()
    {
        await PutInForceAsync(0, Estate(Probe("web")));
        await SeeAsync(("web", IntervalState.Up, 0), ("web", IntervalState.Down, 900));
        await PutInForceAsync(1000, Estate());

        var read = await ReadAsync(0, 2000);

        (read.Down, read.Unknown).Should().Be((Span(100), Span(1000)));
    }

    [Fact]
    public async Task Judge_ProbeRenamedAfterABreach_StaysBreached()
    {
        await PutInForceAsync(0, Estate(Probe("web")));
        await SeeAsync(("web", IntervalState.Up, 0), ("web", IntervalState.Down, 100), ("web", IntervalState.Up, 36_200));
        await PutInForceAsync(40_000, Estate(Probe("portal")));
        await SeeAsync(("web", IntervalState.Unknown, 40_000), ("portal", IntervalState.Up, 40_010));

        var read = await ReadAsync(0, 50_000);

        (read.Down, read.Unknown).Should().Be((Span(36_100), Span(10)), "the new name is not seen before its first result");
        var lower = AvailabilityFigures.Of(read).DownLower;
        lower.Should().BeGreaterThan(TimeSpan.FromHours(10), "tier 4's limit is broken, and stays so");
    }

    [Fact]
    public async Task ReadAsync_SecondCriticalProbeAdded_SaysNothingOfTheTimeBeforeIt()
    {
        await PutInForceAsync(0, Estate(Probe("web")));
        await SeeAsync(("web", IntervalState.Up, 0));
        await PutInForceAsync(1000, Estate(Probe("web"), Probe("pay")));
        await SeeAsync(("pay", IntervalState.Up, 1005), ("pay", IntervalState.Down, 1500));

        (await ReadAsync(0, 1000)).Unknown.Should().Be(TimeSpan.Zero);
        var read = await ReadAsync(0, 2000);

        (read.Down, read.Unknown).Should().Be((Span(500), Span(5)));
    }

    [Fact]
    public async Task ReadAsync_ProbeTakenAwayAndBroughtBack_CountsWhileItDecided()
    {
        await PutInForceAsync(0, Estate(Probe("web"), Probe("pay")));
        await SeeAsync(("web", IntervalState.Up, 0), ("pay", IntervalState.Up, 0), ("pay", IntervalState.Down, 90));
        await PutInForceAsync(100, Estate(Probe("web")));
        await PutInForceAsync(200, Estate(Probe("web"), Probe("pay")));

        (await ReadAsync(0, 300)).Down.Should().Be(Span(10 + 100));
    }

    [Fact]
    public async Task ReadAsync_FunctionNoLongerCritical_ItsProbeLooksOnAndDecidesNothing()
    {
        await PutInForceAsync(0, Estate(Probe("web"), Probe("list")));
        await SeeAsync(("web", IntervalState.Up, 0), ("list", IntervalState.Up, 0));
        await PutInForceAsync(100, Estate(Probe("web"), Probe("list") with { Function = "report" }));
        await SeeAsync(("list", IntervalState.Down, 150));

        (await ReadAsync(0, 300)).Down.Should().Be(TimeSpan.Zero);
    }

    [Fact]
    public async Task ReadAsync_FloorAddedAndThenMadeADegradingOne_CountsAsItWasDeclaredAtTheTime()
    {
        await PutInForceAsync(0, Estate(Probe("web")));
        await SeeAsync(("web", IntervalState.Up, 0));
        await PutInForceAsync(100, Estate(Probe("web") with { Floors = [Success] }));
        await SeeAsync(("web#success", IntervalState.Up, 110), ("web#success", IntervalState.Down, 150));
        await PutInForceAsync(200, Estate(Probe("web") with { Floors = [Success with { IsInterruption = false }] }));
        await SeeAsync(("web#success", IntervalState.Degraded, 210));

        var read = await ReadAsync(0, 300);

        (read.Down, read.Degraded, read.Unknown).Should().Be((Span(50), Span(90), Span(10)));
    }

    [Fact]
    public async Task PutInForceAsync_AfterARestartWithTheSameEstate_AddsNothing()
    {
        await PutInForceAsync(0, Estate(Probe("web"), Probe("pay")));
        await PutInForceAsync(100, Estate(Probe("web")));
        var before = await _record.ChangeAsync(_ => [], default);

        await PutInForceAsync(200, Estate(Probe("web")));

        (await _record.ChangeAsync(_ => [], default)).Should().Equal(before);
    }

    [Fact]
    public async Task PutInForceAsync_ClockSetBack_GoesOnFromTheNewestChange()
    {
        await PutInForceAsync(0, Estate(Probe("web")));
        await PutInForceAsync(500, Estate(Probe("web"), Probe("pay")));
        var known = await _record.ChangeAsync(_ => [], default);

        var changes = DecidingHistory.Changes(known, Estate(Probe("web")), At(300));

        changes.Should().Equal(new DecidingChange("shop", "pay", null, At(500)));
    }

    [Fact]
    public async Task PutInForceAsync_LedgerOlderThanThisRecord_KeepsItsHistory()
    {
        await SeeAsync(("web", IntervalState.Up, -1000), ("web", IntervalState.Down, -500), ("web", IntervalState.Up, -400));

        await PutInForceAsync(0, Estate(Probe("web")));

        (await ReadAsync(-1000, 100)).Should().BeEquivalentTo(new { Down = Span(100), Unknown = TimeSpan.Zero });
        DecidingHistory.Subjects(await _record.ChangeAsync(_ => [], default))["shop"].Should().ContainSingle().Which.Deciding.Should().BeNull("it decided all along");
    }

    [Fact]
    public async Task EvidenceAsync_WindowAfterAProbeWasRemoved_DoesNotNameIt()
    {
        await PutInForceAsync(0, Estate(Probe("web"), Probe("pay")));
        await SeeAsync(("web", IntervalState.Up, 0), ("pay", IntervalState.Up, 0));
        await PutInForceAsync(100, Estate(Probe("web")));

        (await _process.Availability.EvidenceAsync("shop", At(100), At(200), default))!.Subjects.Select(subject => subject.Subject).Should().Equal("web");
        (await _process.Availability.EvidenceAsync("shop", At(99), At(200), default))!.Subjects.Select(subject => subject.Subject).Should().Equal("web", "pay");
    }

    private static ProbeDefinition Probe(string name) => new(name, "shop", null, ProbeRole.Service, "sell", Span(1), Span(1), 2, new TcpProbeSettings("h", 1));

    private static Estate Estate(params ProbeDefinition[] probes)
    {
        var shop = new ProtectedSystem("shop", new Dictionary<string, string>(), "", "", [], "a", [], [new BusinessFunction("sell", true), new BusinessFunction("report", false)], null, null, false, []);
        return DrOrchestrator.Estates.Estate.None with { Systems = [shop], Probes = probes };
    }

    /// <summary>As a start of the server does: a new process, on the same disk.</summary>
    private async Task PutInForceAsync(double second, Estate estate)
    {
        _time.SetUtcNow(At(second));
        _process.Dispose();
        _process = new Process(this);
        await _process.Deciding.PutInForceAsync(estate, default);
        _estates.Swap(estate);
    }

    private Task SeeAsync(params (string Subject, IntervalState State, double At)[] changes) => _store.SaveAsync(
        [.. changes.Select(change => new TimelineChange(change.Subject, change.State, Edge(change.At, change.At, change.At), ""))],
        [.. changes.Select(change => new ObservedUntil(change.Subject, At(90_000), At(90_000), At(90_000)))],
        default);

    private async Task<Downtime> ReadAsync(double from, double to)
    {
        _time.SetUtcNow(_time.GetUtcNow() < At(to) ? At(to) : _time.GetUtcNow() + Span(2));
        return (await _process.Availability.ReadAsync("shop", AvailabilityWindow.Custom(At(to), At(from), At(to)), default))!.Downtime;
    }

    private sealed class Process : IDisposable
    {
        private readonly Timeline _timeline;
        private readonly LedgerReader _reader;

        public Process(DecidingSubjectsTests test)
        {
            var clock = new ProcessClock(test._time);
            _timeline = new Timeline(test._store, clock, NullLogger<Timeline>.Instance);
            _reader = new LedgerReader(test._store, new LiveSubjects(_timeline), clock);
            Deciding = new DecidingSubjects(test._record, clock);
            Availability = new SystemAvailability(test._estates, Deciding, _reader, new MemoryMaintenanceStore());
        }

        public DecidingSubjects Deciding { get; }

        public ISystemAvailability Availability { get; }

        public void Dispose()
        {
            _reader.Dispose();
            _timeline.Dispose();
        }
    }
}
