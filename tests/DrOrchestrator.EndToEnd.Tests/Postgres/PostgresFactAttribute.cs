using DrOrchestrator.Sandbox.Postgres;

namespace DrOrchestrator.EndToEnd.Postgres;

/// <summary>A test that needs PostgreSQL's programs; where they are not, it says so.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class PostgresFactAttribute : FactAttribute
{
    public PostgresFactAttribute()
    {
        PostgresInstallation.Find(null, out string? problem);
        Skip = problem;
    }
}
