using System.CommandLine;
using System.Text.Json.Nodes;
using DrOrchestrator.Cli.Client;
using DrOrchestrator.Cli.Output;

namespace DrOrchestrator.Cli.Commands;

/// <summary><c>dro assess SYSTEM</c>: what an image or manifest change means for the recovery; a second person confirms it with a token of their own.</summary>
internal static class AssessCommand
{
    public static Command Build(Terminal terminal)
    {
        var system = new Argument<string>("SYSTEM") { Description = "Name of the system" };
        var unaffected = new Option<bool>("--unaffected") { Description = "The recovery works as before" };
        var affected = new Option<bool>("--affected") { Description = "A drill is needed: the records are stale at once" };
        var reason = new Option<string?>("--reason") { Description = "What was looked at and why; goes on record", HelpName = "TEXT" };
        var part = new Option<string?>("--part") { Description = "One changed part; all that wait by default", HelpName = "NAME" };
        var confirm = new Option<long?>("--confirm") { Description = "Confirm somebody else's assessment", HelpName = "ID" };
        var command = CommonOptions.Client("assess", "Assess a change of images or manifests, or confirm an assessment; without options: list them");
        command.Add(system);
        foreach (var option in new Option[] { unaffected, affected, reason, part, confirm })
        {
            command.Add(option);
        }

        command.SetAction(async (parse, cancellationToken) =>
        {
            using var api = CommonOptions.Connect(parse);
            var path = $"systems/{Uri.EscapeDataString(parse.GetValue(system)!)}/assessments";
            var (yes, no) = (parse.GetValue(unaffected), parse.GetValue(affected));
            if (parse.GetValue(confirm) is { } id)
            {
                Show(terminal, parse, await api.PostAsync($"assessments/{id}/confirm", [], cancellationToken));
            }
            else if (!yes && !no)
            {
                Show(terminal, parse, await api.GetAsync(path, cancellationToken));
            }
            else if (yes == no || parse.GetValue(reason) is not { Length: > 0 } why)
            {
                throw new CommandFailedException(ExitCodes.Usage, "Give one of --unaffected and --affected, and --reason TEXT.");
            }
            else
            {
                Show(terminal, parse, await api.PostAsync(path, new JsonObject { ["unaffected"] = yes, ["reason"] = why, ["part"] = parse.GetValue(part) }, cancellationToken));
            }

            return ExitCodes.Fine;
        });
        return command;
    }

    private static void Show(Terminal terminal, ParseResult parse, JsonNode answer)
    {
        if (CommonOptions.Json(parse))
        {
            JsonDocuments.Write(terminal.Out, answer);
            return;
        }

        var all = answer is JsonArray list ? ApiClient.Read<IReadOnlyList<AssessmentView>>(list) : [ApiClient.Read<AssessmentView>(answer)];
        var columns = new Columns("id", "part", "value", "concluded", "by", "confirmed by");
        foreach (var one in all)
        {
            columns.Add(
                one.Id.ToString(System.Globalization.CultureInfo.InvariantCulture),
                one.Part,
                one.Value.Length == 64 ? one.Value[..12] : one.Value,
                one.Unaffected ? "unaffected" : "affected",
                one.AssessedBy,
                one.ConfirmedBy ?? $"nobody yet: dro assess {one.System} --confirm {one.Id}");
        }

        if (all.Count == 0)
        {
            terminal.Out.WriteLine("No assessment is on record.");
            return;
        }

        columns.Write(terminal.Out);
    }

    /// <summary>An assessment.</summary>
    private sealed record AssessmentView(long Id, string System, string Part, string Value, bool Unaffected, string AssessedBy, string? ConfirmedBy);
}
