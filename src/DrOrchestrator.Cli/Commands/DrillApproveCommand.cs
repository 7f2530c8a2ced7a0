using System.CommandLine;
using System.Text.Json.Nodes;
using DrOrchestrator.Cli.Client;
using DrOrchestrator.Cli.Output;
using DrOrchestrator.Drills;
using DrOrchestrator.Drills.People;

namespace DrOrchestrator.Cli.Commands;

/// <summary>
/// <c>dro drill approve ID [ITEM]</c> and <c>dro drill refuse ID [ITEM]</c>: answers what waits for the caller: an approval, a task, a check, a step that cannot be taken back.
/// </summary>
internal static class DrillApproveCommand
{
    public static Command Approve(Terminal terminal) => Build("approve", "Confirm an approval, a task or a step of a run", confirmed: true, terminal);

    public static Command Refuse(Terminal terminal) => Build("refuse", "Refuse an approval, a task or a step of a run", confirmed: false, terminal);

    private static Command Build(string name, string description, bool confirmed, Terminal terminal)
    {
        var id = CommonOptions.RunNumber();
        var item = new Argument<string?>("ITEM") { Description = "What is answered; not needed while only one thing waits for you", Arity = ArgumentArity.ZeroOrOne };
        var reason = new Option<string?>("--reason", "--note") { Description = confirmed ? "Goes on record with the answer" : "Why; goes on record", HelpName = "TEXT", Required = !confirmed };
        var command = CommonOptions.Client(name, description);
        command.Add(id);
        command.Add(item);
        command.Add(reason);
        var attach = new Option<string?>("--attach") { Description = $"A file that is kept with the answer, up to {Attachments.Largest / 1024 / 1024} MiB: {string.Join(' ', Attachments.Endings)}", HelpName = "FILE" };
        if (confirmed)
        {
            command.Add(attach);
        }

        command.SetAction(async (parse, cancellationToken) =>
        {
            using var api = CommonOptions.Connect(parse);
            var run = parse.GetValue(id);
            var asked = await FindAsync(api, run, parse.GetValue(item), terminal, cancellationToken);
            var body = new JsonObject { ["confirmed"] = confirmed, ["note"] = parse.GetValue(reason), ["attachment"] = confirmed && parse.GetValue(attach) is { } file ? Read(file) : null };
            var answer = await api.PostAsync($"drills/{run}/answers/{Uri.EscapeDataString(asked)}", body, cancellationToken);
            if (CommonOptions.Json(parse))
            {
                JsonDocuments.Write(terminal.Out, answer);
            }
            else
            {
                terminal.Out.WriteLine($"Run {run}: {asked} {(confirmed ? "confirmed" : "refused")}.");
            }

            return ExitCodes.Fine;
        });
        return command;
    }

    private static async Task<string> FindAsync(ApiClient api, long run, string? name, Terminal terminal, CancellationToken cancellationToken)
    {
        if (name is not null)
        {
            return name;
        }

        var pending = (await api.GetAsync<IReadOnlyList<PendingItem>>("pending", cancellationToken)).Where(waiting => waiting.Run == run).ToList();
        switch (pending)
        {
            case [var only]:
                // A word given must be a word understood: what it covers is shown even when nobody typed the item's name.
                RunText.Asked(terminal.Error, only);
                return only.Name;
            case []:
                throw new CommandFailedException(ExitCodes.Usage, $"Nothing of run {run} waits for you. See what it waits for with: dro drill show {run}");
            default:
                throw new CommandFailedException(ExitCodes.Usage, $"More than one thing of run {run} waits for you; name one of: {string.Join(", ", pending.Select(waiting => waiting.Name))}");
        }
    }

    private static JsonObject Read(string path)
    {
        try
        {
            var length = new FileInfo(path).Length;
            return length > Attachments.Largest
                ? throw new CommandFailedException(ExitCodes.Usage, $"The file {path} has {length} bytes; allowed: up to {Attachments.Largest}.")
                : new JsonObject { ["name"] = Path.GetFileName(path), ["content"] = Convert.ToBase64String(File.ReadAllBytes(path)) };
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailedException(ExitCodes.Usage, $"The file of --attach cannot be read: {failure.Message}");
        }
    }
}
