using DrOrchestrator.Estates.Yaml;
using DrOrchestrator.Plans;
using DrOrchestrator.Words;

namespace DrOrchestrator.Estates.Loading;

/// <summary>Reads <c>probes:</c>.</summary>
internal static class ProbeReader
{
    private static readonly TimeSpan ShortestInterval = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestInterval = TimeSpan.FromHours(1);
    private static readonly TimeSpan ShortestTimeout = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan LongestTimeout = TimeSpan.FromMinutes(1);

    /// <summary>The kinds, each with the reader of its <c>with:</c>: one file, and one line here.</summary>
    private static readonly Dictionary<string, Func<StrictMap, EstateScope, ProbeSettings>> Kinds = new(StringComparer.Ordinal)
    {
        ["http"] = HttpProbeReader.Read,
        ["tcp"] = TcpProbeReader.Read,
        ["dns"] = DnsProbeReader.Read,
        ["icmp"] = IcmpProbeReader.Read,
        ["postgres"] = PostgresProbeReader.Read,
        ["kubernetes"] = KubernetesProbeReader.Read,
        ["prometheus"] = PrometheusProbeReader.Read,
        ["command"] = CommandProbeReader.Read,
    };

    public static ProbeDefinition Probe(StrictMap map, EstateScope scope)
    {
        var name = map.Name("name");
        var system = scope.System(map);
        var site = Site(map, system, scope);
        var role = map.Word<ProbeRole>("role");
        var function = Function(map, role, system);
        var kind = map.WordOf("kind", Kinds.Keys);
        var (interval, timeout) = Rhythm(map);
        var (confirmations, of) = ConfirmationsReader.Read(map);
        var floors = LqaReader.Floors(map, role, system, function);
        var settings = Settings(map, kind, scope);
        if (kind is "kubernetes")
        {
            CheckCluster(map, site, scope);
        }

        return new ProbeDefinition(name, system?.Name ?? "", site, role, function, interval, timeout, confirmations, settings)
        {
            ConfirmationsOf = of,
            Floors = floors,
            Layer = map.OptionalWord<ProbeLayer>("layer"),
        };
    }

    /// <summary>Whether there is such a kind.</summary>
    public static bool Knows(string kind) => Kinds.ContainsKey(kind);

    /// <summary><c>interval</c> and <c>timeout</c>, in the same bounds for everything that looks again and again.</summary>
    public static (TimeSpan Interval, TimeSpan Timeout) Rhythm(StrictMap map) =>
        (map.Duration("interval", ShortestInterval, LongestInterval), map.Duration("timeout", ShortestTimeout, LongestTimeout));

    private static string? Site(StrictMap map, ProtectedSystem? system, EstateScope scope)
    {
        if (map.Scalar("site", required: false, "the name of a site") is not { } scalar)
        {
            return null;
        }

        var site = scope.Sites.Resolve(scalar, scope.Problems);
        if (system is not null && scope.Sites.Contains(site) && site != system.Serving && !system.Standbys.Contains(site))
        {
            scope.Problems.Add(
                scalar.Place, $"'{system.Name}' is not at the site '{site}'", string.Join(", ", system.Standbys.Prepend(system.Serving).Distinct()), "Name a site of the system.");
        }

        return site;
    }

    private static string? Function(StrictMap map, ProbeRole role, ProtectedSystem? system)
    {
        var scalar = map.Scalar("function", required: false, "the name of a function of the system");
        if (scalar is null)
        {
            if (role is ProbeRole.Service && map.Has("role") && !map.Has("function"))
            {
                map.Problems.Add(map.Place, "a service probe without 'function'", "the name of a function of the system", "Add 'function:'.");
            }

            return null;
        }

        if (role is not ProbeRole.Service)
        {
            map.Problems.Add(scalar.Place, $"'function' in a {role.Word()} probe", "service probes only", "Remove 'function', or make it a service probe.");
        }
        else if (system is not null && !system.Functions.Any(function => function.Name == scalar.Text))
        {
            map.Problems.AddWord(
                scalar.Place,
                $"'{system.Name}' has no function {Problems.Quote(scalar.Text)}",
                scalar.Text,
                [.. system.Functions.Select(function => function.Name)],
                "Declare the function or correct the name.");
        }

        return scalar.Text;
    }

    /// <summary>A probe of this kind asks the API of its site.</summary>
    private static void CheckCluster(StrictMap map, string? site, EstateScope scope)
    {
        var allowed = string.Join(", ", scope.ReadSites.Values.Where(known => known.KubernetesContext is not null).Select(known => known.Name));
        if (!map.Has("site"))
        {
            map.Problems.Add(map.Place, "a kubernetes probe without 'site'", allowed, "Add 'site:', whose API is asked.");
        }
        else if (site is not null && scope.ReadSites.TryGetValue(site, out var found) && found.KubernetesContext is null)
        {
            map.Problems.Add(map.PlaceOf("site"), $"the site '{site}' has no Kubernetes context", allowed, "Give the site 'kubeconfig' and 'context', or name another.");
        }
    }

    /// <summary>The settings of a kind, read from <c>with:</c>.</summary>
    public static ProbeSettings Settings(StrictMap map, string kind, EstateScope scope)
    {
        var nothing = new TcpProbeSettings("", 1);
        if (!Kinds.TryGetValue(kind, out var read))
        {
            map.Node("with");
            return nothing;
        }

        if (map.Map("with", required: true, $"the settings of kind '{kind}'") is not { } with)
        {
            return nothing;
        }

        var settings = read(with, scope);
        with.Close();
        return settings;
    }
}
