using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using DrOrchestrator.Drills.People;

namespace DrOrchestrator.Tests.Drills.Steps.Dns;

/// <summary>
/// A primary of one zone across the wire, by the letter of RFC 2136, 3 and RFC 8945, 5.2: its own reading of the bytes, none of the product's. Takes only updates signed by its
/// key, and none whose conditions do not hold.
/// </summary>
internal sealed class FakeNameServer : IAsyncDisposable
{
    public const string KeyName = "dro-key.";
    public static readonly byte[] Secret = SHA256.HashData("a secret of tests"u8);

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Task _serving;
    private byte[]? _late;
    private int _lateBehind;

    public FakeNameServer()
    {
        _listener.Start();
        Address = $"127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";
        _serving = ServeAsync();
    }

    public string Address { get; }

    /// <summary>By name and type number: rdata in hex, and the time to live.</summary>
    public Dictionary<(string Name, int Type), (HashSet<string> Data, uint Ttl)> Records { get; } = [];

    /// <summary>Updates that changed something.</summary>
    public int Changes { get; private set; }

    public int Connections { get; private set; }

    /// <summary>Questions answered.</summary>
    public int Questions { get; private set; }

    /// <summary>Called with each question, before it is answered.</summary>
    public Action Asked { get; set; } = () => { };

    /// <summary>Changes what is asked, and closes the connection instead of answering.</summary>
    public bool LosesAnswers { get; set; }

    /// <summary>False: takes updates, and answers them without a signature.</summary>
    public bool SignsUpdates { get; set; } = true;

    /// <summary>False: answers questions without a signature.</summary>
    public bool SignsAnswers { get; set; } = true;

    /// <summary>Takes the update, and somebody on the way answers it with this, unsigned.</summary>
    public int? Forges { get; set; }

    /// <summary>Refuses whatever would change something, signed: its policy was changed.</summary>
    public bool Refuses { get; set; }

    /// <summary>Keeps the next update that would change something unread, and closes its connection; it is read behind this many others that changed something.</summary>
    public int? ReadsNextBehind { get; set; }

    /// <summary>What the late one was answered; null while it was not read.</summary>
    public int? LateAnswer { get; private set; }

    /// <summary>Addresses that a wildcard makes up for any name that has none.</summary>
    public string? Wildcard { get; set; }

    public TimeProvider Clock { get; set; } = TimeProvider.System;

    public bool IsAuthoritative { get; set; } = true;

    /// <summary>What its clock is ahead of ours.</summary>
    public TimeSpan Ahead { get; set; }

    public void Has(string name, string address, uint ttl = 300) => Records[(name, 1)] = ([Convert.ToHexString(IPAddress.Parse(address).GetAddressBytes())], ttl);

    public string Addresses(string name) =>
        Records.TryGetValue((name, 1), out var set) ? string.Join(",", set.Data.Select(data => new IPAddress(Convert.FromHexString(data)).ToString()).Order()) + $" {set.Ttl}" : "";

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        await _serving;
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                using var client = await _listener.AcceptTcpClientAsync();
                Connections++;
                try
                {
                    var stream = client.GetStream();
                    var length = new byte[2];
                    await stream.ReadExactlyAsync(length);
                    var message = new byte[BinaryPrimitives.ReadUInt16BigEndian(length)];
                    await stream.ReadExactlyAsync(message);
                    var isUpdate = (message[2] >> 3 & 0x0F) == 5;
                    var changes = isUpdate && Word(message, 8) > 0;
                    if (changes && ReadsNextBehind is { } others && _late is null)
                    {
                        (_late, _lateBehind) = (message, Changes + others);
                        continue;
                    }

                    var answer = isUpdate ? Update(message) : Answer(message);
                    if (!changes || !LosesAnswers)
                    {
                        answer = changes && Forges is { } rcode ? Reply(message, rcode) : answer;
                        await stream.WriteAsync((byte[])[(byte)(answer.Length >> 8), (byte)answer.Length, .. answer]);
                    }

                    if (_late is not null && LateAnswer is null && Changes == _lateBehind)
                    {
                        LateAnswer = Update(_late)[3];
                    }
                }
                catch (IOException)
                {
                    // The client is gone.
                }
            }
        }
        catch (Exception over) when (over is SocketException or InvalidOperationException)
        {
            // Over.
        }
    }

    private byte[] Answer(byte[] message)
    {
        Questions++;
        Asked();
        var at = 12;
        var name = Name(message, ref at);
        var type = Word(message, at);
        at += 4;
        var found = Records.TryGetValue((name, type), out var set) ? set
            : type == 1 && Wildcard is { } made && !Records.Keys.Any(key => key.Name == name) ? ([Convert.ToHexString(IPAddress.Parse(made).GetAddressBytes())], 300)
            : ([], 0);
        byte[] answer = [message[0], message[1], (byte)(0x80 | (IsAuthoritative ? 4 : 0)), 0, 0, 1, 0, (byte)found.Data.Count, 0, 0, 0, 0, .. message[12..at]];
        foreach (var data in found.Data.Select(Convert.FromHexString))
        {
            answer = [.. answer, 0xC0, 12, (byte)(type >> 8), (byte)type, 0, 1, .. Long(found.Ttl), 0, (byte)data.Length, .. data];
        }

        return Signed(message, at, SignsAnswers, () => answer);
    }

    /// <summary>RFC 8945, 5.2 and 5.3: a request that bears a signature is answered with one, unless that cannot be.</summary>
    /// <param name="at">Where the request's last record begins.</param>
    private byte[] Signed(byte[] message, int at, bool signs, Func<byte[]> judge)
    {
        if (Word(message, 10) == 0)
        {
            return judge();
        }

        var unsigned = message[..at];
        unsigned[11] = 0;
        var key = Record(message, ref at);
        var (error, mac) = Check(key, unsigned, message);
        if (error is 16 or 17)
        {
            return [.. Reply(message, 9, 1), .. Signature(message, key, [], error, [], [])];
        }

        var reply = error == 0 ? judge() : Reply(message, 9);
        if (!signs)
        {
            return reply;
        }

        // BADTIME comes with the request's time, and the server's beside it (5.2.3).
        var (time, other) = error == 0 ? (Time(), (byte[])[]) : (RequestTime(key.Data), Time());
        byte[] variables = [.. Wire(KeyName), 0, 255, 0, 0, 0, 0, .. Wire("hmac-sha256."), .. time, 1, 44, 0, (byte)error, 0, (byte)other.Length, .. other];
        var signed = HMACSHA256.HashData(Secret, (byte[])[(byte)(mac.Length >> 8), (byte)mac.Length, .. mac, .. reply, .. variables]);
        reply[11] = 1;
        return [.. reply, .. Signature(message, key, signed, error, time, other)];
    }

    private byte[] Update(byte[] message)
    {
        var (zones, conditions, changes, more) = (Word(message, 4), Word(message, 6), Word(message, 8), Word(message, 10));
        var at = 12;
        var zone = Name(message, ref at);
        if (zones != 1 || Word(message, at) != 6 || more != 1)
        {
            return Reply(message, 1);
        }

        at += 4;
        var records = new List<(string Name, int Type, int Class, uint Ttl, byte[] Data)>();
        for (var i = 0; i < conditions + changes; i++)
        {
            records.Add(Record(message, ref at));
        }

        return Signed(message, at, SignsUpdates, () => Reply(message, Judge(zone, records[..conditions], records[conditions..])));
    }

    /// <summary>RFC 8945, 5.2: the key, the MAC, the time; in that order.</summary>
    private (int Error, byte[] Mac) Check((string Name, int Type, int Class, uint Ttl, byte[] Data) key, byte[] unsigned, byte[] message)
    {
        if (key.Type != 250 || key.Class != 255 || key.Ttl != 0 || key.Name + "." != KeyName)
        {
            return (17, []);
        }

        var at = 0;
        var algorithm = Name(key.Data, ref at);
        var (time, fudge, size) = (key.Data[at..(at + 6)], key.Data[(at + 6)..(at + 8)], Word(key.Data, at + 8));
        var mac = key.Data[(at + 10)..(at + 10 + size)];
        var tail = key.Data[(at + 10 + size)..];
        byte[] variables = [.. Wire(KeyName), 0, 255, 0, 0, 0, 0, .. Wire(algorithm + "."), .. time, .. fudge, .. tail[2..]];
        var own = HMACSHA256.HashData(Secret, (byte[])[.. unsigned, .. variables]);
        if (algorithm != "hmac-sha256" || !own.AsSpan().SequenceEqual(mac) || Word(tail, 0) != Word(message, 0) || tail.Length != 6)
        {
            return (16, []);
        }

        var seconds = BinaryPrimitives.ReadInt64BigEndian([0, 0, .. time]);
        return Math.Abs((Clock.GetUtcNow() + Ahead).ToUnixTimeSeconds() - seconds) > Word(fudge, 0) ? (18, mac) : (0, mac);
    }

    private int Judge(
        string zone, List<(string Name, int Type, int Class, uint Ttl, byte[] Data)> conditions, List<(string Name, int Type, int Class, uint Ttl, byte[] Data)> changes)
    {
        if (conditions.Concat(changes).Any(record => record.Name != zone && !record.Name.EndsWith("." + zone, StringComparison.Ordinal)))
        {
            return 10;
        }

        if (Refuses && changes.Count > 0)
        {
            return 5;
        }

        // 3.2.4: each one alone, and sets by value as wholes.
        foreach (var record in conditions)
        {
            if (record.Ttl != 0 || record.Class is not (1 or 254))
            {
                return 1;
            }

            if (record is { Class: 254, Type: 255 } && Records.Keys.Any(key => key.Name == record.Name))
            {
                return 6;
            }

            if (record.Class == 254 && Records.ContainsKey((record.Name, record.Type)))
            {
                return 7;
            }
        }

        foreach (var set in conditions.Where(record => record.Class == 1).GroupBy(record => (record.Name, record.Type)))
        {
            if (!Records.TryGetValue(set.Key, out var there) || !there.Data.SetEquals(set.Select(record => Convert.ToHexString(record.Data))))
            {
                return 8;
            }
        }

        foreach (var record in changes)
        {
            if (record.Class == 255 && record is { Ttl: 0, Data.Length: 0 })
            {
                Records.Remove((record.Name, record.Type));
            }
            else if (record.Class == 1)
            {
                var data = Records.TryGetValue((record.Name, record.Type), out var there) ? there.Data : [];
                data.Add(Convert.ToHexString(record.Data));
                Records[(record.Name, record.Type)] = (data, record.Ttl);
            }
            else
            {
                return 1;
            }
        }

        Changes += changes.Count > 0 ? 1 : 0;
        return 0;
    }

    private static byte[] Reply(byte[] message, int rcode, byte more = 0) => [message[0], message[1], 0xA8, (byte)rcode, 0, 0, 0, 0, 0, 0, 0, more];

    private static byte[] Signature(byte[] message, (string Name, int Type, int Class, uint Ttl, byte[] Data) key, byte[] mac, int error, byte[] time, byte[] other)
    {
        byte[] data = [.. Wire("hmac-sha256."), .. time.Length == 0 ? new byte[6] : time, 1, 44, 0, (byte)mac.Length, .. mac, message[0], message[1], 0, (byte)error, 0, (byte)other.Length, .. other];
        return [.. Wire(key.Name + "."), 0, 250, 0, 255, 0, 0, 0, 0, 0, (byte)data.Length, .. data];
    }

    private static byte[] RequestTime(byte[] data)
    {
        var at = 0;
        _ = Name(data, ref at);
        return data[at..(at + 6)];
    }

    private byte[] Time() => BitConverter.GetBytes(BinaryPrimitives.ReverseEndianness((Clock.GetUtcNow() + Ahead).ToUnixTimeSeconds()))[2..];

    private static (string Name, int Type, int Class, uint Ttl, byte[] Data) Record(byte[] message, ref int at)
    {
        var name = Name(message, ref at);
        var length = Word(message, at + 8);
        var record = (name, Word(message, at), Word(message, at + 2), BinaryPrimitives.ReadUInt32BigEndian(message.AsSpan(at + 4)), message[(at + 10)..(at + 10 + length)]);
        at += 10 + length;
        return record;
    }

    private static string Name(byte[] message, ref int at)
    {
        var labels = new List<string>();
        for (; message[at] != 0; at += 1 + message[at])
        {
            labels.Add(Encoding.ASCII.GetString(message, at + 1, message[at]));
        }

        at++;
        return string.Join('.', labels);
    }

    private static byte[] Wire(string name) => [.. name.TrimEnd('.').Split('.').SelectMany(label => (byte[])[(byte)label.Length, .. Encoding.ASCII.GetBytes(label)]), 0];

    private static int Word(byte[] bytes, int at) => BinaryPrimitives.ReadUInt16BigEndian(bytes.AsSpan(at));

    private static byte[] Long(uint number) => [(byte)(number >> 24), (byte)(number >> 16), (byte)(number >> 8), (byte)number];
}
