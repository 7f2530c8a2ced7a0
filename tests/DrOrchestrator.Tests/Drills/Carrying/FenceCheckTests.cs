using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Stops;
using DrOrchestrator.Plans;
using Microsoft.Extensions.Time.Testing;

namespace DrOrchestrator.Tests.Drills.Carrying;

/// <summary>The proof of a fence stands between the interruption and its end: it never takes for ever.</summary>
public sealed class FenceCheckTests : IAsyncDisposable
{
    private readonly DrillBench _bench = new();
    private readonly TaskCompletionSource _asked = new();

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Fact]
    public async Task Promotion_ProofThatNeverEnds_IsNotSent()
    {
        var time = new FakeTimeProvider();
        _bench.Time = time;
        var run = await OpenAsync(TimeSpan.FromSeconds(60));

        var carrying = _bench.CarryAsync(run);
        await _asked.Task.WaitAsync(TimeSpan.FromSeconds(60), TimeProvider.System);
        time.Advance(TimeSpan.FromSeconds(11));
        await carrying.WaitAsync(TimeSpan.FromSeconds(60), TimeProvider.System);

        (await _bench.ShowAsync(run)).Failure.Should().Be("step 'promote' failed: promotion refused: the fence 'fence' is not proved: no proof within 10s");
        _bench.World.Landed.Should().Equal("fence");
    }

    [Fact]
    public async Task Abort_WhileAProofIsWaitedFor_IsHeard()
    {
        var run = await OpenAsync(TimeSpan.FromHours(1));

        var carrying = _bench.CarryAsync(run);
        await _asked.Task.WaitAsync(TimeSpan.FromSeconds(60), TimeProvider.System);
        await _bench.OrderAsync(run, RunOrder.Abort);
        await carrying.WaitAsync(TimeSpan.FromSeconds(60), TimeProvider.System);

        (await _bench.ShowAsync(run)).Outcome.Should().Be("aborted");
        _bench.World.Landed.Should().Equal("fence");
    }

    private Task<long> OpenAsync(TimeSpan timeout)
    {
        _bench.World.Proof = async token =>
        {
            _asked.TrySetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token);
            return new FenceProof(true, [], []);
        };
        _bench.Step("fence").At("primary").Step("promote", promotes: new Promotion("ledger", "fence"), timeout: timeout);
        return _bench.OpenAsync();
    }
}
