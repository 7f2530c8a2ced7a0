using DrOrchestrator.Estates.Yaml;
using DrOrchestrator.Plans;

namespace DrOrchestrator.Estates.Loading;

/// <summary>Reads <c>vantage:</c>.</summary>
internal static class VantageReader
{
    private static readonly string[] Kinds = ["tcp", "http", "dns", "icmp"];
    private static readonly TimeSpan ShortestTimeout = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan LongestTimeout = TimeSpan.FromSeconds(5);

    public static VantagePoint Vantage(StrictMap map, EstateScope scope)
    {
        var name = map.Name("name");
        var items = map.Items("controls", required: false);
        _ = NameIndex.Of("control target", items, "name", complete: true, map.Problems);
        var controls = StrictMap.ReadAll(items, "a control target", map.Problems, item => Control(item, scope));
        return new VantagePoint(name, controls, map.OptionalWord<ControlsRule>("lost-when") ?? ControlsRule.All);
    }

    private static ControlTarget Control(StrictMap map, EstateScope scope)
    {
        var name = map.Name("name");
        var kind = map.WordOf("kind", [.. Kinds.Where(ProbeReader.Knows)]);
        var timeout = map.OptionalDuration("timeout", ShortestTimeout, LongestTimeout) ?? TimeSpan.FromSeconds(1);
        return new ControlTarget(name, timeout, ProbeReader.Settings(map, kind, scope));
    }
}
