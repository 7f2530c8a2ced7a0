using System.Text.Json.Nodes;

namespace DrOrchestrator.Drills.Steps.Postgres;

/// <summary>A row as one side has it: its key, and what the plan lets be seen of it.</summary>
/// <param name="Place">Where it stands in its table (<c>ctid</c>).</param>
/// <param name="Digest">Of the whole row, salted for this comparison; goes on no record.</param>
/// <param name="Writer">The number of the transaction that wrote it, at the new side; 0 at the old one.</param>
internal sealed record SideRow(IReadOnlyList<string> Key, string Place, string Digest, JsonArray Shown, JsonArray Hashed, long Writer = 0)
{
    public string KeyText => string.Join('\u001f', Key);
}

/// <summary>A row that was there at the fork and that a transaction beyond it updated or deleted.</summary>
/// <param name="Place">Where it stood at the fork, on both sides.</param>
/// <param name="Last">Where its last version stands at the old side; <c>-</c> where it was deleted.</param>
/// <param name="IsDoubtful">It may have come by a record that names no places, so that it was not there at the fork.</param>
internal sealed record TouchedRow(string Place, string Last, bool IsDoubtful);

/// <summary>What the host has read of one table in the copy of the old data.</summary>
/// <param name="Relation">Tablespace, database and file: the same on both sides unless the table was rewritten or emptied.</param>
/// <param name="Columns">With their types.</param>
/// <param name="IsCut">There are more rows, or more touched ones, than are listed.</param>
/// <param name="Unread">Records of the log that touch it and were not understood.</param>
internal sealed record OldTable(
    string Name, string Relation, string Kind, string Columns, IReadOnlyList<SideRow> Rows, IReadOnlyList<TouchedRow> Touched, bool IsCut, long Unread)
{
    public static OldTable From(JsonObject table) => new(
        table.Text("name"),
        table.Text("relation"),
        table["head"]!.AsObject().Text("kind"),
        table["head"]!.AsObject().Text("columns"),
        [.. table["rows"]!.AsArray().Select(row => RowOf(row!.AsArray()))],
        [.. table["touched"]!.AsArray().Select(row => new TouchedRow(row![0]!.ToString(), row[1]!.ToString(), row[2]!.GetValue<bool>()))],
        table.Flag("more") || table.Flag("moreTouched"),
        (long)(table.Number("unread") ?? 0));

    /// <summary>Key, place, digest, shown, hashed, and at the new side the writer.</summary>
    public static SideRow RowOf(JsonArray row) => new(
        [.. row[0]!.AsArray().Select(part => part?.ToString() ?? "\u0000null")], row[1]!.ToString(), row[2]!.ToString(), (JsonArray)row[3]!.DeepClone(), (JsonArray)row[4]!.DeepClone(), row.Count > 5 ? row[5]!.GetValue<long>() : 0);
}
