namespace DrOrchestrator.Drills.Carrying;

/// <summary>What a look with a limit of its own brought: a value, or why there is none.</summary>
/// <param name="Value">Default where the look failed.</param>
/// <param name="Failed">Null where it came to its end.</param>
/// <param name="TimedOut">It was given up at its limit.</param>
internal sealed record Looked<T>(T? Value, Exception? Failed, bool TimedOut);

/// <summary>A look at something outside that may hang. It ends at its limit whatever it does with its token; what it fails with is a value.</summary>
internal static class BoundedLook
{
    /// <param name="halt">Gives the look up, too; the failure says so.</param>
    /// <exception cref="OperationCanceledException">Whoever looks is told to end.</exception>
    public static async Task<Looked<T>> TakeAsync<T>(Func<CancellationToken, Task<T>> look, TimeSpan limit, TimeProvider time, CancellationToken halt, CancellationToken cancellationToken)
    {
        using var ends = new CancellationTokenSource(limit, time);
        using var any = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, ends.Token, halt);
        try
        {
            return new Looked<T>(await look(any.Token).WaitAsync(any.Token).ConfigureAwait(false), null, false);
        }
        catch (Exception failed) when (!cancellationToken.IsCancellationRequested)
        {
            return new Looked<T>(default, failed, failed is OperationCanceledException && ends.IsCancellationRequested);
        }
    }
}
