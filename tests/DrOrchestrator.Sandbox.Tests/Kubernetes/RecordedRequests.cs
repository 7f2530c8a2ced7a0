using System.Collections.Concurrent;
using DrOrchestrator.Sandbox.Kubernetes;

namespace DrOrchestrator.Sandbox.Tests.Kubernetes;

internal sealed class RecordedRequests : IRequestRecord
{
    public ConcurrentQueue<RequestEntry> Entries { get; } = new();

    public void Record(RequestEntry entry) => Entries.Enqueue(entry);
}
