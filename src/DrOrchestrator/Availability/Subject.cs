using DrOrchestrator.Estates;
using DrOrchestrator.Probes;

namespace DrOrchestrator.Availability;

/// <summary>One probe's place in the timeline: detector state, newest results, and those who wait. All members are called under <see cref="Gate"/>.</summary>
internal sealed class Subject(string name)
{
    private const int FewestKept = 20;
    private readonly Queue<ProbeResult> _recent = new();
    private readonly List<ProbeResult> _disputed = [];
    private TaskCompletionSource? _changed;
    private DetectorRules _rules = new(1, TimeSpan.MaxValue);
    private FloorDetector? _floor;

    public object Gate { get; } = new();

    /// <summary>The running minute.</summary>
    public MinuteRecorder Minute { get; } = new(name);

    public string Name => name;

    public DetectorState State { get; private set; } = DetectorState.Nothing;

    /// <summary>True when there is an observation that is not on disk yet; the subject is then on the timeline's list of those.</summary>
    public bool IsDirty { get; set; }

    /// <summary>Changes of state that are not durable yet.</summary>
    public int Unwritten { get; set; }

    /// <summary>Completes with the next result or change.</summary>
    public Task Changed => (_changed ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    public IReadOnlyList<ProbeResult> Recent => [.. _recent];

    public Detection Resume(TimelineTail tail, DateTimeOffset now) => Enter(EdgeDetector.Resume(tail, now));

    public Detection Accept(DetectorRules rules, ProbeResult result)
    {
        _rules = rules;
        _recent.Enqueue(result);
        while (_recent.Count > Math.Max(FewestKept, rules.Confirmations))
        {
            _recent.Dequeue();
        }

        return Enter(EdgeDetector.Accept(State, rules, result));
    }

    /// <summary>
    /// What minutes and floors are of: what was measured from here, whatever others say. A failure that others do not see waits until it is settled: it is set aside once that they
    /// disagree is confirmed, and counts once it is over before, for then they may only not have confirmed it: one in five that fail at both places is confirmed at neither.
    /// </summary>
    /// <returns>What is settled now, in order, set aside where it is still joint; null, as nearly always: the result as it is.</returns>
    public IReadOnlyList<ProbeResult>? Settle(ProbeResult result)
    {
        var isDisputed = result is { Outcome: ProbeOutcome.Degraded, Own: ProbeOutcome.Down };
        if (!isDisputed && _disputed.Count == 0)
        {
            return result.Joint is null ? null : [result.Measured];
        }

        if (isDisputed && State is { Run: not null, State: not IntervalState.Degraded })
        {
            _disputed.Add(result);
            return [];
        }

        List<ProbeResult> settled = [.. _disputed, result];
        _disputed.Clear();
        return isDisputed ? settled : [.. settled.Select(one => one.Measured)];
    }

    /// <summary>Takes a result of the probe whose floor this subject stands for.</summary>
    public Detection AcceptFloor(DetectorRules rules, LqaFloor floor, TimeSpan interval, ProbeResult result)
    {
        _rules = rules;
        _floor = _floor?.Floor == floor ? _floor : new FloorDetector(floor, interval);
        return Enter(_floor.Accept(State, rules, name, result));
    }

    public Detection Tick(DateTimeOffset now) => Enter(EdgeDetector.Tick(State, _rules, name, now));

    /// <summary>Wakes those who wait; called once what they will see is on disk.</summary>
    public void Announce()
    {
        _changed?.SetResult();
        _changed = null;
    }

    /// <summary>How far it was observed; null before the first confirmed state, which has no row to go on from.</summary>
    public ObservedUntil? Observed => State.ObservedUntil is { } until && State.Since is not null
        ? new ObservedUntil(name, until, State.LastGoodStartedAt, State.LastFailedStartedAt)
        : null;

    public ServiceState View(DateTimeOffset now)
    {
        // The tick comes once a second; a reader must not see an expired state in between.
        var state = EdgeDetector.Tick(State, _rules, name, now).State;
        var newest = _recent.Count > 0 ? _recent.Last() : null;
        var isGood = newest is { Outcome: ProbeOutcome.Up, Own: ProbeOutcome.Up } && now - newest.EndedAt <= _rules.LongestSilence;
        return new ServiceState(
            state.State,
            state.Since ?? default,
            state.ConfirmedAt,
            isGood ? newest!.Duration.TotalMilliseconds : null,
            state.Reason,
            newest,
            state.Run is { } run && state.State != IntervalState.Unknown ? new Suspicion(run.Earliest, run.Count, run.Reason) : null);
    }

    /// <summary>Whether the newest results, enough of them in a row and all started at or after that moment (or told by others of then), saw the state, and its row is durable.</summary>
    public bool IsConfirmed(IntervalState wanted, DateTimeOffset after)
    {
        var outcome = wanted == IntervalState.Up ? ProbeOutcome.Up : ProbeOutcome.Down;
        var newest = _recent.TakeLast(_rules.Confirmations).ToList();
        return State.State == wanted && Unwritten == 0 && newest.Count == _rules.Confirmations && newest.All(r => r.Outcome == outcome && (r.Own == outcome ? r.StartedAt : r.ShowsFrom) >= after);
    }

    private Detection Enter(Detection detection)
    {
        State = detection.State;
        return detection;
    }
}
