namespace DrOrchestrator.Plans;

/// <summary>The programs that steps of plans start on the orchestrator's machine; each must be allowed by the server. Pure.</summary>
public static class PlanPrograms
{
    /// <summary>Full paths, sorted, each once; of its rehearsal too.</summary>
    public static IReadOnlyList<string> Of(Plan plan, IStepKindCatalog kinds) =>
        [.. plan.AllSteps.SelectMany(step => Of(step, kinds)).Concat(Rehearsals.Of(plan).AllSteps.SelectMany(step => Of(step, kinds))).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    /// <summary>Those of one step.</summary>
    public static IReadOnlyList<string> Of(PlanStep step, IStepKindCatalog kinds) =>
        kinds.Steps.GetValueOrDefault(step.Kind)?.Programs is { } programs ? [.. programs(step.Parameters).Distinct(StringComparer.Ordinal)] : [];
}
