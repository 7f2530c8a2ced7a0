using System.Collections.Concurrent;
using DrOrchestrator.Estates;
using DrOrchestrator.RecoveryPoints;
using DrOrchestrator.Time;

namespace DrOrchestrator.Compliance;

/// <summary>Exposure and synchrony towards a standby over the last 365 days.</summary>
/// <param name="LookedAt">The newest look at the standby before the sum: what came after it, the next sum tells.</param>
internal sealed record StandbyYear(ExposureWindow Window, IReadOnlyList<SynchronyInterval> Synchrony, DateTimeOffset ReadAt, DateTimeOffset LookedAt);

/// <summary>Adds up exposure over the last 365 days, standby by standby, in the background: half a million minutes each are too many for a request.</summary>
internal sealed class StandbyWatch(EstateHolder estates, IExposures exposures, IExposureWindows windows, ProcessClock clock)
{
    private static readonly TimeSpan Fresh = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongestLook = TimeSpan.FromSeconds(1);
    private readonly ConcurrentDictionary<(string System, string Standby), StandbyYear> _newest = new();

    /// <summary>The newest sum; null before the first, or when it is older than two minutes: what nobody could read since proves nothing.</summary>
    public StandbyYear? Of(string system, string standby) =>
        _newest.TryGetValue((system, standby), out var year) && clock.Now - year.ReadAt <= 2 * Fresh ? year : null;

    /// <summary>Adds up those that are old, the oldest first, as far as a second reaches; the rest comes next.</summary>
    public void Look(CancellationToken cancellationToken)
    {
        var began = clock.Provider.GetTimestamp();
        var due = from system in estates.Current.Systems
                  from standby in system.Standbys.Prepend(system.Serving).Distinct()
                  let readAt = _newest.GetValueOrDefault((system.Name, standby))?.ReadAt ?? DateTimeOffset.MinValue
                  where clock.Now - readAt >= Fresh
                  orderby readAt
                  select (System: system, Standby: standby);
        foreach (var (system, standby) in due)
        {
            if (exposures.Current(system.Name, standby) is not { } newest)
            {
                continue;
            }

            cancellationToken.ThrowIfCancellationRequested();
            var (now, limit) = (clock.Now, system.Classify().Limits?.RpoCeiling ?? TimeSpan.MaxValue);
            var from = now.AddDays(-365);
            _newest[(system.Name, standby)] = new StandbyYear(
                windows.Window(system.Name, standby, from, now, limit), windows.Synchrony(system.Name, standby, from, now), now, newest.ObservedAt);
            if (clock.Provider.GetElapsedTime(began) > LongestLook)
            {
                return;
            }
        }
    }
}

/// <summary>Proof of synchronous commit from stretches of it (verdict rule 8); pure. What is measured comes before what is stated.</summary>
internal static class SynchronyProofs
{
    /// <summary>Of the last 365 days.</summary>
    /// <param name="attested">A person states it, because the engine cannot be asked.</param>
    public static SynchronyProof? Of(StandbyYear? year, Attestation? attested)
    {
        if (year?.Synchrony.FirstOrDefault(stretch => stretch.State == Synchrony.Asynchronous) is { } fallen)
        {
            return new SynchronyProof(false, true, false, $"commits did not wait for the standby on {fallen.From.UtcDateTime:yyyy-MM-dd}: {fallen.Reason}");
        }

        if (attested is not null)
        {
            return new SynchronyProof(true, false, true, $"stated by {attested.Owner}, reviewed by {attested.Reviewer}");
        }

        if (year?.Window.FirstSeen is not { } seenFrom)
        {
            return null;
        }

        var proved = year.Synchrony.Where(stretch => stretch.State == Synchrony.Synchronous).OrderBy(stretch => stretch.From).ToList();
        var first = proved.Count > 0 && proved[0].From < seenFrom ? proved[0].From : seenFrom;
        first = first > year.Window.From ? first : year.Window.From;
        var missing = Uncovered(proved, first, year.LookedAt);
        var seen = Figures.Roughly(year.LookedAt - first);
        return missing > TimeSpan.Zero ? new SynchronyProof(false, false, false, $"synchronous commit is not proven for {Figures.Span(missing)} of the {seen} seen")
            : Uncovered(proved, year.Window.From, year.LookedAt) > TimeSpan.Zero
                ? new SynchronyProof(false, false, false, $"synchronous commit is proven for all of the {seen} seen; the window of 365 days is not full")
            : new SynchronyProof(true, false, false, "synchronous commit is proven for the whole window");
    }

    /// <summary>What of [from, to] lies in no stretch, by the microseconds in which stretches are kept.</summary>
    private static TimeSpan Uncovered(IEnumerable<SynchronyInterval> ordered, DateTimeOffset from, DateTimeOffset to)
    {
        var (at, missing) = (Kept(from), 0L);
        foreach (var stretch in ordered)
        {
            missing += Math.Max(0, Math.Min(Kept(stretch.From), Kept(to)) - at);
            at = Math.Max(at, Kept(stretch.To));
        }

        return TimeSpan.FromMicroseconds(missing + Math.Max(0, Kept(to) - at));
    }

    private static long Kept(DateTimeOffset moment) => moment.UtcTicks / TimeSpan.TicksPerMicrosecond;
}
