using System.Globalization;
using System.Text.RegularExpressions;
using DrOrchestrator.Estates.Yaml;
using DrOrchestrator.Plans;

namespace DrOrchestrator.Estates.Loading;

/// <summary>Keys that several kinds of copies share.</summary>
internal static partial class MomentKeys
{
    private static readonly TimeSpan ShortestEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestEvery = TimeSpan.FromDays(366);

    /// <summary><c>standby</c> and <c>expect-every</c>, and <c>copy</c> where the kind may speak of a continuous replication.</summary>
    public static T Common<T>(this StrictMap with, bool mayBeContinuous, T settings)
        where T : MomentSettings
    {
        var every = with.OptionalDuration("expect-every", ShortestEvery, LongestEvery);
        var isContinuous = mayBeContinuous && with.WordOf("copy", ["periodic", "continuous"], otherwise: "periodic") is "continuous";
        return settings with { ExpectedEvery = every, IsContinuous = isContinuous };
    }

    /// <summary><c>format</c> and <c>time-zone</c>.</summary>
    public static MomentFormat Format(this StrictMap with, string otherwise = MomentFormat.Rfc3339)
    {
        var format = with.Parse<string>("format", $"{string.Join(", ", MomentFormat.Words)}, or a format of .NET such as yyyyMMdd-HHmmss", TryFormat, otherwise, required: false);
        var zone = with.Parse<TimeZoneInfo>("time-zone", "a time zone such as Asia/Shanghai", TryZone, TimeZoneInfo.Utc, required: false);
        return new MomentFormat(format, zone);
    }

    /// <summary><c>tls:</c> as of an http probe, without a limit on the certificate's end: this reads a moment, it does not judge a service.</summary>
    public static TlsSettings? PointTls(this StrictMap with, PointScope scope)
    {
        var tls = with.Tls(scope.Estate);
        if (tls?.ExpiresInMoreThan is not null)
        {
            with.Problems.Add(with.PlaceOf("tls"), "'expires-in-more-than' at a recovery point", "ca, certificate, key, key-password, server-name", "Give it to a probe of the same server.");
        }

        return tls;
    }

    /// <summary><c>path</c>: keys and indexes.</summary>
    public static string JsonPath(this StrictMap with, string key, bool required = true) =>
        with.Parse<string>(key, "keys and indexes from the root, such as backups[0].time", TryPath, "", required);

    /// <summary>The site whose cluster is asked; that of the copy where nothing is said.</summary>
    public static string Cluster(this StrictMap with, PointScope scope, string standby) =>
        with.Scalar("cluster", required: false, "the name of a site with a cluster") is { } scalar ? scope.Estate.Sites.Resolve(scalar, scope.Estate.Problems) : standby;

    public static string Namespace(this StrictMap with, string? otherwise) =>
        with.Parse<string>("namespace", "the name of a namespace", TryDnsName, otherwise ?? "", required: otherwise is null);

    private static bool TryFormat(string text, out string format)
    {
        format = text;
        if (MomentFormat.Words.Contains(text))
        {
            return true;
        }

        try
        {
            // A format that does not bring a moment back is none: it may lack the day, or hold letters that mean something else.
            var moment = new DateTimeOffset(2026, 11, 22, 0, 0, 0, TimeSpan.Zero);
            return text.Contains('y', StringComparison.Ordinal)
                && DateTimeOffset.ParseExact(moment.ToString(text, CultureInfo.InvariantCulture), text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal) == moment;
        }
        catch (FormatException)
        {
            return false;
        }
    }

    private static bool TryZone(string text, out TimeZoneInfo zone)
    {
        var found = TimeZoneInfo.TryFindSystemTimeZoneById(text, out var known);
        zone = known ?? TimeZoneInfo.Utc;
        return found;
    }

    private static bool TryPath(string text, out string path)
    {
        path = text;
        return Path().IsMatch(text);
    }

    private static bool TryDnsName(string text, out string name)
    {
        name = text;
        return DnsName().IsMatch(text);
    }

    [GeneratedRegex(@"^[^.\[\]\s]+(\[[0-9]{1,6}\])*(\.[^.\[\]\s]+(\[[0-9]{1,6}\])*)*\z|^(\[[0-9]{1,6}\])+(\.[^.\[\]\s]+(\[[0-9]{1,6}\])*)*\z")]
    private static partial Regex Path();

    [GeneratedRegex(@"^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?\z")]
    private static partial Regex DnsName();
}
