using System.Net;
using System.Text.RegularExpressions;
using DrOrchestrator.Estates.Yaml;

namespace DrOrchestrator.Estates.Loading;

/// <summary>Reads <c>with:</c> of a <c>postgres</c> probe.</summary>
internal static partial class PostgresProbeReader
{
    private const string Tables = "table or schema.table, in lower-case letters, digits and underscores";

    public static PostgresProbeSettings Read(StrictMap with, EstateScope scope)
    {
        var target = Target(with, scope);
        var mode = with.OptionalWord<PostgresProbeMode>("mode", required: true);
        var query = with.OptionalText("query");
        var value = with.OptionalText("expect-value");
        var limits = ValueLimitsKeys.Read(with);
        var table = with.Parse<string>("table", Tables, TryTable, "", required: mode is PostgresProbeMode.WriteAccepted or PostgresProbeMode.WriteRefused);
        var expected = Expectations(with);
        if (mode is { } known)
        {
            CheckKeys(with, known);
        }

        return new PostgresProbeSettings(target, mode ?? default, query, value, limits, table.Length > 0 ? table : null, expected, with.Flag("fresh-connection"));
    }

    /// <summary>Keys by which a database is reached; the same for everything that speaks to PostgreSQL.</summary>
    public static PostgresTarget Target(StrictMap with, EstateScope scope)
    {
        var hosts = with.Scalars("hosts", required: true);
        foreach (var host in hosts.Where(host => !Host().IsMatch(host.Text) && !IPAddress.TryParse(host.Text, out _)))
        {
            with.Problems.Add(host.Place, $"'hosts' holds {Problems.Quote(host.Text)}", "host names and addresses, without port", "Correct the name; the port has a key of its own.");
        }

        var target = new PostgresTarget(
            [.. hosts.Select(host => host.Text)],
            with.OptionalInteger("port", 1, 65535) ?? 5432,
            with.Text("database"),
            with.Text("user"),
            with.Secret("password", scope),
            with.OptionalWord<PostgresTls>("sslmode") ?? PostgresTls.Prefer,
            scope.ExistingFile(with, "ca"))
        {
            CertificateFile = scope.ExistingFile(with, "certificate"),
            KeyFile = scope.ExistingFile(with, "key"),
            KeyPassword = with.Secret("key-password", scope),
        };
        if (!with.Has("certificate") && (with.Has("key") || with.Has("key-password")))
        {
            with.Problems.Add(with.Place, "a key without 'certificate'", "a PEM file with our certificate", "Add 'certificate:', or remove 'key' and 'key-password'.");
        }

        if (with.Has("certificate") && target.Tls is (PostgresTls.Disable or PostgresTls.Prefer))
        {
            with.Problems.Add(with.PlaceOf("certificate"), "'certificate' beside an 'sslmode' that may go without TLS", "sslmode: require, verify-ca or verify-full", "Set 'sslmode', or remove 'certificate'.");
        }

        if (with.Has("ca") && !target.IsVerified)
        {
            with.Problems.Add(with.PlaceOf("ca"), "'ca' beside an 'sslmode' that looks at no certificate", "sslmode: verify-ca or verify-full", "Set 'sslmode', or remove 'ca'.");
        }

        return target;
    }

    private static PostgresExpectations Expectations(StrictMap with)
    {
        if (with.Map("expect", required: false, "what the server must be") is not { } map)
        {
            return new PostgresExpectations(null, null, null);
        }

        var expected = new PostgresExpectations(
            map.Has("in-recovery") ? map.Flag("in-recovery") : null,
            map.Scalar("system-identifier", required: false, "the number that pg_control_system() tells")?.Text,
            map.OptionalText("version"));
        map.Node("in-recovery");
        map.Close();
        return expected;
    }

    private static void CheckKeys(StrictMap with, PostgresProbeMode mode)
    {
        if (mode is PostgresProbeMode.Read && !with.Has("query"))
        {
            with.Problems.Add(with.Place, "a read without 'query'", "one SELECT", "Add 'query:'.");
        }

        foreach (var key in (string[])["query", "expect-value", .. ValueLimitsKeys.All])
        {
            Refuse(key, mode is PostgresProbeMode.Read, "mode read");
        }

        Refuse("table", mode is PostgresProbeMode.WriteAccepted or PostgresProbeMode.WriteRefused, "modes write-accepted and write-refused");

        void Refuse(string key, bool fits, string allowed)
        {
            if (!fits && with.Has(key))
            {
                with.Problems.Add(with.PlaceOf(key), $"'{key}' in another mode", allowed, $"Remove '{key}', or change 'mode'.");
            }
        }
    }

    private static bool TryTable(string text, out string table)
    {
        table = text;
        return Table().IsMatch(text);
    }

    [GeneratedRegex(@"^[a-z_][a-z0-9_]{0,62}(\.[a-z_][a-z0-9_]{0,62})?\z")]
    private static partial Regex Table();

    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9._-]*\z")]
    private static partial Regex Host();
}
