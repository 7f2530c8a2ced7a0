using System.CommandLine;
using DrOrchestrator.Cli.Client;
using DrOrchestrator.Cli.Output;
using DrOrchestrator.Drills;

namespace DrOrchestrator.Cli.Commands;

/// <summary><c>dro drill list</c>: all runs, newest first.</summary>
internal static class DrillListCommand
{
    public static Command Build(Terminal terminal)
    {
        var command = CommonOptions.Client("list", "List all runs, newest first");
        command.SetAction(async (parse, cancellationToken) =>
        {
            using var api = CommonOptions.Connect(parse);
            var document = await api.GetAsync("drills", cancellationToken);
            if (CommonOptions.Json(parse))
            {
                JsonDocuments.Write(terminal.Out, document);
                return ExitCodes.Fine;
            }

            var runs = ApiClient.Read<IReadOnlyList<RunView>>(document);
            if (runs.Count == 0)
            {
                terminal.Out.WriteLine("No run yet. Start one with: dro drill start PLAN --mode MODE --reason TEXT");
                return ExitCodes.Fine;
            }

            var columns = new Columns("run", "plan", "mode", "strength", "opened", "outcome");
            foreach (var run in runs)
            {
                columns.Add($"{run.Id}", run.Plan, run.Mode, run.Strength, Wording.Moment(run.OpenedAt), run.ClosedAt is null ? $"{run.Outcome}: {run.Phase}" : run.Outcome);
            }

            columns.Write(terminal.Out);
            return ExitCodes.Fine;
        });
        return command;
    }
}
