using System.Collections.Concurrent;
using DrOrchestrator.Time;

namespace DrOrchestrator.Storage;

/// <summary>
/// How long leases have been silent. Where several processes share a database, by its own clock, taken in the statement that reads or renews the lease: the clocks of two
/// processes never meet in it. In a SQLite file, which one process at a time has, by that process's clock.
/// </summary>
/// <remarks>
/// Two clocks meet all the same where the server's clock is set, or another server takes its place, between a renewal and the look at it. This process sees that as a step
/// against its own monotonic clock: by so much the age is uncertain. What it has watched itself on that clock is certain: a lease that did not change for so long was not
/// renewed for so long, whatever any wall clock says.
/// </remarks>
public sealed class LeaseClock(Database database, ProcessClock clock)
{
    /// <summary>Two clocks drift apart by less between two looks (500 ppm over a minute and a half).</summary>
    private static readonly TimeSpan Drift = TimeSpan.FromMilliseconds(50);

    private readonly ConcurrentDictionary<long, Watched> _watched = new();
    private readonly Lock _lock = new();
    private Reading? _last;
    private TimeSpan _stepped;

    /// <summary>For SQL: now in microseconds UTC. Give the statement <c>@now</c>, too: <see cref="Now"/>.</summary>
    public string Sql => database.ClockFunction ?? "@now";

    /// <summary>For the parameter <c>@now</c>.</summary>
    public long Now => clock.Now.ToUnixMicros();

    /// <summary>Taken before a statement that reads the clock.</summary>
    public long Begin() => clock.Provider.GetTimestamp();

    /// <summary>A statement has read the clock.</summary>
    /// <param name="began">From <see cref="Begin"/>.</param>
    /// <param name="now">What <see cref="Sql"/> was in it.</param>
    public LeaseLook Look(long began, long now)
    {
        var look = new Reading(now, began, clock.Provider.GetTimestamp());
        lock (_lock)
        {
            var before = _stepped;
            if (_last is not { } last)
            {
                _last = look;
            }
            else if (look.Began >= last.Ended)
            {
                var apart = (Micros.FromUnixMicros(now) - Micros.FromUnixMicros(last.Now) - clock.Provider.GetElapsedTime(last.Began, look.Began)).Duration();
                _stepped += apart > Took(last) + Took(look) + Drift ? apart : TimeSpan.Zero;
                _last = look;
            }

            return new LeaseLook(now, look.Ended, before, _stepped);
        }
    }

    /// <summary>How old the lease of a run is, as a look found it.</summary>
    /// <param name="renewed">When it was renewed, by the same clock; null where nobody had it yet.</param>
    public LeaseAge AgeOf(LeaseLook look, long run, long? renewed)
    {
        if (renewed is not { } at)
        {
            return default;
        }

        // Renewed "later" than now: the clock was set back, and by how much it has been silent is not known.
        var gap = Micros.FromUnixMicros(look.Now) - Micros.FromUnixMicros(at);
        var (value, error) = gap < TimeSpan.Zero ? (TimeSpan.Zero, -gap) : (gap, TimeSpan.Zero);
        if (database.ClockFunction is null)
        {
            return new LeaseAge(value, value, value + error);
        }

        var seen = _watched.AddOrUpdate(run, First, (_, known) => known.Renewed == at ? known : First(run));
        error += look.Stepped - seen.SteppedBefore;
        var watched = clock.Provider.GetElapsedTime(seen.Since, look.At);
        var least = Longer(value - error, watched);
        return new LeaseAge(Longer(value, least), least, Longer(value + error, least));

        Watched First(long number) => new(at, look.At, look.SteppedBefore);
    }

    /// <summary>Forgets the leases of all other runs.</summary>
    public void Keep(IReadOnlyCollection<long> runs)
    {
        foreach (var gone in _watched.Keys.Except(runs))
        {
            _watched.TryRemove(gone, out _);
        }
    }

    private TimeSpan Took(Reading look) => clock.Provider.GetElapsedTime(look.Began, look.Ended);

    private static TimeSpan Longer(TimeSpan one, TimeSpan other) => one > other ? one : other;

    /// <param name="Now">By the server's clock, at some moment between the two of ours.</param>
    private readonly record struct Reading(long Now, long Began, long Ended);

    /// <param name="Since">Own timestamp from when on the lease was seen to stand at <paramref name="Renewed"/>.</param>
    private readonly record struct Watched(long Renewed, long Since, TimeSpan SteppedBefore);
}

/// <summary>One look at the clock.</summary>
/// <param name="Now">Microseconds UTC.</param>
/// <param name="At">Own timestamp behind it.</param>
/// <param name="SteppedBefore">By how much that clock was seen to be set, in all, before this look.</param>
/// <param name="Stepped">The same with it.</param>
public readonly record struct LeaseLook(long Now, long At, TimeSpan SteppedBefore, TimeSpan Stepped);

/// <summary>How long a lease has been silent: as read, and what is certain of it.</summary>
public readonly record struct LeaseAge(TimeSpan Value, TimeSpan AtLeast, TimeSpan AtMost);
