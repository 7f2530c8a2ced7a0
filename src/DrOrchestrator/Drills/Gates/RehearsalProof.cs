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
/// Which credential is shown where. A cluster is production where its site is declared so, or where a system of the plan serves now: behind a switch that is the other side. Every
/// database of the plan is: a role that may promote the standby is no rehearsal's. Keys of zones, and secrets of load balancers and programs, are not tried: no question to them is
/// surely harmless. They are compared with those of production, by what they say; where they act is judged when the plan is read.
/// </summary>
/// <param name="clusters">Null where no cluster can be reached at all.</param>
internal sealed class RehearsalProof(ClusterPowers? clusters, DatabasePowers databases, IStepKindCatalog kinds, IServingSites serving, IPlans plans) : IRehearsalProof
{
    /// <summary>The first word of each of its checks.</summary>
    public const string Kind = "rehearsal-powerless";

    public async Task<IReadOnlyList<GateResult>> TryAsync(Plan rehearsal, Plan live, Estate estate, CancellationToken cancellationToken)
    {
        var production = live.Systems.Select(serving.ServingSiteOf).Concat(estate.Sites.Where(site => site.Role is SiteRole.Production).Select(site => site.Name)).ToHashSet(StringComparer.Ordinal);
        var spaces = NeededRights.Of(live).Concat(NeededRights.OfHosts(live, estate)).Where(right => production.Contains(right.Site) && right.Namespace is not null && IsEffect(right))
            .GroupBy(right => (right.Site, right.Namespace));
        var credentials = rehearsal.AllSteps.Where(step => step.Rehearsal is { Skip: false } && step.Site is not null).Select(step => estate.FindSite(step.Site!)).OfType<Site>()
            .Where(site => site.KubeconfigPath is not null).DistinctBy(site => (site.KubeconfigPath, site.KubernetesContext)).Select(site => site.Name).ToList();
        var asked = clusters is null ? [] : spaces.SelectMany(space => credentials.Select(credential => BoundAsync(
            ClusterPowers.Check(credential, space.Key.Site, space.Key.Namespace!), () => clusters.TryAsync(estate, credential, space.Key.Site, space.Key.Namespace!, [.. space], cancellationToken), cancellationToken)));
        var logins = RehearsalDatabases.Rehearsed(rehearsal, estate, kinds).DistinctBy(CredentialOf)
            .SelectMany(own => RehearsalDatabases.Production(live, estate, kinds).Select(database => BoundAsync(DatabasePowers.Check(own, database), () => databases.TryAsync(own, database, cancellationToken), cancellationToken)));
        var secrets = SecretsOfItsOwn.Compare(RehearsalSecrets.Rehearsed(rehearsal, estate, kinds), RehearsalSecrets.Production(live, plans.All, estate, kinds));
        return [.. await Task.WhenAll(asked.Concat(logins)).ConfigureAwait(false), .. secrets];
    }

    /// <summary>What cannot be tried does not pass; it never ends the engine.</summary>
    private static async Task<GateResult> BoundAsync(string check, Func<Task<GateResult>> attempt, CancellationToken cancellationToken)
    {
        try
        {
            return await attempt().ConfigureAwait(false);
        }
        catch (Exception failed) when (!cancellationToken.IsCancellationRequested)
        {
            return new GateResult(check, false, $"could not be read: {failed.Message}", "a reading", Kind, TimeSpan.Zero, "Correct what the gate is asked to look at, then start the run again.");
        }
    }

    private static bool IsEffect(NeededRight right) => right.Verb is "create" or "patch" or "update" or "delete";

    private static (string User, SecretReference? Password, string? Certificate) CredentialOf(DatabaseDefinition database) => (database.Target.User, database.Target.Password, database.Target.CertificateFile);
}
