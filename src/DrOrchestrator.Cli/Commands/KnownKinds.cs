using DrOrchestrator.Plans;
using DrOrchestrator.Web;

namespace DrOrchestrator.Cli.Commands;

/// <summary>The kinds a plan may use, for commands that read plans without a server.</summary>
internal static class KnownKinds
{
    private static readonly Lazy<Task<IStepKindCatalog>> Loaded = new(Product.KindsAsync);

    /// <summary>Made when it is first asked for: most commands never need it.</summary>
    public static Task<IStepKindCatalog> CatalogAsync() => Loaded.Value;
}
