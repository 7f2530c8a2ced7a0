namespace DrOrchestrator.Tests;

/// <summary>A test that makes namespaces, which only root may; said where it does not run.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class RootFactAttribute : FactAttribute
{
    public RootFactAttribute() => Skip = Environment.UserName == "root" ? null : "only root may make namespaces; a server behind another mount was not tried.";
}
