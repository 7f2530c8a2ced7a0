using System.Collections.Concurrent;
using DrOrchestrator.Estates;
using DrOrchestrator.RecoveryPoints;
using DrOrchestrator.Time;

namespace DrOrchestrator.Compliance;

/// <summary>Exposure and synchrony towards a standby over the last 365 days.</summary>
internal sealed record StandbyYear(ExposureWindow Window, IReadOnlyList<SynchronyInterval> Synchrony, DateTimeOffset ReadAt);

/// <summary>Adds up exposure over the last 365 days, standby by standby, in the background: half a million minutes each are too many for a request.</summary>
internal sealed class StandbyWatch(EstateHolder estates, IExposures exposures, IExposureWindows windows, ProcessClock clock)
{
    private static readonly TimeSpan Fresh = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongestLook = TimeSpan.FromSeconds(1);
    private readonly ConcurrentDictionary<(string System, string Standby), StandbyYear> _newest = new();

    /// <summary>The newest sum; null before the first.</summary>
    public StandbyYear? Of(string system, string standby) => _newest.GetValueOrDefault((system, standby));

    /// <summary>Adds up those that are old, as far as a second reaches; the rest comes next.</summary>
    public void Look(CancellationToken cancellationToken)
    {
        var began = clock.Provider.GetTimestamp();
        foreach (var system in estates.Current.Systems)
        {
            var limit = system.Classify().Limits?.RpoCeiling ?? TimeSpan.MaxValue;
            foreach (var standby in system.Standbys.Prepend(system.Serving).Distinct().Where(site => exposures.Current(system.Name, site) is not null))
            {
                var now = clock.Now;
                if (_newest.TryGetValue((system.Name, standby), out var known) && now - known.ReadAt < Fresh)
                {
                    continue;
                }

                cancellationToken.ThrowIfCancellationRequested();
                var from = now.AddDays(-365);
                _newest[(system.Name, standby)] = new StandbyYear(windows.Window(system.Name, standby, from, now, limit), windows.Synchrony(system.Name, standby, from, now), now);
                if (clock.Provider.GetElapsedTime(began) > LongestLook)
                {
                    return;
                }
            }
        }
    }
}

/// <summary>Proof of synchronous commit from stretches of it (verdict rule 8); pure.</summary>
internal static class SynchronyProofs
{
    /// <summary>Of the last 365 days.</summary>
    /// <param name="attested">A person states it, because the engine cannot be asked.</param>
    public static SynchronyProof? Of(StandbyYear? year, Attestation? attested)
    {
        if (attested is not null)
        {
            return new SynchronyProof(true, false, true, $"stated by {attested.Owner}, reviewed by {attested.Reviewer}");
        }

        if (year?.Window.FirstSeen is not { } first)
        {
            return null;
        }

        if (year.Synchrony.FirstOrDefault(stretch => stretch.State == Synchrony.Asynchronous) is { } fallen)
        {
            return new SynchronyProof(false, true, false, $"commits did not wait for the standby on {fallen.From.UtcDateTime:yyyy-MM-dd}: {fallen.Reason}");
        }

        var missing = TimeSpan.FromSeconds(year.Window.NotSynchronousSeconds) - (first - year.Window.From);
        var seen = year.Window.To - first;
        return missing > TimeSpan.FromMinutes(1) ? new SynchronyProof(false, false, false, $"synchronous commit is not proven for {Figures.Span(missing)} of the {Figures.Roughly(seen)} seen")
            : first - year.Window.From > TimeSpan.FromDays(1) ? new SynchronyProof(false, false, false, $"synchronous commit is proven for all of the {Figures.Roughly(seen)} seen; the window of 365 days is not full")
            : new SynchronyProof(true, false, false, "synchronous commit is proven for the whole window");
    }
}
