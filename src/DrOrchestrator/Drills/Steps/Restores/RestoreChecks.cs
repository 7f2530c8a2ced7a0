using System.Globalization;
using System.Text.Json.Nodes;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Plans;
using DrOrchestrator.Time;

namespace DrOrchestrator.Drills.Steps.Restores;

/// <summary>One question to a restored database.</summary>
/// <param name="Sql">One SELECT; <c>$1</c> in it is the moment up to which content is compared.</param>
/// <param name="Expect">Its first value, as text; null where nothing is fixed.</param>
/// <param name="AtLeast">Least first value, a number.</param>
/// <param name="AsSource">The source must answer the same.</param>
internal sealed record RestoreCheck(string Name, string Sql, string? Expect, decimal? AtLeast, bool AsSource)
{
    private static readonly string[] Keys = ["sql", "expect", "at-least", "as-source"];

    /// <summary>Reads <c>checks:</c>; throws <see cref="StepFailedException"/> with what is wrong.</summary>
    public static IReadOnlyList<RestoreCheck> From(JsonObject? checks)
    {
        if (checks is not { Count: > 0 })
        {
            throw new StepFailedException("'checks' is empty: a restore that nobody looks into proves nothing. Allowed: NAME: { sql: SELECT, and expect:, at-least: or as-source: true }");
        }

        return [.. checks.Select(check => One(check.Key, check.Value as JsonObject ?? throw new StepFailedException($"check '{check.Key}' is no mapping; allowed: {string.Join(", ", Keys)}")))];
    }

    /// <summary>What is wrong with the answers; null where nothing is. Pure.</summary>
    public string? Problem(string? restored, string? source) =>
        Expect is not null && restored != Expect ? $"{Name}: it says '{restored ?? "nothing"}', '{Expect}' is expected"
        : AtLeast is { } least && !(decimal.TryParse(restored, NumberStyles.Number, CultureInfo.InvariantCulture, out var number) && number >= least)
            ? string.Create(CultureInfo.InvariantCulture, $"{Name}: it says '{restored ?? "nothing"}', at least {least} is expected")
        : AsSource && restored != source ? $"{Name}: restored is '{restored ?? "nothing"}', the source has '{source ?? "nothing"}'"
        : null;

    private static RestoreCheck One(string name, JsonObject check)
    {
        if (check.Select(pair => pair.Key).FirstOrDefault(key => !Keys.Contains(key)) is { } unknown)
        {
            throw new StepFailedException($"check '{name}' has the unknown key '{unknown}'; allowed: {string.Join(", ", Keys)}");
        }

        var one = new RestoreCheck(name, check.Text("sql"), check.OptionalText("expect"), (decimal?)check.Number("at-least"), check.Flag("as-source"));
        return one.Sql.Length == 0 || (one.Expect is null && one.AtLeast is null && !one.AsSource)
            ? throw new StepFailedException($"check '{name}' needs sql: and one of expect:, at-least:, as-source: true; else it cannot fail")
            : one;
    }
}

/// <summary>How young the newest row may be expected to be. Pure.</summary>
internal static class NewestRow
{
    /// <summary>What is wrong; null where the newest row is as young as the backup's claim allows.</summary>
    /// <param name="within">The longest time without a row that is normal for the system.</param>
    public static string? Problem(DateTimeOffset? newest, DateTimeOffset represents, TimeSpan within) =>
        newest is not { } row ? "the newest row: there is none"
        : represents - row > within
            ? $"the newest row is of {row.ToRfc3339()}, {Durations.Format(TimeSpan.FromSeconds(Math.Floor((represents - row).TotalSeconds)))} before {represents.ToRfc3339()}, the moment the backup claims; {Durations.Format(within)} is allowed"
            : null;
}
