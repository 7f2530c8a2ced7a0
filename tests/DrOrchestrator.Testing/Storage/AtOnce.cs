namespace DrOrchestrator.Testing.Storage;

/// <summary>
/// Callers that really are there at the same time: a thread of its own for each, let go together. Pooled threads would come one by one on a small machine, and a
/// store that lets two callers in at once would pass for one that does not.
/// </summary>
public static class AtOnce
{
    public static async Task<T[]> RunAsync<T>(int callers, Func<int, Task<T>> call)
    {
        using var start = new Barrier(callers);
        return await Task.WhenAll(Enumerable.Range(0, callers).Select(index => Task.Factory.StartNew(
            () =>
            {
                start.SignalAndWait();
                return call(index);
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default).Unwrap()));
    }
}
