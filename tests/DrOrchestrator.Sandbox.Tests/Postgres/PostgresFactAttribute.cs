using DrOrchestrator.Sandbox.Postgres;

namespace DrOrchestrator.Sandbox.Tests.Postgres;

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

/// <inheritdoc cref="PostgresFactAttribute" />
[AttributeUsage(AttributeTargets.Method)]
internal sealed class PostgresTheoryAttribute : TheoryAttribute
{
    public PostgresTheoryAttribute() => Skip = new PostgresFactAttribute().Skip;
}
