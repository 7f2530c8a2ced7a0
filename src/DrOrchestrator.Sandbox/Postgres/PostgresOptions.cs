namespace DrOrchestrator.Sandbox.Postgres;

/// <summary>A lab whose ledger is kept in PostgreSQL.</summary>
/// <param name="ProgramsFolder">Folder of PostgreSQL's programs; null to look for them.</param>
public sealed record PostgresOptions(string? ProgramsFolder);
