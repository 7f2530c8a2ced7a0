namespace DrOrchestrator.Probes;

/// <summary>What all probes share: the HTTP connections of those that ask for nothing special, and the nonces. One pair of handlers for a thousand probes keeps them cheap.</summary>
internal sealed class ProbeConnections : IDisposable
{
    public HttpConnections Http { get; } = new();

    public ProbeNonces Nonces { get; } = new();

    public void Dispose() => Http.Dispose();
}
