using DrOrchestrator.Drills.Carrying;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Plans;

namespace DrOrchestrator.Drills.Owners;

/// <summary>What this process may take for granted of whoever carried a run before it.</summary>
/// <param name="OthersAreDead">True where the data folder's lock proves it (SQLite). On a database that several processes use, an owner that is silent may be alive.</param>
public sealed record OwnerProof(bool OthersAreDead);

/// <summary>How long a silent owner is waited for before its run is taken over (blueprint, section 6). Pure.</summary>
internal static class TakeoverWait
{
    /// <summary>A lease that was not renewed for this long is over. An owner renews every 2 s and begins no effect without it.</summary>
    public static readonly TimeSpan LeaseLasts = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Zero where nobody has to be waited for: nobody carried it, we did, or the owner is dead for certain. Otherwise the lease runs out first, and with it the effects that are
    /// still open: a call in flight may act until its timeout. A step that only looks or waits has nothing in flight, and an outage is not made longer by the hour that a person
    /// has for an answer. An owner that let the run go has no lease to wait for, and has observed what was open for its whole timeout; only what it was undoing when it was
    /// stopped may still act.
    /// </summary>
    public static TimeSpan Left(LeaseClaim claim, string owner, OwnerProof proof, DrillRun run, Plan plan, StepKinds kinds)
    {
        if (proof.OthersAreDead || claim.PreviousOwner is null || claim.PreviousOwner == owner)
        {
            return TimeSpan.Zero;
        }

        var open = InFlight.Of(run, plan, kinds);
        var longest = open.Steps.Where(step => !claim.LetGo || run.Step(step.Name).State is StepState.Undoing).Select(step => step.Timeout).DefaultIfEmpty(TimeSpan.Zero).Max();
        return (claim.LetGo ? TimeSpan.Zero : LeaseLasts) + longest - claim.AtLeast is { Ticks: > 0 } left ? left : TimeSpan.Zero;
    }
}

/// <summary>Another process may still carry the run; it is asked again later. The claim left nothing.</summary>
public sealed class LeaseHeldException(long run, TimeSpan left) : Exception($"run {run}: its owner was heard of so recently that it may still act")
{
    /// <summary>When to ask again.</summary>
    public TimeSpan Left { get; } = left;
}
