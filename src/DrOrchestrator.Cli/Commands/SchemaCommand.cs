using System.CommandLine;
using DrOrchestrator.Cli.Output;
using DrOrchestrator.Estates.Loading;
using DrOrchestrator.Plans;

namespace DrOrchestrator.Cli.Commands;

/// <summary><c>dro schema plan</c> and <c>dro schema estate</c>: what an editor needs to complete and check them while they are written.</summary>
internal static class SchemaCommand
{
    public static Command Build(Terminal terminal, Func<Task<IStepKindCatalog>> kinds)
    {
        var folder = EstateReading.Folder(required: false);
        folder.Description = "Folder of the estate's YAML: its sites, systems, probes and people become the allowed names";
        var plan = new Command("plan", "JSON Schema (draft 7) of plans, for editors; dro check knows more") { folder };
        plan.SetAction(async (parse, _) =>
        {
            var catalog = await kinds();
            var estate = parse.GetValue(folder) is { } path ? EstateReading.Require(path, catalog).Estate : null;
            JsonDocuments.Write(terminal.Out, PlanSchema.Of(catalog, estate));
            return ExitCodes.Fine;
        });
        var estateSchema = new Command("estate", "JSON Schema (draft 7) of estates and their parts, for editors; dro check knows more");
        estateSchema.SetAction(_ =>
        {
            JsonDocuments.Write(terminal.Out, EstateSchema.Of());
            return ExitCodes.Fine;
        });
        return new Command("schema", "JSON Schemas for editors") { plan, estateSchema };
    }
}
