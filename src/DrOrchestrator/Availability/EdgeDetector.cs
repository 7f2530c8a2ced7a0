using DrOrchestrator.Probes;

namespace DrOrchestrator.Availability;

/// <summary>
/// Turns results into changes of state; pure. A result is taken to show the state at some moment between its start and its end, no more. Hence the error bars: a
/// change lies between the START of the last result on the one side and the END of the first on the other. Where nobody looked, the row is <c>unknown</c> and
/// begins with the last thing seen, so that no time is ever counted as up that was not. Where the outcome rests on the word of other vantage points it may show an
/// older state (<see cref="ProbeResult.ShowsFrom"/>), and the bars are the wider; an interruption that one of them saw first begins with its failures once the others agree.
/// </summary>
internal static class EdgeDetector
{
    private static readonly IReadOnlyList<TimelineChange> None = [];

    /// <summary>Takes the next result of a subject.</summary>
    public static Detection Accept(DetectorState state, DetectorRules rules, ProbeResult result)
    {
        if (IsLabelledTwice(state, result))
        {
            return new Detection(state, None, null);
        }

        if (result.Outcome == ProbeOutcome.Unknown)
        {
            return StopLooking(state, result.Probe, result.Reason);
        }

        var changes = None;
        if (IsSilent(state, rules, result.EndedAt))
        {
            (state, changes, _) = StopLooking(state, result.Probe, Silence(state, result.EndedAt));
        }

        // Nearly every result: it shows once more what is known, and there is nothing to remember but when.
        if (state.Run is null && state.State == IntervalState.Up && result.Outcome == ProbeOutcome.Up && state.Scattered.IsEmpty)
        {
            return new Detection(Seen(state, result), changes, null);
        }

        var wanted = StateOf(result.Outcome);
        Blip? blip = null;
        if (state.State == wanted)
        {
            blip = state.Run?.Blip(result.Probe, wanted, result.EndedAt);
            state = state with { Run = null };
        }
        else
        {
            var contrary = Extend(state, result);
            blip = contrary.Count == 1 && contrary.FirstStartedAt == result.StartedAt ? state.Run?.Blip(result.Probe, state.State, result.EndedAt) : null;
            state = state with { Run = contrary };
            if (contrary.Confirms(rules, result))
            {
                (state, changes) = Confirm(state, changes, result, wanted, new Edge(contrary.Earliest, contrary.FirstStartedAt, contrary.FirstEndedAt), contrary.Reason);
            }
        }

        var scattered = ScatteredFailures.After(state, rules, result);
        if (ScatteredFailures.Confirm(scattered, rules, result) is { } first)
        {
            (state, changes) = Confirm(state, changes, result, IntervalState.Down, new Edge(first.Earliest, first.StartedAt, first.EndedAt), first.Reason);
            return new Detection(Seen(state, result), changes, blip) { Within = ScatteredFailures.GoodAmong(scattered, result.Probe) };
        }

        return new Detection(Seen(state with { Scattered = scattered }, result), changes, blip);
    }

    private static (DetectorState State, IReadOnlyList<TimelineChange> Changes) Confirm(
        DetectorState state, IReadOnlyList<TimelineChange> changes, ProbeResult result, IntervalState wanted, Edge edge, string reason)
    {
        var at = NotBefore(state, state.Since is { } since && edge.Earliest < since.Earliest ? edge with { Earliest = since.Earliest } : edge);
        return (
            state with { State = wanted, Since = at, ConfirmedAt = result.EndedAt, Reason = reason, Run = null, Scattered = [] },
            [.. changes, new TimelineChange(result.Probe, wanted, at, reason)]);
    }

    /// <summary>Looks at the clock: without a result for too long the subject is unknown, since the last one.</summary>
    public static Detection Tick(DetectorState state, DetectorRules rules, string subject, DateTimeOffset now) =>
        IsSilent(state, rules, now) ? StopLooking(state, subject, Silence(state, now)) : new Detection(state, None, null);

    /// <summary>
    /// Goes on from what an earlier process left: from its last kept observation on, nobody looked. Where that is still to come by our clock, the clock was set back:
    /// moments up to it stand in the ledger for another time already, so that nothing is known of them, and results are taken from then on only.
    /// </summary>
    public static Detection Resume(TimelineTail tail, DateTimeOffset now)
    {
        var (open, observed) = (tail.Open, tail.Observed);
        var state = new DetectorState(
            open.State, open.Start, null, open.Reason, observed.Until, observed.LastGoodStartedAt, observed.LastFailedStartedAt, null);
        var (agreed, contrary) = open.State == IntervalState.Down
            ? (observed.LastFailedStartedAt, observed.LastGoodStartedAt)
            : (observed.LastGoodStartedAt, observed.LastFailedStartedAt);

        // A contradiction was going on when the process died; only its newest result is on record.
        if (open.State is IntervalState.Up or IntervalState.Down && contrary is { } began && (agreed is null || began > agreed))
        {
            var outcome = open.State == IntervalState.Up ? ProbeOutcome.Down : ProbeOutcome.Up;
            state = state with { Run = new ContraryRun(outcome, agreed ?? open.Start.Earliest, began, observed.Until, 1, open.Reason) };
        }

        if (now >= observed.Until)
        {
            return StopLooking(state, open.Subject, "the orchestrator was not running");
        }

        var why = FormattableString.Invariant($"the clock was set back by {(observed.Until - now).TotalSeconds:0.#}s or more while the orchestrator was not running");
        var stopped = StopLooking(state, open.Subject, why);
        return stopped with
        {
            State = stopped.State with { LabelledUntil = observed.Until, Reason = why },
            Blip = new Blip(open.Subject, IntervalState.Unknown, now, observed.Until),
        };
    }

    /// <summary>Whether the moment of a result stands in the ledger for another time.</summary>
    internal static bool IsLabelledTwice(DetectorState state, ProbeResult result) => result.ShowsFrom < state.LabelledUntil;

    internal static Detection StopLooking(DetectorState state, string subject, string reason)
    {
        if (state.State == IntervalState.Unknown || state.Since is not { } since)
        {
            return new Detection(state with { Run = null, Scattered = [] }, None, null);
        }

        var until = state.ObservedUntil ?? since.Latest;
        var lastAgreed = (state.State is IntervalState.Down or IntervalState.Degraded ? state.LastFailedStartedAt : state.LastGoodStartedAt) ?? since.Earliest;
        var at = state.Run is { } run
            ? new Edge(run.Earliest, run.FirstStartedAt, until)
            : new Edge(lastAgreed, until, until);
        at = NotBefore(state, at);
        return new Detection(
            state with { State = IntervalState.Unknown, Since = at, ConfirmedAt = null, Reason = reason, Run = null, Scattered = [] },
            [new TimelineChange(subject, IntervalState.Unknown, at, reason)],
            null);
    }

    private static IntervalState StateOf(ProbeOutcome outcome) => outcome switch
    {
        ProbeOutcome.Up => IntervalState.Up,
        ProbeOutcome.Degraded => IntervalState.Degraded,
        _ => IntervalState.Down,
    };

    private static ContraryRun Extend(DetectorState state, ProbeResult result)
    {
        if (state.Run is { } run)
        {
            if (run.GoesOnWith(result))
            {
                return run.With(result);
            }

            if (state.State == IntervalState.Down)
            {
                return run.Turned(result);
            }
        }

        var opposite = result.Outcome switch
        {
            ProbeOutcome.Up => state.LastFailedStartedAt,
            ProbeOutcome.Down => state.LastGoodStartedAt,
            _ => state.State == IntervalState.Down ? state.LastFailedStartedAt : state.LastGoodStartedAt ?? state.LastFailedStartedAt,
        };
        var unknownSince = state.State == IntervalState.Unknown ? state.Since?.Earliest : null;
        var earliest = opposite is { } o && (unknownSince is not { } u || o > u) ? o : unknownSince ?? result.StartedAt;

        // What this vantage point did not see itself, others may have seen earlier; and an interruption ends with the first of those who saw it.
        var isHearsay = state.State == IntervalState.Down || result.Own == ProbeOutcome.Unknown || StateOf(result.Own) == state.State;
        return new ContraryRun(result.Outcome, isHearsay ? Earlier(earliest, result.ShowsFrom) : earliest, result.StartedAt, result.EndedAt, 1, result.Reason) { Own = result.Own };
    }

    private static DetectorState Seen(DetectorState state, ProbeResult result) => state with
    {
        ObservedUntil = result.EndedAt,
        LastGoodStartedAt = result.Outcome == ProbeOutcome.Down ? state.LastGoodStartedAt : Later(state.LastGoodStartedAt, result.ShowsFrom),
        LastFailedStartedAt = result.Outcome == ProbeOutcome.Up ? state.LastFailedStartedAt : Later(state.LastFailedStartedAt, result.ShowsFrom),
    };

    private static DateTimeOffset Earlier(DateTimeOffset one, DateTimeOffset other) => one < other ? one : other;

    private static DateTimeOffset Later(DateTimeOffset? one, DateTimeOffset other) => one > other ? one.Value : other;

    private static bool IsSilent(DetectorState state, DetectorRules rules, DateTimeOffset now) =>
        state.ObservedUntil is { } until && now - until > rules.LongestSilence && (state.State != IntervalState.Unknown || state.Run is not null);

    private static string Silence(DetectorState state, DateTimeOffset now) =>
        FormattableString.Invariant($"no result for {(now - state.ObservedUntil!.Value).TotalSeconds:0.#}s");

    /// <summary>Rows never overlap, even where a wall clock was set back between two processes.</summary>
    internal static Edge NotBefore(DetectorState state, Edge edge) =>
        state.Since is { } since && edge.At < since.At
            ? new Edge(edge.Earliest, since.At, edge.Latest < since.At ? since.At : edge.Latest)
            : edge;
}
