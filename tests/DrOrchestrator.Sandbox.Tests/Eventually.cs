namespace DrOrchestrator.Sandbox.Tests;

/// <summary>Waits for what real processes do, with a bound.</summary>
internal static class Eventually
{
    public static async Task TrueAsync(Func<Task<bool>> look, string what, double seconds = 20)
    {
        long start = TimeProvider.System.GetTimestamp();
        while (!await look())
        {
            TimeProvider.System.GetElapsedTime(start).TotalSeconds.Should().BeLessThan(seconds, "{0} should have come true by then", what);
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System);
        }
    }
}
