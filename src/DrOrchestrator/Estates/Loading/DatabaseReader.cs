using System.Text.RegularExpressions;
using DrOrchestrator.Estates.Yaml;

namespace DrOrchestrator.Estates.Loading;

/// <summary>Reads <c>databases:</c>.</summary>
internal static partial class DatabaseReader
{
    private static readonly string[] Ways = ["command", "job", "exec"];

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

        if (jobAt is not null && Ways.Count(host.Has) > 1)
        {
            var given = Ways.Where(host.Has).ToList();
            host.Problems.Add(
                host.PlaceOf(given[0]), $"'host' with {string.Join(" and ", given.Select(way => $"'{way}'"))}", "one of command, job, exec", given.Count > 2 ? "Remove all but one." : "Remove one of the two.");
        }

        if (jobAt is not null && host.Map("job", required: false, "the Job on the server's volume") is { } job)
        {
            Others(host, "command", "exec");
            NeedsCluster(job, "job", jobAt, scope!);
            return HostJobReader.Read(job);
        }

        if (jobAt is not null && host.Map("exec", required: false, "the container in the server's pod") is { } exec)
        {
            Others(host, "command", "job");
            NeedsCluster(exec, "exec", jobAt, scope!);
            return HostExecReader.Read(exec);
        }

        var words = host.Items("command", required: jobAt is null || !Ways.Any(host.Has)).Select(item => StrictMap.AsScalar(item, "an item of 'command'", "a text", host.Problems)).OfType<YamlScalar>().ToList();
        host.Close();
        if (words.Count > 0 && !CommandProbeReader.TryFullPath(words[0].Text, out _))
        {
            host.Problems.Add(words[0].Place, $"'command' begins with {Problems.Quote(words[0].Text)}", CommandAllowed, "Write the program's full path; the server must allow it with --allow-command.");
        }

        return words.Count > 0 ? new DatabaseHost.Command(words[0].Text, [.. words.Skip(1).Select(word => word.Text)]) : null;
    }

    /// <summary>Keys of the other ways are known, wherever they stand.</summary>
    private static void Others(StrictMap host, params string[] keys)
    {
        Array.ForEach(keys, key => _ = host.Node(key));
        host.Close();
    }

    private static void NeedsCluster(StrictMap map, string way, string site, EstateScope scope)
    {
        if (scope.ReadSites.TryGetValue(site, out var at) && (at.KubeconfigPath is null || at.KubernetesContext is null))
        {
            map.Problems.Add(map.Place, $"'{way}' at site '{site}', which has no Kubernetes context", "a site with 'kubeconfig' and 'context'", "Give the site its kubeconfig and context, or use 'command'.");
        }
    }

    private static bool TryStandbyName(string text, out string name)
    {
        name = text;
        return StandbyName().IsMatch(text);
    }

    [GeneratedRegex(@"^[A-Za-z0-9_][A-Za-z0-9_-]{0,62}\z")]
    private static partial Regex StandbyName();
}
