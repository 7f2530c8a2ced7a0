using DrOrchestrator.Estates;
using DrOrchestrator.Time;

namespace DrOrchestrator.Availability.Sights;

/// <summary>
/// What the other vantage points see, as last read. Whether one still looks is told by its beat alone, and by this process's own monotonic clock: the wall clocks of two
/// machines differ. A beat that has moved was written after the reading before the one that saw it move; from there on it is good for <see cref="SilentAfter"/>.
/// Readers may be many, <see cref="Take"/> one.
/// </summary>
internal sealed class OtherSights(ProcessClock clock)
{
    /// <summary>A beat comes every second and is read every second; without a newer one for this long its vantage point is silent.</summary>
    public static readonly TimeSpan SilentAfter = TimeSpan.FromSeconds(4);

    private volatile Point[] _points = [];
    private long? _readBefore;

    /// <summary>The newest reading failed: nobody can be heard, whether they look or not.</summary>
    public bool IsAway { get; set; }

    /// <summary>The newest beats, for the next reading.</summary>
    public IReadOnlyDictionary<string, VantageBeat> Known => _points.ToDictionary(point => point.Beat.Vantage, point => point.Beat, StringComparer.Ordinal);

    /// <summary>Whether anything was ever heard of another one.</summary>
    public bool Any => _points.Length > 0;

    /// <summary>Takes a reading that worked.</summary>
    /// <param name="began">Timestamp of before it was asked for.</param>
    /// <param name="estate">The estate in force, whose vantage points count.</param>
    /// <param name="own">The vantage point of this server, whose word is its own look.</param>
    public void Take(IReadOnlyList<VantageReading> readings, long began, Estate estate, string own)
    {
        var before = _points.ToDictionary(point => point.Beat.Vantage, StringComparer.Ordinal);
        var declared = estate.VantagePoints.Where(point => point.Name != own).Select(point => point.Name).ToHashSet(StringComparer.Ordinal);
        _points =
        [
            .. readings.Where(reading => declared.Contains(reading.Beat.Vantage)).Select(reading => Next(before.GetValueOrDefault(reading.Beat.Vantage), reading, estate)),
        ];
        _readBefore = began;
    }

    /// <summary>The words on a probe of those who vote now.</summary>
    public IReadOnlyList<OtherWord> WordsOn(string probe)
    {
        List<OtherWord>? words = null;
        foreach (var point in _points)
        {
            if (Votes(point) && point.Sights.TryGetValue(probe, out var sight) && sight.State is IntervalState.Up or IntervalState.Degraded or IntervalState.Down)
            {
                (words ??= []).Add(new OtherWord(point.Beat.Vantage, sight.State == IntervalState.Down, sight.Reason) { SuspectsItself = point.Beat.Controls > 0 });
            }
        }

        return words ?? (IReadOnlyList<OtherWord>)[];
    }

    /// <summary>Whether any of those who vote now sees it down; for the many good results that need no vote.</summary>
    public bool AnySeesDown(string probe)
    {
        foreach (var point in _points)
        {
            if (point.Sights.TryGetValue(probe, out var sight) && sight.State == IntervalState.Down && Votes(point))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>What was heard of a vantage point; null where nothing ever was.</summary>
    public Heard? HeardOf(string vantage) =>
        Array.Find(_points, point => point.Beat.Vantage == vantage) is { } point ? new Heard(IsFresh(point), point.IsOfThisEstate, point.HeardAt, point.Beat.Controls) : null;

    private Point Next(Point? before, VantageReading reading, Estate estate)
    {
        var beat = reading.Beat;
        var sights = before?.Sights;
        if (reading.IsWhole || sights is null)
        {
            sights = reading.Sights.ToDictionary(sight => sight.Probe, StringComparer.Ordinal);
        }
        else if (reading.Sights.Count > 0)
        {
            var changed = new Dictionary<string, Sight>(sights, StringComparer.Ordinal);
            foreach (var sight in reading.Sights)
            {
                changed[sight.Probe] = sight;
            }

            sights = changed;
        }

        // The first reading of a beat may show one of any age; only one that moves is alive.
        var hasMoved = _readBefore is not null && before is not null && (before.Beat.Epoch != beat.Epoch || before.Beat.Number != beat.Number);
        return new Point(beat, sights, beat.Estate == estate.Hash, hasMoved ? _readBefore : before?.WrittenAfter, hasMoved ? clock.Now : before?.HeardAt);
    }

    private bool Votes(Point point) => point.IsOfThisEstate && IsFresh(point);

    private bool IsFresh(Point point) => point.WrittenAfter is { } after && clock.Provider.GetElapsedTime(after) <= SilentAfter;

    /// <summary>What is known of one that looks elsewhere.</summary>
    /// <param name="HeardAt">When its beat was last seen to move, a label; null while it never was.</param>
    public sealed record Heard(bool IsFresh, bool IsOfThisEstate, DateTimeOffset? HeardAt, int Controls);

    /// <param name="WrittenAfter">The newest beat is not older than this timestamp; null while it was not seen to move.</param>
    private sealed record Point(VantageBeat Beat, Dictionary<string, Sight> Sights, bool IsOfThisEstate, long? WrittenAfter, DateTimeOffset? HeardAt);
}
