namespace DrOrchestrator.Estates;

/// <summary>
/// Where backups of a system's PostgreSQL are restored to be looked at (<c>restore-places:</c>, 恢复验证场所): a scratch folder on some host, in which
/// <c>runbooks/postgres-restore.sh</c> starts a server of its own and removes it again. It is never one of the system's servers.
/// </summary>
/// <param name="Target">How the restored server is reached.</param>
/// <param name="Way">The way to the script.</param>
public sealed record RestorePlace(string Name, string System, string Site, PostgresTarget Target, DatabaseHost Way);
