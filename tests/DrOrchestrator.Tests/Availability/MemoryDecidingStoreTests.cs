using DrOrchestrator.Availability;
using DrOrchestrator.Testing.Availability;

namespace DrOrchestrator.Tests.Availability;

public sealed class MemoryDecidingStoreTests : DecidingStoreContract
{
    protected override IDecidingStore Store { get; } = new MemoryDecidingStore();
}
