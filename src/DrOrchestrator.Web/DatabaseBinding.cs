using System.Text.Json.Nodes;
using DrOrchestrator.Storage;

namespace DrOrchestrator.Web;

/// <summary>
/// Which database a data folder's records are in, kept in <c>database.json</c>: keys and records belong together, and a server that quietly began a second log beside the
/// first would split one estate in two.
/// </summary>
internal static class DatabaseBinding
{
    private const string FileName = "database.json";

    /// <summary>Before anything is opened: a folder of the other kind of database is refused, so that no empty file or schema is begun beside its records.</summary>
    /// <exception cref="ServeException">The folder belongs to another kind of database.</exception>
    public static void CheckKind(string folder, Database database)
    {
        var bound = Read(folder);
        if (bound is null && database.Dialect == "postgres" && File.Exists(Path.Combine(folder, "dro.db")))
        {
            throw Refused($"The data folder {folder} has its records in {Path.Combine(folder, "dro.db")}, and {database.Name} was asked for: that would split one estate over two databases. Start without --database, or name a new folder with --data.");
        }

        if (bound is { } found && found.Kind != database.Dialect)
        {
            throw Refused(database.Dialect == "sqlite"
                ? $"The data folder {folder} has its records in {found.Name}, and no database was named: a SQLite file beside it would split one estate in two. Name that database with --database-file or DRO_DATABASE, or a new folder with --data."
                : $"The data folder {folder} has its records in {found.Name}, and {database.Name} was asked for: that would split one estate over two databases. Start without --database, or name a new folder with --data.");
        }
    }

    /// <summary>Once the database is migrated: it has to be the very one; a new folder is bound to it.</summary>
    /// <exception cref="ServeException">It is another database.</exception>
    public static void Bind(string folder, Database database)
    {
        var id = DatabaseIdentity.Of(database);
        if (Read(folder) is not { } bound)
        {
            var content = new JsonObject { ["kind"] = database.Dialect, ["id"] = id, ["name"] = database.Name };
            PrivateFile.Write(Path.Combine(folder, FileName), System.Text.Encoding.UTF8.GetBytes(content.ToJsonString() + "\n"));
        }
        else if (bound.Id != id)
        {
            throw Refused($"The data folder {folder} has its records in {bound.Name} (id {bound.Id}), and {database.Name} is another database (id {id}). Name the right one, or a new folder with --data; a restored copy of the right one has its id.");
        }
    }

    private static (string Kind, string Id, string Name)? Read(string folder)
    {
        var path = Path.Combine(folder, FileName);
        try
        {
            return File.Exists(path) && JsonNode.Parse(File.ReadAllBytes(path)) is JsonObject bound
                ? ((string)bound["kind"]!, (string)bound["id"]!, (string)bound["name"]!)
                : null;
        }
        catch (Exception failure) when (failure is System.Text.Json.JsonException or InvalidOperationException or ArgumentNullException)
        {
            throw new ServeException(ServeFailure.Database, $"{path} cannot be read: {failure.Message} It names the database this folder belongs to; restore it, or delete it when you are sure which that is.", failure);
        }
    }

    private static ServeException Refused(string message) => new(ServeFailure.Database, message);
}
