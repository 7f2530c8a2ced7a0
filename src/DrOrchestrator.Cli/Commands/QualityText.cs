using System.Globalization;
using DrOrchestrator.Cli.Client;
using DrOrchestrator.Cli.Output;

namespace DrOrchestrator.Cli.Commands;

/// <summary>Quality of service as text: forecast, target and floor beside what every window measured, and which time each of them is of. Pure.</summary>
internal static class QualityText
{
    public static void Write(TextWriter writer, QosView qos, StatusWords words)
    {
        if (qos.Rows.Count == 0)
        {
            return;
        }

        writer.WriteLine();
        writer.WriteLine(words["qos"]);
        var columns = new Columns(["", words["forecast"], words["target"], "LQA", .. qos.Periods.Select(period => words[period.Window]), ""]);
        foreach (var row in qos.Periods.SelectMany(period => period.Rows).Concat(qos.Rows).DistinctBy(row => row.Key))
        {
            columns.Add(
            [
                row.QuantileWord is null ? words[row.Figure] : $"{words[row.Figure]} {row.QuantileWord}",
                Show(row, row.Forecast),
                Show(row, row.Target),
                Show(row, row.Floor),
                .. qos.Periods.Select(period => Of(period, row) is { } measured ? Show(measured, measured.Measured) : "-"),
                Below(qos, row, words),
            ]);
        }

        columns.Write(writer, "  ");
        foreach (var period in qos.Periods)
        {
            var since = period.Since is not { } at ? $", {words["no data"]}" : at - period.From > TimeSpan.FromMinutes(2) ? $", {words["data since"]} {Wording.Moment(at)}" : "";
            writer.WriteLine($"  {words[period.Window]}: {Wording.Moment(period.From)} {words["to"]} {Wording.Moment(period.To)}, {words["coverage"]} {Wording.Percent(period.CoveragePercent)}{since}");
        }
    }

    /// <summary>In which windows it is below what.</summary>
    private static string Below(QosView qos, QosRowView row, StatusWords words)
    {
        string? In(string what, Func<QosRowView, bool> isBelow) =>
            qos.Periods.Where(period => Of(period, row) is { } measured && isBelow(measured)).Select(period => words[period.Window]).ToList() is { Count: > 0 } windows
                ? $"{words[what]} ({string.Join(", ", windows)})"
                : null;
        return string.Join(words["; "], new[] { In("below LQA", measured => measured.BelowFloor), In("below target", measured => measured is { BelowTarget: true, BelowFloor: false }) }.OfType<string>());
    }

    private static QosRowView? Of(QosPeriodView period, QosRowView row) => period.Rows.FirstOrDefault(one => one.Key == row.Key);

    private static string Show(QosRowView row, double? value) => (value, row.Unit) switch
    {
        (null, _) => "-",
        ({ } percent, "percent") => Wording.Percent(percent),
        ({ } seconds, "seconds") => seconds < 1 ? Wording.Milliseconds(seconds * 1000) : Wording.Seconds(seconds),
        ({ } number, _) => number.ToString("0.###", CultureInfo.InvariantCulture),
    };
}
