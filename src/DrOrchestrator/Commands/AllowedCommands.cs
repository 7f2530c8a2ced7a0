namespace DrOrchestrator.Commands;

/// <summary>
/// The programs that this server may start for an estate: none, unless its own settings name them (<c>dro serve --allow-command PATH</c>). Who may write the estate's files
/// must not thereby run what they like on the orchestrator's machine. The one list for whatever starts a program.
/// </summary>
public sealed class AllowedCommands
{
    private readonly HashSet<string> _paths;

    /// <param name="paths">Full paths, as estates must write them.</param>
    public AllowedCommands(IEnumerable<string> paths) => _paths = [.. paths];

    /// <summary>No program at all.</summary>
    public static AllowedCommands None { get; } = new([]);

    /// <summary>The programs, sorted.</summary>
    public IReadOnlyList<string> Paths => [.. _paths.Order(StringComparer.Ordinal)];

    /// <summary>
    /// Why the program is not started, for people, with what to do; null when it may be. Asked again before every start: a file that was good can be replaced.
    /// </summary>
    public string? Refusal(string program) =>
        !_paths.Contains(program) ? $"the program {program} is not allowed by this server; start it with --allow-command {program}" : ProgramFile.Problem(program);
}
