using DrOrchestrator.Estates.Yaml;
using DrOrchestrator.Plans;

namespace DrOrchestrator.Estates.Loading;

/// <summary>Reads <c>recovery-points:</c>.</summary>
internal static class RecoveryPointReader
{
    /// <summary>The kinds, each with the reader of its <c>with:</c>.</summary>
    private static readonly Dictionary<string, Func<StrictMap, PointScope, RecoveryPointSettings>> Kinds = new(StringComparer.Ordinal)
    {
        ["positions"] = PositionsPointReader.Read,
        ["postgres"] = PostgresPointReader.Read,
        ["http"] = HttpPointReader.Read,
        ["files"] = FilesPointReader.Read,
        ["pgbackrest"] = PgBackRestPointReader.Read,
        ["restic"] = ResticPointReader.Read,
        ["velero"] = VeleroPointReader.Read,
        ["volumesnapshot"] = VolumeSnapshotPointReader.Read,
        ["prometheus"] = PrometheusPointReader.Read,
    };

    /// <summary>Those that start a program, which may have far to go and is not started often.</summary>
    private static readonly string[] Programs = ["pgbackrest", "restic"];

    private static readonly TimeSpan ShortestProgramInterval = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestProgramInterval = TimeSpan.FromHours(1);
    private static readonly TimeSpan LongestProgramTimeout = TimeSpan.FromMinutes(10);

    public static RecoveryPointDefinition RecoveryPoint(StrictMap map, EstateScope scope)
    {
        var name = map.Name("name");
        var system = scope.System(map);
        var kind = map.WordOf("kind", Kinds.Keys);
        var (interval, timeout) = Programs.Contains(kind)
            ? (map.Duration("interval", ShortestProgramInterval, LongestProgramInterval), map.Duration("timeout", TimeSpan.FromMilliseconds(1), LongestProgramTimeout))
            : ProbeReader.Rhythm(map);
        return new RecoveryPointDefinition(name, system?.Name ?? "", interval, timeout, Settings(map, kind, new PointScope(system, scope)));
    }

    private static RecoveryPointSettings Settings(StrictMap map, string kind, PointScope scope)
    {
        if (!Kinds.TryGetValue(kind, out var read))
        {
            map.Node("with");
        }
        else if (map.Map("with", required: true, "the settings of a recovery point") is { } with)
        {
            var settings = read(with, scope);
            with.Close();
            return settings;
        }

        return new PositionsSettings(new Dictionary<string, Uri>());
    }
}
