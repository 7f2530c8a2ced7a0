using DrOrchestrator.Estates.Yaml;

namespace DrOrchestrator.Estates.Loading;

/// <summary>Reads <c>confirmations: 3</c> (in a row) and <c>confirmations: { failures: 3, of: 5 }</c>.</summary>
internal static class ConfirmationsReader
{
    private const int Usual = 2;
    private const int Most = 10;
    private const int MostOf = 20;

    public static (int Failures, int Of) Read(StrictMap map)
    {
        if (map.Peek("confirmations") is not YamlMapping || map.Map("confirmations", required: false, "confirmations") is not { } both)
        {
            var inARow = map.OptionalInteger("confirmations", 1, Most) ?? Usual;
            return (inARow, inARow);
        }

        var (failures, of) = (both.Integer("failures", 1, Most), both.Integer("of", 1, MostOf));
        if (of < failures)
        {
            both.Problems.Add(both.PlaceOf("of"), $"{failures} failures of {of} results", "at least as many results as failures", "Raise 'of', or lower 'failures'.");
        }

        both.Close();
        return (failures, Math.Max(failures, of));
    }
}
