using System.Globalization;
using DrOrchestrator.Estates;
using DrOrchestrator.Probes;
using DrOrchestrator.Words;

namespace DrOrchestrator.Availability;

/// <summary>
/// Holds the results of a probe against one LQA floor over a sliding window (verdict rule 5). Below the floor as soon as a whole window is below it, since the first
/// result that counted against it; above it again once every window for a whole window's length was, since the first that was. Where results are missing nothing is
/// concluded in favour of the service: after a gap the floor is unknown until a whole window has been seen, unless those seen break it whatever was missed.
/// </summary>
internal sealed class FloorDetector(LqaFloor floor, TimeSpan interval)
{
    private const int TakenPerSum = 1024;
    private readonly Queue<Sample> _samples = new();
    private int _bad;
    private double _sum;
    private long _taken;
    private Sample? _first;
    private Sample? _previous;
    private Sample? _lastBad;

    // The newest that has left the window: where the window begins with a bad result, the floor was not broken before this one.
    private Sample? _left;
    private Recovery? _recovery;

    public LqaFloor Floor => floor;

    private IntervalState Broken => floor.IsInterruption ? IntervalState.Down : IntervalState.Degraded;

    /// <param name="result">As measured from here, or one that others dispute (<see cref="Subject.Settle"/>).</param>
    public Detection Accept(DetectorState state, DetectorRules rules, string subject, ProbeResult result)
    {
        if (EdgeDetector.IsLabelledTwice(state, result))
        {
            return new Detection(state, [], null);
        }

        if (result.Outcome == ProbeOutcome.Degraded)
        {
            // Seen to fail from here and to serve others: no measurement, and no gap in which nobody looked.
            _previous = _previous is { } last ? last with { EndedAt = result.EndedAt } : null;
            return new Detection(state.ObservedUntil is null ? state : state with { ObservedUntil = result.EndedAt }, [], null);
        }

        IReadOnlyList<TimelineChange> changes = [];
        var isGap = _previous is { } previous && result.EndedAt - previous.EndedAt > rules.LongestSilence;
        if (result.Outcome == ProbeOutcome.Unknown || isGap)
        {
            Forget();
            var reason = result.Outcome == ProbeOutcome.Unknown ? result.Reason : "results are missing";
            (state, changes, _) = EdgeDetector.StopLooking(state, subject, reason);
            if (result.Outcome == ProbeOutcome.Unknown)
            {
                return new Detection(state, changes, null);
            }
        }

        Take(result);
        var isWhole = result.EndedAt - _first!.Value.StartedAt >= floor.Over;
        var isBelow = isWhole ? IsBelow() : IsBelowWhateverWasMissed();
        var (next, at, why) = Judge(state, result, isWhole, isBelow);
        if (next != state.State)
        {
            at = EdgeDetector.NotBefore(state, at);
            changes = [.. changes, new TimelineChange(subject, next, at, why)];
            state = state with { State = next, Since = at, ConfirmedAt = result.EndedAt, Reason = why };
            _recovery = null;
        }

        state = state with { ObservedUntil = result.EndedAt };
        return new Detection(isBelow ? state with { LastFailedStartedAt = result.StartedAt } : state with { LastGoodStartedAt = result.StartedAt }, changes, null);
    }

    private (IntervalState Next, Edge At, string Reason) Judge(DetectorState state, ProbeResult result, bool isWhole, bool isBelow)
    {
        if (isBelow)
        {
            _recovery = null;
            return state.State == Broken ? (Broken, default, "") : (Broken, BrokenSince(state, result), Why());
        }

        if (state.State == Broken)
        {
            _recovery ??= new Recovery(_lastBad?.StartedAt ?? result.StartedAt, result.StartedAt, result.EndedAt);
            var since = _recovery.Value;
            return result.EndedAt - since.EndedAt >= floor.Over
                ? (IntervalState.Up, new Edge(since.LastBadStartedAt, since.StartedAt, since.EndedAt), Restored())
                : (Broken, default, "");
        }

        // Also where the state is of a floor that was declared otherwise before.
        return isWhole && state.State != IntervalState.Up
            ? (IntervalState.Up, new Edge(state.Since?.Earliest ?? _first!.Value.StartedAt, _first!.Value.StartedAt, _first!.Value.EndedAt), Restored())
            : (state.State, default, "");
    }

    private Edge BrokenSince(DetectorState state, ProbeResult result)
    {
        var before = _left;
        foreach (var sample in _samples)
        {
            if (sample.IsBad)
            {
                var earliest = before?.StartedAt ?? (state.State == IntervalState.Unknown ? state.Since?.Earliest : null) ?? sample.StartedAt;
                return new Edge(earliest, sample.StartedAt, result.EndedAt);
            }

            before = sample;
        }

        return new Edge(result.StartedAt, result.StartedAt, result.EndedAt);
    }

    private void Take(ProbeResult result)
    {
        var isGood = result.Outcome == ProbeOutcome.Up;
        var value = isGood ? result.Value ?? 0 : 0;
        var isBad = floor.Kind switch
        {
            LqaKind.Latency => !isGood || result.Duration > floor.Latency,
            LqaKind.Success => !isGood,
            _ => !(value >= floor.AtLeast),
        };
        var sample = new Sample(result.StartedAt, result.EndedAt, isBad, double.IsFinite(value) ? value : 0);
        _first ??= sample;
        _previous = sample;
        _samples.Enqueue(sample);
        _bad += isBad ? 1 : 0;
        _sum += sample.Value;
        _lastBad = isBad ? sample : _lastBad;
        while (_samples.Peek() is var oldest && result.EndedAt - oldest.EndedAt >= floor.Over)
        {
            _left = _samples.Dequeue();
            _bad -= oldest.IsBad ? 1 : 0;
            _sum -= oldest.Value;
        }

        if (++_taken % TakenPerSum == 0)
        {
            // A running sum of doubles drifts; now and then it is made anew.
            _sum = _samples.Sum(one => one.Value);
        }
    }

    private bool IsBelow() => floor.Kind == LqaKind.Throughput
        ? Mean() < floor.AtLeast
        : _samples.Count - _bad < floor.AtLeast * _samples.Count;

    private bool IsBelowWhateverWasMissed()
    {
        var whole = Math.Max(_samples.Count, floor.Over / interval);
        return floor.Kind != LqaKind.Throughput && whole - _bad < floor.AtLeast * whole;
    }

    private double Mean() => _sum / _samples.Count;

    private string Restored() => string.Create(CultureInfo.InvariantCulture, $"at or above the {floor.Kind.Word()} floor for {floor.Over.TotalSeconds:0.###} s");

    private string Why()
    {
        var over = floor.Over.TotalSeconds;
        return floor.Kind switch
        {
            LqaKind.Latency => string.Create(
                CultureInfo.InvariantCulture,
                $"latency floor broken: {_bad} of {_samples.Count} results in {over:0.###} s failed or took over {floor.Latency?.TotalMilliseconds:0.###} ms; {floor.AtLeast * 100:0.###}% must not"),
            LqaKind.Success => string.Create(
                CultureInfo.InvariantCulture, $"success floor broken: {_bad} of {_samples.Count} results in {over:0.###} s failed; at least {floor.AtLeast * 100:0.###}% must be good"),
            _ => string.Create(CultureInfo.InvariantCulture, $"throughput floor broken: {Mean():0.###} on average in {over:0.###} s; at least {floor.AtLeast:0.###} is wanted"),
        };
    }

    private void Forget()
    {
        _samples.Clear();
        (_bad, _sum, _first, _previous, _recovery, _left) = (0, 0, null, null, null, null);
    }

    private readonly record struct Sample(DateTimeOffset StartedAt, DateTimeOffset EndedAt, bool IsBad, double Value);

    /// <summary>The first window that was good again.</summary>
    private readonly record struct Recovery(DateTimeOffset LastBadStartedAt, DateTimeOffset StartedAt, DateTimeOffset EndedAt);
}

/// <summary>Names of the subjects that stand for floors in the ledger: <c>web#latency</c>.</summary>
internal static class FloorSubjects
{
    public static string Of(string probe, LqaKind kind) => $"{probe}#{kind.Word()}";
}
