using DrOrchestrator.Drills;
using Hangfire;

namespace DrOrchestrator.Calendars.Work;

/// <summary>The queues: <c>real</c> is emptied before <c>drills</c>.</summary>
internal sealed class WorkQueue(JobStorage storage) : IRunQueue
{
    public const string Drills = "drills";
    public const string Real = "real";

    private readonly BackgroundJobClient _client = new(storage);

    public void Enqueue(long run, bool real = false) =>
        _client.Enqueue<DrillWork>(real ? Real : Drills, work => work.RunAsync(run, CancellationToken.None));

    public void EnqueueAfter(long run, TimeSpan delay) =>
        _client.Schedule<DrillWork>(Drills, work => work.RunAsync(run, CancellationToken.None), delay);
}
