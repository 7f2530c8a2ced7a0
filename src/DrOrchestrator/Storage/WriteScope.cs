using System.Data.Common;

namespace DrOrchestrator.Storage;

/// <summary>A piece of writing inside one transaction.</summary>
public sealed class WriteScope(DbConnection connection, DbTransaction transaction)
{
    private List<Action>? _afterCommit;

    /// <summary>The one writing connection.</summary>
    public DbConnection Connection { get; } = connection;

    /// <summary>The open transaction; pass it to Dapper.</summary>
    public DbTransaction Transaction { get; } = transaction;

    /// <summary>Runs once the commit has succeeded and before the caller's task completes; for in-memory state that mirrors the store.</summary>
    public void AfterCommit(Action action) => (_afterCommit ??= []).Add(action);

    internal void Committed() => _afterCommit?.ForEach(action => action());
}
