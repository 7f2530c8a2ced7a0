using System.Text.RegularExpressions;
using DrOrchestrator.Estates.Yaml;

namespace DrOrchestrator.Estates.Loading;

/// <summary>Reads <c>databases:</c>.</summary>
internal static partial class DatabaseReader
{
    private const string CommandAllowed = "the full path of a program, then its arguments";

    public static DatabaseDefinition Database(StrictMap map, EstateScope scope)
    {
        var name = map.Name("name");
        var system = scope.System(map);
        var siteScalar = map.Scalar("site", required: true, "the name of a site");
        var site = scope.Sites.Resolve(siteScalar, map.Problems);
        if (system is not null && scope.Sites.Contains(site) && site != system.Serving && !system.Standbys.Contains(site))
        {
            map.Problems.Add(
                siteScalar!.Place, $"'{site}' is no site of the system '{system.Name}'", string.Join(", ", system.Standbys.Prepend(system.Serving)), "Name the site where this server runs.");
        }

        var standbyName = map.Parse<string>("standby-name", "letters, digits, underscores and hyphens, up to 63", TryStandbyName, name, required: false);
        var target = PostgresProbeReader.Target(map, scope);
        if (target.Hosts.Count > 1)
        {
            // A step would prepare with one server and act on another.
            map.Problems.Add(map.PlaceOf("hosts"), $"'hosts' of a database holds {target.Hosts.Count} hosts", "exactly one host", "Declare each server as a database of its own; only a probe may have several hosts.");
        }

        return new DatabaseDefinition(name, system?.Name ?? "", site, target, Host(map, jobAt: site, scope: scope), standbyName);
    }

    public static RestorePlace RestorePlace(StrictMap map, EstateScope scope)
    {
        var name = map.Name("name");
        var system = scope.System(map);
        var site = scope.Sites.Resolve(map.Scalar("site", required: true, "the name of a site"), map.Problems);
        return new RestorePlace(name, system?.Name ?? "", site, PostgresProbeReader.Target(map, scope), Host(map, required: true) ?? new DatabaseHost.Command("", []));
    }

    /// <param name="jobAt">The site where a Job may be the way; null where none may.</param>
    private static DatabaseHost? Host(StrictMap map, bool required = false, string? jobAt = null, EstateScope? scope = null)
    {
        if (map.Map("host", required, "the way to the server's own host") is not { } host)
        {
            return null;
        }

        if (jobAt is not null && host.Map("job", required: false, "the Job on the server's volume") is { } job)
        {
            if (host.Has("command"))
            {
                host.Problems.Add(host.PlaceOf("command"), "'host' with both 'command' and 'job'", "one of them", "Remove one of the two.");
            }

            host.Node("command");
            host.Close();
            return HostJobReader.Read(job, jobAt, scope!);
        }

        var words = host.Items("command", required: !host.Has("job") || jobAt is null).Select(item => StrictMap.AsScalar(item, "an item of 'command'", "a text", host.Problems)).OfType<YamlScalar>().ToList();
        host.Close();
        if (words.Count > 0 && !CommandProbeReader.TryFullPath(words[0].Text, out _))
        {
            host.Problems.Add(words[0].Place, $"'command' begins with {Problems.Quote(words[0].Text)}", CommandAllowed, "Write the program's full path; the server must allow it with --allow-command.");
        }

        return words.Count > 0 ? new DatabaseHost.Command(words[0].Text, [.. words.Skip(1).Select(word => word.Text)]) : null;
    }

    private static bool TryStandbyName(string text, out string name)
    {
        name = text;
        return StandbyName().IsMatch(text);
    }

    [GeneratedRegex(@"^[A-Za-z0-9_][A-Za-z0-9_-]{0,62}\z")]
    private static partial Regex StandbyName();
}
