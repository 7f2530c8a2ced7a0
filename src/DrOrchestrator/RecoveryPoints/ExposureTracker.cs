using DrOrchestrator.Estates;

namespace DrOrchestrator.RecoveryPoints;

/// <summary>Remembers, for one recovery point and one serving site, what the calculator needs from earlier rounds. Not safe for concurrent use.</summary>
internal sealed class ExposureTracker(RecoveryPointDefinition definition, string serving)
{
    private readonly PositionTrail _trail = new();
    private readonly Dictionary<string, (long Received, DateTimeOffset MovedAt)> _progress = new(StringComparer.Ordinal);
    private PositionResult.Failed? _goneSince;

    public string Serving => serving;

    /// <summary>Takes the primary's reading of a round, before any standby's.</summary>
    public void ObservePrimary(PositionResult primary)
    {
        if (primary is PositionResult.Read { Role: "primary" } read)
        {
            _goneSince = null;
            _trail.Add(read.Epoch, read.Position, read.StartedAt);
        }
        else if (primary is PositionResult.Failed failed && _goneSince is not { IsRefused: true })
        {
            _goneSince = failed.IsRefused ? failed : _goneSince ?? failed;
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

        return ExposureCalculator.Calculate(
            definition.System, definition.Interval, definition.Timeout, primary, standby, new ExposureBackground(_trail, _goneSince, standsStillSince));
    }
}
