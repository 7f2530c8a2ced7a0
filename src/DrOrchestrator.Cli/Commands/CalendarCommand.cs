using System.CommandLine;
using DrOrchestrator.Cli.Client;
using DrOrchestrator.Cli.Output;

namespace DrOrchestrator.Cli.Commands;

/// <summary><c>dro calendar</c>: what is due when, what became of the last time, what was missed, which freezes hold.</summary>
internal static class CalendarCommand
{
    public static Command Build(Terminal terminal)
    {
        var language = CommonOptions.OfWords("--lang", "en", "Language of the text", ["en", "zh-CN"]);
        var command = CommonOptions.Client("calendar", "Show what the calendar does next, what it did last, what was missed, and freezes");
        command.Add(language);
        command.SetAction(async (parse, cancellationToken) =>
        {
            using var api = CommonOptions.Connect(parse);
            var document = await api.GetAsync("calendar", cancellationToken);
            if (CommonOptions.Json(parse))
            {
                JsonDocuments.Write(terminal.Out, document);
            }
            else
            {
                CalendarText.Write(terminal.Out, ApiClient.Read<CalendarView>(document), StatusWords.Of(parse.GetValue(language)!), terminal.Width);
            }

            return ExitCodes.Fine;
        });
        return command;
    }
}
