using Spectre.Console;

namespace DrOrchestrator.Cli.Output;

/// <summary>A console for pictures that change in place.</summary>
internal static class LiveConsole
{
    public static IAnsiConsole On(TextWriter writer, bool colours) => AnsiConsole.Create(new AnsiConsoleSettings
    {
        Out = new AnsiConsoleOutput(writer),
        Ansi = AnsiSupport.Detect,
        ColorSystem = colours ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
        Interactive = InteractionSupport.No,
    });
}
