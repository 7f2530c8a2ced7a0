using DrOrchestrator.Estates;

namespace DrOrchestrator.Probes.Prometheus;

/// <summary>What an answer of Prometheus means. Pure.</summary>
internal static class PrometheusJudge
{
    /// <param name="answer">To the query.</param>
    /// <param name="times">To <c>timestamp(...)</c> of the sample whose age counts; null where no age was asked for.</param>
    public static (Finding Finding, double? Value) Judge(PrometheusAnswer answer, PrometheusAnswer? times, PrometheusProbeSettings settings)
    {
        foreach (var failed in new[] { answer, times }.OfType<PrometheusAnswer.Failed>())
        {
            return (CouldNotLook(failed.Why), null);
        }

        var values = (PrometheusAnswer.Values)answer;
        if (values.Warnings.Count > 0 && settings.OnWarnings is not ProbeMeaning.Up)
        {
            return (As(settings.OnWarnings, $"the answer has warnings: {ProbeFailures.OneLine(values.Warnings[0])}"), null);
        }

        return values.Samples.Count == 0 ? (As(settings.OnEmpty, "the query has no series"), null)
            : times is PrometheusAnswer.Values known && Stale(known, settings) is { } stale ? (Finding.Unknown(stale), null)
            : Judge(values.Samples, settings);
    }

    /// <summary>Prometheus could not be asked: nobody looked.</summary>
    public static Finding CouldNotLook(string why) => Finding.Unknown($"could not look: Prometheus: {ProbeFailures.OneLine(why)}");

    /// <summary>An expired value is unknown, never the last good one. Both moments are of Prometheus's own clock.</summary>
    private static string? Stale(PrometheusAnswer.Values times, PrometheusProbeSettings settings)
    {
        if (times.Samples.Count == 0)
        {
            return "the sample whose age counts is not there";
        }

        var age = times.Samples.Max(sample => sample.At - DateTimeOffset.UnixEpoch - TimeSpan.FromSeconds(Math.Clamp(sample.Value, 0, 1e11)));
        return age > settings.MaxAge ? $"the sample is {Seconds(age)} old (limit: {Seconds(settings.MaxAge.Value)})" : null;
    }

    private static (Finding Finding, double? Value) Judge(IReadOnlyList<PrometheusSample> samples, PrometheusProbeSettings settings)
    {
        if (samples.Count > 1 && settings.Series is SeriesRule.One)
        {
            return (Finding.Unknown($"the query has {samples.Count} series, not one"), null);
        }

        var judged = samples.Select(sample => (Finding: Judge(sample, settings, samples.Count > 1), sample.Value)).ToList();
        var wanted = settings.Series is SeriesRule.Any ? ProbeOutcome.Up : ProbeOutcome.Down;
        var decisive = judged.Find(one => one.Finding.Outcome == wanted);
        decisive = decisive.Finding.Reason is null ? judged.Find(one => one.Finding.Outcome == ProbeOutcome.Unknown) : decisive;
        var (finding, value) = decisive.Finding.Reason is null ? judged[0] : decisive;
        return (finding, double.IsFinite(value) ? value : null);
    }

    private static Finding Judge(PrometheusSample sample, PrometheusProbeSettings settings, bool isOneOfMany)
    {
        var shown = ValueLimits.Text(sample.Value);
        var value = isOneOfMany ? $"the value of {ProbeFailures.OneLine(sample.Labels)} is {shown}" : $"the value is {shown}";
        return double.IsNaN(sample.Value) ? As(settings.OnNan, value)
            : settings.Limits.BrokenBy(sample.Value) is { } broken ? Finding.Down($"{value}, expected {broken}")
            : Finding.Up(value);
    }

    private static Finding As(ProbeMeaning meaning, string reason) => meaning switch
    {
        ProbeMeaning.Up => Finding.Up(reason),
        ProbeMeaning.Down => Finding.Down(reason),
        _ => Finding.Unknown(reason),
    };

    private static string Seconds(TimeSpan span) => FormattableString.Invariant($"{span.TotalSeconds:0.#}s");
}
