using DrOrchestrator.Estates.Yaml;

namespace DrOrchestrator.Estates.Loading;

/// <summary>Reads <c>with:</c> of a recovery point of kind <c>positions</c>.</summary>
internal static class PositionsPointReader
{
    public static RecoveryPointSettings Read(StrictMap with, PointScope scope) => new PositionsSettings(scope.Sites(with, "address", (map, site) => map.Url(site)));
}
