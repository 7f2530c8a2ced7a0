using System.Text.RegularExpressions;
using DrOrchestrator.Estates.Yaml;

namespace DrOrchestrator.Estates.Loading;

/// <summary>Reads <c>with:</c> of a recovery point of kind <c>postgres</c>.</summary>
internal static partial class PostgresPointReader
{
    private const string DefaultHeartbeat = "dro_heartbeat";

    public static RecoveryPointSettings Read(StrictMap with, PointScope scope)
    {
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        var sites = scope.Sites(with, "server", (map, site) =>
        {
            if (map.Map(site, required: true, "how the server is reached") is not { } server)
            {
                return null;
            }

            if (server.OptionalText("standby-name") is { } name)
            {
                names[site] = name;
            }

            var target = PostgresProbeReader.Target(server, scope.Estate);
            server.Close();
            return target;
        });
        var heartbeat = with.Parse<string>("heartbeat", "none, table or schema.table in lower-case letters, digits and underscores", TryHeartbeat, DefaultHeartbeat, required: false);
        return new PostgresPointSettings(
            sites.Where(site => site.Value is not null).ToDictionary(site => site.Key, site => site.Value!, StringComparer.Ordinal), names, heartbeat is "none" ? null : heartbeat);
    }

    private static bool TryHeartbeat(string text, out string heartbeat)
    {
        heartbeat = text;
        return Table().IsMatch(text);
    }

    [GeneratedRegex(@"^[a-z_][a-z0-9_]{0,62}(\.[a-z_][a-z0-9_]{0,62})?\z")]
    private static partial Regex Table();
}
