using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using DrOrchestrator.Cli.Output;

namespace DrOrchestrator.Cli.Commands;

/// <summary><c>dro maintenance ...</c>: planned interruptions on record.</summary>
internal static class MaintenanceCommand
{
    public static Command Build(Terminal terminal) => new("maintenance", "Put planned interruptions on record, approve them in time, list them")
    {
        Request(terminal),
        Decide(terminal, "approve", "Approve one; another person than who asked, in time", "approved", reason: null),
        Decide(terminal, "cancel", "Call off one that has not begun", "cancelled", new Option<string>("--reason") { Description = "Why it is called off; goes on record", HelpName = "TEXT", Required = true }),
        List(terminal),
    };

    private static Command Request(Terminal terminal)
    {
        var systems = new Option<string[]>("--system") { Description = "A system it interrupts; may be given several times", HelpName = "NAME", Required = true };
        var change = new Option<string>("--change") { Description = "Number of the approved change", HelpName = "NUMBER", Required = true };
        var start = MomentOption.Create("--start", "When it starts", required: true);
        var end = MomentOption.Create("--end", "When it ends; what lasts longer is unplanned", required: true);
        var reason = new Option<string>("--reason") { Description = "What is done and why", HelpName = "TEXT", Required = true };
        var command = CommonOptions.Client("request", "Ask for a planned interruption");
        foreach (var option in (Option[])[systems, change, start, end, reason])
        {
            command.Add(option);
        }

        command.SetAction(async (parse, cancellationToken) =>
        {
            using var api = CommonOptions.Connect(parse);
            var entry = await api.PostAsync(
                "maintenance",
                new JsonObject
                {
                    ["changeNumber"] = parse.GetRequiredValue(change),
                    ["systems"] = new JsonArray([.. parse.GetRequiredValue(systems).Select(system => JsonValue.Create(system))]),
                    ["start"] = MomentOption.Read(parse, start),
                    ["end"] = MomentOption.Read(parse, end),
                    ["reason"] = parse.GetRequiredValue(reason),
                },
                cancellationToken);
            Print(parse, terminal, entry, $"Maintenance {entry["number"]} is on record; it plans nothing until another person approves it: dro maintenance approve {entry["number"]}");
            return ExitCodes.Fine;
        });
        return command;
    }

    private static Command Decide(Terminal terminal, string word, string description, string done, Option<string>? reason)
    {
        var number = new Argument<long>("ID") { Description = "Number of the maintenance" };
        var command = CommonOptions.Client(word, description);
        command.Add(number);
        if (reason is not null)
        {
            command.Add(reason);
        }

        command.SetAction(async (parse, cancellationToken) =>
        {
            using var api = CommonOptions.Connect(parse);
            var body = reason is null ? new JsonObject() : new JsonObject { ["reason"] = parse.GetRequiredValue(reason) };
            var entry = await api.PostAsync(string.Create(CultureInfo.InvariantCulture, $"maintenance/{parse.GetValue(number)}/{word}"), body, cancellationToken);
            Print(parse, terminal, entry, $"Maintenance {entry["number"]} is {done}.");
            return ExitCodes.Fine;
        });
        return command;
    }

    private static Command List(Terminal terminal)
    {
        var command = CommonOptions.Client("list", "List planned interruptions and outages known from people");
        command.SetAction(async (parse, cancellationToken) =>
        {
            using var api = CommonOptions.Connect(parse);
            var book = await api.GetAsync("maintenance", cancellationToken);
            if (CommonOptions.Json(parse))
            {
                JsonDocuments.Write(terminal.Out, book);
                return ExitCodes.Fine;
            }

            var entries = new Columns("id", "state", "change", "systems", "start", "end", "requested by", "approved by");
            foreach (var entry in book["entries"]!.AsArray().Select(node => node!))
            {
                entries.Add(
                    entry["number"]!.ToString(),
                    entry["state"]!.ToString(),
                    entry["changeNumber"]!.ToString(),
                    string.Join(',', entry["systems"]!.AsArray().Select(system => system!.ToString())),
                    Moment(entry["start"]!),
                    Moment(entry["end"]!),
                    entry["requested"]!["by"]!.ToString(),
                    entry["approved"]?["by"]?.ToString() ?? "-");
            }

            entries.Write(terminal.Out);
            if (book["outages"]!.AsArray() is { Count: > 0 } outages)
            {
                terminal.Out.WriteLine();
                var known = new Columns("outage", "system", "from", "to", "source", "recorded by");
                foreach (var outage in outages.Select(node => node!))
                {
                    known.Add(
                        outage["number"]!.ToString(),
                        outage["system"]!.ToString(),
                        Moment(outage["from"]!),
                        Moment(outage["to"]!),
                        outage["source"]!.ToString(),
                        outage["recorded"]!["by"]!.ToString());
                }

                known.Write(terminal.Out);
            }

            return ExitCodes.Fine;
        });
        return command;
    }

    private static string Moment(JsonNode node) => Wording.Moment(node.GetValue<DateTimeOffset>());

    private static void Print(ParseResult parse, Terminal terminal, JsonNode document, string text)
    {
        if (CommonOptions.Json(parse))
        {
            JsonDocuments.Write(terminal.Out, document);
        }
        else
        {
            terminal.Out.WriteLine(text);
        }
    }
}
