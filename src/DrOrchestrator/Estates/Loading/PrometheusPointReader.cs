using DrOrchestrator.Estates.Yaml;

namespace DrOrchestrator.Estates.Loading;

/// <summary>Reads <c>with:</c> of a recovery point of kind <c>prometheus</c>.</summary>
internal static class PrometheusPointReader
{
    public static RecoveryPointSettings Read(StrictMap with, PointScope scope) => with.Common(
        mayBeContinuous: true,
        new PrometheusPointSettings(
            scope.Standby(with), with.Url("url"), with.Text("query"), with.WordOf("gives", ["unix-seconds", "age"]) is "age", with.Secret("authorization", scope.Estate)) { Tls = with.PointTls(scope) });
}
