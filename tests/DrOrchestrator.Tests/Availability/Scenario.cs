using DrOrchestrator.Availability;
using DrOrchestrator.Probes;

namespace DrOrchestrator.Tests.Availability;

/// <summary>Feeds a detector from a line of text and keeps what it would have written: <c>+</c> good, <c>-</c> failed, <c>?</c> could not look, <c>.</c> no result,
/// <c>!</c> the process dies and another goes on. One character is one second; a result takes 0.2 s.</summary>
internal sealed class Scenario
{
    public static readonly DateTimeOffset T0 = new(2026, 3, 1, 8, 0, 0, TimeSpan.Zero);

    private static readonly TimeSpan Latency = TimeSpan.FromSeconds(0.2);
    private readonly List<Interval> _intervals = [];
    private readonly List<Blip> _blips = [];

    private Scenario()
    {
    }

    public DetectorState State { get; private set; } = DetectorState.Nothing;

    public IReadOnlyList<Interval> Intervals => _intervals;

    public IReadOnlyList<Blip> Blips => _blips;

    public SubjectTimeline Timeline => new(
        "p", Intervals, Blips, State.ObservedUntil is { } until ? new ObservedUntil("p", until, State.LastGoodStartedAt, State.LastFailedStartedAt) : null);

    public static Scenario Play(string results, int confirmations = 2, double longestSilence = 3, int of = 0)
    {
        var scenario = new Scenario();
        var rules = new DetectorRules(confirmations, TimeSpan.FromSeconds(longestSilence)) { Of = of };
        for (var second = 0; second < results.Length; second++)
        {
            scenario.Step(results[second], rules, At(second));
        }

        return scenario;
    }

    /// <summary>In whole microseconds, as the clock has them.</summary>
    public static DateTimeOffset At(double seconds) => T0 + Span(seconds);

    public static TimeSpan Span(double seconds) => new((long)Math.Round(seconds * 1e6) * TimeSpan.TicksPerMicrosecond);

    public static Edge Edge(double earliest, double at, double latest) => new(At(earliest), At(at), At(latest));

    private void Step(char what, DetectorRules rules, DateTimeOffset at)
    {
        switch (what)
        {
            case '.':
                Take(EdgeDetector.Tick(State, rules, "p", at));
                break;
            case '!':
                var tail = new TimelineTail(_intervals[^1], new ObservedUntil("p", State.ObservedUntil!.Value, State.LastGoodStartedAt, State.LastFailedStartedAt));
                Take(EdgeDetector.Resume(tail, at));
                break;
            default:
                var outcome = what switch { '+' => ProbeOutcome.Up, '-' => ProbeOutcome.Down, _ => ProbeOutcome.Unknown };
                Take(EdgeDetector.Accept(State, rules, new ProbeResult("p", outcome, at, at + Latency, outcome.ToString())));
                break;
        }
    }

    private void Take(Detection detection)
    {
        State = detection.State;
        foreach (var change in detection.Changes)
        {
            if (_intervals.Count > 0)
            {
                _intervals[^1] = _intervals[^1] with { End = change.At };
            }

            _intervals.Add(new Interval(change.Subject, change.State, change.At, null, change.Reason));
        }

        if (detection.Blip is { } blip)
        {
            _blips.Add(blip);
        }

        _blips.AddRange(detection.Within);
    }
}
