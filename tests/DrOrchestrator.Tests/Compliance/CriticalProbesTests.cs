using DrOrchestrator.Availability;
using DrOrchestrator.Compliance;
using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Results;
using DrOrchestrator.Estates;
using DrOrchestrator.Probes;
using DrOrchestrator.RecoveryPoints;
using DrOrchestrator.Testing.Availability;
using DrOrchestrator.Testing.Availability.Planned;
using DrOrchestrator.Testing.Plans;
using DrOrchestrator.Time;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace DrOrchestrator.Tests.Compliance;

/// <summary>A system is up or down by the same probes, whoever asks: availability reads its time line, a run its interruptions.</summary>
public sealed class CriticalProbesTests : IDisposable
{
    private static readonly DateTimeOffset Start = new(2026, 11, 22, 8, 0, 0, TimeSpan.Zero);
    private readonly EstateFolderBuilder _folder = new();
    private readonly ITimelineStore _store = new MemoryTimelineStore();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(ProbeRole.Service, "posting", true)]
    [InlineData(ProbeRole.Service, "report", false)]
    [InlineData(ProbeRole.Component, "posting", false)]
    [InlineData(ProbeRole.Standby, "posting", false)]
    public async Task Interruption_SeenByOneProbe_IsTheAvailabilitysAndTheRunsOrNeithers(ProbeRole role, string function, bool counts)
    {
        var estate = With(role, function);
        await ChangeAsync("ledger-posting", (-60, IntervalState.Up));
        await ChangeAsync("other", (-60, IntervalState.Up), (5, IntervalState.Down), (9, IntervalState.Up));
        var clock = new ProcessClock(new FakeTimeProvider(At(100)));
        using var live = new Timeline(_store, clock, NullLogger<Timeline>.Instance);
        using var reader = new LedgerReader(_store, new LiveSubjects(live), clock);
        var availability = new SystemAvailability(new EstateHolder(estate), new DecidingSubjects(new MemoryDecidingStore(), clock), reader, new MemoryMaintenanceStore());
        var statuses = new SystemStatuses(new EstateHolder(estate), null!, null!, availability, null!, null!, null!, null!, null!, null!, null!, clock);

        var timeline = await statuses.TimelineAsync("ledger", At(0), At(30), default);
        var interruptions = await new Interruptions(_store, new EstateHolder(estate), clock).ReadAsync("ledger", At(0), At(30), default);

        timeline.Any(interval => interval.State == IntervalState.Down).Should().Be(counts);
        interruptions.Any().Should().Be(counts);
    }

    private static DateTimeOffset At(double seconds) => Start.AddSeconds(seconds);

    private Estate With(ProbeRole role, string function)
    {
        var estate = _folder.LoadGood().Estate;
        return estate with { Probes = [.. estate.Probes, estate.FindProbe("ledger-posting")! with { Name = "other", Role = role, Function = function }] };
    }

    private Task ChangeAsync(string probe, params (double Second, IntervalState State)[] changes) => _store.SaveAsync(
        [.. changes.Select(change => new TimelineChange(probe, change.State, new Edge(At(change.Second - 0.1), At(change.Second), At(change.Second + 0.1)), ""))],
        [],
        default);
}
