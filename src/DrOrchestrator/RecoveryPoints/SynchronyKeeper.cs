namespace DrOrchestrator.RecoveryPoints;

/// <summary>Makes stretches of what single looks say of synchrony; pure but for what it remembers. Not safe for concurrent use.</summary>
internal sealed class SynchronyKeeper
{
    // Written at every change, and once in this while so that a crash forgets little: what it forgets is unknown.
    private static readonly TimeSpan WrittenEvery = TimeSpan.FromMinutes(1);

    private readonly Dictionary<(string System, string Standby), Open> _open = [];

    /// <summary>Takes a look; returns the stretches that are to be written now.</summary>
    public IReadOnlyList<SynchronyInterval> Add(Exposure exposure)
    {
        var (key, at, finding) = ((exposure.System, exposure.Standby), exposure.ObservedAt, exposure.Synchrony);
        var due = new List<SynchronyInterval>();
        if (_open.TryGetValue(key, out var open))
        {
            var isSame = open.Interval.State == finding.State && open.Continuity == finding.Continuity && at <= open.ValidUntil;
            if (isSame && open.Interval.Reason == finding.Reason)
            {
                var longer = open with { Interval = open.Interval with { To = at }, ValidUntil = exposure.ValidUntil };
                if (at - open.WrittenAt >= WrittenEvery)
                {
                    due.Add(longer.Interval);
                    longer = longer with { WrittenAt = at };
                }

                _open[key] = longer;
                return due;
            }

            // The same state for another reason has no gap; anything else leaves the time between the two looks unknown.
            due.Add(isSame ? open.Interval with { To = at } : open.Interval);
        }

        // Of nothing ever known there is nothing to keep.
        if (open is null && ReferenceEquals(finding, SynchronyFinding.NotAsked))
        {
            return due;
        }

        var begun = new SynchronyInterval(exposure.System, exposure.Standby, finding.State, at, at, finding.Reason);
        _open[key] = new Open(begun, finding.Continuity, exposure.ValidUntil, at);
        due.Add(begun);
        return due;
    }

    /// <summary>The stretch that is going on, as far as it was seen.</summary>
    public SynchronyInterval? Current(string system, string standby) => _open.GetValueOrDefault((system, standby))?.Interval;

    private sealed record Open(SynchronyInterval Interval, string Continuity, DateTimeOffset ValidUntil, DateTimeOffset WrittenAt);
}
