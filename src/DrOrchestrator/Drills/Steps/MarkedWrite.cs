using DrOrchestrator.Drills.Carrying;
using DrOrchestrator.Kubernetes;

namespace DrOrchestrator.Drills.Steps;

/// <summary>What a look at the target came to: an end, or the one request that may be sent on exactly what was seen.</summary>
internal sealed record MarkedLook<TEnd>(TEnd? End, Func<Task<TEnd>>? Send)
    where TEnd : class
{
    public static implicit operator MarkedLook<TEnd>(TEnd end) => new(end, null);
}

/// <summary>
/// One write, once, by its mark: looks first, sends on exactly what it saw (uid and resourceVersion), and after a conflict or a lost answer looks again. Two of these with the
/// same mark, one of them of a process that died, therefore exclude each other.
/// </summary>
internal static class MarkedWrite
{
    /// <param name="look">Finds the mark, or what stands against the write; else says what to send.</param>
    /// <param name="refused">The end where the server says no and no earlier request can have been carried out, or where the target is gone.</param>
    /// <param name="unclear">The end where nobody knows, with the last reason.</param>
    public static async Task<TEnd> RunAsync<TEnd>(
        Func<Task<MarkedLook<TEnd>>> look, Func<ClusterFailure, TEnd> refused, Func<string, TEnd> unclear, SendPermit permit, StepDeadline deadline, CancellationToken cancellationToken)
        where TEnd : class
    {
        string? trouble = null;
        var mayStand = false;
        do
        {
            var sending = false;
            try
            {
                var seen = await look().ConfigureAwait(false);
                if (seen.End is { } end)
                {
                    return end;
                }

                // A process that stood still since it looked may have been taken over; by its own clock the attempt is over then, and it sends nothing more.
                if (deadline.HasPassed)
                {
                    trouble ??= "its time was over before it could be sent";
                    break;
                }

                permit.Require();
                sending = true;
                return await seen.Send!().ConfigureAwait(false);
            }
            catch (Exception e) when (ClusterFailure.Of(e, cancellationToken) is { } failure)
            {
                if (failure.IsNotFound || (failure.IsFinal && !mayStand))
                {
                    return refused(failure);
                }

                trouble = failure.Reason;
                if (failure.IsFinal)
                {
                    // Refused now, but an earlier request got no answer and may have been carried out.
                    break;
                }

                mayStand |= sending && failure.IsPassing;
            }
        }
        while (await deadline.WaitAsync(SiteCalls.PollInterval, cancellationToken).ConfigureAwait(false));

        return unclear(trouble);
    }
}
