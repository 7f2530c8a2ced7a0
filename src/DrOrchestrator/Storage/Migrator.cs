using System.Globalization;
using System.Reflection;
using Dapper;

namespace DrOrchestrator.Storage;

/// <summary>Numbered, forward-only migrations: <c>Storage/Migrations/NNN-name.sql</c>, each in a transaction of its own. A database of a newer version is refused.</summary>
public sealed class Migrator(Database database)
{
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
        const string Marker = ".Storage.Migrations.";
        foreach (var resource in assembly.GetManifestResourceNames().Where(name => name.Contains(Marker, StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            var file = resource[(resource.IndexOf(Marker, StringComparison.Ordinal) + Marker.Length)..^".sql".Length];
            using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
            yield return (long.Parse(file[..3], CultureInfo.InvariantCulture), file, reader.ReadToEnd());
        }
    }
}
