using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Duties;
using DrOrchestrator.Time;
using Microsoft.Extensions.Time.Testing;

namespace DrOrchestrator.Tests.Drills.Duties;

public sealed class LookLoopTests
{
    [Fact]
    public async Task Run_OneLookFails_SaysSoAndLooksAgain_UntilItIsStopped()
    {
        var time = new FakeTimeProvider();
        using var stop = new CancellationTokenSource();
        using var looked = new SemaphoreSlim(0);
        var (looks, failures) = (0, new List<string>());
        var loop = LookLoop.RunAsync(
            TimeSpan.FromMinutes(1),
            new ProcessClock(time),
            _ =>
            {
                looked.Release();
                return ++looks == 1 ? throw new InvalidOperationException("away") : Task.CompletedTask;
            },
            failure => failures.Add(failure.Message),
            stop.Token);
        var before = looks;

        time.Advance(TimeSpan.FromMinutes(1));
        await looked.WaitAsync();
        time.Advance(TimeSpan.FromMinutes(1));
        await looked.WaitAsync();
        await stop.CancelAsync();
        await loop;

        (before, looks).Should().Be((0, 2));
        failures.Should().Equal("away");
    }
}
