namespace DrOrchestrator.Estates;

/// <summary><c>tcp</c>: a connection is accepted.</summary>
public sealed record TcpProbeSettings(string Host, int Port) : ProbeSettings("tcp")
{
    /// <inheritdoc />
    public override string Target => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Host}:{Port}");
}
