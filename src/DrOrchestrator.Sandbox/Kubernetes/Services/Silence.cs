namespace DrOrchestrator.Sandbox.Kubernetes.Services;

/// <summary>A stretch of time in which packets are dropped: what is on its way waits for the end of it, as TCP sends it again later; nobody hears of an end or a break.</summary>
internal sealed class Silence(Func<bool> isOn, TimeProvider time)
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);
    private volatile bool _ended;

    public static Silence Never { get; } = new(() => false, TimeProvider.System);

    public bool IsOn => !_ended && isOn();

    /// <summary>Returns when it is over.</summary>
    public async ValueTask OverAsync()
    {
        while (IsOn)
        {
            await Task.Delay(Look, time).ConfigureAwait(false);
        }
    }

    /// <summary>Over for good: whoever made the silence stops.</summary>
    public void End() => _ended = true;
}
