namespace DrOrchestrator.Sandbox.Kubernetes.Kubelet;

/// <summary>Kubernetes' delays between restarts of a container: the first at once, then doubling up to five minutes; ten minutes of running forget it all.</summary>
internal sealed class RestartBackoff(TimeSpan first)
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Reset = TimeSpan.FromMinutes(10);
    private TimeSpan? _next;

    /// <summary>How long to wait after a run of that length.</summary>
    public TimeSpan After(TimeSpan ran)
    {
        if (ran >= Reset)
        {
            _next = null;
        }

        if (_next is not { } delay)
        {
            _next = first;
            return TimeSpan.Zero;
        }

        _next = delay * 2 < Longest ? delay * 2 : Longest;
        return delay;
    }
}
