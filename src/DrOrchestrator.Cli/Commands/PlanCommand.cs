using System.CommandLine;
using System.Text.Json;
using DrOrchestrator.Cli.Client;
using DrOrchestrator.Cli.Output;
using DrOrchestrator.Drills;
using DrOrchestrator.Plans;
using DrOrchestrator.Web;
using DrOrchestrator.Words;

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
        var dryRun = new Option<bool>("--dry-run") { Description = "With --estate: ask each cluster what its steps would change now (server-side dry run); nothing is written" };
        var allowed = AllowCommandOption.New();
        var language = CommonOptions.OfWords("--lang", "en", "Language of what the clusters say", ["en", "zh-CN"]);
        command.Add(dryRun);
        command.Add(allowed);
        command.Add(language);
        command.SetAction(async (parse, cancellationToken) =>
        {
            var plan = parse.GetRequiredValue(name);
            if (parse.GetValue(folder) is { } estate)
            {
                var catalog = await kinds();
                var loaded = EstateReading.Require(estate, catalog);
                var found = Find(loaded, plan);
                var tried = parse.GetValue(dryRun) ? await Product.TryPlanAsync(found, loaded.Estate, AllowCommandOption.Read(parse, allowed), cancellationToken) : null;
                FromEstate(terminal, loaded.Estate, found, catalog, CommonOptions.Json(parse), tried, parse.GetValue(language)!);
                return ExitCodes.Fine;
            }

            if (parse.GetValue(dryRun))
            {
                throw new CommandFailedException(ExitCodes.Usage, "--dry-run asks the clusters from here, by the kubeconfigs of the estate: name its folder with --estate.");
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

    private static Plan Find(Estates.Loading.EstateLoadResult.Loaded loaded, string name) => loaded.Plans.TryGetValue(name, out var plan)
        ? plan
        : throw new CommandFailedException(ExitCodes.Usage, $"The estate has no plan '{name}'; it has: {string.Join(", ", loaded.Plans.Keys.Order(StringComparer.Ordinal))}");

    private static void FromEstate(Terminal terminal, Estates.Estate estate, Plan plan, IStepKindCatalog kinds, bool json, IReadOnlyList<TriedStep>? tried, string language)
    {
        var view = new PlanView
        {
            Name = plan.Name,
            Version = plan.Version,
            Title = plan.Title,
            Approvals = PlanPreview.Approvals(plan, estate),
            Guardrails = PlanPreview.Guardrails(plan),
            Procedure = PlanPreview.Procedure(plan, estate),
            Programs = PlanPrograms.Of(plan, kinds),
            Steps =
            [
                .. PlanPreview.Of(plan, estate, kinds).Select(line =>
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
            var document = JsonSerializer.SerializeToNode(new { plan.Name, plan.Version, plan.Hash, plan.Title, view.Approvals, view.Guardrails, view.Procedure, view.Programs, view.Steps }, ApiClient.Json)!;
            if (tried is not null)
            {
                document["dryRun"] = JsonSerializer.SerializeToNode(
                    tried.Select(step => new { step.Step, step.Kind, step.Site, Objects = step.Objects.Select(one => new { one.Object, Answer = one.Answer.Word(), one.Fields, one.Reason }) }), ApiClient.Json);
            }

            JsonDocuments.Write(terminal.Out, document);
        }
        else
        {
            PlanText.Write(terminal.Out, view);
            if (tried is not null)
            {
                PlanTrialText.Write(terminal.Out, tried, language == "zh-CN");
            }
        }
    }
}
