using System.Globalization;
using DrOrchestrator.Estates;
using DrOrchestrator.Plans;
using DrOrchestrator.Probes;
using DrOrchestrator.RecoveryPoints;
using DrOrchestrator.Tiers;
using DrOrchestrator.Words;

namespace DrOrchestrator.Drills.Results;

/// <summary>A workload that a plan names.</summary>
public readonly record struct TouchedWorkload(string Site, string Namespace, string Workload);

/// <summary>
/// What a run ran on, part by part (verdict rule 10). What is declared is written in words, so that a change can be shown: <c>plan</c>, <c>topology/SYSTEM</c>,
/// <c>site/NAME</c>, <c>replication/SYSTEM</c>, <c>rules</c>. What is deployed is read: <c>database/NAME</c> (major version) and <c>replication-mode/NAME/STANDBY</c> per recovery point, <c>image/...</c> and
/// <c>manifest/...</c> per workload. Pure.
/// </summary>
public static class RunFingerprint
{
    /// <summary>The declared parts.</summary>
    public static IReadOnlyDictionary<string, string> Declared(Plan plan, Estate estate)
    {
        var parts = new SortedDictionary<string, string>(StringComparer.Ordinal) { ["plan"] = plan.Hash, ["rules"] = RuleTable.Current.Version };
        foreach (var system in plan.Systems.Select(estate.FindSystem).OfType<ProtectedSystem>())
        {
            parts[$"topology/{system.Name}"] = $"{system.Serving} -> {List(system.Standbys)}; depends on {List(system.DependsOn)}";
            parts[$"replication/{system.Name}"] = List(estate.RecoveryPoints.Where(point => point.System == system.Name).Select(point => $"{point.Name} {point.Settings.Kind}"));
            foreach (var site in system.Standbys.Prepend(system.Serving).Select(estate.FindSite).OfType<Site>())
            {
                parts[$"site/{site.Name}"] = $"{site.Role.Word()}; {site.Location ?? "-"}; {site.KubernetesContext ?? "-"}";
            }
        }

        return parts;

        static string List(IEnumerable<string> names) => string.Join(", ", names.Order(StringComparer.Ordinal)) is { Length: > 0 } list ? list : "-";
    }

    /// <summary>
    /// Of the databases of the plan's systems, as far as they were ever read: major version, and replication mode towards each declared standby. Probes tell the version where no
    /// recovery point reads the database.
    /// </summary>
    public static IReadOnlyDictionary<string, string> Databases(Plan plan, Estate estate, IDatabaseFacts databases, IDatabaseVersions versions)
    {
        var parts = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var system in plan.Systems.Select(estate.FindSystem).OfType<ProtectedSystem>())
        {
            var points = estate.RecoveryPoints.Where(point => point.System == system.Name && point.Settings is PostgresPointSettings).ToList();
            foreach (var (point, facts) in points.Select(point => (point.Name, Facts: databases.Of(point.Name))).Where(read => read.Facts is not null))
            {
                Add($"database/{point}", facts!.MajorVersion);
                foreach (var (standby, mode) in facts.Modes.Where(mode => system.Standbys.Contains(mode.Key)))
                {
                    parts[$"replication-mode/{point}/{standby}"] = mode;
                }
            }

            foreach (var probe in points.Count > 0 ? [] : estate.ProbesOf(system.Name).Where(probe => probe.Settings is PostgresProbeSettings))
            {
                Add($"database/{probe.Name}", versions.MajorOf(probe.Name));
            }
        }

        return parts;

        void Add(string part, int? major)
        {
            if (major is { } known)
            {
                parts[part] = known.ToString(CultureInfo.InvariantCulture);
            }
        }
    }

    /// <summary>The workloads that steps and gates of the plan name.</summary>
    public static IReadOnlyList<TouchedWorkload> WorkloadsOf(Plan plan) =>
    [
        .. plan.AllSteps.Select(step => (step.Site, step.Parameters)).Concat(plan.Gates.Select(gate => (Site: gate.Parameters.OptionalText("site"), gate.Parameters)))
            .Where(named => named.Site is not null && named.Parameters.Has("namespace"))
            .SelectMany(named => Named(named.Parameters).Select(workload => new TouchedWorkload(named.Site!, named.Parameters.Text("namespace"), workload)))
            .Where(touched => touched.Workload.Contains('/', StringComparison.Ordinal))
            .Distinct()
            .OrderBy(touched => touched.ToString(), StringComparer.Ordinal),
    ];

    private static IEnumerable<string> Named(StepParameters parameters) =>
        (parameters.OptionalText("workload") is { } one ? [one] : Array.Empty<string>())
        .Concat(parameters.Texts("workloads"))
        .Concat(parameters.Object("workloads")?.Select(pair => pair.Key) ?? []);
}

/// <summary>Reads what is deployed; a part that nobody can read is absent.</summary>
public interface IWorkloadFingerprints
{
    /// <summary>Image of every container and a hash of the pod template (without what a restart leaves there) of each workload.</summary>
    Task<IReadOnlyDictionary<string, string>> ReadAsync(Estate estate, IReadOnlyList<TouchedWorkload> workloads, CancellationToken cancellationToken);
}
