using System.Net;

namespace DrOrchestrator.Plans;

/// <summary>Whether two words for a host surely mean the same one. Two that look different may do so as well: no name is looked up.</summary>
internal static class Addresses
{
    /// <summary>Names without regard to case and a last dot; addresses by what they are, however they are written (<c>::ffff:10.0.0.53</c> is 10.0.0.53).</summary>
    public static bool IsSame(string one, string other) => string.Equals(Plain(one), Plain(other), StringComparison.OrdinalIgnoreCase);

    /// <summary>An IPv4 address in the clothes of IPv6 as what it is.</summary>
    public static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;

    private static string Plain(string host) => IPAddress.TryParse(host.Trim('[', ']'), out var address) ? Plain(address).ToString() : host.TrimEnd('.');
}
