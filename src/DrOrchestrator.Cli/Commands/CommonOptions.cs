using System.CommandLine;
using DrOrchestrator.Cli.Client;

namespace DrOrchestrator.Cli.Commands;

/// <summary>Options that many commands share; one instance each, so that help and names are the same everywhere.</summary>
internal static class CommonOptions
{
    private static readonly Option<string?> Data = new("--data") { Description = "Data folder of a server on this machine", HelpName = "DIR" };
    private static readonly Option<string?> Server = new("--server") { Description = "Address of a server", HelpName = "URL" };
    private static readonly Option<string?> TokenFile = new("--token-file") { Description = "File whose first line is your token (with --data: instead of the local operator's)", HelpName = "FILE" };

    /// <summary>Recursive: every command has it.</summary>
    public static Option<string> Output { get; } = OfWords("--output", "text", "Form of the result on standard output", ["text", "json"]);

    public static bool Json(ParseResult parse) => parse.GetValue(Output) == "json";

    /// <summary>A command that speaks to a server.</summary>
    public static Command Client(string name, string description) => new(name, description) { Data, Server, TokenFile };

    public static ApiClient Connect(ParseResult parse) => new(ServerAddress.Resolve(parse.GetValue(Data), parse.GetValue(Server), parse.GetValue(TokenFile)));

    /// <summary>The folder of <c>--data</c>; null when another server is named.</summary>
    public static string? DataFolder(ParseResult parse) => parse.GetValue(Server) is null ? parse.GetValue(Data) : null;

    public static Option<string> OfWords(string name, string otherwise, string description, string[] words)
    {
        var option = new Option<string>(name) { Description = $"{description}: {string.Join(", ", words)}", DefaultValueFactory = _ => otherwise, HelpName = string.Join('|', words), Recursive = true };
        option.AcceptOnlyFromAmong(words);
        return option;
    }

    /// <summary>Number of a run.</summary>
    public static Argument<long> RunNumber() => new("ID") { Description = "Number of the run" };
}
