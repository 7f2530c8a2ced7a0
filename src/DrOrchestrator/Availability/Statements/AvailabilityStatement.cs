using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using DrOrchestrator.Evidence;
using DrOrchestrator.Tiers;
using DrOrchestrator.Time;

namespace DrOrchestrator.Availability.Statements;

/// <summary>
/// What is stated about a system's availability, with the intervals behind it. Anybody can compute every figure again from the intervals alone; their SHA-256 (over
/// RFC 8785 canonical JSON) says that they are the same. Pure.
/// </summary>
public static class AvailabilityStatement
{
    /// <summary>The rules by which figures come from intervals; a statement of other rules is refused, not guessed at.</summary>
    public const string Format = "dro-availability/1";

    /// <summary>Puts a statement together.</summary>
    /// <param name="limits">The limits in force, or null for tiers without.</param>
    /// <param name="madeAt">When; it changes no figure.</param>
    public static JsonObject Make(AvailabilityEvidence evidence, AvailabilityWindow window, string timeZone, TierLimits? limits, DateTimeOffset madeAt)
    {
        var intervals = StatementIntervals.Json(evidence);
        var statement = new JsonObject
        {
            ["format"] = Format,
            ["system"] = evidence.System,
            ["madeAt"] = madeAt.ToRfc3339(),
            ["rules"] = RuleTable.InForceAt(madeAt).Version,
            ["timeZone"] = timeZone,
            ["window"] = new JsonObject
            {
                ["name"] = window.Name,
                ["from"] = window.From.ToRfc3339(),
                ["to"] = window.To.ToRfc3339(),
                ["wholeTo"] = window.WholeTo.ToRfc3339(),
            },
            ["limits"] = limits is null ? null : new JsonObject
            {
                ["tier"] = limits.Tier,
                ["yearlyDowntime"] = limits.YearlyDowntime.Ticks / TimeSpan.TicksPerMicrosecond,
                ["availabilityPercent"] = limits.AvailabilityPercent.ToString(CultureInfo.InvariantCulture),
                ["downtimeSource"] = limits.DowntimeSource,
                ["availabilitySource"] = limits.AvailabilitySource,
            },
            ["intervals"] = intervals,
            ["intervalsSha256"] = Hash(intervals),
        };
        statement["figures"] = Figures(statement);
        return statement;
    }

    /// <summary>Computes everything again; null when it all agrees, else the first thing that does not.</summary>
    public static string? FirstProblem(JsonNode? document)
    {
        if (document is not JsonObject statement)
        {
            return "this is no statement: a JSON object was expected";
        }

        try
        {
            if (statement["format"]?.GetValue<string>() is var format && format != Format)
            {
                return $"the format is '{format}'; this program knows '{Format}'";
            }

            if (Hash(statement["intervals"]) is var hash && hash != statement["intervalsSha256"]?.GetValue<string>())
            {
                return $"the intervals have the SHA-256 {hash}, the statement says {statement["intervalsSha256"]}";
            }

            return FirstDifference("figures", Figures(statement), statement["figures"]);
        }
        catch (Exception exception) when (exception is FormatException or InvalidOperationException or ArgumentException)
        {
            return exception.Message;
        }
    }

    private static JsonObject Figures(JsonObject statement)
    {
        DateTimeOffset Moment(string key) => statement["window"]?[key]?.GetValue<string>() is { } text
            ? DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal)
            : throw new FormatException($"the window has no '{key}'");
        var (from, to, whole) = (Moment("from"), Moment("to"), Moment("wholeTo"));
        var downtime = StatementIntervals.Parse(statement["intervals"]).Between(from, to);
        var figures = StatementFigures.Of(downtime);
        figures["budget"] = statement["limits"] is JsonObject limits
            ? BudgetForecast.Of(downtime, whole, TimeSpan.FromMicroseconds(limits["yearlyDowntime"]!.GetValue<long>())).ToJson()
            : null;
        return figures;
    }

    private static string? FirstDifference(string place, JsonNode? computed, JsonNode? stated)
    {
        if (computed is JsonObject mine && stated is JsonObject theirs)
        {
            return mine.Select(property => property.Key).Union(theirs.Select(property => property.Key))
                .Select(key => FirstDifference($"{place}.{key}", mine[key], theirs[key])).FirstOrDefault(problem => problem is not null);
        }

        return CanonicalJson.Serialize(computed).AsSpan().SequenceEqual(CanonicalJson.Serialize(stated))
            ? null
            : $"{place} is stated as {stated?.ToJsonString() ?? "null"}; the intervals say {computed?.ToJsonString() ?? "null"}";
    }

    /// <summary>SHA-256 of the intervals, as a statement over the same evidence carries it.</summary>
    public static string HashOf(AvailabilityEvidence evidence) => Hash(StatementIntervals.Json(evidence));

    private static string Hash(JsonNode? intervals) => Convert.ToHexStringLower(SHA256.HashData(CanonicalJson.Serialize(intervals)));
}
