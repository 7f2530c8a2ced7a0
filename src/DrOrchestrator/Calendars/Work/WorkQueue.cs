using DrOrchestrator.Drills.Carrying;
using Hangfire;

namespace DrOrchestrator.Calendars.Work;

/// <summary>The queues: <c>real</c> has workers of its own, and all others empty it before <c>drills</c>.</summary>
internal sealed class WorkQueue(JobStorage storage) : IRunQueue
{
    public const string Drills = "drills";
    public const string Real = "real";

    private readonly BackgroundJobClient _client = new(storage);

    public void Enqueue(long run, bool real = false) =>
        _client.Enqueue<DrillWork>(real ? Real : Drills, work => work.RunAsync(run, real, CancellationToken.None));

    public void EnqueueAfter(long run, TimeSpan delay, bool real = false) =>
        _client.Schedule<DrillWork>(real ? Real : Drills, work => work.RunAsync(run, real, CancellationToken.None), delay);
}
