using System.CommandLine;
using System.Text.Json.Nodes;
using DrOrchestrator.Cli.Output;

namespace DrOrchestrator.Cli.Commands;

/// <summary><c>dro outage record</c>: an interruption known from people; it only ever lengthens downtime.</summary>
internal static class OutageCommand
{
    public static Command Build(Terminal terminal) => new("outage", "Put interruptions on record that people know of") { Record(terminal) };

    private static Command Record(Terminal terminal)
    {
        var system = new Option<string>("--system") { Description = "The system", HelpName = "NAME", Required = true };
        var from = MomentOption.Create("--from", "When it began", required: true);
        var to = MomentOption.Create("--to", "When it was over", required: true);
        var source = new Option<string>("--source") { Description = "How it is known: a ticket, a call, a bulletin", HelpName = "TEXT", Required = true };
        var reason = new Option<string>("--reason") { Description = "What happened", HelpName = "TEXT", Required = true };
        var change = new Option<string?>("--change") { Description = "Number of the emergency change behind it; it stays unplanned", HelpName = "NUMBER" };
        var command = CommonOptions.Client("record", "Add an interruption to the record");
        foreach (var option in (Option[])[system, from, to, source, reason, change])
        {
            command.Add(option);
        }

        command.SetAction(async (parse, cancellationToken) =>
        {
            using var api = CommonOptions.Connect(parse);
            var outage = await api.PostAsync(
                "outages",
                new JsonObject
                {
                    ["system"] = parse.GetRequiredValue(system),
                    ["from"] = MomentOption.Read(parse, from),
                    ["to"] = MomentOption.Read(parse, to),
                    ["source"] = parse.GetRequiredValue(source),
                    ["reason"] = parse.GetRequiredValue(reason),
                    ["changeNumber"] = parse.GetValue(change),
                },
                cancellationToken);
            if (CommonOptions.Json(parse))
            {
                JsonDocuments.Write(terminal.Out, outage);
            }
            else
            {
                terminal.Out.WriteLine($"Outage {outage["number"]} of {outage["system"]} is on record and counts as unplanned downtime.");
            }

            return ExitCodes.Fine;
        });
        return command;
    }
}
