using System.CommandLine;
using System.Text.Json;
using DrOrchestrator.Cli.Client;
using DrOrchestrator.Cli.Output;
using DrOrchestrator.Plans;

namespace DrOrchestrator.Cli.Commands;

/// <summary><c>dro plan NAME</c>: what a run of a plan would do, from the estate's folder or from a server.</summary>
internal static class PlanCommand
{
    public static Command Build(Terminal terminal, Func<Task<IStepKindCatalog>> kinds)
    {
        var name = new Argument<string>("NAME") { Description = "Name of the plan" };
        var folder = EstateReading.Folder(required: false);
        var command = CommonOptions.Client("plan", "Show what a run of a plan would do: steps, who is asked, what cannot be taken back");
        command.Add(name);
        command.Add(folder);
        command.SetAction(async (parse, cancellationToken) =>
        {
            var plan = parse.GetRequiredValue(name);
            if (parse.GetValue(folder) is { } estate)
            {
                var catalog = await kinds();
                FromEstate(terminal, EstateReading.Require(estate, catalog), plan, catalog, CommonOptions.Json(parse));
                return ExitCodes.Fine;
            }

            using var api = CommonOptions.Connect(parse);
            var document = await api.GetAsync($"plans/{Uri.EscapeDataString(plan)}", cancellationToken);
            if (CommonOptions.Json(parse))
            {
                JsonDocuments.Write(terminal.Out, document);
            }
            else
            {
                var view = ApiClient.Read<PlanView>(document);
                PlanText.Write(terminal.Out, view.Name, view.Version, view.Title, [.. view.Approvals.Select(approval => $"{approval.Name}: {approval.Quorum} of {approval.Role} within {Durations.Format(approval.Deadline)}")], view.Steps, view.Guardrails);
            }

            return ExitCodes.Fine;
        });
        return command;
    }

    private static void FromEstate(Terminal terminal, Estates.Loading.EstateLoadResult.Loaded loaded, string name, IStepKindCatalog kinds, bool json)
    {
        if (!loaded.Plans.TryGetValue(name, out var plan))
        {
            throw new CommandFailedException(ExitCodes.Usage, $"The estate has no plan '{name}'; it has: {string.Join(", ", loaded.Plans.Keys.Order(StringComparer.Ordinal))}");
        }

        var steps = PlanPreview.Of(plan, loaded.Estate, kinds).Select(line => new PlanStepView(line.Step, line.Kind, line.Site, line.Needs, line.Mark, line.PointOfNoReturn, line.Timeout, line.WayBack, null, line.Answers) { Verify = line.Verify, Rehearsal = line.Rehearsal }).ToList();
        var approvals = PlanPreview.Approvals(plan, loaded.Estate);
        var guardrails = PlanPreview.Guardrails(plan);
        if (json)
        {
            JsonDocuments.Write(terminal.Out, JsonSerializer.SerializeToNode(new { plan.Name, plan.Version, plan.Hash, plan.Title, Approvals = approvals, Guardrails = guardrails, Steps = steps }, ApiClient.Json));
        }
        else
        {
            PlanText.Write(terminal.Out, plan.Name, plan.Version, plan.Title, approvals, steps, guardrails);
        }
    }
}
