namespace DrOrchestrator.Estates;

/// <summary><c>bcm:</c>, the organisation of business continuity (7.2 c), as far as it is declared.</summary>
public sealed record ContinuityOrganisation(string? LeadDepartment, string? DecisionBody);
