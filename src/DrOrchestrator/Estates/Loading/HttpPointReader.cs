using DrOrchestrator.Estates.Yaml;

namespace DrOrchestrator.Estates.Loading;

/// <summary>Reads <c>with:</c> of a recovery point of kind <c>http</c>.</summary>
internal static class HttpPointReader
{
    public static RecoveryPointSettings Read(StrictMap with, PointScope scope) => with.Common(
        mayBeContinuous: true, new HttpPointSettings(scope.Standby(with), with.Url("url"), with.JsonPath("path"), with.Format(), with.Secret("authorization", scope.Estate)) { Tls = with.PointTls(scope) });
}
