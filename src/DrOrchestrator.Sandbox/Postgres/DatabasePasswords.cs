using System.Security.Cryptography;
using System.Text;
using DrOrchestrator.Sandbox.Wire;

namespace DrOrchestrator.Sandbox.Postgres;

/// <summary>
/// The passwords of a lab's database roles, each random, in a file of its own (0600). Whoever needs one is told the file; none stands in a command line, a log or
/// <c>lab.json</c>.
/// </summary>
internal sealed class DatabasePasswords(LabSettings lab)
{
    /// <summary>Database of the ledger.</summary>
    public const string Database = "ledger";

    /// <summary>Superuser; used on the database's own host.</summary>
    public const string Superuser = "postgres";

    /// <summary>Streams the log to the other site.</summary>
    public const string Replicator = "replicator";

    /// <summary>Owns the ledger's table: the application.</summary>
    public const string Application = "ledger";

    /// <summary>The orchestrator's own role.</summary>
    public const string Orchestrator = "dro";

    public static IReadOnlyList<string> Roles { get; } = [Superuser, Replicator, Application, Orchestrator];

    /// <summary>Full path of the file with a role's password.</summary>
    public string FileOf(string role) => Path.Combine(lab.EstateFolder, "tokens", $"database-{role}.password");

    public string Read(string role) => File.ReadAllText(FileOf(role)).Trim();

    /// <summary>Makes those that do not exist yet.</summary>
    public void Ensure()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(FileOf(Superuser))!);
        foreach (string file in Roles.Select(FileOf).Where(f => !File.Exists(f)))
        {
            DurableFile.Replace(file, Encoding.ASCII.GetBytes(System.Buffers.Text.Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(24)) + "\n"));
        }
    }
}
