namespace DrOrchestrator.Estates;

/// <summary><c>tcp</c>: a connection is accepted.</summary>
public sealed record TcpProbeSettings(string Host, int Port) : ProbeSettings("tcp");
