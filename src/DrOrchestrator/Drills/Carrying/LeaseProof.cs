using DrOrchestrator.Drills.Owners;

namespace DrOrchestrator.Drills.Carrying;

/// <summary>
/// When the journal last took our epoch, by both clocks of this process: the monotonic one runs on while a process is stopped, and the wall clock also while a machine is
/// suspended. Taken before the call, so that it is never younger than what it proves.
/// </summary>
internal readonly record struct LeaseProof(long Timestamp, DateTimeOffset At)
{
    /// <summary>
    /// A taker-over waits for <see cref="TakeoverWait.LeaseLasts"/> and the timeout of the open effects. With a proof no older than this, an effect that begins now and takes
    /// its whole timeout ends before that.
    /// </summary>
    public static readonly TimeSpan GoodFor = TakeoverWait.LeaseLasts / 2;

    public static LeaseProof Now(TimeProvider time) => new(time.GetTimestamp(), time.GetUtcNow());

    public bool IsFresh(TimeProvider time) => time.GetElapsedTime(Timestamp) <= GoodFor && time.GetUtcNow() - At <= GoodFor;
}
