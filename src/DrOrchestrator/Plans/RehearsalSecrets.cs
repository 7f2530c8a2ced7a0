using DrOrchestrator.Estates;

namespace DrOrchestrator.Plans;

/// <summary>A secret that something uses.</summary>
/// <param name="Whose">What uses it, for people.</param>
/// <param name="IsKey">It may be a key in base64, which can be written in more than one way.</param>
internal sealed record UsedSecret(string Whose, SecretReference Secret, bool IsKey = false);

/// <summary>
/// The secrets that a rehearsal uses, and those of production: of what the plan, and every other plan that acts on production, does live. Which of them are the same only their contents
/// tell: a key may be copied to another file, a file may be a link. Pure; whoever compares them reads them.
/// </summary>
internal static class RehearsalSecrets
{
    /// <summary>Of the rehearsal's own steps, each place once.</summary>
    /// <param name="rehearsal">As the rehearsal runs it.</param>
    public static IReadOnlyList<UsedSecret> Rehearsed(Plan rehearsal, Estate estate, IStepKindCatalog kinds) =>
        [.. rehearsal.AllSteps.Where(step => step.Rehearsal is { Skip: false }).SelectMany(step => Of(step, "", estate, kinds)).DistinctBy(used => used.Secret)];

    /// <summary>Of what is done live, each place once.</summary>
    /// <param name="live">As it runs live.</param>
    public static IReadOnlyList<UsedSecret> Production(Plan live, IEnumerable<Plan> plans, Estate estate, IStepKindCatalog kinds) =>
    [
        .. live.AllSteps.SelectMany(step => Of(step, "", estate, kinds))
            .Concat(Rehearsals.ActingLive(live, plans, estate).SelectMany(other => other.AllSteps.SelectMany(step => Of(step, $" of plan '{other.Name}'", estate, kinds))))
            .Concat(RehearsalDatabases.Production(live, estate, kinds).Where(database => database.Target.Password is not null).Select(database => new UsedSecret($"database '{database.Name}'", database.Target.Password!)))
            .DistinctBy(used => used.Secret),
    ];

    private static IEnumerable<UsedSecret> Of(PlanStep step, string ofPlan, Estate estate, IStepKindCatalog kinds)
    {
        if (!kinds.Steps.TryGetValue(step.Kind, out var shape))
        {
            return [];
        }

        var named = shape.Parameters.Select(parameter => step.Parameters.OptionalText(parameter.Name) is not { } name ? null
            : parameter.Type is ParameterType.EndpointName && estate.FindEndpoint(name)?.TokenFile is { } token ? new SecretReference.File(token)
            : parameter.Type is ParameterType.DatabaseName ? estate.FindDatabase(name)?.Target.Password
            : null);
        var whose = $"step '{step.Name}'{ofPlan}";
        return (shape.SecretFiles?.Invoke(step.Parameters) ?? []).Select(file => new UsedSecret(whose, new SecretReference.File(file), IsKey: true))
            .Concat(named.OfType<SecretReference>().Select(secret => new UsedSecret(whose, secret)));
    }
}
