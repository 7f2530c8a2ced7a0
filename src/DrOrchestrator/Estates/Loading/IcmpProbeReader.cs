using DrOrchestrator.Estates.Yaml;

namespace DrOrchestrator.Estates.Loading;

/// <summary>Reads <c>with:</c> of an <c>icmp</c> probe.</summary>
internal static class IcmpProbeReader
{
    private const int MostRequests = 20;

    public static IcmpProbeSettings Read(StrictMap with, EstateScope scope)
    {
        var host = with.Host("host");
        var ip = with.Ip();
        var count = with.OptionalInteger("count", 1, MostRequests) ?? 1;
        var lost = with.OptionalInteger("most-lost", 0, MostRequests - 1) ?? 0;
        if (lost >= count)
        {
            with.Problems.Add(with.PlaceOf("most-lost"), $"'most-lost' is {lost} of {count}", "fewer than 'count'", "At least one request must be answered.");
        }

        return new IcmpProbeSettings(host, ip, count, lost);
    }
}
