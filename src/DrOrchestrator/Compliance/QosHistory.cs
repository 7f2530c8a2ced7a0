using System.Collections.Concurrent;
using DrOrchestrator.Availability;
using DrOrchestrator.Estates;
using DrOrchestrator.Time;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DrOrchestrator.Compliance;

/// <summary>
/// Adds up the windows of a day, of 30 days and of the year, system by system, in the background: a year is a row an hour for every probe, too many for a request. What
/// cannot be read leaves the sum before it, which says of when it is, until it expires, holds up no other, and is tried again after a pause.
/// </summary>
internal sealed class QosHistory(EstateHolder estates, IProbeMinutes minutes, ProcessClock clock, ILogger<QosHistory> logger) : BackgroundService
{
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(1);

    /// <summary>Hours a beat reads, about: one probe's year. A thousand systems wait for some minutes after a start, and hold up nothing.</summary>
    private const int HoursAtOnce = 366 * 24;

    /// <summary>What a question costs even where there is nothing to read, in hours.</summary>
    private const int HoursOfAQuestion = 20;

    private const int MostNamed = 20;

    private static readonly TimeSpan Soonest = TimeSpan.FromMinutes(5);

    /// <summary>Shorter than any sum takes to expire: one failure makes nothing unknown.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(2);

    private readonly ConcurrentDictionary<(string System, string Window), QosSum> _newest = new();
    private readonly Dictionary<(string System, string Window), DateTimeOffset> _again = [];
    private bool _failed;

    /// <summary>The newest sums that hold, shortest window first.</summary>
    public IReadOnlyList<QosSum> Of(string system)
    {
        var (now, zone) = (clock.Now, estates.Current.TimeZone);
        return [.. QosWindow.Longer.Where(window => Known(system, window, now, zone) is { } sum && now - sum.To <= 2 * Fresh(window, sum)).Select(window => _newest[(system, window.Name)])];
    }

    /// <summary>One beat: those that have waited the longest, as far as its work reaches. Not safe for concurrent use.</summary>
    internal async Task LookAsync(CancellationToken cancellationToken)
    {
        var (estate, now) = (estates.Current, clock.Now);
        var hours = 0.0;
        var failed = new List<string>();
        Exception? first = null;
        var due = from system in estate.Systems
                  from window in QosWindow.Longer
                  let sum = Known(system.Name, window, now, estate.TimeZone)
                  let wanted = sum is null ? DateTimeOffset.MinValue : sum.To + Fresh(window, sum)
                  let again = _again.GetValueOrDefault((system.Name, window.Name))
                  let at = wanted > again ? wanted : again
                  where at <= now
                  orderby at
                  select (System: system, Window: window);
        foreach (var (system, window) in due.ToList())
        {
            var key = (system.Name, window.Name);
            try
            {
                var from = window.From(now, estate.TimeZone);
                var seen = new List<(ProbeDefinition, ProbeSpan)>();
                foreach (var probe in estate.CriticalProbesOf(system))
                {
                    hours += HoursOfAQuestion;
                    var span = await minutes.SumAsync(probe.Name, from, now, cancellationToken).ConfigureAwait(false);
                    seen.Add((probe, span));
                    hours += (now - (span.Since ?? now)).TotalHours;
                }

                _newest[key] = QosSum.Of(window.Name, from, now, seen);
                _again.Remove(key);
            }
            catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
            {
                // From when it failed, not from when the beat began: reads that hang take their time.
                _again[key] = clock.Now + Pause;
                failed.Add($"{system.Name} {window.Name}");
                first ??= failure;
            }

            if (hours >= HoursAtOnce)
            {
                break;
            }
        }

        if (first is not null)
        {
            // One line a beat: where the database is away, that is every system.
            logger.WindowsNotAddedUp(first, failed.Count, string.Join(", ", failed.Take(MostNamed)));
        }
    }

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                await Task.Delay(Beat, clock.Provider, stoppingToken).ConfigureAwait(false);
                try
                {
                    await LookAsync(stoppingToken).ConfigureAwait(false);
                    _failed = false;
                }
                catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
                {
                    if (!_failed)
                    {
                        logger.QosNotAddedUp(failure);
                    }

                    _failed = true;
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
    }

    /// <summary>A hundredth of what it has to tell, within bounds: the first minutes show soon, and a year is not read every few minutes.</summary>
    private static TimeSpan Fresh(QosWindow window, QosSum sum)
    {
        if (sum.Since is not { } since)
        {
            return QosWindow.Hour.Fresh;
        }

        var hundredth = (sum.To - since) / 100;
        return hundredth < Soonest ? Soonest : hundredth < window.Fresh ? hundredth : window.Fresh;
    }

    /// <summary>A sum of last year says nothing of this one.</summary>
    private QosSum? Known(string system, QosWindow window, DateTimeOffset now, string zone) =>
        _newest.TryGetValue((system, window.Name), out var sum) && (window.Name != "year" || sum.From == window.From(now, zone)) ? sum : null;
}
