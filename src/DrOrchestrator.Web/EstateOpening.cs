using System.Text.Json.Nodes;
using DrOrchestrator.Availability;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Drills.Results;
using DrOrchestrator.Estates;
using DrOrchestrator.Estates.Loading;
using DrOrchestrator.Evidence;
using DrOrchestrator.Plans;
using DrOrchestrator.Probes.Vantage;

namespace DrOrchestrator.Web;

/// <summary>Reads the estate at start, puts it in force and on record.</summary>
internal sealed class EstateOpening(ServeOptions options, OwnVantage vantage, IStepKindCatalog kinds, EstateHolder estates, PlanLibrary plans, ServingSites servingSites, DecidingSubjects deciding, IDrillJournal journal, IEvidenceLog evidence)
{
    /// <summary>Plans that travel beside the executable; null when there are none.</summary>
    public static string? ShippedRunbooks { get; } = Path.Combine(AppContext.BaseDirectory, "runbooks") is var folder && Directory.Exists(folder) ? folder : null;

    /// <summary>Once per process.</summary>
    /// <exception cref="ServeException">The estate is not valid: every problem with its place, exit code 3.</exception>
    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        if (!ReferenceEquals(estates.Current, Estate.None))
        {
            return;
        }

        switch (EstateLoader.Load(options.EstateFolder, kinds, ShippedRunbooks))
        {
            case EstateLoadResult.Refused refused:
                throw new ServeException(
                    ServeFailure.InvalidEstate,
                    $"The estate in {options.EstateFolder} is not valid; nothing was started.\n" + string.Join('\n', refused.Errors.Select(error => "  " + error)));
            case EstateLoadResult.Loaded loaded when vantage.Problem(loaded.Estate) is { } problem:
                throw new ServeException(ServeFailure.Usage, problem);
            case EstateLoadResult.Loaded loaded:
                await deciding.PutInForceAsync(loaded.Estate, cancellationToken);
                estates.Swap(loaded.Estate);
                plans.Swap(loaded.Plans);
                await RecordAsync(loaded, cancellationToken);
                break;
        }

        foreach (var (system, site) in await journal.ServingSitesAsync(cancellationToken))
        {
            servingSites.Moved(system, site);
        }
    }

    private async Task RecordAsync(EstateLoadResult.Loaded loaded, CancellationToken cancellationToken)
    {
        var hashes = new JsonObject(loaded.Plans.Values.Select(plan => KeyValuePair.Create<string, JsonNode?>(plan.Name, plan.Hash)));
        var payload = new JsonObject { ["estate"] = loaded.Estate.Name, ["hash"] = loaded.Estate.Hash, ["sandbox"] = loaded.Estate.IsSandbox, ["plans"] = hashes };
        var version = new JsonObject { ["version"] = typeof(EstateOpening).Assembly.GetName().Version?.ToString(3) };
        await evidence.AppendAsync(new EvidenceDraft("server.started", "system", null, null, version), cancellationToken);
        await evidence.AppendAsync(new EvidenceDraft("estate.loaded", "system", null, null, payload), cancellationToken);
    }
}
