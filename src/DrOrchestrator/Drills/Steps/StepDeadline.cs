namespace DrOrchestrator.Drills.Steps;

/// <summary>
/// The end of an attempt, on the monotonic clock. A little before the step's timeout, so that the step itself says why it did not make it instead of being cut off.
/// </summary>
internal sealed class StepDeadline
{
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(20);

    private readonly TimeProvider _time;
    private readonly long _start;
    private readonly TimeSpan _length;

    public StepDeadline(TimeProvider time, TimeSpan timeout)
    {
        var margin = TimeSpan.FromMilliseconds(Math.Min(500, timeout.TotalMilliseconds / 10));
        _time = time;
        _start = time.GetTimestamp();
        _length = timeout - margin;
    }

    public bool HasPassed => Elapsed >= _length;

    /// <summary>How long it has been going on.</summary>
    public TimeSpan Elapsed => _time.GetElapsedTime(_start);

    public TimeSpan Remaining => _length - Elapsed is { Ticks: > 0 } left ? left : TimeSpan.Zero;

    /// <summary>
    /// Waits until another look is worth it; false when the deadline has passed. Soon at first, so that what is quick is seen at once and what it took is not the pause;
    /// then a tenth of what has gone by, up to <see cref="SiteCalls.PollInterval"/>.
    /// </summary>
    public Task<bool> LookAgainAsync(CancellationToken cancellationToken) => LookAgainAsync(SiteCalls.PollInterval, cancellationToken);

    /// <inheritdoc cref="LookAgainAsync(CancellationToken)" />
    /// <param name="longest">Pause, where waiting may take hours.</param>
    public Task<bool> LookAgainAsync(TimeSpan longest, CancellationToken cancellationToken)
    {
        var tenth = Elapsed / 10;
        return WaitAsync(tenth < Soon ? Soon : tenth < longest ? tenth : longest, cancellationToken);
    }

    /// <summary>Waits; false when the deadline has passed.</summary>
    public async Task<bool> WaitAsync(TimeSpan interval, CancellationToken cancellationToken)
    {
        if (HasPassed)
        {
            return false;
        }

        await Task.Delay(interval < Remaining ? interval : Remaining, _time, cancellationToken).ConfigureAwait(false);
        return true;
    }
}
