namespace DrOrchestrator.Availability;

/// <summary>What is not on disk yet, in order: changes, contradictions, minutes that are over, and the subjects with newer observations. Safe for concurrent use.</summary>
internal sealed class PendingWrites
{
    /// <summary>All minutes end at the same moment: written in pieces, ten thousand probes hold up no other writer for longer than a few hundredths of a second.</summary>
    private const int MostMinutesAtOnce = 1000;

    /// <summary>However many probes there are, a second's observations are a few hundredths of a second's writing; beyond that many each waits its turn, a few seconds long.</summary>
    private const int MostObservationsAtOnce = 2000;

    private readonly object _gate = new();
    private List<TimelineChange> _changes = [];
    private List<Blip> _blips = [];
    private IReadOnlyList<Blip> _blipsOnTheirWay = [];
    private readonly List<SeenMinute> _minutes = [];
    private IReadOnlyList<SeenMinute> _minutesOnTheirWay = [];
    private readonly Queue<Subject> _dirty = new();

    /// <summary>Whether there is anything that is written at once.</summary>
    public bool HasChanges
    {
        get
        {
            lock (_gate)
            {
                return _changes.Count + _blips.Count > 0;
            }
        }
    }

    /// <summary>Whether there is anything that is written in pieces.</summary>
    public bool HasMore
    {
        get
        {
            lock (_gate)
            {
                return _minutes.Count + _dirty.Count > 0;
            }
        }
    }

    public void Add(Detection detection)
    {
        lock (_gate)
        {
            _changes.AddRange(detection.Changes);
            if (detection.Blip is { } blip)
            {
                _blips.Add(blip);
            }

            _blips.AddRange(detection.Within);
        }
    }

    public void Add(SeenMinute minute)
    {
        lock (_gate)
        {
            _minutes.Add(minute);
        }
    }

    public void AddDirty(Subject subject)
    {
        lock (_gate)
        {
            _dirty.Enqueue(subject);
        }
    }

    /// <summary>Those subjects with newer observations that have waited longest, once each.</summary>
    public List<Subject> TakeDirty()
    {
        lock (_gate)
        {
            var taken = new List<Subject>(Math.Min(_dirty.Count, MostObservationsAtOnce));
            while (taken.Count < MostObservationsAtOnce && _dirty.TryDequeue(out var subject))
            {
                taken.Add(subject);
            }

            return taken;
        }
    }

    /// <summary>Everything else, with the observations that were taken before it.</summary>
    public TimelineBatch Take(IReadOnlyList<ObservedUntil> observed, bool withMinutes)
    {
        lock (_gate)
        {
            var (changes, blips) = (_changes, _blips);
            (_changes, _blips, _blipsOnTheirWay) = ([], [], blips);
            if (withMinutes)
            {
                _minutesOnTheirWay = [.. _minutes.Take(MostMinutesAtOnce)];
                _minutes.RemoveRange(0, _minutesOnTheirWay.Count);
            }

            return new TimelineBatch(changes, blips, observed) { Minutes = _minutesOnTheirWay };
        }
    }

    /// <summary>What was taken is on disk.</summary>
    public void Written()
    {
        lock (_gate)
        {
            (_minutesOnTheirWay, _blipsOnTheirWay) = ([], []);
        }
    }

    /// <summary>Contradictions of a subject that may not be on disk.</summary>
    public IReadOnlyList<Blip> Blips(string subject)
    {
        lock (_gate)
        {
            return _blips.Count + _blipsOnTheirWay.Count == 0 ? [] : [.. _blips.Concat(_blipsOnTheirWay).Where(blip => blip.Subject == subject)];
        }
    }

    /// <summary>The finished minutes of a probe.</summary>
    public IReadOnlyList<SeenMinute> Minutes(string probe)
    {
        lock (_gate)
        {
            return [.. _minutes.Concat(_minutesOnTheirWay).Where(minute => minute.Minute.Probe == probe)];
        }
    }
}
