using DrOrchestrator.Estates.Yaml;

namespace DrOrchestrator.Estates.Loading;

/// <summary>Reads <c>with:</c> of a <c>tcp</c> probe.</summary>
internal static class TcpProbeReader
{
    public static TcpProbeSettings Read(StrictMap with, EstateScope scope) => new(with.Text("host"), with.Integer("port", 1, 65535));
}
