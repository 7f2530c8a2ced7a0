using System.Globalization;
using System.Text.Json.Nodes;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Estates;

namespace DrOrchestrator.Drills.Steps.Postgres;

/// <summary>
/// What the transactions beyond the fork have written to besides the tables that are reconciled: a list of rows that says nothing of it is not complete, however few tables are named.
/// Pure.
/// </summary>
/// <param name="Tables">With their schemas, and sequences that belong to no column.</param>
/// <param name="Databases">Others of the same server.</param>
/// <param name="Gone">Files that belong to no table any more: it was dropped, emptied or rewritten afterwards.</param>
internal sealed record RowRest(IReadOnlyList<string> Tables, bool LargeObjects, IReadOnlyList<string> Databases, long Gone)
{
    private const int MostNamed = 20;

    /// <summary>Null where the host does not say.</summary>
    public static RowRest? From(JsonNode? said) =>
        said is JsonObject rest && Names(rest["tables"]) is { } tables && Names(rest["databases"]) is { } databases && rest.Number("gone") is { } gone && rest["largeObjects"] is JsonValue
            ? new RowRest(tables, rest.Flag("largeObjects"), databases, (long)gone)
            : null;

    /// <summary>The tables that this product keeps in databases of others: nothing in them is anybody's to account for.</summary>
    public static IReadOnlyList<string> OwnTables(Estate estate) =>
        [PostgresSqlStep.MarkerTable, .. estate.RecoveryPoints.Select(point => (point.Settings as PostgresPointSettings)?.Heartbeat).OfType<string>()];

    /// <param name="own">As <see cref="OwnTables"/>.</param>
    public RowRest Without(IReadOnlyList<string> own) => this with { Tables = [.. Tables.Where(table => !own.Any(name => table == name || table.EndsWith($".{name}", StringComparison.Ordinal)))] };

    /// <summary>Why the list says too little; empty where nothing else was written.</summary>
    public IEnumerable<string> Gaps()
    {
        if (Tables.Count > 0)
        {
            var more = Tables.Count > MostNamed ? string.Create(CultureInfo.InvariantCulture, $" and {Tables.Count - MostNamed} more") : "";
            yield return $"transactions that only the old side has wrote to tables that are not compared: {string.Join(", ", Tables.Take(MostNamed))}{more}";
        }

        if (LargeObjects)
        {
            yield return "transactions that only the old side has wrote to large objects, which are not compared";
        }

        if (Databases.Count > 0)
        {
            yield return $"transactions that only the old side has wrote to other databases, which are not compared: {string.Join(", ", Databases)}";
        }

        if (Gone > 0)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"transactions that only the old side has wrote to {Gone} files of tables that were dropped, emptied or rewritten there afterwards");
        }
    }

    public JsonObject ToJson() => new() { ["tables"] = JournalJson.Array(Tables), ["largeObjects"] = LargeObjects, ["databases"] = JournalJson.Array(Databases), ["goneFiles"] = Gone };

    private static IReadOnlyList<string>? Names(JsonNode? said) =>
        said is JsonArray list && list.All(one => one is JsonValue value && value.TryGetValue<string>(out _)) ? [.. list.Select(one => one!.GetValue<string>())] : null;
}
