using System.CommandLine;
using DrOrchestrator.Sandbox.Postgres;

namespace DrOrchestrator.Cli.Commands;

/// <summary><c>--postgres</c> and <c>--postgres-bin</c>: a lab whose ledger is kept in PostgreSQL, for whoever starts one.</summary>
internal sealed class PostgresOption
{
    private readonly Option<bool> _wanted = new("--postgres") { Description = "Keep the ledger in a real PostgreSQL primary with a streaming standby at the DR site" };

    private readonly Option<string?> _folder = new("--postgres-bin")
    {
        Description = "Folder of PostgreSQL's programs (initdb, postgres, pg_rewind ...); otherwise PATH and /usr/lib/postgresql/*/bin are searched. Implies --postgres",
        HelpName = "DIR",
    };

    public IEnumerable<Option> All => [_wanted, _folder];

    /// <summary>What was asked for; null for a lab without.</summary>
    /// <exception cref="CommandFailedException">It is asked for and cannot run here, with what to do.</exception>
    public PostgresOptions? Read(ParseResult parse)
    {
        var folder = parse.GetValue(_folder);
        if (folder is null && !parse.GetValue(_wanted))
        {
            return null;
        }

        return PostgresInstallation.Find(folder, out var problem) is not null
            ? new PostgresOptions(folder is null ? null : Path.GetFullPath(folder))
            : throw new CommandFailedException(ExitCodes.Usage, $"--postgres: {problem}");
    }
}
