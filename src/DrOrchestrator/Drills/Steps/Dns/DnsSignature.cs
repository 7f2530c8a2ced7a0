using System.Buffers.Binary;
using System.Security.Cryptography;
using DrOrchestrator.Probes;

namespace DrOrchestrator.Drills.Steps.Dns;

/// <summary>What a signed answer says.</summary>
/// <param name="Rcode">Of the message.</param>
/// <param name="IsSigned">By the key, for this very request, in time.</param>
/// <param name="Error">Of the signature: 16 BADSIG, 17 BADKEY, 18 BADTIME; 0 for none.</param>
internal readonly record struct DnsVerdict(int Rcode, bool IsSigned, int Error);

/// <summary>Signatures of DNS messages by a shared secret (TSIG, RFC 8945), with HMAC-SHA-256. Pure.</summary>
/// <param name="name">Name of the key, as the server knows it.</param>
internal sealed class DnsSignature(string name, byte[] secret)
{
    /// <summary>Seconds that two clocks may be apart; also how late a request may act.</summary>
    public const ushort Fudge = 30;

    private const int HeaderLength = 12;
    private const int FixedPart = 10;
    private const ushort Tsig = 250;
    private const ushort Any = 255;

    // Canonical: lower case, uncompressed (4.3.3).
    private readonly byte[] _name = DnsMessage.NameBytes(name.ToLowerInvariant());
    private readonly byte[] _algorithm = DnsMessage.NameBytes("hmac-sha256");

    /// <summary>The message with its signature (5.1), and the MAC that its answer must refer to.</summary>
    public (byte[] Message, byte[] Mac) Sign(byte[] message, DateTimeOffset now)
    {
        var time = Six(now);
        var mac = HMACSHA256.HashData(secret, (byte[])[.. message, .. Variables(time, Two(Fudge), Two(0), [])]);
        byte[] data = [.. _algorithm, .. time, .. Two(Fudge), .. Two((ushort)mac.Length), .. mac, message[0], message[1], .. Two(0), .. Two(0)];
        byte[] signed = [.. message, .. _name, .. Two(Tsig), .. Two(Any), 0, 0, 0, 0, .. Two((ushort)data.Length), .. data];
        BinaryPrimitives.WriteUInt16BigEndian(signed.AsSpan(10), (ushort)(Number(message, 10) + 1));
        return (signed, mac);
    }

    /// <summary>What the answer to a signed request is worth (5.3).</summary>
    /// <exception cref="FormatException">It is no answer to that message.</exception>
    public DnsVerdict Verify(byte[] answer, ushort id, byte[] requestMac, DateTimeOffset now)
    {
        if (answer.Length < HeaderLength || Number(answer, 0) != id || (answer[2] & 0x80) == 0)
        {
            throw new FormatException("no answer to the update");
        }

        var rcode = answer[3] & 0x0F;
        var at = HeaderLength;
        for (var i = 0; i < Number(answer, 4); i++)
        {
            _ = DnsMessage.Name(answer, ref at);
            at += 4;
        }

        var (records, last) = (Number(answer, 6) + Number(answer, 8) + Number(answer, 10), at);
        for (var i = 0; i < records; i++)
        {
            last = at;
            _ = DnsMessage.Name(answer, ref at);
            at += FixedPart;
            at += Number(answer, at - 2);
        }

        // The signature is the last record, and the message ends with it.
        var inside = last;
        if (records == 0 || Number(answer, 10) == 0 || at != answer.Length || DnsMessage.Name(answer, ref inside) is var owner && Number(answer, inside) != Tsig)
        {
            return new DnsVerdict(rcode, false, 0);
        }

        inside += FixedPart;
        var algorithm = DnsMessage.Name(answer, ref inside);
        var (time, fudge, length) = (Slice(answer, inside, 6), Slice(answer, inside + 6, 2), Number(answer, inside + 8));
        var mac = Slice(answer, inside + 10, length);
        inside += 10 + length;
        var (error, other) = (Slice(answer, inside + 2, 2), Slice(answer, inside + 6, Number(answer, inside + 4)));
        var unsigned = answer[..last];
        BinaryPrimitives.WriteUInt16BigEndian(unsigned.AsSpan(0), Number(answer, inside));
        BinaryPrimitives.WriteUInt16BigEndian(unsigned.AsSpan(10), (ushort)(Number(answer, 10) - 1));
        var own = HMACSHA256.HashData(secret, (byte[])[.. Two((ushort)requestMac.Length), .. requestMac, .. unsigned, .. Variables(time, fudge, error, other)]);
        var isSigned = owner == name.TrimEnd('.').ToLowerInvariant() && algorithm == "hmac-sha256" && CryptographicOperations.FixedTimeEquals(own, mac)
            && Math.Abs(Seconds(time) - now.ToUnixTimeSeconds()) <= BinaryPrimitives.ReadUInt16BigEndian(fudge);
        return new DnsVerdict(rcode, isSigned, BinaryPrimitives.ReadUInt16BigEndian(error));
    }

    /// <summary>What is signed besides the message (4.3.3).</summary>
    private byte[] Variables(byte[] time, byte[] fudge, byte[] error, byte[] other) =>
        [.. _name, .. Two(Any), 0, 0, 0, 0, .. _algorithm, .. time, .. fudge, .. error, .. Two((ushort)other.Length), .. other];

    private static byte[] Slice(byte[] message, int at, int length) =>
        at + length <= message.Length ? message[at..(at + length)] : throw new FormatException("the answer ends in the middle of its signature");

    private static ushort Number(byte[] message, int at) => BinaryPrimitives.ReadUInt16BigEndian(Slice(message, at, 2));

    private static byte[] Two(ushort number) => [(byte)(number >> 8), (byte)number];

    private static byte[] Six(DateTimeOffset time)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteInt64BigEndian(bytes, time.ToUnixTimeSeconds());
        return bytes[2..];
    }

    private static long Seconds(byte[] time) => BinaryPrimitives.ReadInt64BigEndian([0, 0, .. time]);
}
