using System.CommandLine;
using DrOrchestrator.Cli.Client;
using DrOrchestrator.Cli.Output;

namespace DrOrchestrator.Cli.Commands;

/// <summary><c>dro status</c>: every system, its sites, exposure, availability and verdicts.</summary>
internal static class StatusCommand
{
    public static Command Build(Terminal terminal)
    {
        var language = CommonOptions.OfWords("--lang", "en", "Language of the text", ["en", "zh-CN"]);
        var command = CommonOptions.Client("status", "Show every system: what is wrong, verdicts, sites, exposure, availability, forecasts");
        var only = new Option<string?>("--system") { Description = "One system in full", HelpName = "NAME" };
        command.Add(language);
        command.Add(only);
        command.SetAction(async (parse, cancellationToken) =>
        {
            using var api = CommonOptions.Connect(parse);
            var name = parse.GetValue(only);
            var document = await api.GetAsync(name is null ? "status" : $"systems/{Uri.EscapeDataString(name)}", cancellationToken);
            if (CommonOptions.Json(parse))
            {
                JsonDocuments.Write(terminal.Out, document);
            }
            else if (name is not null)
            {
                SystemText.Write(terminal.Out, ApiClient.Read<SystemView>(document), StatusWords.Of(parse.GetValue(language)!), terminal.Width);
            }
            else
            {
                StatusText.Write(terminal.Out, ApiClient.Read<StatusView>(document), StatusWords.Of(parse.GetValue(language)!), terminal.Width);
            }

            return ExitCodes.Fine;
        });
        return command;
    }
}
