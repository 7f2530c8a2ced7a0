namespace DrOrchestrator.Estates;

/// <summary>A person (or a persona of the sandbox) who may sign in.</summary>
/// <param name="Roles">All of them, those limited to modes among them.</param>
/// <param name="TokenSha256">Lower-case hex SHA-256 of the person's token, or null when the person has none in the estate.</param>
/// <param name="Simulated">True for personas; every record of theirs says <c>simulated</c>.</param>
public sealed record Person(string Id, string Name, string Department, IReadOnlyList<PersonRole> Roles, string? TokenSha256, bool Simulated)
{
    /// <summary>The built-in local operator: whoever can read the data folder. Nobody by name, unless the estate says who (<see cref="Estate.LocalOperator"/>).</summary>
    public const string LocalOperatorId = "operator";

    private static readonly string[] Production = ["live", "real"];

    /// <summary>The words of the run modes a role is limited to; a role that is absent here holds in every mode.</summary>
    public IReadOnlyDictionary<PersonRole, IReadOnlyList<string>> ModesOf { get; init; } = new Dictionary<PersonRole, IReadOnlyList<string>>();

    /// <summary>Training (培训) that was passed, newest first; empty where none is declared.</summary>
    public IReadOnlyList<Training> Trainings { get; init; } = [];

    /// <summary>Days on which nobody may count on the person.</summary>
    public IReadOnlyList<Absence> Absences { get; init; } = [];

    /// <summary>Number of the token on record that this person signed in with; null for one that stands in the estate, whose hash alone anybody else knows.</summary>
    public long? TokenId { get; init; }

    /// <summary>Who made that token, who made the one it was made with, and so on: what is said with it may be their word. Empty for a token that stands in the estate.</summary>
    public IReadOnlyList<string> TokenMakers { get; init; } = [];

    /// <summary>False for a token of before its chain of makers was kept: <see cref="TokenMakers"/> then has everybody who may be in it.</summary>
    public bool TokenMakersKnown { get; init; } = true;

    /// <summary>Ids the person had in this estate before (<c>formerly:</c>); what stands on record under one of them is theirs.</summary>
    public IReadOnlyList<string> FormerIds { get; init; } = [];

    /// <summary>Whether the person has the role in runs of a mode.</summary>
    /// <param name="mode">A word: <c>tabletop</c>, <c>rehearsal</c>, <c>live</c>, <c>real</c>.</param>
    public bool Has(PersonRole role, string mode) => Roles.Contains(role) && (!ModesOf.TryGetValue(role, out var modes) || modes.Contains(mode));

    /// <summary>Whether the person has the role for what is about production and no run: a role for rehearsals alone does not count there.</summary>
    public bool HasInProduction(PersonRole role) => Production.Any(mode => Has(role, mode));
}

/// <summary>A training whose assessment was passed (7.2 d).</summary>
/// <param name="Passed">The day of the assessment.</param>
/// <param name="Record">Where its result is kept, or null.</param>
public sealed record Training(DateOnly Passed, string? Record);

/// <summary>Whole days of the estate's time zone, first and last included.</summary>
public sealed record Absence(DateOnly From, DateOnly To);

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

    /// <summary>auditor: reads everything, exports packs, reviews overrides.</summary>
    Auditor,

    /// <summary>admin: settings and tokens.</summary>
    Admin,
}
