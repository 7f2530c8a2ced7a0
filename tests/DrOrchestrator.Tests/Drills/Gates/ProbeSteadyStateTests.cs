using DrOrchestrator.Availability;
using DrOrchestrator.Drills.Gates;
using DrOrchestrator.Estates;
using DrOrchestrator.Probes;
using DrOrchestrator.Tests.Drills.Steps;
using DrOrchestrator.Time;
using Microsoft.Extensions.Time.Testing;

namespace DrOrchestrator.Tests.Drills.Gates;

public sealed class ProbeSteadyStateTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly Watch _watch = new();

    [Fact]
    public async Task Check_NothingConfirmedYet_WaitsForTheProbe()
    {
        var check = CheckAsync();
        check.IsCompleted.Should().BeFalse();

        _watch.Confirm(IntervalState.Up);

        (await check).Should().BeEquivalentTo(new { Passed = true, Value = "up on the time line, HTTP 201 now" });
    }

    [Fact]
    public async Task Check_ConfirmedDown_DoesNotPassAtOnce()
    {
        _watch.Confirm(IntervalState.Down);

        (await CheckAsync()).Should().BeEquivalentTo(new { Passed = false, Value = "down on the time line, HTTP 201 now" });
    }

    [Fact]
    public async Task Check_NothingConfirmedInTheTimeThatTakes_DoesNotPass()
    {
        var check = CheckAsync();
        _time.Advance(TimeSpan.FromSeconds(17.9));
        check.IsCompleted.Should().BeFalse();

        // Two confirmations of a look every 5 s that may take 1 s, and the look that was under way.
        _time.Advance(TimeSpan.FromSeconds(0.2));

        (await check).Should().BeEquivalentTo(new { Passed = false, Value = "unknown on the time line, HTTP 201 now" });
    }

    private async Task<DrOrchestrator.Drills.GateResult> CheckAsync()
    {
        var probe = new ProbeDefinition(
            "entry", "ledger", null, ProbeRole.Service, "posting", TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(1), 2, new TcpProbeSettings("127.0.0.1", 1));
        var steady = new ProbeSteadyState(_watch, new ProcessClock(_time));
        return (await steady.CheckAsync(StepBench.Parameters("""{"name":"entry"}"""), StepBench.Plan, Estate.None with { Probes = [probe] }, CancellationToken.None)).Single();
    }

    private sealed class Watch : IServiceWatch
    {
        private readonly TaskCompletionSource _changed = new();
        private IntervalState _state = IntervalState.Unknown;

        public void Confirm(IntervalState state)
        {
            _state = state;
            _changed.SetResult();
        }

        public ServiceState Current(string probe) => new(_state, default, null, null, "", null);

        public IReadOnlyList<ProbeResult> Recent(string probe) => [];

        public Task<ProbeResult> LookNowAsync(string probe, CancellationToken cancellationToken) =>
            Task.FromResult(new ProbeResult(probe, ProbeOutcome.Up, default, default, "HTTP 201"));

        public async Task<ServiceState> WaitForAsync(string probe, IntervalState state, DateTimeOffset confirmedAfter, CancellationToken cancellationToken)
        {
            await _changed.Task.WaitAsync(cancellationToken);
            if (state != _state)
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
            }

            return Current(probe);
        }
    }
}
