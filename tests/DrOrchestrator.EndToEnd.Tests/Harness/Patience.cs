namespace DrOrchestrator.EndToEnd.Harness;

/// <summary>Bounded waits: a test that hangs says what it waited for.</summary>
internal static class Patience
{
    public static TimeSpan Start { get; } = TimeSpan.FromSeconds(60);

    public static TimeSpan Stop { get; } = TimeSpan.FromSeconds(15);

    public static TimeSpan Run { get; } = TimeSpan.FromSeconds(120);

    private static TimeSpan Tick { get; } = TimeSpan.FromMilliseconds(20);

    /// <summary>Until <paramref name="condition"/> holds; a <see cref="TimeoutException"/> otherwise.</summary>
    public static async Task UntilAsync(string what, TimeSpan within, Func<Task<bool>> condition)
    {
        long began = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            if (TimeProvider.System.GetElapsedTime(began) > within)
            {
                throw new TimeoutException($"not within {within.TotalSeconds:0.#} s: {what}");
            }

            await PauseAsync(Tick);
        }
    }

    public static Task UntilAsync(string what, TimeSpan within, Func<bool> condition) => UntilAsync(what, within, () => Task.FromResult(condition()));

    public static Task PauseAsync(TimeSpan time, CancellationToken cancellationToken = default) => Task.Delay(time, TimeProvider.System, cancellationToken);
}
