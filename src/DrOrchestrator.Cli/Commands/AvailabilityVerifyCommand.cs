using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using DrOrchestrator.Availability.Statements;
using DrOrchestrator.Cli.Output;

namespace DrOrchestrator.Cli.Commands;

/// <summary><c>dro availability verify FILE</c>: computes every figure of a statement again, from its intervals alone; a file needs no server.</summary>
internal static class AvailabilityVerifyCommand
{
    public static Command Build(Terminal terminal)
    {
        var file = new Argument<string?>("FILE") { Description = "A statement, as --output json wrote it", Arity = ArgumentArity.ZeroOrOne };
        var record = new Option<long?>("--record") { Description = "A published statement of a server, by its evidence record", HelpName = "N" };
        var command = CommonOptions.Client("verify", "Compute every figure of a statement again from its intervals");
        command.Add(file);
        command.Add(record);
        command.SetAction(async (parse, cancellationToken) =>
        {
            var (what, statement) = (parse.GetValue(file), parse.GetValue(record)) switch
            {
                ({ } path, null) => (path, Read(path)),
                (null, { } number) => ($"record {number}", await FetchAsync(parse, number, cancellationToken)),
                _ => throw new CommandFailedException(ExitCodes.Usage, "Verify what? Give FILE, or --record N with --data DIR or --server URL."),
            };
            var problem = AvailabilityStatement.FirstProblem(statement);
            if (CommonOptions.Json(parse))
            {
                JsonDocuments.Write(terminal.Out, new JsonObject { ["verified"] = problem is null, ["problem"] = problem });
            }
            else if (problem is null)
            {
                terminal.Out.WriteLine($"{what}: verified; every figure follows from the intervals, SHA-256 {statement?["intervalsSha256"]}");
            }
            else
            {
                terminal.Out.WriteLine($"{what}: VERIFICATION FAILED");
                terminal.Out.WriteLine($"  first thing wrong: {problem}");
            }

            return problem is null ? ExitCodes.Fine : ExitCodes.VerificationFailed;
        });
        return command;
    }

    private static async Task<JsonNode?> FetchAsync(ParseResult parse, long number, CancellationToken cancellationToken)
    {
        using var api = CommonOptions.Connect(parse);
        return (await api.GetAsync($"availability/statements/{number}", cancellationToken))["statement"];
    }

    private static JsonNode? Read(string path)
    {
        try
        {
            var document = JsonNode.Parse(File.ReadAllBytes(path));
            return document is JsonObject { Count: 2 } published && published["statement"] is { } inner ? inner : document;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailedException(ExitCodes.Usage, $"FILE {path} cannot be read ({e.Message.TrimEnd('.')}). Give a file that is there and that you may read.");
        }
        catch (JsonException e)
        {
            throw new CommandFailedException(ExitCodes.VerificationFailed, $"{path} is no JSON ({e.Message.TrimEnd('.')}).");
        }
    }
}
