namespace DrOrchestrator.Estates;

/// <summary>A person (or a persona of the sandbox) who may sign in.</summary>
/// <param name="TokenSha256">Lower-case hex SHA-256 of the person's token, or null when the person has none.</param>
/// <param name="Simulated">True for personas; every record of theirs says <c>simulated</c>.</param>
public sealed record Person(string Id, string Name, string Department, IReadOnlyList<PersonRole> Roles, string? TokenSha256, bool Simulated);

/// <summary>What a person may do. Admin and auditor exclude each other.</summary>
public enum PersonRole
{
    /// <summary>viewer: reads.</summary>
    Viewer,

    /// <summary>operator: asks for runs and does their tasks.</summary>
    Operator,

    /// <summary>approver: approves runs of others.</summary>
    Approver,

    /// <summary>business-verifier: signs business verification (业务验证).</summary>
    BusinessVerifier,

    /// <summary>auditor: reads everything, exports packs.</summary>
    Auditor,

    /// <summary>admin: settings.</summary>
    Admin,
}
