using System.Globalization;
using System.Net;
using DrOrchestrator.Estates;
using DrOrchestrator.Plans;

namespace DrOrchestrator.Drills.Steps.Dns;

/// <summary>The parameters of a <c>dns</c> step, and what stands against them. Pure.</summary>
internal sealed class DnsStepSettings(StepParameters with)
{
    private const string ServerKey = "server";
    private const string ZoneKey = "zone";
    private const string NameKey = "name";
    private const string TypeKey = "type";
    private const string ValuesKey = "values";
    private const string ExpectKey = "expect";
    private const string TtlKey = "ttl";
    private const string UntilKey = "until";
    private const string KeyNameKey = "key-name";
    private const string KeyFileKey = "key-file";
    private const string IsolatedKey = "isolated";
    private const int Port = 53;
    private const long LongestTtl = 86_400;

    private static readonly string[] Types = ["A", "AAAA", "CNAME", "TXT"];

    public static IReadOnlyList<ParameterShape> Shapes { get; } =
    [
        new(ServerKey, ParameterType.Text, true, "Address of the zone's server that takes updates: 10.0.0.53 or 10.0.0.53:53; no name is looked up for it."),
        new(ZoneKey, ParameterType.Text, true, "The zone."),
        new(NameKey, ParameterType.Text, true, "The full name whose records change; in the zone."),
        new(TypeKey, ParameterType.Text, true, "Type of the records.", Types),
        new(ValuesKey, ParameterType.TextList, true, "All records of that type that shall stand at the name."),
        new(ExpectKey, ParameterType.TextList, false, "All records that must stand there before; without it, whatever is read right before."),
        new(TtlKey, ParameterType.Integer, false, "Seconds the new records live, 1 to 86400; as long as the old ones by default, 60 where there are none."),
        new(UntilKey, ParameterType.TextList, false, "Addresses of resolvers that users ask; the step is through once each of them answers with the new records."),
        new(KeyNameKey, ParameterType.Text, true, "Name of the TSIG key (hmac-sha256), as the server knows it."),
        new(KeyFileKey, ParameterType.Text, true, "Full path of the file whose first line is the key's secret in base64."),
        new(IsolatedKey, ParameterType.Boolean, false, "Under 'rehearsal:' only: the server is one of an isolated environment, whose zone may be called as production's is."),
    ];

    public IPEndPoint Server => ServerOf(with.Text(ServerKey)) ?? throw new StepFailedException($"'{with.Text(ServerKey)}' is no address of a server");

    public string Zone => Plain(with.Text(ZoneKey));

    public string Name => Plain(with.Text(NameKey));

    public DnsRecordType Type => Enum.Parse<DnsRecordType>(with.Text(TypeKey), ignoreCase: true);

    public IReadOnlyList<string> Values => [.. with.Texts(ValuesKey).Select(Canonical)];

    /// <summary>Null where the plan expects nothing in particular.</summary>
    public IReadOnlyList<string>? Expected => with.Has(ExpectKey) ? [.. with.Texts(ExpectKey).Select(Canonical)] : null;

    public uint? TimeToLive => with.Has(TtlKey) ? (uint)Math.Clamp(with.Integer(TtlKey), 1, LongestTtl) : null;

    /// <summary>Said of a rehearsal's server.</summary>
    public bool IsIsolated => with.OptionalText(IsolatedKey) == "true";

    /// <summary>The server as the plan writes it.</summary>
    private string At => with.Text(ServerKey);

    /// <summary>Empty where nobody is waited for.</summary>
    public IReadOnlyList<IPEndPoint> Resolvers => [.. with.Texts(UntilKey).Select(text => ServerOf(text) ?? throw new StepFailedException($"'{text}' is no address of a server"))];

    public string KeyName => Plain(with.Text(KeyNameKey));

    public string KeyFile => with.Text(KeyFileKey);

    /// <summary>By the key, whose secret is read at the moment of its use.</summary>
    /// <exception cref="StepFailedException">It cannot be read.</exception>
    public DnsSignature Signature()
    {
        if (!new SecretReference.File(KeyFile).TryRead(out var text, out var problem))
        {
            throw new StepFailedException($"the key {KeyName} cannot be read: {problem}");
        }

        var secret = new byte[text.Length];
        return Convert.TryFromBase64String(text, secret, out var length) && length > 0
            ? new DnsSignature(KeyName, secret[..length])
            : throw new StepFailedException($"the first line of {KeyFile} is no secret in base64");
    }

    /// <summary>In the form a server's answer is read in.</summary>
    private string Canonical(string value) => Type switch
    {
        DnsRecordType.Cname => Plain(value),
        DnsRecordType.A or DnsRecordType.Aaaa when IPAddress.TryParse(value, out var address) => address.ToString(),
        _ => value,
    };

    /// <summary>What is wrong with them; of the parameters of a rehearsal too, which are only some.</summary>
    public static IEnumerable<ParameterProblem> Judge(StepParameters with)
    {
        if (with.OptionalText(ServerKey) is { } server && ServerOf(server) is null)
        {
            yield return new(ServerKey, $"'{ServerKey}' is '{server}'", "an address, as 10.0.0.53, 10.0.0.53:53 or [::1]:53", "Write the address: in a disaster nobody may be there to look up its name.");
        }

        foreach (var resolver in with.Texts(UntilKey).Where(text => ServerOf(text) is null))
        {
            yield return new(UntilKey, $"'{UntilKey}' has '{resolver}'", "addresses, as 10.0.0.53, 10.0.0.53:53 or [::1]:53", "Write the address of a resolver that users ask.");
        }

        if (with.OptionalText(NameKey) is { } name && with.OptionalText(ZoneKey) is { } zone && Plain(name) != Plain(zone) && !Plain(name).EndsWith($".{Plain(zone)}", StringComparison.Ordinal))
        {
            yield return new(NameKey, $"'{name}' is not in the zone '{zone}'", $"the zone's own name, or one that ends with .{Plain(zone)}", "Write the full name, or correct the zone.");
        }

        foreach (var key in ((string[])[NameKey, ZoneKey, KeyNameKey]).Where(key => with.OptionalText(key) is { } text && !IsName(text)))
        {
            yield return new(key, $"'{key}' is '{with.Text(key)}'", "a name in ASCII, labels of at most 63 characters", "Write it in its ASCII form (xn--...), without a reference.");
        }

        if (with.OptionalText(KeyFileKey) is { } file && (!file.StartsWith('/') || Path.GetFullPath(file) != file || file.Contains("${", StringComparison.Ordinal)))
        {
            yield return new(KeyFileKey, $"'{KeyFileKey}' is '{file}'", "the full path of a file", "Keep the secret in a file that only the server's account may read, and name that.");
        }

        if (with.Has(TtlKey) && with.OptionalText(TtlKey) is { } ttl && long.TryParse(ttl, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var seconds) && seconds is < 1 or > LongestTtl)
        {
            yield return new(TtlKey, $"'{TtlKey}' is {ttl}", $"1 to {LongestTtl}", "Correct the value.");
        }

        foreach (var list in (string[])[ValuesKey, ExpectKey])
        {
            foreach (var value in with.Texts(list).Where(value => with.OptionalText(TypeKey) is { } type && Types.Contains(type) && !value.Contains("${", StringComparison.Ordinal) && !IsValue(type, value)))
            {
                yield return new(list, $"'{list}' has '{value}'", $"values of records of type {with.Text(TypeKey)}", "Correct the value or the type.");
            }
        }

        if (with.OptionalText(TypeKey) is "CNAME" && with.Texts(ValuesKey).Count > 1)
        {
            yield return new(ValuesKey, $"{with.Texts(ValuesKey).Count.ToString(CultureInfo.InvariantCulture)} records of type CNAME at one name", "one", "Keep one of them.");
        }
    }

    /// <summary>A rehearsal changes no zone that a step changes live, and holds no key of theirs.</summary>
    public static IEnumerable<ParameterProblem> JudgeRehearsal(StepParameters with, IReadOnlyList<StepParameters> live)
    {
        var others = live.Select(one => new DnsStepSettings(one)).ToList();
        var own = new DnsStepSettings(with);
        if (ServerOf(with.Text(ServerKey)) is { } server && others.Where(other => IsInside(own.Zone, other.Zone) || IsInside(other.Zone, own.Zone)).ToList() is { Count: > 0 } same)
        {
            if (same.Exists(other => server.Equals(ServerOf(other.At))))
            {
                yield return new(ServerKey, $"its rehearsal changes the zone '{own.Zone}' at {server}, as a step does live", "another server, or another zone", $"Name '{ServerKey}' or '{ZoneKey}' and '{NameKey}' of an isolated environment under 'rehearsal:'.");
            }
            else if (!own.IsIsolated || others.Exists(other => other.IsIsolated))
            {
                yield return new(
                    ServerKey,
                    $"its rehearsal changes the zone '{own.Zone}' at {server}, and a step changes '{same[0].Zone}' live at {same[0].At}: one server may have two addresses, and a zone more than one server",
                    $"another zone, or '{IsolatedKey}: true' beside '{ServerKey}' under 'rehearsal:' and nowhere else",
                    $"Name a zone of an isolated environment; where its server has one of that name, say '{IsolatedKey}: true'.");
            }
        }

        if (others.Exists(other => other.KeyName == own.KeyName))
        {
            yield return new(KeyNameKey, $"its rehearsal uses a key named '{own.KeyName}', as a step does live", "a key without rights on production, of a name of its own", $"Name '{KeyNameKey}' and '{KeyFileKey}' of the isolated environment under 'rehearsal:'.");
        }

        if (others.Exists(other => other.KeyFile == own.KeyFile))
        {
            yield return new(KeyFileKey, $"its rehearsal uses the key in {own.KeyFile}, which a step uses live", "a key without rights on production", $"Name '{KeyNameKey}' and '{KeyFileKey}' of the isolated environment under 'rehearsal:'.");
        }
    }

    /// <summary>A change in a zone may be one of a zone below it, and the reverse.</summary>
    private static bool IsInside(string zone, string other) => zone == other || zone.EndsWith($".{other}", StringComparison.Ordinal);

    private static bool IsName(string text) =>
        Plain(text) is { Length: > 0 and < 254 } plain && plain.Split('.').All(label => label.Length is > 0 and < 64 && label.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'));

    private static bool IsValue(string type, string value)
    {
        try
        {
            return DnsUpdate.Data(Enum.Parse<DnsRecordType>(type, ignoreCase: true), value).Length > 0;
        }
        catch (FormatException)
        {
            return false;
        }
    }

    private static IPEndPoint? ServerOf(string text) =>
        IPAddress.TryParse(text, out var address) ? new IPEndPoint(Addresses.Plain(address), Port)
        : IPEndPoint.TryParse(text, out var point) && point.Port != 0 ? new IPEndPoint(Addresses.Plain(point.Address), point.Port)
        : null;

    private static string Plain(string name) => name.TrimEnd('.').ToLowerInvariant();
}
