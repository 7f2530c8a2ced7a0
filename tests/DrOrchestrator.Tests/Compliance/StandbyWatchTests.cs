using DrOrchestrator.Compliance;
using DrOrchestrator.Estates;
using DrOrchestrator.RecoveryPoints;
using DrOrchestrator.Testing.Plans;
using DrOrchestrator.Time;
using Microsoft.Extensions.Time.Testing;

namespace DrOrchestrator.Tests.Compliance;

public sealed class StandbyWatchTests : IExposures, IExposureWindows
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 27, 0, 0, 0, TimeSpan.Zero));
    private bool _away;

    [Fact]
    public void Of_NothingReadForTwoMinutes_IsNotKnownAnyMore()
    {
        var watch = Watch();
        watch.Look(default);
        _away = true;

        watch.Of("ledger", "dr").Should().NotBeNull();
        _time.Advance(TimeSpan.FromMinutes(2));
        watch.Of("ledger", "dr").Should().NotBeNull();
        _time.Advance(TimeSpan.FromSeconds(1));

        ((Action)(() => watch.Look(default))).Should().Throw<InvalidOperationException>();
        watch.Of("ledger", "dr").Should().BeNull();
    }

    public Exposure? Current(string system, string standby) => standby == "dr"
        ? new(system, standby, TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero, ReplicationState.Protected, _time.GetUtcNow(), _time.GetUtcNow(), "")
        : null;

    public Task<Exposure> ReadNowAsync(string recoveryPoint, string standby, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ExposureWindow Window(string system, string standby, DateTimeOffset from, DateTimeOffset to, TimeSpan limit) =>
        _away ? throw new InvalidOperationException("the database is away") : new ExposureWindow(from, to, 0, 0, 0, 0, 0, 0, 0, 0, 0, from);

    public IReadOnlyList<ExposureBucket> Series(string system, string standby, DateTimeOffset from, DateTimeOffset to, TimeSpan step) => [];

    public IReadOnlyList<SynchronyInterval> Synchrony(string system, string standby, DateTimeOffset from, DateTimeOffset to) => [];

    private StandbyWatch Watch()
    {
        using var folder = new EstateFolderBuilder();
        folder.Write("estate.yaml", EstateFolderBuilder.GoodEstate);
        var estate = folder.Load().Should().BeOfType<DrOrchestrator.Estates.Loading.EstateLoadResult.Loaded>().Subject.Estate;
        return new StandbyWatch(new EstateHolder(estate), this, this, new ProcessClock(_time));
    }
}
