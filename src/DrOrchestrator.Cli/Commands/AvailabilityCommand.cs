using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using DrOrchestrator.Cli.Output;

namespace DrOrchestrator.Cli.Commands;

/// <summary><c>dro availability SYSTEM</c>: all standing windows, or a statement of one with the intervals behind it.</summary>
internal static class AvailabilityCommand
{
    public static Command Build(Terminal terminal)
    {
        var system = new Argument<string?>("SYSTEM") { Description = "Name of the system", Arity = ArgumentArity.ZeroOrOne };
        var year = new Option<int?>("--year") { Description = "A calendar year of the estate's time zone", HelpName = "YEAR" };
        var month = new Option<string?>("--month") { Description = "A calendar month", HelpName = "YYYY-MM" };
        var from = MomentOption.Create("--from", "Beginning of any other window", required: false);
        var to = MomentOption.Create("--to", "Its end", required: false);
        var basis = CommonOptions.OfWords("--basis", "both", "Which percentages to print", ["both", "all-time", "service-time"]);
        var publish = new Option<bool>("--publish") { Description = "Put the statement on record as evidence" };
        var language = CommonOptions.OfWords("--lang", "en", "Language of the text", ["en", "zh-CN"]);
        var command = CommonOptions.Client("availability", "Show a system's availability, or state it for a window with the intervals behind it");
        command.Add(system);
        foreach (var option in (Option[])[year, month, from, to, basis, publish, language])
        {
            command.Add(option);
        }

        command.Add(AvailabilityVerifyCommand.Build(terminal));
        command.SetAction(async (parse, cancellationToken) =>
        {
            var name = parse.GetValue(system) ?? throw new CommandFailedException(ExitCodes.Usage, "Which system? Give its name: dro availability SYSTEM, or verify a statement: dro availability verify FILE");
            using var api = CommonOptions.Connect(parse);
            var words = AvailabilityWords.Of(parse.GetValue(language)!);
            var path = $"systems/{Uri.EscapeDataString(name)}/availability";
            var window = new JsonObject { ["year"] = parse.GetValue(year), ["month"] = parse.GetValue(month), ["from"] = MomentOption.Read(parse, from), ["to"] = MomentOption.Read(parse, to) };
            if (window.All(property => property.Value is null))
            {
                if (parse.GetValue(publish))
                {
                    throw new CommandFailedException(ExitCodes.Usage, "--publish states one window: give --year, --month, or --from and --to.");
                }

                var document = await api.GetAsync(path, cancellationToken);
                Print(parse, document, () => AvailabilityText.Windows(terminal.Out, document.AsObject(), words));
                return ExitCodes.Fine;
            }

            JsonNode? record = null;
            JsonNode statement;
            if (parse.GetValue(publish))
            {
                var published = await api.PostAsync($"{path}/statements", window, cancellationToken);
                (record, statement) = (published["record"], published["statement"]!);
            }
            else
            {
                statement = await api.GetAsync($"{path}/statement?{Query(window)}", cancellationToken);
            }

            Print(parse, statement, () => AvailabilityText.Statement(terminal.Out, statement.AsObject(), record, parse.GetValue(basis)!, words));
            return ExitCodes.Fine;
        });
        return command;

        void Print(ParseResult parse, JsonNode document, Action text)
        {
            if (CommonOptions.Json(parse))
            {
                JsonDocuments.Write(terminal.Out, document);
            }
            else
            {
                text();
            }
        }
    }

    private static string Query(JsonObject window) => string.Join(
        '&', window.Where(property => property.Value is not null).Select(property => string.Create(CultureInfo.InvariantCulture, $"{property.Key}={Uri.EscapeDataString(property.Value!.ToString())}")));
}
