using DrOrchestrator.Availability.Sights;
using DrOrchestrator.Testing.Availability.Sights;

namespace DrOrchestrator.Tests.Availability.Sights;

public sealed class MemorySightStoreTests : SightStoreContract
{
    protected override ISightStore Store { get; } = new MemorySightStore();
}
