using System.Buffers.Binary;
using System.Net;
using System.Text;
using DrOrchestrator.Estates;
using DrOrchestrator.Probes;

namespace DrOrchestrator.Drills.Steps.Dns;

/// <summary>The records of one type at one name.</summary>
/// <param name="Values">In the form probes compare: addresses, names without the last dot, texts.</param>
/// <param name="TimeToLive">Seconds.</param>
internal sealed record DnsRecordSet(string Name, DnsRecordType Type, IReadOnlyList<string> Values, uint TimeToLive)
{
    /// <summary>The same records, in whatever order and however long they live (RFC 2136, 2.4.2 compares no time).</summary>
    public bool IsSame(IEnumerable<string> values) => Values.ToHashSet(StringComparer.Ordinal).SetEquals(values);
}

/// <summary>
/// A dynamic update on the wire (RFC 2136): one set of records becomes another, in one transaction of the server and only where it still is what was seen. Pure. Packages that
/// write updates connect by themselves, so that nothing of ours stands between their connection and their request.
/// </summary>
internal static class DnsUpdate
{
    private const byte Opcode = 5 << 3;
    private const ushort Soa = 6;
    private const ushort Internet = 1;
    private const ushort None = 254;
    private const ushort Any = 255;
    private const int LongestText = 255;

    /// <param name="before">What must stand; with no values: that no such set is there (2.4.2, 2.4.3).</param>
    /// <param name="after">What shall stand; with no values: nothing.</param>
    /// <exception cref="FormatException">A name or a value cannot be written.</exception>
    public static byte[] Message(ushort id, string zone, DnsRecordSet before, DnsRecordSet after)
    {
        var type = DnsMessage.NumberOf(after.Type);
        return Message(id, zone, before, [Record(after.Name, type, Any, 0, []), .. after.Values.Select(value => Record(after.Name, type, Internet, after.TimeToLive, Data(after.Type, value)))]);
    }

    /// <summary>An update of nothing: only whether the condition holds, by the server's own judgement.</summary>
    /// <param name="stands">As the condition of <see cref="Message(ushort, string, DnsRecordSet, DnsRecordSet)"/>.</param>
    /// <exception cref="FormatException">A name or a value cannot be written.</exception>
    public static byte[] Condition(ushort id, string zone, DnsRecordSet stands) => Message(id, zone, stands, []);

    /// <summary>An update of nothing: only whether nothing of any type stands at the name (2.4.5).</summary>
    public static byte[] Unused(ushort id, string zone, string name) => Message(id, zone, [Record(name, Any, None, 0, [])], []);

    private static byte[] Message(ushort id, string zone, DnsRecordSet before, List<byte[]> changes)
    {
        var type = DnsMessage.NumberOf(before.Type);
        return before.Values.Count == 0
            ? Message(id, zone, [Record(before.Name, type, None, 0, [])], changes)
            : Message(id, zone, [.. before.Values.Select(value => Record(before.Name, type, Internet, 0, Data(before.Type, value)))], changes);
    }

    private static byte[] Message(ushort id, string zone, List<byte[]> conditions, List<byte[]> changes)
    {
        return
        [
            .. Two(id), Opcode, 0, .. Two(1), .. Two((ushort)conditions.Count), .. Two((ushort)changes.Count), .. Two(0),
            .. DnsMessage.NameBytes(zone), .. Two(Soa), .. Two(Internet),
            .. conditions.SelectMany(record => record), .. changes.SelectMany(record => record),
        ];
    }

    /// <summary>A value as it stands in a record.</summary>
    /// <exception cref="FormatException">It is none of that type.</exception>
    public static byte[] Data(DnsRecordType type, string value) => type switch
    {
        DnsRecordType.A when IPAddress.TryParse(value, out var four) && four.GetAddressBytes() is { Length: 4 } bytes => bytes,
        DnsRecordType.Aaaa when IPAddress.TryParse(value, out var six) && six.GetAddressBytes() is { Length: 16 } bytes => bytes,
        DnsRecordType.Cname when value.Trim('.').Length > 0 => DnsMessage.NameBytes(value),
        DnsRecordType.Txt when Encoding.UTF8.GetBytes(value) is { Length: <= LongestText } text => [(byte)text.Length, .. text],
        _ => throw new FormatException($"'{value}' is no value of a record of type {type.ToString().ToUpperInvariant()}"),
    };

    private static byte[] Record(string name, ushort type, ushort of, uint timeToLive, byte[] data) =>
        [.. DnsMessage.NameBytes(name), .. Two(type), .. Two(of), .. Four(timeToLive), .. Two((ushort)data.Length), .. data];

    private static byte[] Two(ushort number) => [(byte)(number >> 8), (byte)number];

    private static byte[] Four(uint number)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, number);
        return bytes;
    }
}
