using DrOrchestrator.Drills.Steps;
using Microsoft.Extensions.Time.Testing;

namespace DrOrchestrator.Tests.Drills.Steps;

public sealed class StepDeadlineTests
{
    private readonly FakeTimeProvider _time = new();

    [Theory]
    [InlineData(0, 20)]
    [InlineData(200, 20)]
    [InlineData(500, 50)]
    [InlineData(1_000, 100)]
    [InlineData(8_000, 100)]
    public async Task LookAgain_AfterThatLong_PausesATenthOfItWithinBounds(int elapsed, int pause)
    {
        var deadline = new StepDeadline(_time, TimeSpan.FromSeconds(10));
        _time.Advance(TimeSpan.FromMilliseconds(elapsed));

        var waiting = deadline.LookAgainAsync(default);

        _time.Advance(TimeSpan.FromMilliseconds(pause - 1));
        waiting.IsCompleted.Should().BeFalse();
        _time.Advance(TimeSpan.FromMilliseconds(1));
        (await waiting.WaitAsync(TimeSpan.FromSeconds(5))).Should().BeTrue();
    }

    [Fact]
    public async Task LookAgain_AfterTheDeadline_SaysSoAtOnce()
    {
        var deadline = new StepDeadline(_time, TimeSpan.FromSeconds(10));
        _time.Advance(TimeSpan.FromMilliseconds(9_500));

        (await deadline.LookAgainAsync(default)).Should().BeFalse();
    }
}
