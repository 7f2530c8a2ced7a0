namespace DrOrchestrator.Sandbox.Kubernetes.Kubelet;

/// <summary>Which pod has which claims mounted. A claim is one pod's at a time, until the last of its processes has ended.</summary>
internal sealed class ClaimLocks
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, (string Uid, string Pod)> _holders = [];
    private TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Takes all the claims, or none: then says why, and <paramref name="released"/> ends when it is worth another try.</summary>
    public string? TryTake(IReadOnlyList<string> claims, string uid, string pod, out Task released)
    {
        lock (_gate)
        {
            released = _released.Task;
            foreach (var claim in claims)
            {
                if (_holders.TryGetValue(claim, out var holder) && holder.Uid != uid)
                {
                    return $"claim {claim} is in use by pod {holder.Pod} (uid {holder.Uid})";
                }
            }

            foreach (var claim in claims)
            {
                _holders[claim] = (uid, pod);
            }

            return null;
        }
    }

    public void Release(string uid)
    {
        TaskCompletionSource released;
        lock (_gate)
        {
            foreach (var claim in _holders.Where(pair => pair.Value.Uid == uid).Select(pair => pair.Key).ToList())
            {
                _holders.Remove(claim);
            }

            released = _released;
            _released = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        released.SetResult();
    }
}
