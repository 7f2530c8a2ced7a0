using DrOrchestrator.Drills.Carrying;
using DrOrchestrator.Estates;
using DrOrchestrator.Plans;

namespace DrOrchestrator.Drills.Gates;

/// <summary>Whether the credentials of a rehearsal are without rights on production, tried before its first step.</summary>
public interface IRehearsalProof
{
    /// <summary>
    /// Shows each credential of the rehearsal to each place of production that the plan acts on live; one result for each pair. What gives no clear answer does not pass. Changes
    /// nothing: tries are dry runs, and sessions that only read.
    /// </summary>
    /// <param name="rehearsal">The plan as the rehearsal runs it.</param>
    /// <param name="live">The same as it runs live.</param>
    Task<IReadOnlyList<GateResult>> TryAsync(Plan rehearsal, Plan live, Estate estate, CancellationToken cancellationToken);
}

/// <summary>
/// Which credential is shown where. A cluster is production wherever the plan acts live, and where a system of the plan serves or stands by: behind a switch either side is. Every database
/// of the plan is: a role that may promote the standby is no rehearsal's. Keys of zones, and secrets of load balancers and programs, are not tried: no question to them is surely harmless.
/// They are compared with those of production, by what they say; where they act is judged when the plan is read. What nothing was tried of is on record too.
/// </summary>
/// <param name="clusters">Null where no cluster can be reached at all.</param>
internal sealed class RehearsalProof(ClusterPowers? clusters, DatabasePowers databases, IStepKindCatalog kinds, IServingSites serving, IPlans plans, TimeProvider time) : IRehearsalProof
{
    /// <summary>The first word of each of its checks.</summary>
    public const string Kind = "rehearsal-powerless";

    /// <summary>Asked about where a plan acts at a site past its cluster: a credential that may do anything there may do it in this one.</summary>
    private const string AnyNamespace = "default";

    /// <summary>Of one credential at one place; a run stands in front of its first step meanwhile.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(15);

    public async Task<IReadOnlyList<GateResult>> TryAsync(Plan rehearsal, Plan live, Estate estate, CancellationToken cancellationToken)
    {
        var credentials = Credentials(rehearsal, estate);
        var asked = clusters is null ? [] : Spaces(live, estate).SelectMany(space => credentials.Select(credential => BoundAsync(
            ClusterPowers.Check(credential, space.Key.Site, space.Key.Namespace), token => clusters.TryAsync(estate, credential, space.Key.Site, space.Key.Namespace, space.Value, token), cancellationToken)));
        var logins = RehearsalDatabases.Rehearsed(rehearsal, estate, kinds).DistinctBy(CredentialOf)
            .SelectMany(own => RehearsalDatabases.Production(live, estate, kinds).Select(database => BoundAsync(DatabasePowers.Check(own, database), token => databases.TryAsync(own, database, token), cancellationToken)));
        var secrets = SecretsOfItsOwn.Compare(RehearsalSecrets.Rehearsed(rehearsal, estate, kinds), RehearsalSecrets.Production(live, plans.All, estate, kinds));
        List<GateResult> results = [.. await Task.WhenAll(asked.Concat(logins)).ConfigureAwait(false), .. secrets];
        return Untried(rehearsal, results.Count) is { } untried ? [.. results, untried] : results;
    }

    /// <summary>Sites whose kubeconfig the rehearsal uses: of its steps, and of the hosts of its databases.</summary>
    private List<string> Credentials(Plan rehearsal, Estate estate) =>
    [
        .. rehearsal.AllSteps.Where(step => step.Rehearsal is { Skip: false } && step.Site is not null).Select(step => step.Site!)
            .Concat(RehearsalDatabases.Rehearsed(rehearsal, estate, kinds).Where(database => database.Host is DatabaseHost.Job or DatabaseHost.Exec).Select(database => database.Site))
            .Select(estate.FindSite).OfType<Site>().Where(site => site.KubeconfigPath is not null).DistinctBy(site => (site.KubeconfigPath, site.KubernetesContext)).Select(site => site.Name),
    ];

    /// <summary>Namespaces of production, each with the rights by which the plan acts there.</summary>
    private Dictionary<(string Site, string Namespace), IReadOnlyList<NeededRight>> Spaces(Plan live, Estate estate)
    {
        var acted = NeededRights.Of(live).Concat(NeededRights.OfHosts(live, estate)).Where(right => right.Namespace is not null && IsEffect(right))
            .GroupBy(right => (right.Site, right.Namespace!)).ToDictionary(group => group.Key, group => (IReadOnlyList<NeededRight>)[.. group]);
        var sides = live.Systems.Select(serving.ServingSiteOf)
            .Concat(estate.Systems.Where(system => live.Systems.Contains(system.Name, StringComparer.Ordinal)).SelectMany(system => system.Standbys.Append(system.Serving)));
        foreach (var side in sides.Distinct(StringComparer.Ordinal).Where(side => acted.Keys.All(space => space.Site != side) && estate.FindSite(side)?.KubeconfigPath is not null).ToList())
        {
            acted[(side, AnyNamespace)] = [];
        }

        return acted;
    }

    /// <summary>What of the rehearsal acts with a credential that is shown nowhere; null where all of it was tried. Not a word about it would look as if there had been nothing to try.</summary>
    private GateResult? Untried(Plan rehearsal, int results)
    {
        var steps = rehearsal.AllSteps.Where(step => step.Rehearsal is { Skip: false } && kinds.Steps.TryGetValue(step.Kind, out var shape) && shape.Effect is not StepEffect.None && !shape.NeedsSite && !RehearsalDatabases.AreNamedBy(shape))
            .Select(step => $"{step.Name} ({step.Kind})").ToList();
        return steps.Count > 0 ? new GateResult($"{Kind} untried", true, $"not tried at production: {string.Join(", ", steps)}", "named, and judged when the plan is read", "the plan", TimeSpan.Zero, "")
            : results == 0 ? new GateResult($"{Kind} untried", true, "nothing of it acts with a credential", "named, and judged when the plan is read", "the plan", TimeSpan.Zero, "")
            : null;
    }

    /// <summary>What cannot be tried, or not in time, does not pass; it never ends the engine.</summary>
    private async Task<GateResult> BoundAsync(string check, Func<CancellationToken, Task<GateResult>> attempt, CancellationToken cancellationToken)
    {
        var looked = await BoundedLook.TakeAsync(attempt, Longest, time, CancellationToken.None, cancellationToken).ConfigureAwait(false);
        return looked.Value ?? new GateResult(
            check, false, looked.TimedOut ? $"no answer within {Durations.Format(Longest)}" : $"could not be read: {looked.Failed!.Message}", "a reading", Kind, TimeSpan.Zero, "Correct what the gate is asked to look at, then start the run again.");
    }

    private static bool IsEffect(NeededRight right) => right.Verb is "create" or "patch" or "update" or "delete";

    private static (string User, SecretReference? Password, string? Certificate) CredentialOf(DatabaseDefinition database) => (database.Target.User, database.Target.Password, database.Target.CertificateFile);
}
