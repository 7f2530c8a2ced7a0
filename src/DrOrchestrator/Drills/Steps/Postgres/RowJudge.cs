using System.Globalization;
using System.Text.Json.Nodes;
using DrOrchestrator.Drills.Journals;

namespace DrOrchestrator.Drills.Steps.Postgres;

/// <summary>What the new primary has of one table, as far as it was asked.</summary>
/// <param name="ByPlace">What stands now where touched rows stood at the fork.</param>
/// <param name="ByKey">What has the keys of rows that the old side wrote.</param>
internal sealed record NewTable(string Relation, string Columns, IReadOnlyList<SideRow> ByPlace, IReadOnlyList<SideRow> ByKey);

/// <summary>The rows of one table that the two sides do not share, by key.</summary>
/// <param name="Gaps">Why the list says too little; empty where it is complete.</param>
internal sealed record TableFinding(string Name, JsonArray OnlyOld, JsonArray OnlyNew, JsonArray Differ, int Same, IReadOnlyList<string> Gaps)
{
    public JsonObject ToJson() => new()
    {
        ["table"] = Name,
        ["complete"] = Gaps.Count == 0,
        ["gaps"] = JournalJson.Array(Gaps),
        ["onlyOld"] = OnlyOld,
        ["onlyNew"] = OnlyNew,
        ["differ"] = Differ,
        ["same"] = Same,
    };
}

/// <summary>
/// The numbers that the new side has given to transactions since the fork. They have 32 bits and go round, and an old row keeps the number of an earlier round: only what lies between the
/// first and the last is its own.
/// </summary>
/// <param name="First">0 where it is not known.</param>
/// <param name="End">The first that is not given yet, as the server counts them (64 bits).</param>
internal readonly record struct OwnTransactions(long First, ulong End)
{
    /// <summary>Numbers below it stand for rows that are frozen.</summary>
    private const long FirstNormal = 3;

    public bool AreKnown => First > 0;

    public bool Has(long writer) => AreKnown && writer >= FirstNormal && unchecked((uint)writer - (uint)First < (uint)End - (uint)First);
}

/// <summary>
/// Compares a table by key. What counts is what transactions beyond the fork did at the old side: rows they inserted or updated carry their numbers, rows they deleted or updated stood
/// at the fork where they stand at the new side. Whatever cannot be followed is a gap, never nothing. Pure.
/// </summary>
internal static class RowJudge
{
    public static TableFinding Judge(ReconciledTable table, OldTable old, NewTable now, OwnTransactions own)
    {
        var gaps = new List<string>();
        var (onlyOld, onlyNew, differ) = (new JsonArray(), new JsonArray(), new JsonArray());
        var same = 0;
        AddIf(gaps, old.Kind is not "r", $"{table.Name} is no plain table (name its partitions)");
        AddIf(gaps, old.IsCut, $"{table.Name} has more than {old.Rows.Count} rows of transactions that only the old side has");
        AddIf(gaps, old.Unread > 0, string.Create(CultureInfo.InvariantCulture, $"{old.Unread} records of the log about {table.Name} are of a kind that is not known"));
        AddIf(gaps, !own.AreKnown && (old.Rows.Count > 0 || old.Touched.Count > 0), $"the log does not reach back to before the first of the transactions: rows of {table.Name} that they deleted earlier may be missing");
        AddIf(gaps, old.Columns != now.Columns, $"the columns of {table.Name} are not the same on both sides any more");
        var isOneFile = old.Relation == now.Relation;
        AddIf(gaps, !isOneFile, $"{table.Name} was rewritten or emptied on one side since the fork: rows that the old side deleted are not known");
        AddIf(gaps, IsAmbiguous(old.Rows) || IsAmbiguous(now.ByKey), $"the key of {table.Name} is not unique, or may be null");

        var here = now.ByKey.GroupBy(row => row.KeyText).ToDictionary(group => group.Key, group => group.First(), StringComparer.Ordinal);
        foreach (var row in old.Rows)
        {
            if (!here.TryGetValue(row.KeyText, out var other))
            {
                onlyOld.Add((JsonNode)Entry(table, row, null, own));
            }
            else if (other.Digest == row.Digest && old.Columns == now.Columns)
            {
                same++;
            }
            else
            {
                differ.Add((JsonNode)Entry(table, row, other, own));
            }
        }

        var written = old.Rows.Select(row => row.KeyText).ToHashSet(StringComparer.Ordinal);
        var byPlace = isOneFile ? now.ByPlace.Where(row => own.AreKnown && !own.Has(row.Writer)).GroupBy(row => row.Place).ToDictionary(group => group.Key, group => group.First(), StringComparer.Ordinal) : [];
        foreach (var row in byPlace.Values.Where(row => !written.Contains(row.KeyText)))
        {
            onlyNew.Add((JsonNode)Entry(table, null, row, own));
        }

        // A row that the new side has changed since stands elsewhere there: it is known by its key, if the old side still has it under that key.
        var kept = old.Rows.Where(row => here.ContainsKey(row.KeyText)).Select(row => row.Place).ToHashSet(StringComparer.Ordinal);
        var lost = isOneFile ? old.Touched.Count(row => !row.IsDoubtful && !byPlace.ContainsKey(row.Place) && !kept.Contains(row.Last)) : 0;
        AddIf(gaps, lost > 0, string.Create(CultureInfo.InvariantCulture, $"{lost} rows of {table.Name} that the old side deleted or gave another key have been changed on the new side since: their keys are not known"));
        return new TableFinding(table.Name, onlyOld, onlyNew, differ, same, gaps);
    }

    private static void AddIf(List<string> gaps, bool isSo, string words)
    {
        if (isSo)
        {
            gaps.Add(words);
        }
    }

    private static bool IsAmbiguous(IReadOnlyList<SideRow> rows) => rows.Select(row => row.KeyText).Distinct(StringComparer.Ordinal).Count() != rows.Count || rows.Any(row => row.Key.Contains("\u0000null"));

    private static JsonObject Entry(ReconciledTable table, SideRow? old, SideRow? now, OwnTransactions own)
    {
        var entry = new JsonObject { ["key"] = Named(table.Key, [.. (old ?? now)!.Key.Select(part => JsonValue.Create(part))]) };
        AddSide(entry, "old", table, old);
        AddSide(entry, "new", table, now);
        if (now is not null && old is not null)
        {
            // Written by the new primary since: not lost as it stands, but two sides have booked on one row.
            entry["changedOnNewSide"] = own.Has(now.Writer);
        }

        return entry;
    }

    private static void AddSide(JsonObject entry, string side, ReconciledTable table, SideRow? row)
    {
        if (row is not null && table.Show.Count + table.Hash.Count > 0)
        {
            var values = Named(table.Show, row.Shown);
            foreach (var (name, digest) in Named(table.Hash, row.Hashed))
            {
                values[$"{name} (HMAC-SHA-256)"] = digest?.DeepClone();
            }

            entry[side] = values;
        }
    }

    private static JsonObject Named(IReadOnlyList<string> names, JsonArray values)
    {
        var named = new JsonObject();
        for (var at = 0; at < names.Count && at < values.Count; at++)
        {
            named[names[at]] = values[at]?.DeepClone();
        }

        return named;
    }
}
