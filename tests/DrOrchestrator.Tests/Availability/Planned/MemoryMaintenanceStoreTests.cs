using DrOrchestrator.Availability.Planned;
using DrOrchestrator.Testing.Availability.Planned;

namespace DrOrchestrator.Tests.Availability.Planned;

public sealed class MemoryMaintenanceStoreTests : MaintenanceStoreContract
{
    private readonly MemoryMaintenanceStore _store = new();

    protected override IMaintenanceStore Store => _store;

    protected override Task<IReadOnlyList<string>> EvidenceAsync() => Task.FromResult<IReadOnlyList<string>>([.. _store.Evidence.Select(draft => draft.Kind)]);
}
