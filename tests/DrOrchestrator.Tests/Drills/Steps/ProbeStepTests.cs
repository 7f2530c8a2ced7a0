using DrOrchestrator.Availability;
using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Steps;
using DrOrchestrator.Plans;
using DrOrchestrator.Probes;

namespace DrOrchestrator.Tests.Drills.Steps;

public sealed class ProbeStepTests
{
    private static readonly DateTimeOffset Opened = new(2026, 11, 27, 8, 0, 0, TimeSpan.Zero);

    /// <summary>A real run is opened because the service is down: to wait until the probes confirm that once more would only be time in which nobody serves.</summary>
    [Theory]
    [InlineData(RunMode.Real, true)]
    [InlineData(RunMode.Live, false)]
    public async Task Execute_UntilDown_TakesAnOutageConfirmedBeforeTheRunInARealRunOnly(RunMode mode, bool taken)
    {
        var watch = new Watch(Opened.AddMinutes(-5));
        var context = new StepBench("").Context("probe", """{"name":"entry","until":"down"}""") with { RunOpenedAt = Opened, Mode = mode };
        var step = new ProbeStep(watch, TimeProvider.System);

        var outcome = await step.ExecuteAsync(context, await step.PrepareAsync(context, default), default);

        outcome.Should().BeOfType(taken ? typeof(StepOutcome.Done) : typeof(StepOutcome.Failed));
    }

    /// <summary>Down since that moment; a wait for a later confirmation is over without one.</summary>
    private sealed class Watch(DateTimeOffset confirmed) : IServiceWatch
    {
        public ServiceState Current(string probe) => new(IntervalState.Down, default, confirmed, null, "refused", null);

        public IReadOnlyList<ProbeResult> Recent(string probe) => [];

        public Task<ProbeResult> LookNowAsync(string probe, CancellationToken cancellationToken) => Task.FromResult(new ProbeResult(probe, ProbeOutcome.Down, default, default, "refused"));

        public Task<ServiceState> WaitForAsync(string probe, IntervalState state, DateTimeOffset confirmedAfter, CancellationToken cancellationToken) =>
            confirmedAfter <= confirmed ? Task.FromResult(Current(probe)) : Task.FromCanceled<ServiceState>(new CancellationToken(true));
    }
}
