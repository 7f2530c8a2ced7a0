namespace DrOrchestrator.Cli.Output;

/// <summary>Where a command writes and what it knows of the other end. Results go to <see cref="Out"/>; progress, questions and errors to <see cref="Error"/>.</summary>
/// <param name="OutIsTerminal">A person reads <see cref="Out"/>.</param>
/// <param name="ErrorIsTerminal">A person reads <see cref="Error"/>.</param>
/// <param name="Colours">False when NO_COLOR is set, or for TERM=dumb.</param>
/// <param name="Debug">DRO_DEBUG=1: stack traces instead of one line.</param>
internal sealed record Terminal(TextWriter Out, TextWriter Error, bool OutIsTerminal, bool ErrorIsTerminal, bool Colours, bool Debug, TimeProvider Time)
{
    private const int Piped = 80;

    /// <summary>Cells of a line: the terminal's own, 80 where nobody can tell.</summary>
    public int Width { get; init; } = Piped;

    /// <summary>The terminal of this process.</summary>
    public static Terminal OfProcess() => new(
        Console.Out,
        Console.Error,
        !Console.IsOutputRedirected,
        !Console.IsErrorRedirected,
        string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")) && Environment.GetEnvironmentVariable("TERM") != "dumb",
        Environment.GetEnvironmentVariable("DRO_DEBUG") == "1",
        TimeProvider.System)
    {
        Width = Console.IsOutputRedirected || Console.WindowWidth < 40 ? Piped : Math.Min(Console.WindowWidth, 160),
    };
}
