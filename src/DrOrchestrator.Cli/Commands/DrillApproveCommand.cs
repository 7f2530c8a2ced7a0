using System.CommandLine;
using System.Text.Json.Nodes;
using DrOrchestrator.Cli.Client;
using DrOrchestrator.Cli.Output;
using DrOrchestrator.Drills;

namespace DrOrchestrator.Cli.Commands;

/// <summary><c>dro drill approve ID [ITEM]</c>: answers what waits for the caller: an approval, a task, a step that cannot be taken back.</summary>
internal static class DrillApproveCommand
{
    public static Command Build(Terminal terminal)
    {
        var id = CommonOptions.RunNumber();
        var item = new Argument<string?>("ITEM") { Description = "What is answered; not needed while only one thing waits for you", Arity = ArgumentArity.ZeroOrOne };
        var refuse = new Option<bool>("--refuse") { Description = "Refuse instead of confirming" };
        var note = new Option<string?>("--note") { Description = "Goes on record with the answer", HelpName = "TEXT" };
        var command = CommonOptions.Client("approve", "Answer an approval, a task or a step of a run");
        command.Add(id);
        command.Add(item);
        command.Add(refuse);
        command.Add(note);
        command.SetAction(async (parse, cancellationToken) =>
        {
            using var api = CommonOptions.Connect(parse);
            var run = parse.GetValue(id);
            var name = parse.GetValue(item) ?? await OnlyPendingAsync(api, run, terminal, cancellationToken);
            var confirmed = !parse.GetValue(refuse);
            var body = new JsonObject { ["confirmed"] = confirmed, ["note"] = parse.GetValue(note) };
            var answer = await api.PostAsync($"drills/{run}/answers/{Uri.EscapeDataString(name)}", body, cancellationToken);
            if (CommonOptions.Json(parse))
            {
                JsonDocuments.Write(terminal.Out, answer);
            }
            else
            {
                terminal.Out.WriteLine($"Run {run}: {name} {(confirmed ? "confirmed" : "refused")}.");
            }

            return ExitCodes.Fine;
        });
        return command;
    }

    private static async Task<string> OnlyPendingAsync(ApiClient api, long run, Terminal terminal, CancellationToken cancellationToken)
    {
        var pending = (await api.GetAsync<IReadOnlyList<PendingItem>>("pending", cancellationToken)).Where(waiting => waiting.Run == run).ToList();
        switch (pending)
        {
            case [var only]:
                // A word given must be a word understood: what it covers is shown even when nobody typed the item's name.
                terminal.Error.WriteLine($"{only.Name} ({only.Kind}): {only.Question}");
                foreach (var step in only.PointsOfNoReturn)
                {
                    terminal.Error.WriteLine($"  cannot be taken back: {step}");
                }

                return only.Name;
            case []:
                throw new CommandFailedException(ExitCodes.Usage, $"Nothing of run {run} waits for you. See what it waits for with: dro drill show {run}");
            default:
                throw new CommandFailedException(ExitCodes.Usage, $"More than one thing of run {run} waits for you; name one of: {string.Join(", ", pending.Select(waiting => waiting.Name))}");
        }
    }
}
