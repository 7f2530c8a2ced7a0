using System.Text.Json.Nodes;
using DrOrchestrator.Drills;
using DrOrchestrator.RecoveryPoints;
using DrOrchestrator.Testing.Plans;
using Microsoft.Extensions.Time.Testing;

namespace DrOrchestrator.Tests.Drills;

public sealed class RunMeasurerTests : IInterruptions, IExposureHistory
{
    private static readonly DateTimeOffset Opened = new(2026, 11, 22, 8, 0, 0, TimeSpan.Zero);
    private DateTimeOffset? _from;

    [Fact]
    public async Task Measure_LongApproval_LooksForInterruptionsFromTheFirstStepOn()
    {
        using var folder = new EstateFolderBuilder();
        var (estate, plans) = folder.LoadGood();
        var state = new DrillRun(
            1,
            [
                new JournalEntry(1, Opened, 0, "li-wei", JournalKinds.Opened, null, 0, []),
                new JournalEntry(2, Opened.AddHours(5), 1, "system", JournalKinds.Phase, null, 0, new JsonObject { ["phase"] = DrillPhase.Steps }),
            ]);
        await using var canaries = new Canaries(null!, new(TimeProvider.System), Microsoft.Extensions.Logging.Abstractions.NullLogger<Canaries>.Instance);

        var measured = await new RunMeasurer(this, this, canaries, new FakeTimeProvider(Opened.AddHours(6))).MeasureAsync(plans["failover"], estate, state, default);

        _from.Should().Be(Opened.AddHours(5));
        measured.Rto.Should().BeNull();
    }

    Task<IReadOnlyList<Interruption>> IInterruptions.ReadAsync(string system, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        _from = from;
        return Task.FromResult<IReadOnlyList<Interruption>>([]);
    }

    ExposureWorst IExposureHistory.Worst(string system, string standby, DateTimeOffset from, DateTimeOffset to) => throw new NotSupportedException();

    ExposureWorst IExposureHistory.Worst(string system, string standby, DateTimeOffset from, DateTimeOffset to, TimeSpan validity) => throw new NotSupportedException();
}
