using System.CommandLine;
using DrOrchestrator.Estates.Loading;
using DrOrchestrator.Plans;

namespace DrOrchestrator.Cli.Commands;

/// <summary>An estate read from its folder by a command that needs no server.</summary>
internal static class EstateReading
{
    /// <summary>Plans that travel beside the executable.</summary>
    public static string ShippedRunbooks { get; } = Path.Combine(AppContext.BaseDirectory, "runbooks");

    public static Option<string> Folder(bool required = true) => new("--estate") { Description = "Folder of the estate's YAML", HelpName = "DIR", Required = required };

    public static EstateLoadResult Load(string folder, IStepKindCatalog kinds) => EstateLoader.Load(folder, kinds, Directory.Exists(ShippedRunbooks) ? ShippedRunbooks : null);

    /// <summary>The estate, or every problem as one message with exit code 3.</summary>
    public static EstateLoadResult.Loaded Require(string folder, IStepKindCatalog kinds) => Load(folder, kinds) switch
    {
        EstateLoadResult.Loaded loaded => loaded,
        EstateLoadResult.Refused refused => throw new CommandFailedException(
            ExitCodes.InvalidEstate,
            $"the estate in {folder} is not valid:{Environment.NewLine}{string.Join(Environment.NewLine, refused.Errors.Select(error => "  " + error))}"),
        var other => throw new InvalidOperationException($"{other.GetType()} is no result of loading an estate."),
    };
}
