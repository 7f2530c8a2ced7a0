using System.Globalization;

namespace DrOrchestrator.RecoveryPoints;

/// <summary>What the calculator looks at besides the two readings.</summary>
/// <param name="Trail">The primary's positions over time, with this round's reading already in it.</param>
/// <param name="GoneSince">The first reading of the primary that failed since it last answered; null while it answers.</param>
/// <param name="StandsStillSince">Since when the standby has received nothing although there was something to receive; null when it moves.</param>
internal sealed record ExposureBackground(PositionTrail Trail, PositionResult.Failed? GoneSince, DateTimeOffset? StandsStillSince)
{
    /// <summary>The database the primary was last seen to be; null where the kind has no such identity.</summary>
    public string? Cluster { get; init; }

    /// <summary>How long the standby may stand still; null for the validity of a reading. Shorter where a heartbeat is written.</summary>
    public TimeSpan? Patience { get; init; }

    /// <summary>Why nothing is written that would show that an idle standby still receives; null where a heartbeat is, or none is expected.</summary>
    public string? WithoutHeartbeat { get; init; }
}

/// <summary>
/// How much would be lost if the primary were gone now; pure. Read at the primary first and at the standby afterwards, so that what was reached is reached as of
/// the primary's reading. An idle primary has no exposure, however long nothing has moved.
/// </summary>
internal static class ExposureCalculator
{
    /// <summary>Readings of the standby that may pass without progress before replication counts as broken; one that takes its whole timeout is still a reading.</summary>
    public const int PatienceInIntervals = 3;

    /// <summary>How long a reading stays good: three intervals and one timeout. After it the exposure is unknown.</summary>
    public static TimeSpan Validity(TimeSpan interval, TimeSpan timeout) => (PatienceInIntervals * interval) + timeout;

    public static Exposure Calculate(
        string system, TimeSpan interval, TimeSpan timeout, PositionResult primary, PositionResult standby, ExposureBackground background)
    {
        var patience = Validity(interval, timeout);
        var validUntil = primary.StartedAt + patience;
        Exposure Say(TimeSpan? value, TimeSpan? lowest, TimeSpan? highest, ReplicationState replication, string reason) =>
            new(system, standby.Site, value, lowest, highest, replication, primary.StartedAt, validUntil, reason);

        var trail = background.Trail;
        if (standby is not PositionResult.Read there)
        {
            return Say(null, null, null, ReplicationState.Unknown, ((PositionResult.Failed)standby).Reason);
        }

        if (primary is PositionResult.Read { Role: not "primary" } wrong)
        {
            return Say(null, null, null, ReplicationState.Unknown, $"{wrong.Site} should serve, and calls itself {wrong.Role}");
        }

        if (trail.IsEmpty)
        {
            return Say(null, null, null, ReplicationState.Unknown, $"{((PositionResult.Failed)primary).Reason}, and it was never read before");
        }

        if (there.Cluster != background.Cluster)
        {
            return Say(null, there.EndedAt - trail.First.FirstAt, null, ReplicationState.NotProtected, $"{there.Site} is another database: its identifier is {there.Cluster}, that of {primary.Site} is {background.Cluster}");
        }

        if (there.Role == "primary" || there.Epoch != trail.Epoch)
        {
            var atLeast = there.EndedAt - trail.First.FirstAt;
            return Say(null, atLeast, null, ReplicationState.NotProtected, FormattableString.Invariant(
                $"{there.Site} is {there.Role} on epoch {there.Epoch}, {primary.Site} is on epoch {trail.Epoch}: their positions do not compare"));
        }

        return primary is PositionResult.Failed gone ? LostIfPromotedNow(gone, there) : Now();

        Exposure Now()
        {
            var unreached = trail.OldestUnreached(there.Received);
            var value = unreached is { } oldest ? there.EndedAt - oldest.FirstAt : TimeSpan.Zero;

            // What was not reached was seen late: it may have been written right after the last look whose position was reached.
            var highest = unreached is null ? TimeSpan.Zero : there.EndedAt - trail.NewestReachedAt(there.Received);
            var isBounded = highest is not null;
            var (replication, reason) = Replication(there, unreached is not null, there.EndedAt - background.StandsStillSince, background.Patience ?? patience);
            if (replication is ReplicationState.Protected && background.WithoutHeartbeat is { } why && unreached is null && there.EndedAt - trail.Last.FirstAt > patience)
            {
                (replication, reason) = (ReplicationState.Unknown, $"{reason}, but nothing was written since that would show that it still receives: {why}");
            }

            return Say(value, value, highest, replication, isBounded ? reason : $"{reason}; at least, as it was behind when reading began");
        }

        Exposure LostIfPromotedNow(PositionResult.Failed failed, PositionResult.Read standing)
        {
            // A refused connection shows that nothing was written there any more by then; behind mere silence the primary may still be writing.
            var lastWrite = background.GoneSince is { IsRefused: true } refused ? refused.EndedAt : standing.EndedAt;
            var lowest = trail.OldestUnreached(standing.Received) is { } oldest ? trail.Last.LastAt - oldest.FirstAt : TimeSpan.Zero;
            var highest = trail.NewestReachedAt(standing.Received) is { } reached ? lastWrite - reached : (TimeSpan?)null;
            return Say(highest, lowest, highest, ReplicationState.NotProtected, string.Create(
                CultureInfo.InvariantCulture,
                $"{failed.Reason}; lost if promoted now: {lowest.TotalSeconds:0.###}s to {(highest is { } h ? $"{h.TotalSeconds:0.###}s" : "unknown")}"));
        }
    }

    private static (ReplicationState State, string Reason) Replication(PositionResult.Read standby, bool isBehind, TimeSpan? standsStillFor, TimeSpan patience)
    {
        if (!standby.Connected)
        {
            return (ReplicationState.NotProtected, $"{standby.Site} does not hear its primary");
        }

        if (isBehind && standsStillFor > patience)
        {
            return (ReplicationState.NotProtected, string.Create(
                CultureInfo.InvariantCulture, $"{standby.Site} says it is connected, and has received nothing for {standsStillFor.Value.TotalSeconds:0.#}s while the primary moved"));
        }

        return (ReplicationState.Protected, isBehind ? $"{standby.Site} is behind and receives" : $"{standby.Site} has received everything");
    }
}
