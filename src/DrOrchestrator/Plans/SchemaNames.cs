using System.Text.Json.Nodes;
using DrOrchestrator.Estates;

namespace DrOrchestrator.Plans;

/// <summary>Names that a plan may use: those of an estate where one is given, any name otherwise.</summary>
internal sealed class SchemaNames(Estate? estate)
{
    public JsonObject Site() => Of(estate?.Sites.Select(site => site.Name));

    public JsonObject System() => Of(estate?.Systems.Select(system => system.Name));

    public JsonObject Probe() => Of(estate?.Probes.Select(probe => probe.Name));

    public JsonObject Endpoint() => Of(estate?.Endpoints.Select(endpoint => endpoint.Name));

    public JsonObject RecoveryPoint() => Of(estate?.RecoveryPoints.Select(point => point.Name));

    public JsonObject Database() => Of(estate?.Databases.Select(database => database.Name));

    public JsonObject RestorePlace() => Of(estate?.RestorePlaces.Select(place => place.Name));

    /// <summary>Ids of people are no names: an estate may take them from a directory.</summary>
    public JsonObject Person() => estate is null ? new JsonObject { ["type"] = "string", ["minLength"] = 1 } : PlanSchema.OneOf(estate.People.Select(person => person.Id));

    private static JsonObject Of(IEnumerable<string>? names) => names is null ? PlanSchema.Definition("name") : PlanSchema.OneOf(names);
}
