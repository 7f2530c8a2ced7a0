using DrOrchestrator.Estates.Yaml;

namespace DrOrchestrator.Estates.Loading;

/// <summary>Reads <c>with:</c> of a recovery point of kind <c>velero</c>.</summary>
internal static class VeleroPointReader
{
    public static RecoveryPointSettings Read(StrictMap with, PointScope scope)
    {
        var standby = scope.Standby(with);
        return with.Common(mayBeContinuous: false, new VeleroPointSettings(standby, with.Cluster(scope, standby), with.Namespace("velero"), with.OptionalText("schedule")));
    }
}

/// <summary>Reads <c>with:</c> of a recovery point of kind <c>volumesnapshot</c>.</summary>
internal static class VolumeSnapshotPointReader
{
    public static RecoveryPointSettings Read(StrictMap with, PointScope scope)
    {
        var standby = scope.Standby(with);
        return with.Common(
            mayBeContinuous: false,
            new VolumeSnapshotPointSettings(standby, with.Cluster(scope, standby), with.Namespace(null), [.. with.Scalars("claims", required: true).Select(claim => claim.Text)]));
    }
}
