using DrOrchestrator.Estates;
using DrOrchestrator.Estates.Loading;
using DrOrchestrator.Plans;

namespace DrOrchestrator.Web;

/// <summary>The estate the server was started with and its plans; read once, before anything listens.</summary>
internal sealed class EstateSource(ServeOptions options, IStepKindCatalog kinds)
{
    private readonly Lazy<EstateLoadResult.Loaded> _loaded = new(() => Load(options.EstateFolder, kinds));

    public Estate Estate => _loaded.Value.Estate;

    public IPlans Plans => new LoadedPlans([.. _loaded.Value.Plans.Values]);

    private static EstateLoadResult.Loaded Load(string folder, IStepKindCatalog kinds) =>
        EstateLoader.Load(folder, kinds, ShippedRunbooks()) switch
        {
            EstateLoadResult.Loaded loaded => loaded,
            EstateLoadResult.Refused refused => throw new ServeException(
                ServeFailure.InvalidEstate,
                $"The estate in {folder} is not valid; nothing was started.\n" + string.Join('\n', refused.Errors)),
            var other => throw new InvalidOperationException($"{other.GetType()} is no result of loading an estate."),
        };

    /// <summary>The plans packed beside the program.</summary>
    private static string? ShippedRunbooks()
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "runbooks");
        return Directory.Exists(folder) ? folder : null;
    }

    private sealed record LoadedPlans(IReadOnlyList<Plan> All) : IPlans;
}
