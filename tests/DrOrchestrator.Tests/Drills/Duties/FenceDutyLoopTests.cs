using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Duties;
using DrOrchestrator.Plans;
using Microsoft.Extensions.DependencyInjection;

namespace DrOrchestrator.Tests.Drills.Duties;

/// <summary>Its duties one beside the other; what each of them leads to is in <see cref="BreakGlassTests"/>.</summary>
public sealed class FenceDutyLoopTests : IAsyncDisposable
{
    private readonly DrillBench _bench = new();

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Fact]
    public async Task Look_OneDutyCannotBeLookedAt_TheOthersAreAllTheSame()
    {
        _bench.World.Dark.Add("fence");
        _bench.Step("fence").At("primary").Step("promote", promotes: new Promotion("ledger", "fence"));
        var (first, second) = (await WithoutFenceAsync(), await WithoutFenceAsync());
        _bench.World.Dark.Clear();
        var journal = new CrashingJournal(_bench.Reading, null) { BehindNextRead = _ => throw new InvalidOperationException("the database hangs") };
        using var loop = ActivatorUtilities.CreateInstance<FenceDutyLoop>(_bench.Process, journal);

        await loop.LookAsync(default);

        journal.Reads.Should().Equal(first, second);
        (await _bench.Drills.ListAsync(default)).Select(run => run.FenceDuty).OfType<FenceDuty>().Should().Equal(new FenceDuty(second, "fence"));
    }

    private async Task<long> WithoutFenceAsync()
    {
        var run = await _bench.OpenRealAsync();
        await _bench.CarryAsync(run);
        foreach (var person in new[] { DrillBench.Approver, DrillBench.Other })
        {
            (await _bench.Drills.AnswerAsync(run, "break-glass:unfenced:promote", person, true, "the site burns", default)).Accepted.Should().BeTrue();
        }

        await _bench.CarryAsync(run);
        (await _bench.ShowAsync(run)).ClosedAt.Should().NotBeNull();
        return run;
    }
}
