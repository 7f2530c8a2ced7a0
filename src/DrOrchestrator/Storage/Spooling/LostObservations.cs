using System.Globalization;
using DrOrchestrator.Availability;
using DrOrchestrator.Time;

namespace DrOrchestrator.Storage.Spooling;

/// <summary>
/// What came while the spool was full. The newest is dropped: what the spool has taken stays, in order, and is replayed. Of what is dropped only each subject's newest
/// state is remembered, so that memory stays bounded too; the time since its last durable observation becomes <c>unknown</c>.
/// </summary>
internal sealed class LostObservations(DateTimeOffset from)
{
    private const string RefusedReason = "the database refused the record of what was seen here";
    private const string RefusedState = "seen so, but the database refused the record of why";
    private const string DamagedReason = "the spool was damaged: what was seen here may not be on record";

    private readonly KeptTails _newest = new();

    public DateTimeOffset From => from;

    public void Add(TimelineBatch? batch)
    {
        if (batch is not null)
        {
            _newest.Add(batch);
        }
    }

    /// <summary>The record that closes the gap: for each subject an unknown interval, then the state it is in, from when it was last seen in it.</summary>
    /// <param name="kept">What is durable of each subject.</param>
    public SpoolRecord Close(SpoolRecord record, KeptTails kept, DateTimeOffset to)
    {
        var reason = string.Create(
            CultureInfo.InvariantCulture, $"the database was away and the spool was full from {from.ToRfc3339()} to {to.ToRfc3339()}: what was seen is not on record");
        var (changes, observed) = (new List<TimelineChange>(), new List<ObservedUntil>());
        foreach (var subject in _newest.Subjects)
        {
            Close(subject, kept.Of(subject), _newest.Of(subject), reason, changes, observed);
        }

        return record with
        {
            Timeline = new TimelineBatch(changes, [], observed),
            Loss = new SpoolLoss(from, to, [.. _newest.Subjects.Order(StringComparer.Ordinal)]),
        };
    }

    /// <summary>
    /// The gap in place of what the database refused: for each subject an unknown interval from where the record was to begin, then the newest state it told of, in plain
    /// words, for it may be the words that were refused.
    /// </summary>
    public static SpoolRecord Refused(SpoolRecord record, RefusedPart refused, KeptTails kept)
    {
        var newest = new KeptTails();
        newest.Add(refused.Newest ?? new TimelineBatch([], [], []));
        var (changes, observed) = (new List<TimelineChange>(), new List<ObservedUntil>());
        foreach (var subject in refused.Subjects)
        {
            if (refused.Newest is null)
            {
                Begin(subject, kept.Of(subject), null, RefusedReason, changes);
                continue;
            }

            var (change, seen) = newest.Of(subject);
            var first = refused.Newest.Changes.FirstOrDefault(one => one.Subject == subject)?.At;
            Close(subject, kept.Of(subject), (change is null ? null : change with { Reason = RefusedState }, seen), RefusedReason, changes, observed, first);
        }

        return record with { Timeline = new TimelineBatch(changes, [], observed) };
    }

    /// <summary>The gap that a damaged spool leaves: whoever was observed before is unknown from then on. What is seen next goes on from there.</summary>
    public static SpoolRecord Damaged(SpoolRecord record, DateTimeOffset to, KeptTails kept)
    {
        var changes = new List<TimelineChange>();
        var since = new List<DateTimeOffset>();
        foreach (var subject in kept.Subjects)
        {
            if (kept.Of(subject) is ({ State: not IntervalState.Unknown }, { } seen) tail && seen.Until < to)
            {
                Begin(subject, tail, null, DamagedReason, changes);
                since.Add(seen.Until);
            }
        }

        return record with
        {
            Timeline = new TimelineBatch(changes, [], []),
            Loss = new SpoolLoss(since.DefaultIfEmpty(to).Max(), to, [.. changes.Select(change => change.Subject).Order(StringComparer.Ordinal)]) { Cause = SpoolLossCause.Damaged },
        };
    }

    /// <summary>Begins the unknown interval where what is durable ends, or where what was lost is known to begin; when that is.</summary>
    private static Edge Begin(string subject, (TimelineChange? Change, ObservedUntil? Observed) kept, Edge? first, string reason, List<TimelineChange> changes)
    {
        var since = new Edge(DateTimeOffset.MinValue, DateTimeOffset.MinValue, DateTimeOffset.MinValue);
        if (kept.Change is { } open)
        {
            var until = Later(kept.Observed?.Until ?? open.At.Latest, open.At.At);
            until = first is { } begun ? Later(Earlier(until, begun.At), open.At.At) : until;
            since = open.State == IntervalState.Unknown ? open.At : new Edge(Earlier(Agreed(open.State, kept.Observed) ?? open.At.Earliest, until), until, until);
            if (open.State != IntervalState.Unknown)
            {
                changes.Add(new TimelineChange(subject, IntervalState.Unknown, since, reason));
            }
        }

        return since;
    }

    private static void Close(
        string subject,
        (TimelineChange? Change, ObservedUntil? Observed) kept,
        (TimelineChange? Change, ObservedUntil? Observed) lost,
        string reason,
        List<TimelineChange> changes,
        List<ObservedUntil> observed,
        Edge? first = null)
    {
        var since = Begin(subject, kept, first, reason, changes);
        if ((lost.Change ?? kept.Change) is not { } now)
        {
            return;
        }

        if (now.State != IntervalState.Unknown)
        {
            // Nothing before the newest result that agrees with the state is on record; from that one on it is known again.
            var seen = Later(Agreed(now.State, lost.Observed) ?? now.At.Latest, since.At);
            var earliest = kept.Change is null ? now.At.Earliest : since.Earliest;
            changes.Add(new TimelineChange(subject, now.State, new Edge(Earlier(earliest, seen), seen, seen), now.Reason));
        }

        if (lost.Observed is { } newest)
        {
            observed.Add(newest);
        }
    }

    private static DateTimeOffset? Agreed(IntervalState state, ObservedUntil? observed) =>
        state is IntervalState.Down or IntervalState.Degraded ? observed?.LastFailedStartedAt : observed?.LastGoodStartedAt;

    private static DateTimeOffset Later(DateTimeOffset a, DateTimeOffset b) => a > b ? a : b;

    private static DateTimeOffset Earlier(DateTimeOffset a, DateTimeOffset b) => a < b ? a : b;
}
