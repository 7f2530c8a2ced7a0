using DrOrchestrator.Estates;

namespace DrOrchestrator.Compliance;

/// <summary>What probes of the critical functions measured over a window.</summary>
/// <param name="SuccessPercent">Share of good results; null without results.</param>
/// <param name="Latency">The quantile of good results that is asked for; null without any.</param>
/// <param name="LatencyQuantile">0 to 1.</param>
/// <param name="Throughput">Mean of the numbers measured; null where no probe measures one.</param>
/// <param name="Results">How many results it is from.</param>
public sealed record QosMeasured(DateTimeOffset From, DateTimeOffset To, double? SuccessPercent, TimeSpan? Latency, double LatencyQuantile, double? Throughput, long Results);

/// <summary>One measured figure held against what was forecast, agreed and demanded.</summary>
/// <param name="Figure"><c>availability</c>, <c>success</c>, <c>latency</c>, <c>throughput</c>.</param>
/// <param name="Unit"><c>percent</c>, <c>seconds</c>, <c>number</c>.</param>
/// <param name="Floor">The LQA limit (6 c); for latency the most, else the least.</param>
/// <param name="BelowTarget">Measured, and worse than agreed.</param>
/// <param name="BelowFloor">Measured, and below LQA: an alert.</param>
public sealed record QosRow(string Figure, string Unit, double? Forecast, double? Target, double? Floor, double? Measured, bool BelowTarget, bool BelowFloor);

/// <summary>Quality of service of a system beside what is measured (clause 6 a to d).</summary>
/// <param name="Plan">As declared; null where nothing is.</param>
/// <param name="Measured">Over the last hour.</param>
/// <param name="ReviewOverdue">The day of the review is past.</param>
public sealed record QosStatus(QosPlan? Plan, QosMeasured? Measured, IReadOnlyList<QosRow> Rows, bool ReviewOverdue)
{
    /// <summary>Nothing declared or measured.</summary>
    public static QosStatus None { get; } = new(null, null, [], false);

    /// <summary>Puts both beside each other; pure.</summary>
    /// <param name="availabilityPercent">Of the year so far, by the basis of the verdict.</param>
    /// <param name="now">By the estate's wall clock.</param>
    public static QosStatus Of(QosPlan? plan, QosFloors floors, QosMeasured? measured, double? availabilityPercent, DateTimeOffset now)
    {
        var (forecast, targets) = (plan?.Forecast, plan?.Targets);
        List<QosRow> rows =
        [
            Row("availability", "percent", (double?)forecast?.AvailabilityPercent, (double?)targets?.AvailabilityPercent, null, availabilityPercent, atMost: false),
            Row("success", "percent", null, null, floors.SuccessPercent, measured?.SuccessPercent, atMost: false),
            Row("latency", "seconds", forecast?.Latency?.TotalSeconds, targets?.Latency?.TotalSeconds, floors.Latency?.TotalSeconds, measured?.Latency?.TotalSeconds, atMost: true),
            Row("throughput", "number", forecast?.Throughput, targets?.Throughput, floors.Throughput, measured?.Throughput, atMost: false),
        ];
        return new QosStatus(
            plan,
            measured,
            [.. rows.Where(row => row is not { Forecast: null, Target: null, Floor: null, Measured: null })],
            plan is not null && plan.ReviewBy < DateOnly.FromDateTime(now.DateTime));
    }

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
}
