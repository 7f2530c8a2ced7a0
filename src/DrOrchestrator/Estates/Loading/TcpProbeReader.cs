using DrOrchestrator.Estates.Yaml;

namespace DrOrchestrator.Estates.Loading;

/// <summary>Reads <c>with:</c> of a <c>tcp</c> probe.</summary>
internal static class TcpProbeReader
{
    private const int UsualBytes = 1024;

    public static TcpProbeSettings Read(StrictMap with, EstateScope scope) => new(with.Host("host"), with.Integer("port", 1, 65535))
    {
        Ip = with.Ip(),
        Tls = with.TlsOrFlag(scope),
        Banner = with.Map("banner", required: false, "a banner") is { } map ? Banner(map) : null,
    };

    private static TcpBanner Banner(StrictMap map)
    {
        var banner = new TcpBanner(map.OptionalText("send"), map.OptionalText("starts-with"), map.Pattern("matches"), map.OptionalInteger("within-bytes", 1, 65536) ?? UsualBytes);
        if (!map.Has("starts-with") && !map.Has("matches"))
        {
            map.Problems.Add(map.Place, "a banner without 'starts-with' and 'matches'", "at least one of the two", "Say what must come.");
        }

        map.Close();
        return banner;
    }
}
