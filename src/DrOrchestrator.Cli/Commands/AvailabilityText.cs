using System.Globalization;
using System.Text.Json.Nodes;
using DrOrchestrator.Cli.Output;

namespace DrOrchestrator.Cli.Commands;

/// <summary>Availability as text. Pure. Percentages of statements are printed digit by digit as they are stated.</summary>
internal static class AvailabilityText
{
    /// <summary>All standing windows: one line each, coverage beside every percentage.</summary>
    public static void Windows(TextWriter writer, JsonObject document, AvailabilityWords words)
    {
        writer.WriteLine($"{document["system"]}  {words["availability"]}  ({document["timeZone"]})");
        writer.WriteLine();
        var columns = new Columns(words["window"], words["all-time"], words["service-time"], words["unplanned"], words["planned"], words["coverage"]);
        foreach (var window in document["windows"]!.AsArray())
        {
            var figure = window!["figure"]!;
            columns.Add(
                words[window["name"]!.ToString()],
                Percent(figure),
                figure["service"] is { } service ? Percent(service) : "-",
                $"{Span(figure, "down")} ({Span(figure, "downLower")}..{Span(figure, "downUpper")})",
                Span(figure, "maintenance"),
                Share(figure["coveragePercent"]));
        }

        columns.Write(writer, "  ");
        if (document["budget"] is JsonObject budget)
        {
            writer.WriteLine();
            writer.WriteLine($"  {words["left"]}  {Text(TimeSpan.FromSeconds(budget["left"]!.GetValue<double>()), words)} ({words["of"]} {Text(TimeSpan.FromSeconds(budget["limit"]!.GetValue<double>()), words)}); {RunsOut(budget, words)}");
        }
    }

    /// <summary>One window with everything that is stated about it.</summary>
    /// <param name="record">Its evidence record, where it is on record.</param>
    public static void Statement(TextWriter writer, JsonObject statement, JsonNode? record, string basis, AvailabilityWords words)
    {
        var (figures, window) = (statement["figures"]!, statement["window"]!);
        var isOver = string.CompareOrdinal(window["to"]!.ToString(), window["wholeTo"]!.ToString()) >= 0;
        writer.WriteLine($"{statement["system"]}  {words["availability"]}  {words[window["name"]!.ToString()]}  ({statement["timeZone"]})");
        writer.WriteLine($"{window["from"]} - {window["to"]}{(isOver ? "" : $"  {words["so far"]}")}");
        writer.WriteLine();
        var columns = new Columns();
        if (basis != "service-time")
        {
            columns.Add(words["all-time"], Stated(figures["allTime"]!, words));
        }

        if (basis != "all-time")
        {
            columns.Add(words["service-time"], figures["serviceTime"] is { } service ? Stated(service, words) : words["no calendar"]);
        }

        columns.Add(words["unplanned"], Bounds(figures["unplanned"]!, words))
            .Add(words["planned"], Bounds(figures["planned"]!, words))
            .Add(words["degraded"], Micros(figures["degraded"]!, words))
            .Add(words["unknown"], Micros(figures["unknown"]!, words))
            .Add(words["coverage"], $"{figures["coverage"]}%");
        if (figures["budget"] is JsonObject budget)
        {
            columns.Add(words["left"], $"{Micros(budget["left"]!, words)} ({words["of"]} {Micros(budget["limit"]!, words)}); {RunsOut(budget, words)}");
        }

        if (statement["limits"] is { } limits)
        {
            columns.Add(words["limits"], $"{Micros(limits["yearlyDowntime"]!, words)} ({limits["downtimeSource"]}), {limits["availabilityPercent"]}% ({limits["availabilitySource"]})");
        }

        columns.Add(words["rules"], $"{statement["rules"]}; {statement["format"]}").Add("SHA-256", statement["intervalsSha256"]!.ToString());
        if (record is not null)
        {
            columns.Add(words["record"], record.ToString());
        }

        columns.Write(writer, "  ");
    }

    private static string RunsOut(JsonObject budget, AvailabilityWords words) => budget["runsOutAt"] is { } moment
        ? $"{words["runs out"]} {moment.ToString()[..10]} ({words["rate"]})"
        : $"{words["not at this rate"]} ({words["rate"]})";

    private static string Stated(JsonNode basis, AvailabilityWords words) => basis["percent"] is { } percent
        ? $"{percent}% ({basis["lowerPercent"]}% .. {basis["upperPercent"]}%)"
        : $"{words["unknown"]} ({basis["lowerPercent"] ?? "0"}% .. {basis["upperPercent"] ?? "0"}%)";

    private static string Bounds(JsonNode bounds, AvailabilityWords words) =>
        $"{Micros(bounds["nominal"]!, words)} ({Micros(bounds["lower"]!, words)} .. {Micros(bounds["upper"]!, words)})";

    private static string Percent(JsonNode figure) => Share(figure["percent"]);

    /// <summary>Rounded down: no figure looks better than it is.</summary>
    private static string Share(JsonNode? percent) =>
        percent is null ? "-" : string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(percent.GetValue<double>() * 100_000) / 100_000:0.000##}%");

    private static string Span(JsonNode figure, string key) => Wording.Seconds(figure[key]!.GetValue<double>());

    private static string Micros(JsonNode micros, AvailabilityWords words) => Text(TimeSpan.FromMicroseconds(micros.GetValue<long>()), words);

    /// <summary>To the microsecond below a minute, else to the second, days first.</summary>
    private static string Text(TimeSpan span, AvailabilityWords words)
    {
        var sign = span < TimeSpan.Zero ? "-" : "";
        span = span.Duration();
        if (span < TimeSpan.FromMinutes(1))
        {
            return string.Create(CultureInfo.InvariantCulture, $"{sign}{span.TotalSeconds:0.######} {words["s"]}");
        }

        (long Count, string Unit)[] parts = [(span.Days, words["d"]), (span.Hours, words["h"]), (span.Minutes, words["min"]), (span.Seconds, words["s"])];
        return sign + string.Join(' ', parts.Where(part => part.Count > 0).Select(part => string.Create(CultureInfo.InvariantCulture, $"{part.Count} {part.Unit}")));
    }
}
