using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using DrOrchestrator.Plans;
using DrOrchestrator.Words;

namespace DrOrchestrator.Drills.Steps.Postgres;

/// <summary>A table whose rows are reconciled by key (账务核对) after a loss: <c>tables: { public.entries: { key: [id], show: [amount], hash: [holder] } }</c>.</summary>
/// <param name="Name">With its schema.</param>
/// <param name="Key">Columns by which the business finds a row; unique and never null.</param>
/// <param name="Show">Columns that are listed as they are (200 characters of each).</param>
/// <param name="Hash">Columns that are listed as a digest of their text (<see cref="RowMask"/>).</param>
internal sealed partial record ReconciledTable(string Name, IReadOnlyList<string> Key, IReadOnlyList<string> Show, IReadOnlyList<string> Hash)
{
    public const string Parameter = "tables";

    private const string Allowed = "SCHEMA.TABLE: { key: [COLUMN, ...], show: [COLUMN, ...], hash: [COLUMN, ...] }, names of letters, digits and _";
    private const int MostTables = 20;

    private static readonly string[] Words = ["key", "show", "hash"];

    /// <summary>How a host is told.</summary>
    public string Word => $"{Name}/{string.Join('.', Key)}/{string.Join('.', Show)}/{string.Join('.', Hash)}";

    /// <summary>The table as SQL names it.</summary>
    public string Quoted => string.Join('.', Name.Split('.').Select(Quote));

    public static string Quote(string identifier) => $"\"{identifier}\"";

    /// <summary>As declared; empty where none is.</summary>
    public static IReadOnlyList<ReconciledTable> From(StepParameters parameters) =>
        [.. (parameters.Object(Parameter) ?? []).Select(table => new ReconciledTable(table.Key, Names(table.Value, "key"), Names(table.Value, "show"), Names(table.Value, "hash")))];

    /// <summary>What stands against them; each by itself.</summary>
    public static IEnumerable<ParameterProblem> Judge(StepParameters parameters)
    {
        if (!parameters.Has(Parameter))
        {
            yield break;
        }

        if (parameters.Object(Parameter) is not { Count: > 0 and <= MostTables } tables)
        {
            yield return new ParameterProblem(Parameter, $"'{Parameter}' names no table, or more than {MostTables}", Allowed, "Name the tables that the business books by.");
            yield break;
        }

        foreach (var (name, value) in tables)
        {
            if (!TableName().IsMatch(name))
            {
                yield return new ParameterProblem(Parameter, $"'{name}' is no table with its schema", Allowed, "Write it as public.entries.");
            }

            if (value is not JsonObject table)
            {
                yield return new ParameterProblem(Parameter, $"'{name}' says nothing of its columns", Allowed, "Say by which columns the business finds a row.");
                continue;
            }

            foreach (var (word, columns) in table)
            {
                if (!Words.Contains(word))
                {
                    yield return new ParameterProblem(Parameter, $"'{word}' of '{name}' is unknown{(NearestWord.Of(word, Words) is { } near ? $"; '{near}' is near" : "")}", Allowed, "Correct the word.");
                }
                else if (columns is not JsonArray list || list.Any(column => column is not JsonValue text || !text.TryGetValue<string>(out var named) || !ColumnName().IsMatch(named)))
                {
                    yield return new ParameterProblem(Parameter, $"'{word}' of '{name}' is no list of columns", Allowed, "List columns by their plain names.");
                }
            }

            if (table["key"] is null or JsonArray { Count: 0 })
            {
                yield return new ParameterProblem(Parameter, $"'{name}' has no 'key'", Allowed, "Say by which columns the business finds a row.");
            }
        }
    }

    private static IReadOnlyList<string> Names(JsonNode? table, string word) => [.. (table?[word] as JsonArray ?? []).Select(column => column!.ToString())];

    [GeneratedRegex(@"^[A-Za-z_][A-Za-z0-9_]*\.[A-Za-z_][A-Za-z0-9_]*\z", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex TableName();

    [GeneratedRegex(@"^[A-Za-z_][A-Za-z0-9_]*\z", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex ColumnName();
}
