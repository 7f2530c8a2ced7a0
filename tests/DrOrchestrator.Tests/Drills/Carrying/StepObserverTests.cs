using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Carrying;

namespace DrOrchestrator.Tests.Drills.Carrying;

public sealed class StepObserverTests
{
    /// <summary>What takes hours at a host is asked after by a session each time: five a second, 36,000 of them, would be in its way.</summary>
    [Fact]
    public void PauseAfter_TwoHoursOfLooking_IsAskedLessAndLess_AndHearsAStopWithinTwoSeconds()
    {
        var (looked, looks, longest) = (TimeSpan.Zero, 0, TimeSpan.Zero);
        while (looked < TimeSpan.FromHours(2))
        {
            var pause = StepObserver.PauseAfter(looked);
            (looked, looks, longest) = (looked + pause, looks + 1, pause > longest ? pause : longest);
        }

        StepObserver.PauseAfter(TimeSpan.Zero).Should().Be(TimeSpan.FromMilliseconds(200), "what is quick is seen at once");
        longest.Should().BeLessThan(TimeSpan.FromSeconds(2));
        looks.Should().BeLessThan(5000);
    }
}
