using System.Net;
using DrOrchestrator.Estates.Yaml;
using DrOrchestrator.Words;

namespace DrOrchestrator.Estates.Loading;

/// <summary>Reads <c>with:</c> of a <c>dns</c> probe.</summary>
internal static class DnsProbeReader
{
    private const int UsualPort = 53;
    private static readonly string[] Rcodes = ["NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED"];
    private static readonly Dictionary<string, DnsRecordType> Types = Enum.GetValues<DnsRecordType>().ToDictionary(type => type.ToString().ToUpperInvariant(), StringComparer.Ordinal);

    public static DnsProbeSettings Read(StrictMap with, EstateScope scope)
    {
        var server = with.Has("server") ? with.Host("server") : with.OptionalText("server");
        var port = with.OptionalInteger("port", 1, 65535) ?? UsualPort;
        var name = with.Text("name").TrimEnd('.');
        var type = Types.GetValueOrDefault(with.WordOf("type", Types.Keys, otherwise: "A"));
        var expect = with.Scalars("expect", required: false);
        var match = with.OptionalWord<DnsMatch>("match") ?? DnsMatch.Contains;
        var rcode = with.WordOf("rcode", Rcodes, otherwise: "NOERROR");
        var transport = with.OptionalWord<DnsTransport>("transport") ?? DnsTransport.Auto;
        if (expect.Count > 0 && rcode is not "NOERROR")
        {
            with.Problems.Add(with.PlaceOf("expect"), $"'expect' beside 'rcode: {rcode}', an answer without records", "'expect' with NOERROR", "Remove one of them.");
        }

        if (expect.Count == 0 && with.Has("match"))
        {
            with.Problems.Add(with.PlaceOf("match"), "'match' without 'expect'", string.Join(", ", EnumWords.All<DnsMatch>()) + " beside 'expect'", "Add 'expect:', or remove 'match'.");
        }

        foreach (var answer in expect.Where(answer => type is DnsRecordType.A or DnsRecordType.Aaaa && !IPAddress.TryParse(answer.Text, out _)))
        {
            with.Problems.Add(answer.Place, $"'expect' holds {Problems.Quote(answer.Text)}", "addresses", "Correct the value.");
        }

        return new DnsProbeSettings(server, port, name, type, [.. expect.Select(answer => answer.Text)], match, rcode, transport);
    }
}
