using System.CommandLine;
using DrOrchestrator.Cli.Output;

namespace DrOrchestrator.Cli.Commands;

/// <summary><c>dro evidence ...</c></summary>
internal static class EvidenceCommand
{
    public static Command Build(Terminal terminal) => new("evidence", "List, export and verify the record of what was done")
    {
        EvidenceListCommand.Build(terminal),
        EvidenceExportCommand.Build(terminal),
        EvidenceVerifyCommand.Build(terminal),
    };

    /// <summary>Only records of one run.</summary>
    public static Option<long?> Run() => new("--run") { Description = "Only this run; without it everything", HelpName = "N" };
}
