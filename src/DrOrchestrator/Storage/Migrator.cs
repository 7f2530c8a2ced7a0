using System.Globalization;
using System.Reflection;
using Dapper;

namespace DrOrchestrator.Storage;

/// <summary>
/// Numbered, forward-only migrations, each in a transaction of its own: <c>Storage/Migrations/NNN-name.sql</c> in SQL that every database understands, followed by
/// <c>NNN-name.sqlite.sql</c> or <c>NNN-name.postgres.sql</c> in one's own (triggers). A database of a newer version is refused. Two processes may migrate at once:
/// each transaction is alone and looks again.
/// </summary>
public sealed class Migrator(Database database)
{
    private const string Folder = ".Storage.Migrations.";

    /// <summary>Brings the schema to the newest version; returns how many migrations ran here.</summary>
    /// <exception cref="DatabaseUnfitException">The database belongs to a newer program.</exception>
    public int Run()
    {
        using var connection = database.OpenToWrite();
        using (var transaction = database.BeginAlone(connection))
        {
            connection.Execute("CREATE TABLE IF NOT EXISTS schema_version (version BIGINT NOT NULL PRIMARY KEY, name TEXT NOT NULL)", transaction: transaction);
            transaction.Commit();
        }

        var newest = connection.ExecuteScalar<long?>("SELECT MAX(version) FROM schema_version") ?? 0;
        var known = Scripts().ToList();
        if (newest > known[^1].Version)
        {
            throw new DatabaseUnfitException(
                $"The database {database.Name} has schema version {newest}; this program knows up to {known[^1].Version}. Start the newer program, or restore the database of before its upgrade.");
        }

        var done = connection.Query<long>("SELECT version FROM schema_version").ToHashSet();
        var ran = 0;
        foreach (var (version, name, sql) in known.Where(script => !done.Contains(script.Version)))
        {
            using var transaction = database.BeginAlone(connection);
            if (connection.ExecuteScalar<long>("SELECT COUNT(*) FROM schema_version WHERE version = @version", new { version }, transaction) == 0)
            {
                connection.Execute(sql, transaction: transaction);
                connection.Execute("INSERT INTO schema_version (version, name) VALUES (@version, @name)", new { version, name }, transaction);
                ran++;
            }

            transaction.Commit();
        }

        return ran;
    }

    private IEnumerable<(long Version, string Name, string Sql)> Scripts()
    {
        var assembly = Assembly.GetExecutingAssembly();
        var files = assembly.GetManifestResourceNames()
            .Where(resource => resource.Contains(Folder, StringComparison.Ordinal))
            .Select(resource => (Resource: resource, Parts: resource[(resource.IndexOf(Folder, StringComparison.Ordinal) + Folder.Length)..^".sql".Length].Split('.')))
            .Where(file => file.Parts.Length == 1 || file.Parts[1] == database.Dialect);
        foreach (var version in files.GroupBy(file => file.Parts[0]).OrderBy(version => version.Key, StringComparer.Ordinal))
        {
            yield return (
                long.Parse(version.Key[..3], CultureInfo.InvariantCulture),
                version.Key,
                string.Join('\n', version.OrderBy(file => file.Parts.Length).Select(file => Text(assembly, file.Resource))));
        }
    }

    private static string Text(Assembly assembly, string resource)
    {
        using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
        return reader.ReadToEnd();
    }
}
