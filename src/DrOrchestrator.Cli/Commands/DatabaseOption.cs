using System.CommandLine;
using DrOrchestrator.Web;

namespace DrOrchestrator.Cli.Commands;

/// <summary>
/// Where the server keeps its records: nothing said is the SQLite file of the data folder. A connection string on the command line can be read by everybody on the machine,
/// so a file or the environment can hold it instead.
/// </summary>
internal sealed class DatabaseOption(Func<string?>? environment = null)
{
    public const string Variable = "DRO_DATABASE";

    public Option<string?> Text { get; } = new("--database") { Description = "PostgreSQL instead of the SQLite file, as \"Host=...;Database=...;Username=...\"; with a password better by --database-file or DRO_DATABASE", HelpName = "TEXT" };

    public Option<string?> File { get; } = new("--database-file") { Description = "A file that holds this text", HelpName = "FILE" };

    /// <summary>Null for SQLite. What was said on the command line stands above the environment.</summary>
    /// <exception cref="CommandFailedException">Said twice, or a file that cannot be read.</exception>
    public ConnectionText? Read(ParseResult parse)
    {
        var (text, file) = (parse.GetValue(Text), parse.GetValue(File));

        var fromEnvironment = (environment ?? TakeFromEnvironment)();
        return (text, file) switch
        {
            ({ }, { }) => throw new CommandFailedException(ExitCodes.Usage, "Both --database and --database-file are given; give one."),
            ({ } said, null) => Of(said, "--database"),
            (null, { } path) => Of(Content(path), $"The file {path} of --database-file"),
            _ => string.IsNullOrWhiteSpace(fromEnvironment) ? null : Of(fromEnvironment, Variable),
        };
    }

    /// <summary>Not handed on to the programs that steps and probes start.</summary>
    private static string? TakeFromEnvironment()
    {
        var text = Environment.GetEnvironmentVariable(Variable);
        Environment.SetEnvironmentVariable(Variable, null);
        return text;
    }

    private static ConnectionText Of(string text, string where) =>
        string.IsNullOrWhiteSpace(text) ? throw new CommandFailedException(ExitCodes.Usage, $"{where} is empty; it takes a connection string of PostgreSQL.") : new(text.Trim());

    private static string Content(string path)
    {
        try
        {
            return System.IO.File.ReadAllText(path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailedException(ExitCodes.Usage, $"The file of --database-file cannot be read: {failure.Message}");
        }
    }
}
