using DrOrchestrator.Availability;
using DrOrchestrator.Availability.Planned;
using DrOrchestrator.Estates;
using DrOrchestrator.Testing.Availability;
using DrOrchestrator.Testing.Availability.Planned;
using DrOrchestrator.Time;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using static DrOrchestrator.Tests.Availability.Scenario;

namespace DrOrchestrator.Tests.Availability;

/// <summary>Reading figures again and again while the ledger grows.</summary>
public sealed class SystemAvailabilityTests : IDisposable
{
    private static readonly LqaFloor Success = new(LqaKind.Success, 0.99, null, Span(60), true);
    private readonly MemoryTimelineStore _memory = new();
    private readonly MemoryMaintenanceStore _maintenance = new();
    private readonly FakeTimeProvider _time = new(T0);
    private readonly ProcessClock _clock;
    private readonly Timeline _timeline;
    private readonly LedgerReader _reader;
    private readonly EstateHolder _estates = new(Estate());
    private readonly ISystemAvailability _availability;
    private readonly ITimelineStore _store;

    public SystemAvailabilityTests()
    {
        _store = _memory;
        _clock = new ProcessClock(_time);
        _timeline = new Timeline(_store, _clock, NullLogger<Timeline>.Instance);
        _reader = new LedgerReader(_store, new LiveSubjects(_timeline), _clock);
        _availability = new SystemAvailability(_estates, new DecidingSubjects(new MemoryDecidingStore(), _clock), _reader, _maintenance);
    }

    public void Dispose()
    {
        _reader.Dispose();
        _timeline.Dispose();
    }

    [Fact]
    public async Task ReadAsync_LedgerGrows_AnswersAsIfReadAnew()
    {
        var random = new Random(3);
        var subjects = new[] { "web", "web#success", "pay" };
        var state = subjects.ToDictionary(name => name, _ => IntervalState.Unknown);
        for (var round = 1; round <= 60; round++)
        {
            _time.Advance(Span(10));
            var changes = new List<TimelineChange>();
            var blips = new List<Blip>();
            foreach (var name in subjects.Where(_ => random.Next(3) == 0))
            {
                state[name] = state[name] == IntervalState.Up ? IntervalState.Down : IntervalState.Up;
                var at = (round * 10) - random.NextDouble() - 2;
                changes.Add(new TimelineChange(name, state[name], Edge(at - 1, at, at + 1), ""));
                blips.Add(new Blip(name, state[name], At(at + 1), At(at + 2)));
            }

            // Written late: it ended long before things that were read already.
            blips.Add(new Blip("pay", IntervalState.Up, At((round * 5) - 4), At((round * 5) - 3)));
            await _store.SaveAsync(
                new TimelineBatch(changes, blips, [.. subjects.Where(name => state[name] != IntervalState.Unknown).Select(name => new ObservedUntil(name, _clock.Now, _clock.Now, _clock.Now))]),
                default);

            var read = await ReadAsync(AvailabilityWindow.Custom(_clock.Now, T0, _clock.Now));

            var anew = new List<SubjectTimeline>();
            foreach (var name in subjects)
            {
                var tails = await _store.ReadTailsAsync(default);
                anew.Add(new SubjectTimeline(
                    name,
                    await _store.ReadAsync(name, T0, _clock.Now, default),
                    await _store.ReadBlipsAsync(name, T0, _clock.Now, default),
                    tails.GetValueOrDefault(name)?.Observed)
                {
                    Part = name.Contains('#') ? SubjectPart.InterruptingFloor : SubjectPart.Probe,
                });
            }

            (read with { Service = null }).Should().Be(DowntimeCalculator.Calculate(anew, T0, _clock.Now), "round {0}", round);
        }
    }

    [Fact]
    public async Task ReadAsync_WithinTheSameSecond_AsksTheStoreOnce()
    {
        await ReadAsync(AvailabilityWindow.Rolling(_clock.Now, 7));
        await _store.SaveAsync([new TimelineChange("web", IntervalState.Down, Edge(0, 0, 0), "")], [], default);

        (await ReadAsync(AvailabilityWindow.Custom(At(5), At(0), At(5)))).Down.Should().Be(TimeSpan.Zero);
        _time.Advance(Span(1));
        (await ReadAsync(AvailabilityWindow.Custom(At(5), At(0), At(5)))).Down.Should().Be(Span(5));
    }

    [Fact]
    public async Task ReadAsync_ApprovedMaintenance_IsPlanned()
    {
        await _store.SaveAsync(
            [
                new TimelineChange("web", IntervalState.Up, Edge(0, 0, 0), ""), new TimelineChange("pay", IntervalState.Up, Edge(0, 0, 0), ""), new TimelineChange("web#success", IntervalState.Up, Edge(0, 0, 0), ""),
                new TimelineChange("web", IntervalState.Down, Edge(110, 110, 110), ""), new TimelineChange("web", IntervalState.Up, Edge(140, 140, 140), ""),
            ],
            [],
            default);
        var entry = new MaintenanceEntry(1, "CHG-1", ["shop"], At(100), At(130), "r", Span(60), new MaintenanceWord("li", T0), new MaintenanceWord("chen", T0), null);
        await _maintenance.ChangeAsync(_ => new MaintenanceResult.Entered(entry, new("maintenance.requested", "li", null, "shop", [])), default);

        var read = await ReadAsync(AvailabilityWindow.Custom(At(200), At(120), At(200)));
        var evidence = (await _availability.EvidenceAsync("shop", At(120), At(200), default))!;

        (read.Maintenance, read.Down).Should().Be((Span(10), Span(10)));
        (await _availability.PlannedAtAsync("shop", At(129), default)).Should().Be(entry);
        (await _availability.PlannedAtAsync("shop", At(130), default)).Should().BeNull();
        (await _availability.PlannedAtAsync("nobody", At(129), default)).Should().BeNull();
        evidence.Approved.Should().ContainSingle();
        evidence.Subjects.Single(subject => subject.Subject == "web").Intervals.Should().HaveCount(3, "the moment before the maintenance tells whether it was planned");
    }

    [Fact]
    public async Task ReadAsync_ServiceCalendar_GivesServiceTimeAndLeavesTheYearWhole()
    {
        var window = AvailabilityWindow.Year(T0, "UTC", 2025);

        var read = await ReadAsync(window);

        read.Window.TotalDays.Should().Be(365);
        read.Service!.Committed.TotalHours.Should().Be(365 * 10);
        read.DownUpper.TotalDays.Should().Be(365, "service hours never shrink what the downtime limit is held against");
    }

    [Fact]
    public async Task ReadAsync_NoSuchSystem_IsNothing() => (await _availability.ReadAsync("nobody", AvailabilityWindow.Rolling(_clock.Now, 7), default)).Should().BeNull();

    private static Estate Estate()
    {
        var daily = new ServiceCalendar(
            "day", "UTC", Enum.GetValues<DayOfWeek>().ToDictionary(day => day, IReadOnlyList<ServiceHours> (_) => [new(TimeSpan.FromHours(8), TimeSpan.FromHours(18))]), new Dictionary<DateOnly, IReadOnlyList<ServiceHours>>());
        var shop = new ProtectedSystem("shop", new Dictionary<string, string>(), "", "", [], "a", [], [new BusinessFunction("sell", true), new BusinessFunction("report", false)], null, null, false, [])
        {
            ServiceCalendar = "day",
        };
        ProbeDefinition Probe(string name, string function) => new(name, "shop", null, ProbeRole.Service, function, Span(1), Span(1), 2, new TcpProbeSettings("h", 1));
        return DrOrchestrator.Estates.Estate.None with
        {
            Systems = [shop],
            Probes = [Probe("web", "sell") with { Floors = [Success] }, Probe("pay", "sell"), Probe("list", "report")],
            ServiceCalendars = [daily],
        };
    }

    private async Task<Downtime> ReadAsync(AvailabilityWindow window) => (await _availability.ReadAsync("shop", window, default))!.Downtime;
}
