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
                PlanText.Write(terminal.Out, ApiClient.Read<PlanView>(document));
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

        var view = new PlanView
        {
            Name = plan.Name,
            Version = plan.Version,
            Title = plan.Title,
            Approvals = PlanPreview.Approvals(plan, loaded.Estate),
            Guardrails = PlanPreview.Guardrails(plan),
            Procedure = PlanPreview.Procedure(plan, loaded.Estate),
            Programs = PlanPrograms.Of(plan, kinds),
            Steps =
            [
                .. PlanPreview.Of(plan, loaded.Estate, kinds).Select(line =>
                    new PlanStepView(line.Step, line.Kind, line.Site, line.Needs, line.Mark, line.PointOfNoReturn, line.Timeout, line.WayBack, line.Description, line.Answers)
                    {
                        System = line.System,
                        Changes = line.Changes,
                        Verify = line.Verify,
                        Rehearsal = line.Rehearsal,
                    }),
            ],
        };
        if (json)
        {
            JsonDocuments.Write(
                terminal.Out, JsonSerializer.SerializeToNode(new { plan.Name, plan.Version, plan.Hash, plan.Title, view.Approvals, view.Guardrails, view.Procedure, view.Programs, view.Steps }, ApiClient.Json));
        }
        else
        {
            PlanText.Write(terminal.Out, view);
        }
    }
}
