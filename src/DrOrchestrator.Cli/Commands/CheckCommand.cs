using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using DrOrchestrator.Cli.Output;
using DrOrchestrator.Estates;
using DrOrchestrator.Estates.Loading;
using DrOrchestrator.Plans;

namespace DrOrchestrator.Cli.Commands;

/// <summary><c>dro check</c>: reads an estate and its plans as the server would and lists everything that is wrong.</summary>
internal static class CheckCommand
{
    public static Command Build(Terminal terminal, Func<Task<IStepKindCatalog>> kinds)
    {
        var folder = EstateReading.Folder();
        var command = new Command("check", "Check an estate and its plans; list everything that is wrong") { folder };
        command.SetAction(async (parse, _) =>
        {
            var catalog = await kinds();
            var result = EstateReading.Load(parse.GetRequiredValue(folder), catalog);
            var programs = Programs(result, catalog);
            var errors = result is EstateLoadResult.Refused refused ? refused.Errors : [];
            if (CommonOptions.Json(parse))
            {
                JsonDocuments.Write(terminal.Out, Document(result, errors, programs));
            }
            else if (result is EstateLoadResult.Loaded { Estate: var estate, Plans: var plans })
            {
                terminal.Out.WriteLine($"{estate.Name} is valid; sites: {estate.Sites.Count}, systems: {estate.Systems.Count}, probes: {estate.Probes.Count}, plans: {plans.Count}");
                terminal.Out.WriteLine($"  hash {estate.Hash}");
                if (programs.Count > 0)
                {
                    terminal.Out.WriteLine($"  plans start programs; the server needs {string.Join(' ', programs.Select(program => $"--allow-command {program}"))}");
                }

                foreach (var warning in ((EstateLoadResult.Loaded)result).Warnings)
                {
                    terminal.Error.WriteLine($"warning: {warning}");
                }
            }
            else
            {
                foreach (var error in errors)
                {
                    terminal.Error.WriteLine(error);
                }

                terminal.Error.WriteLine($"{(errors.Count == 1 ? "1 problem" : $"{errors.Count} problems")} in {parse.GetValue(folder)}");
            }

            return errors.Count == 0 ? ExitCodes.Fine : ExitCodes.InvalidEstate;
        });
        return command;
    }

    private static List<string> Programs(EstateLoadResult result, IStepKindCatalog kinds) => result is EstateLoadResult.Loaded { Plans: var plans }
        ? [.. plans.Values.SelectMany(plan => PlanPrograms.Of(plan, kinds)).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)]
        : [];

    private static JsonObject Document(EstateLoadResult result, IReadOnlyList<EstateError> errors, IReadOnlyList<string> programs)
    {
        var document = new JsonObject { ["valid"] = result is EstateLoadResult.Loaded };
        if (result is EstateLoadResult.Loaded { Estate: var estate, Plans: var plans })
        {
            document["name"] = estate.Name;
            document["hash"] = estate.Hash;
            document["systems"] = new JsonArray([.. estate.Systems.Select(system => JsonValue.Create(system.Name))]);
            document["plans"] = new JsonArray([.. plans.Keys.Order(StringComparer.Ordinal).Select(plan => JsonValue.Create(plan))]);
        }

        document["programs"] = new JsonArray([.. programs.Select(program => JsonValue.Create(program))]);
        document["warnings"] = JsonSerializer.SerializeToNode((result as EstateLoadResult.Loaded)?.Warnings ?? [], JsonDocuments.Options);
        document["errors"] = JsonSerializer.SerializeToNode(errors, JsonDocuments.Options);
        return document;
    }
}
