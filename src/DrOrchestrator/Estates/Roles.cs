namespace DrOrchestrator.Estates;

/// <summary>The words of roles in YAML, API and records.</summary>
public static class Roles
{
    /// <summary>E.g. <c>business-verifier</c>.</summary>
    public static string Word(PersonRole role) => role is PersonRole.BusinessVerifier ? "business-verifier" : role.ToString().ToLowerInvariant();
}
