using Dapper;

namespace DrOrchestrator.Storage;

/// <summary>The name a database gives itself when it is first used, random and never again the same. Copies of it have the same.</summary>
public static class DatabaseIdentity
{
    /// <summary>Reads it; makes it where there is none yet. The database has to be migrated.</summary>
    public static string Of(Database database)
    {
        using var connection = database.OpenToWrite();
        using var transaction = database.BeginAlone(connection);
        var id = connection.QuerySingleOrDefault<string>("SELECT id FROM database_identity", transaction: transaction);
        if (id is null)
        {
            id = Guid.NewGuid().ToString("N");
            connection.Execute("INSERT INTO database_identity (id) VALUES (@id)", new { id }, transaction);
        }

        transaction.Commit();
        return id;
    }
}
