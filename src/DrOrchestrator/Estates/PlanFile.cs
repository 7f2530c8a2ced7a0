namespace DrOrchestrator.Estates;

/// <summary>A plan file named by the estate, and where it was found (the estate's folder first, then the shipped runbooks).</summary>
public sealed record PlanFile(string Name, string Path);
