using DrOrchestrator.Availability;
using DrOrchestrator.Testing.Availability;

namespace DrOrchestrator.Tests.Availability;

public sealed class MemoryProbeMinuteStoreTests : ProbeMinuteStoreContract
{
    protected override IProbeMinuteStore Store { get; } = new MemoryProbeMinuteStore();
}
