using System.CommandLine;
using System.Text.Json.Nodes;
using DrOrchestrator.Cli.Output;

namespace DrOrchestrator.Cli.Commands;

/// <summary><c>dro namespace ...</c>: namespaces that runs made for themselves, also those of lost runs.</summary>
internal static class NamespaceCommand
{
    public static Command Build(Terminal terminal) => new("namespace", "List namespaces that runs made for themselves; remove one that was left behind") { List(terminal), Remove(terminal) };

    private static Command List(Terminal terminal)
    {
        var command = CommonOptions.Client("list", "List namespaces that runs made at the clusters of the estate (operator, approver, admin)");
        command.SetAction(async (parse, cancellationToken) =>
        {
            using var api = CommonOptions.Connect(parse);
            var found = await api.GetAsync("namespaces", cancellationToken);
            if (CommonOptions.Json(parse))
            {
                JsonDocuments.Write(terminal.Out, found);
                return ExitCodes.Fine;
            }

            var lines = new Columns("site", "namespace", "state", "run", "plan", "log", "expires", "uid");
            foreach (var ns in found["namespaces"]!.AsArray().Select(node => node!))
            {
                lines.Add(Text(ns, "site"), Text(ns, "name"), Text(ns, "state"), Text(ns, "run"), Text(ns, "plan"), Text(ns, "log"), ns["expires"] is { } expires ? Wording.Moment(expires.GetValue<DateTimeOffset>()) : "-", Text(ns, "uid"));
            }

            lines.Write(terminal.Out);
            foreach (var ns in found["namespaces"]!.AsArray().Where(node => node!["holds"] is not null))
            {
                terminal.Out.WriteLine($"{ns!["name"]} at {ns["site"]} is ending: {ns["holds"]}");
            }

            foreach (var site in found["notSeen"]!.AsArray())
            {
                terminal.Out.WriteLine($"{site!["site"]} was not seen: {site["reason"]}");
            }

            return ExitCodes.Fine;
        });
        return command;
    }

    private static Command Remove(Terminal terminal)
    {
        var site = new Argument<string>("SITE") { Description = "Where it is" };
        var name = new Argument<string>("NAME") { Description = "What it is called" };
        var uid = new Option<string>("--uid") { Description = "Its uid, as 'dro namespace list' shows it", HelpName = "UID", Required = true };
        var reason = new Option<string>("--reason") { Description = "Why it goes; goes on record", HelpName = "TEXT", Required = true };
        var log = new Option<string?>("--of-log") { Description = "Its evidence log, where that is another one: nobody here knows whether its run is over", HelpName = "LOG" };
        var command = CommonOptions.Client("remove", "Remove a namespace that a run left behind, with everything in it, and see it gone (operator)");
        command.Add(site);
        command.Add(name);
        foreach (var option in (Option[])[uid, reason, log])
        {
            command.Add(option);
        }

        command.SetAction(async (parse, cancellationToken) =>
        {
            using var api = CommonOptions.Connect(parse);
            var (place, ns) = (parse.GetRequiredValue(site), parse.GetRequiredValue(name));
            var body = new JsonObject { ["uid"] = parse.GetRequiredValue(uid), ["reason"] = parse.GetRequiredValue(reason), ["log"] = parse.GetValue(log) };
            var answer = await api.PostAsync($"namespaces/{Uri.EscapeDataString(place)}/{Uri.EscapeDataString(ns)}/remove", body, cancellationToken);
            if (CommonOptions.Json(parse))
            {
                JsonDocuments.Write(terminal.Out, answer);
            }
            else
            {
                terminal.Out.WriteLine($"{answer["detail"]}");
            }

            return ExitCodes.Fine;
        });
        return command;
    }

    private static string Text(JsonNode ns, string name) => ns[name]?.ToString() is { Length: > 0 } text ? text : "-";
}
