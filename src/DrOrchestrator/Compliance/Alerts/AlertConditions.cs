using System.Globalization;
using DrOrchestrator.Availability;
using DrOrchestrator.Availability.Sights;
using DrOrchestrator.RecoveryPoints;
using DrOrchestrator.Words;

namespace DrOrchestrator.Compliance.Alerts;

/// <summary>What of a status deserves an alert; pure.</summary>
internal static class AlertConditions
{
    /// <summary>The conditions that hold for a system now.</summary>
    /// <param name="wasMet">Whether a verdict was met before: then it must not become indeterminate in silence.</param>
    public static IEnumerable<AlertCondition> Of(SystemStatus status, Func<string, bool> wasMet)
    {
        if (status.State == IntervalState.Down)
        {
            yield return new AlertCondition(AlertKinds.Interruption, status.Name, "", $"service interruption: {status.Reason}");
        }

        if (status.State == IntervalState.Degraded)
        {
            yield return new AlertCondition(AlertKinds.BelowLqa, status.Name, "", status.Reason.StartsWith(VantageVote.Disagreement, StringComparison.Ordinal) ? status.Reason : $"below LQA: {status.Reason}");
        }

        foreach (var row in status.Qos.Rows.Where(row => row.BelowFloor || row.BelowTarget))
        {
            var (kind, what, limit) = row.BelowFloor ? (AlertKinds.BelowLqa, "LQA", row.Floor!.Value) : (AlertKinds.BelowTarget, "the target", row.Target!.Value);
            var figure = row.QuantileWord is { } quantile ? $"{row.Figure} {quantile}" : row.Figure;
            yield return new AlertCondition(kind, status.Name, row.Key, $"{figure} is {Show(row, row.Measured!.Value)}; {what} is {Show(row, limit)}");
        }

        foreach (var exposure in status.Exposures)
        {
            if (status.Limits is { } limits && (exposure.Highest ?? exposure.Value) is { } value && value > limits.RpoCeiling)
            {
                yield return new AlertCondition(
                    AlertKinds.Exposure, status.Name, exposure.Standby, $"exposure towards {exposure.Standby} is {Figures.Span(value)}; the limit is {Figures.Span(limits.RpoCeiling)}");
            }

            if (exposure.Replication != ReplicationState.Protected)
            {
                yield return new AlertCondition(
                    AlertKinds.Replication, status.Name, exposure.Standby, $"replication to {exposure.Standby} is {exposure.Replication.Word()}: {exposure.Reason}");
            }
        }

        foreach (var verdict in status.Verdicts)
        {
            if (verdict.Verdict is Verdict.AtRisk or Verdict.Breached || (verdict.Verdict == Verdict.Indeterminate && wasMet(verdict.Subject)))
            {
                yield return new AlertCondition(AlertKinds.Verdict, status.Name, verdict.Subject, $"the verdict on {verdict.Subject} is {verdict.Verdict.Word()}: {verdict.Reason}");
            }
        }

        foreach (var spot in status.Findings.Where(finding => finding.Clause == "rule 9").Select((finding, i) => (finding.Text, Number: i + 1)))
        {
            yield return new AlertCondition(AlertKinds.BlindSpot, status.Name, string.Create(CultureInfo.InvariantCulture, $"{spot.Number}"), spot.Text);
        }
    }

    /// <summary>Keys of conditions that nobody can tell now, because the figure has not been measured: what was raised by it is not restored.</summary>
    public static IEnumerable<string> NotMeasured(SystemStatus status) =>
        from row in status.Qos.Rows
        where row.Measured is null
        from kind in new[] { AlertKinds.BelowLqa, AlertKinds.BelowTarget }
        select new AlertCondition(kind, status.Name, row.Key, "").Key;

    private static string Show(QosRow row, double value) => row.Unit switch
    {
        "percent" => Figures.Percent(value),
        "seconds" => Figures.Span(TimeSpan.FromSeconds(value)),
        _ => string.Create(CultureInfo.InvariantCulture, $"{value:0.###}"),
    };
}
