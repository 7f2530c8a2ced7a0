using DrOrchestrator.Estates;

namespace DrOrchestrator.Tests.Probes;

/// <summary>A secret under a name nobody else has, as long as a test needs it.</summary>
internal sealed class SecretInEnvironment : IDisposable
{
    private readonly string _name = "DRO_TEST_" + Guid.NewGuid().ToString("N");

    public SecretInEnvironment(string value) => Environment.SetEnvironmentVariable(_name, value);

    public SecretReference Reference => new SecretReference.Env(_name);

    public void Dispose() => Environment.SetEnvironmentVariable(_name, null);
}
