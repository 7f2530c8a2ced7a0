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
        var command = CommonOptions.Client("status", "Show every system: state, sites, exposure, availability, verdicts");
        command.Add(language);
        command.SetAction(async (parse, cancellationToken) =>
        {
            using var api = CommonOptions.Connect(parse);
            var document = await api.GetAsync("status", cancellationToken);
            if (CommonOptions.Json(parse))
            {
                JsonDocuments.Write(terminal.Out, document);
            }
            else
            {
                StatusText.Write(terminal.Out, ApiClient.Read<StatusView>(document), StatusWords.Of(parse.GetValue(language)!));
            }

            return ExitCodes.Fine;
        });
        return command;
    }
}
