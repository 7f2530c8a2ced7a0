using System.Globalization;
using System.Reflection;
using Dapper;

namespace DrOrchestrator.Storage;

/// <summary>
/// Numbered, forward-only migrations, each in a transaction of its own: <c>Storage/Migrations/NNN-name.sql</c> in SQL that every database understands, followed by
/// <c>NNN-name.sqlite.sql</c> in this one's own (triggers). A database of a newer version is refused.
/// </summary>
public sealed class Migrator(Database database)
{
    private const string Folder = ".Storage.Migrations.";
    private const string Dialect = "sqlite";

    /// <summary>Brings the schema to the newest version; returns how many migrations ran.</summary>
    public int Run()
    {
        using var connection = database.Open();
        connection.Execute("CREATE TABLE IF NOT EXISTS schema_version (version BIGINT NOT NULL PRIMARY KEY, name TEXT NOT NULL)");
        var done = connection.Query<long>("SELECT version FROM schema_version").ToHashSet();
        var known = Scripts().ToList();
        if (done.Count > 0 && done.Max() > known[^1].Version)
        {
            throw new InvalidOperationException(
                $"The database {database.Path} has schema version {done.Max()}; this program knows up to {known[^1].Version}. Start the newer program, or restore the database of before its upgrade.");
        }

        var ran = 0;
        foreach (var (version, name, sql) in known.Where(script => !done.Contains(script.Version)))
        {
            using var transaction = connection.BeginTransaction(deferred: false);
            connection.Execute(sql, transaction: transaction);
            connection.Execute("INSERT INTO schema_version (version, name) VALUES (@version, @name)", new { version, name }, transaction);
            transaction.Commit();
            ran++;
        }

        return ran;
    }

    private static IEnumerable<(long Version, string Name, string Sql)> Scripts()
    {
        var assembly = Assembly.GetExecutingAssembly();
        var files = assembly.GetManifestResourceNames()
            .Where(resource => resource.Contains(Folder, StringComparison.Ordinal))
            .Select(resource => (Resource: resource, Parts: resource[(resource.IndexOf(Folder, StringComparison.Ordinal) + Folder.Length)..^".sql".Length].Split('.')))
            .Where(file => file.Parts.Length == 1 || file.Parts[1] == Dialect);
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
