using DrOrchestrator.Estates;

namespace DrOrchestrator.Drills.Steps.Postgres;

/// <summary>The databases a step names, in the estate in force.</summary>
internal static class DatabaseParameters
{
    public static DatabaseDefinition Database(this StepContext context, string parameter = "database") =>
        context.Estate.FindDatabase(context.Parameters.Text(parameter))
        ?? throw new StepFailedException($"the estate has no database '{context.Parameters.Text(parameter)}' any more");
}
