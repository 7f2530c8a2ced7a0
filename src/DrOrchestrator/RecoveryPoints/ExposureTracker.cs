using DrOrchestrator.Estates;

namespace DrOrchestrator.RecoveryPoints;

/// <summary>Remembers, for one recovery point and one serving site, what the calculator needs from earlier rounds. Rounds follow each other; <see cref="ReachedAt"/> may be asked meanwhile.</summary>
/// <param name="hasHeartbeat">Every interval something is written that a standby must receive.</param>
internal sealed class ExposureTracker(RecoveryPointDefinition definition, string serving, bool hasHeartbeat = false)
{
    private static readonly TimeSpan ShortestPatience = TimeSpan.FromMilliseconds(250);
    private readonly PositionTrail _trail = new();
    private readonly Dictionary<string, (long Received, DateTimeOffset MovedAt)> _progress = new(StringComparer.Ordinal);
    private PositionResult.Failed? _goneSince;
    private string? _cluster;
    private string? _withoutHeartbeat;

    public string Serving => serving;

    /// <summary>As the estate declares it now: what was remembered outlives a reload, or nobody could say any more what would be lost.</summary>
    public RecoveryPointDefinition Definition { get; set; } = definition;

    /// <summary>Half an interval, so that a heartbeat that did not arrive is seen at the very next round; never so short that one on its way counts as lost.</summary>
    private TimeSpan? Patience => !hasHeartbeat ? null : Definition.Interval / 2 is var half && half > ShortestPatience ? half : ShortestPatience;

    /// <summary>The newest moment at which the primary had not written beyond a position; null where that is not known.</summary>
    public DateTimeOffset? ReachedAt(long epoch, long position)
    {
        lock (_trail)
        {
            return !_trail.IsEmpty && epoch == _trail.Epoch ? _trail.NewestReachedAt(position) : null;
        }
    }

    /// <summary>Takes the primary's reading of a round, before any standby's.</summary>
    public void ObservePrimary(PositionResult primary)
    {
        if (primary is PositionResult.Read { Role: "primary" } read)
        {
            _goneSince = null;
            lock (_trail)
            {
                if (_cluster is not null && read.Cluster != _cluster)
                {
                    _trail.Clear();
                }

                _cluster = read.Cluster;
                _trail.Add(read.Epoch, read.Position, read.StartedAt);
            }
        }
        else if (primary is PositionResult.Failed failed && _goneSince is not { IsRefused: true })
        {
            _goneSince = failed.IsRefused ? failed : _goneSince ?? failed;
        }
    }

    /// <summary>Takes the sign of life at the end of a round.</summary>
    public void ObserveHeartbeat(HeartbeatResult heartbeat)
    {
        if (heartbeat is HeartbeatResult.Written written)
        {
            _withoutHeartbeat = null;
            if (!_trail.IsEmpty && written.Epoch == _trail.Epoch && written.Position > _trail.Last.Position)
            {
                lock (_trail)
                {
                    _trail.Add(written.Epoch, written.Position, written.At);
                }
            }
        }
        else
        {
            _withoutHeartbeat = ((HeartbeatResult.None)heartbeat).Reason;
        }
    }

    /// <summary>Takes a standby's reading of the same round.</summary>
    public Exposure ObserveStandby(PositionResult primary, PositionResult standby)
    {
        DateTimeOffset? standsStillSince = null;
        if (standby is PositionResult.Read read)
        {
            var hasMoved = !_progress.TryGetValue(read.Site, out var last) || read.Received != last.Received;
            if (hasMoved || _trail.IsEmpty || _trail.OldestUnreached(read.Received) is null)
            {
                _progress[read.Site] = (read.Received, read.EndedAt);
            }
            else
            {
                standsStillSince = last.MovedAt;
            }
        }

        var background = new ExposureBackground(_trail, _goneSince, standsStillSince)
        {
            Cluster = _cluster,
            Patience = Patience,
            WithoutHeartbeat = hasHeartbeat ? _withoutHeartbeat : null,
        };
        var exposure = ExposureCalculator.Calculate(Definition.System, Definition.Interval, Definition.Timeout, primary, standby, background);
        return exposure with
        {
            RecoveryPoint = Definition.Name,
            ReplayLag = standby is PositionResult.Read { Replayed: { } replayed } there && there.Epoch == _trail.Epoch && there.Cluster == _cluster && !_trail.IsEmpty
                ? _trail.OldestUnreached(replayed) is { } unapplied && unapplied.Position <= there.Received ? there.EndedAt - unapplied.FirstAt : TimeSpan.Zero
                : null,
            Notes = [.. (primary as PositionResult.Read)?.Notes ?? [], .. (standby as PositionResult.Read)?.Notes ?? []],
        };
    }
}
