using System.Collections.Frozen;
using DrOrchestrator.Time;

namespace DrOrchestrator.Kubernetes.Watching;

/// <summary>The pods of one namespace as a watch last told them, and when that was last confirmed.</summary>
internal sealed class PodTable(string site, string ns, ProcessClock clock, TimeSpan validity)
{
    private readonly Lock _gate = new();
    private Dictionary<string, PodSight> _pods = [];
    private DateTimeOffset? _confirmedAt;
    private string? _problem;

    /// <summary>How long nothing has confirmed it; null when nothing ever has.</summary>
    public TimeSpan? Age
    {
        get
        {
            lock (_gate)
            {
                return clock.Now - _confirmedAt;
            }
        }
    }

    /// <summary>A list took the place of everything.</summary>
    /// <param name="asOf">When it was asked for.</param>
    public void Replace(Dictionary<string, PodSight> pods, DateTimeOffset asOf)
    {
        lock (_gate)
        {
            (_pods, _confirmedAt, _problem) = (pods, asOf, null);
        }
    }

    /// <summary>A watch said something.</summary>
    public void Apply(WatchEvent said)
    {
        lock (_gate)
        {
            switch (said)
            {
                case WatchEvent.Seen seen:
                    _pods[seen.Pod.Uid] = seen.Pod;
                    break;
                case WatchEvent.Deleted deleted:
                    _pods.Remove(deleted.Uid);
                    break;
                default:
                    break;
            }

            (_confirmedAt, _problem) = (clock.Now, null);
        }
    }

    /// <summary>Why it is not followed just now, or null.</summary>
    public void Note(string? problem)
    {
        lock (_gate)
        {
            _problem = problem;
        }
    }

    public SitePods Read()
    {
        lock (_gate)
        {
            var fresh = _confirmedAt is { } at && clock.Now - at <= validity;
            return new SitePods(site, ns, fresh ? Count(_pods.Values) : null, _confirmedAt, clock.Now - _confirmedAt, _problem);
        }
    }

    private static PodCounts Count(IReadOnlyCollection<PodSight> pods) => new(
        pods.Count,
        pods.Count(pod => pod.Ready),
        pods.CountBy(pod => pod.Phase).ToFrozenDictionary(StringComparer.Ordinal),
        pods.Where(pod => pod.Trouble is not null).CountBy(pod => pod.Trouble!).ToFrozenDictionary(StringComparer.Ordinal));
}
