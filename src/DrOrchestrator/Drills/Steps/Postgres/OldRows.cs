using System.Text.Json.Nodes;
using DrOrchestrator.Drills.Journals;

namespace DrOrchestrator.Drills.Steps.Postgres;

/// <summary>A row as one side has it: its key, and what the plan lets be seen of it.</summary>
/// <param name="Place">Where it stands in its table (<c>ctid</c>).</param>
/// <param name="Digest">Of the whole row, salted for this comparison; goes on no record.</param>
/// <param name="Writer">The number of the transaction that wrote it, at the new side; 0 at the old one.</param>
internal sealed record SideRow(IReadOnlyList<string> Key, string Place, string Digest, JsonArray Shown, JsonArray Hashed, long Writer = 0)
{
    public string KeyText => string.Join('\u001f', Key);

    /// <summary>Key, place, digest, shown, hashed, and at the new side the writer. Null where it is no such row.</summary>
    public static SideRow? From(JsonNode? said, ReconciledTable table) =>
        said is JsonArray { Count: 5 or 6 } row && row[0] is JsonArray key && key.Count == table.Key.Count && TextOf(row[1]) is { } place && TextOf(row[2]) is { } digest
        && row[3] is JsonArray shown && shown.Count == table.Show.Count && row[4] is JsonArray hashed && hashed.Count == table.Hash.Count
            ? new SideRow([.. key.Select(part => TextOf(part) ?? "\u0000null")], place, digest, (JsonArray)shown.DeepClone(), (JsonArray)hashed.DeepClone(), row.Count > 5 && row[5] is JsonValue writer && writer.TryGetValue<long>(out var number) ? number : 0)
            : null;

    private static string? TextOf(JsonNode? said) => said is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;
}

/// <summary>A row that was there at the fork and that a transaction beyond it updated or deleted.</summary>
/// <param name="Place">Where it stood at the fork, on both sides.</param>
/// <param name="Last">Where its last version stands at the old side; <c>-</c> where it was deleted.</param>
/// <param name="IsDoubtful">It may have come by a record that names no places, so that it was not there at the fork.</param>
internal sealed record TouchedRow(string Place, string Last, bool IsDoubtful)
{
    /// <summary>Null where it is no such row.</summary>
    public static TouchedRow? From(JsonNode? said) =>
        said is JsonArray { Count: 3 } row && row[0] is JsonValue at && at.TryGetValue<string>(out var place) && row[1] is JsonValue to && to.TryGetValue<string>(out var last)
        && row[2] is JsonValue doubt && doubt.TryGetValue<bool>(out var isDoubtful)
            ? new TouchedRow(place, last, isDoubtful)
            : null;
}

/// <summary>What the host has read of one table in the copy of the old data.</summary>
/// <param name="Relation">Tablespace, database and file: the same on both sides unless the table was rewritten or emptied.</param>
/// <param name="Columns">With their types.</param>
/// <param name="IsCut">There are more rows, or more touched ones, than are listed.</param>
/// <param name="Unread">Records of the log that touch it and were not understood.</param>
internal sealed record OldTable(
    string Name, string Relation, string Kind, string Columns, IReadOnlyList<SideRow> Rows, IReadOnlyList<TouchedRow> Touched, bool IsCut, long Unread)
{
    /// <summary>Null where it is not what a host says of such a table.</summary>
    public static OldTable? From(JsonNode? said, ReconciledTable table)
    {
        if (said is not JsonObject told || told["head"] is not JsonObject head || told["rows"] is not JsonArray rows || told["touched"] is not JsonArray touched || told.Text("name") != table.Name)
        {
            return null;
        }

        var (read, followed) = (rows.Select(row => SideRow.From(row, table)).ToList(), touched.Select(TouchedRow.From).ToList());
        return read.Contains(null) || followed.Contains(null) ? null : new OldTable(
            table.Name, told.Text("relation"), head.Text("kind"), head.Text("columns"), [.. read.OfType<SideRow>()], [.. followed.OfType<TouchedRow>()], told.Flag("more") || told.Flag("moreTouched"), (long)(told.Number("unread") ?? 0));
    }
}

/// <summary>All that the host has read of the old data.</summary>
/// <param name="Next">The first number of a transaction that the new side has made of its own; 0 where that is not known.</param>
internal sealed record OldRows(IReadOnlyList<OldTable> Tables, long Next, RowRest Rest)
{
    /// <summary>Null where it does not tell of every table and of what else was written, as this release's script does.</summary>
    public static OldRows? From(JsonObject facts, IReadOnlyList<ReconciledTable> tables)
    {
        if (facts["tables"] is not JsonArray told || told.Count != tables.Count || RowRest.From(facts["rest"]) is not { } rest || facts.Number("nextXid") is not { } next)
        {
            return null;
        }

        var read = told.Zip(tables, OldTable.From).OfType<OldTable>().ToList();
        return read.Count == tables.Count ? new OldRows(read, (long)next, rest) : null;
    }
}
