using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Text;
using DrOrchestrator.Estates;

namespace DrOrchestrator.Probes;

/// <summary>What a name server said.</summary>
/// <param name="Rcode">The response code's number.</param>
/// <param name="Records">Those of the type that was asked for.</param>
internal sealed record DnsAnswer(int Rcode, IReadOnlyList<DnsRecord> Records)
{
    /// <summary>Said by a server of the zone itself, and not from a cache (RFC 1035, 4.1.1, AA).</summary>
    public bool IsAuthoritative { get; init; }
}

/// <summary>One record.</summary>
/// <param name="TimeToLive">Seconds.</param>
/// <param name="Text">In the form <c>expect:</c> is compared with.</param>
internal sealed record DnsRecord(int TimeToLive, string Text)
{
    /// <summary>The name it stands at, in lower case, without the last dot; empty where that was not looked at.</summary>
    public string Owner { get; init; } = "";
}

/// <summary>One question and its answer on the wire (RFC 1035, 4); pure. As much of it as a probe compares.</summary>
internal static class DnsMessage
{
    private const int HeaderLength = 12;
    private const int MostLabels = 128;
    private const int LongestLabel = 63;
    private const ushort Internet = 1;
    private const byte IsResponse = 0x80;
    private const byte AuthoritativeAnswer = 0x04;
    private const byte RecursionDesired = 0x01;
    private const byte Pointer = 0xC0;

    private static readonly Dictionary<DnsRecordType, ushort> Numbers = new()
    {
        [DnsRecordType.A] = 1,
        [DnsRecordType.Ns] = 2,
        [DnsRecordType.Cname] = 5,
        [DnsRecordType.Soa] = 6,
        [DnsRecordType.Mx] = 15,
        [DnsRecordType.Txt] = 16,
        [DnsRecordType.Aaaa] = 28,
        [DnsRecordType.Srv] = 33,
    };

    /// <exception cref="FormatException">The name has a label of more than 63 bytes.</exception>
    public static byte[] Question(ushort id, string name, DnsRecordType type)
    {
        return [.. Two(id), RecursionDesired, 0, .. Two(1), .. Two(0), .. Two(0), .. Two(0), .. NameBytes(name), .. Two(Numbers[type]), .. Two(Internet)];
    }

    /// <summary>A name on the wire, uncompressed, as it is written.</summary>
    /// <exception cref="FormatException">The name has a label of more than 63 bytes.</exception>
    public static byte[] NameBytes(string name)
    {
        var ascii = new IdnMapping { AllowUnassigned = true, UseStd3AsciiRules = false };
        var labels = name.TrimEnd('.').Split('.').Where(label => label.Length > 0)
            .Select(label => Encoding.ASCII.GetBytes(label.All(char.IsAscii) ? label : ascii.GetAscii(label))).ToList();
        return labels.Exists(label => label.Length > LongestLabel)
            ? throw new FormatException($"{name} has a label of more than {LongestLabel} bytes")
            : [.. labels.SelectMany(label => (byte[])[(byte)label.Length, .. label]), 0];
    }

    /// <summary>The number of a type on the wire.</summary>
    public static ushort NumberOf(DnsRecordType type) => Numbers[type];

    /// <exception cref="FormatException">It is no answer to that question.</exception>
    public static DnsAnswer Read(ReadOnlySpan<byte> message, ushort id, DnsRecordType type)
    {
        if (message.Length < HeaderLength || Number(message, 0) != id || (message[2] & IsResponse) == 0)
        {
            throw new FormatException("no answer to the question");
        }

        var at = HeaderLength;
        for (var i = 0; i < Number(message, 4); i++)
        {
            Name(message, ref at);
            at += 4;
        }

        var records = new List<DnsRecord>();
        for (var i = 0; i < Number(message, 6); i++)
        {
            var owner = Name(message, ref at);
            var (of, time, length) = (Number(message, at), Number(message, at + 4) << 16 | Number(message, at + 6), Number(message, at + 8));
            at += 10;
            Require(at + length <= message.Length);
            if (of == Numbers[type])
            {
                records.Add(new DnsRecord(time, Text(message, at, length, type)) { Owner = owner });
            }

            at += length;
        }

        return new DnsAnswer(message[3] & 0x0F, records) { IsAuthoritative = (message[2] & AuthoritativeAnswer) != 0 };
    }

    private static string Text(ReadOnlySpan<byte> message, int at, int length, DnsRecordType type)
    {
        var end = at + length;
        switch (type)
        {
            case DnsRecordType.A or DnsRecordType.Aaaa:
                Require(length == (type == DnsRecordType.A ? 4 : 16));
                return new IPAddress(message.Slice(at, length)).ToString();
            case DnsRecordType.Mx:
                var preference = Number(message, at);
                at += 2;
                return string.Create(CultureInfo.InvariantCulture, $"{preference} {Name(message, ref at)}");
            case DnsRecordType.Srv:
                var (priority, weight, port) = (Number(message, at), Number(message, at + 2), Number(message, at + 4));
                at += 6;
                return string.Create(CultureInfo.InvariantCulture, $"{priority} {weight} {port} {Name(message, ref at)}");
            case DnsRecordType.Txt:
                var text = new StringBuilder();
                while (at < end)
                {
                    var piece = message[at++];
                    Require(at + piece <= end);
                    text.Append(Encoding.UTF8.GetString(message.Slice(at, piece)));
                    at += piece;
                }

                return text.ToString();
            default:
                return Name(message, ref at);
        }
    }

    /// <summary>In lower case, without the last dot. Pointers lead backwards only, so that a name has an end (RFC 1035, 4.1.4).</summary>
    internal static string Name(ReadOnlySpan<byte> message, ref int at)
    {
        var (labels, position, first, hasJumped) = (new List<string>(), at, at, false);
        while (true)
        {
            Require(position < message.Length && labels.Count <= MostLabels);
            var length = message[position];
            if ((length & Pointer) == Pointer)
            {
                var to = Number(message, position) & 0x3FFF;
                Require(to < first);
                at = hasJumped ? at : position + 2;
                (position, first, hasJumped) = (to, to, true);
                continue;
            }

            Require(length <= LongestLabel && position + 1 + length <= message.Length);
            position++;
            if (length == 0)
            {
                at = hasJumped ? at : position;
                return string.Join('.', labels).ToLowerInvariant();
            }

            labels.Add(Encoding.ASCII.GetString(message.Slice(position, length)));
            position += length;
        }
    }

    private static int Number(ReadOnlySpan<byte> message, int at)
    {
        Require(at + 2 <= message.Length);
        return BinaryPrimitives.ReadUInt16BigEndian(message[at..]);
    }

    private static void Require(bool holds)
    {
        if (!holds)
        {
            throw new FormatException("the answer ends in the middle of a record");
        }
    }

    private static byte[] Two(ushort number) => [(byte)(number >> 8), (byte)number];
}
