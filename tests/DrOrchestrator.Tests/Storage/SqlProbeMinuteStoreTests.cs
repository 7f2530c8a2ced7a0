using DrOrchestrator.Availability;
using DrOrchestrator.Storage;
using DrOrchestrator.Testing.Availability;
using DrOrchestrator.Testing.Storage;

namespace DrOrchestrator.Tests.Storage;

public sealed class SqlProbeMinuteStoreTests : ProbeMinuteStoreContract, IDisposable
{
    private readonly TemporaryDatabase _temporary = new();

    protected override IProbeMinuteStore Store => new SqlProbeMinuteStore(_temporary.Database, _temporary.Gate);

    public void Dispose() => _temporary.Dispose();
}
