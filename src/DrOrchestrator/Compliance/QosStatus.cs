using System.Globalization;
using DrOrchestrator.Availability;
using DrOrchestrator.Estates;

namespace DrOrchestrator.Compliance;

/// <summary>What was measured over a window, held against what was forecast, agreed and demanded. Less data than the window says so by its period and its coverage.</summary>
/// <param name="Window"><c>hour</c>, <c>24-hours</c>, <c>30-days</c>, <c>year</c>.</param>
/// <param name="To">When it was added up.</param>
/// <param name="Since">The first minute anybody looked; null: nobody did.</param>
/// <param name="CoveragePercent">Share of the window that was really looked at.</param>
/// <param name="Results">How many results it is from.</param>
public sealed record QosPeriod(string Window, DateTimeOffset From, DateTimeOffset To, DateTimeOffset? Since, double CoveragePercent, long Results, IReadOnlyList<QosRow> Rows);

/// <summary>One measured figure held against what was forecast, agreed and demanded.</summary>
/// <param name="Figure"><c>availability</c>, <c>success</c>, <c>latency</c>, <c>throughput</c>.</param>
/// <param name="Unit"><c>percent</c>, <c>seconds</c>, <c>number</c>.</param>
/// <param name="Floor">The LQA limit (6 c); for latency the most, else the least.</param>
/// <param name="BelowTarget">Measured, and worse than agreed.</param>
/// <param name="BelowFloor">Measured, and below LQA: an alert.</param>
public sealed record QosRow(string Figure, string Unit, double? Forecast, double? Target, double? Floor, double? Measured, bool BelowTarget, bool BelowFloor)
{
    /// <summary>Of latency: the quantile, 0 to 1; each one that is forecast, agreed or demanded has a row of its own. Null for other figures.</summary>
    public double? Quantile { get; init; }

    /// <summary>The quantile in words: <c>p99.9</c>.</summary>
    public string? QuantileWord => Quantile is { } share ? string.Create(CultureInfo.InvariantCulture, $"p{100 * share:0.###}") : null;

    /// <summary>Tells the rows of one system apart: <c>success</c>, <c>latency-p95</c>.</summary>
    public string Key => QuantileWord is { } word ? $"{Figure}-{word}" : Figure;
}

/// <summary>Quality of service of a system beside what is measured (clause 6 a to d).</summary>
/// <param name="Plan">As declared; null where nothing is.</param>
/// <param name="Periods">What was measured, by window, the shortest first; those that are added up.</param>
/// <param name="Rows">Of the last hour, which alerts go by; availability is of the year.</param>
/// <param name="ReviewOverdue">The day of the review is past.</param>
public sealed record QosStatus(QosPlan? Plan, IReadOnlyList<QosPeriod> Periods, IReadOnlyList<QosRow> Rows, bool ReviewOverdue)
{
    /// <summary>Nothing declared or measured.</summary>
    public static QosStatus None { get; } = new(null, [], [], false);

    /// <summary>Puts both beside each other; pure.</summary>
    /// <param name="availability">In percent by the basis of the verdict, by window; null where that is not known of it.</param>
    /// <param name="now">By the estate's wall clock.</param>
    public static QosStatus Of(QosPlan? plan, QosFloors floors, IReadOnlyList<QosSum> sums, Func<string, double?> availability, DateTimeOffset now) => new(
        plan,
        [
            .. sums.Select(sum => new QosPeriod(
                sum.Window, sum.From, sum.To, sum.Since, sum.CoveragePercent, sum.Sum.Good + sum.Sum.Failed, RowsOf(plan, floors, sum.Sum, availability(sum.Window)))),
        ],
        RowsOf(plan, floors, sums.FirstOrDefault(sum => sum.Window == QosWindow.Hour.Name)?.Sum, availability("year")),
        plan is not null && plan.ReviewBy < DateOnly.FromDateTime(now.DateTime));

    private static IReadOnlyList<QosRow> RowsOf(QosPlan? plan, QosFloors floors, ProbeSum? measured, double? availability)
    {
        var (forecast, targets) = (plan?.Forecast, plan?.Targets);
        IEnumerable<QosRow> rows =
        [
            Row("availability", "percent", (double?)forecast?.AvailabilityPercent, (double?)targets?.AvailabilityPercent, null, availability, atMost: false),
            Row("success", "percent", null, null, floors.SuccessPercent, measured?.SuccessPercent, atMost: false),
            .. Quantiles(forecast, targets, floors).Select(quantile => Row(
                "latency",
                "seconds",
                At(quantile, forecast?.LatencyQuantile, forecast?.Latency),
                At(quantile, targets?.LatencyQuantile, targets?.Latency),
                At(quantile, floors.LatencyQuantile, floors.Latency),
                measured?.Latency.Quantile(quantile)?.TotalSeconds,
                atMost: true) with { Quantile = quantile }),
            Row("throughput", "number", forecast?.Throughput, targets?.Throughput, floors.Throughput, measured?.Values is { Count: > 0 } values ? values.Sum / values.Count : null, atMost: false),
        ];
        return [.. rows.Where(row => row is not { Forecast: null, Target: null, Floor: null, Measured: null })];
    }

    /// <summary>Those that anything is stated of, ascending: a figure is only held against a limit of its own quantile. p95 where nothing is stated.</summary>
    private static IReadOnlyList<double> Quantiles(QosFigures? forecast, QosFigures? targets, QosFloors floors)
    {
        List<double> stated =
        [
            .. new[] { forecast, targets }.OfType<QosFigures>().Where(figures => figures.Latency is not null).Select(figures => figures.LatencyQuantile),
            .. floors.Latency is null ? Array.Empty<double>() : [floors.LatencyQuantile],
        ];
        return stated.Count == 0 ? [QosFloors.None.LatencyQuantile] : [.. stated.Select(Rounded).Distinct().Order()];
    }

    private static double? At(double quantile, double? of, TimeSpan? latency) => of is { } stated && Rounded(stated) == quantile ? latency?.TotalSeconds : null;

    /// <summary>The same quantile however it was computed.</summary>
    private static double Rounded(double share) => Math.Round(share, 6);

    private static QosRow Row(string figure, string unit, double? forecast, double? target, double? floor, double? measured, bool atMost)
    {
        bool Worse(double? limit) => measured is { } value && limit is { } held && (atMost ? value > held : value < held);
        return new QosRow(figure, unit, forecast, target, floor, measured, Worse(target), Worse(floor));
    }
}

/// <summary>The LQA floors of a system's critical functions, the strictest of each kind.</summary>
public sealed record QosFloors(double? SuccessPercent, TimeSpan? Latency, double LatencyQuantile, double? Throughput)
{
    /// <summary>No floor.</summary>
    public static QosFloors None { get; } = new(null, null, 0.95, null);

    /// <summary>Of some probes.</summary>
    public static QosFloors Of(IReadOnlyList<ProbeDefinition> probes)
    {
        var floors = probes.SelectMany(probe => probe.Floors).ToList();
        var latency = floors.Where(floor => floor.Kind == LqaKind.Latency).MinBy(floor => floor.Latency);
        double? Least(LqaKind kind) => floors.Where(floor => floor.Kind == kind).Select(floor => (double?)floor.AtLeast).Max();
        return new QosFloors(100 * Least(LqaKind.Success), latency?.Latency, latency?.AtLeast ?? None.LatencyQuantile, Least(LqaKind.Throughput));
    }
}
