namespace DrOrchestrator.Compliance;

/// <summary>Assessments of changes, on record with their evidence; owned by Compliance.</summary>
public interface IAssessments
{
    /// <summary>All, oldest first.</summary>
    Task<IReadOnlyList<ChangeAssessment>> ReadAsync(CancellationToken cancellationToken);

    /// <summary>Puts one on record (<c>change.assessed</c>); in force only once somebody else has confirmed it.</summary>
    Task<ChangeAssessment> AssessAsync(string system, string part, string value, bool unaffected, string reason, string person, CancellationToken cancellationToken);

    /// <summary>The second person's word (<c>change.confirmed</c>).</summary>
    Task<ConfirmResult> ConfirmAsync(long id, string person, CancellationToken cancellationToken);
}

/// <summary>Assessments as verdicts see them; owned by Compliance, filled by the composition.</summary>
public interface IAssessedChanges
{
    /// <summary>All, oldest first.</summary>
    Task<IReadOnlyList<ChangeAssessment>> ReadAsync(CancellationToken cancellationToken);
}

/// <summary>What became of it.</summary>
/// <param name="Code"><c>confirmed</c>, or why not: <c>no-such-assessment</c>, <c>own-assessment</c>, <c>already-confirmed</c>.</param>
public sealed record ConfirmResult(string Code, ChangeAssessment? Assessment);
