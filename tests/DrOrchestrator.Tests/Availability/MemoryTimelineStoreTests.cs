using DrOrchestrator.Availability;
using DrOrchestrator.Testing.Availability;

namespace DrOrchestrator.Tests.Availability;

public sealed class MemoryTimelineStoreTests : TimelineStoreContract
{
    protected override ITimelineStore Store { get; } = new MemoryTimelineStore();
}
