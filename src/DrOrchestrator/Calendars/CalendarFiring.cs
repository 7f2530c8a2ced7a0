using DrOrchestrator.Estates;
using DrOrchestrator.Time;

namespace DrOrchestrator.Calendars;

/// <summary>A time has come, as the scheduler says: hands it to the work of its kind while it is this time, and otherwise has it found missed.</summary>
internal sealed class CalendarFiring(EstateHolder estates, IEnumerable<ICalendarWork> works, MissedFires missed, CalendarBoard board, ProcessClock clock)
{
    private readonly Dictionary<string, ICalendarWork> _works = works.SelectMany(work => work.Kinds.Select(kind => (kind, work))).ToDictionary(pair => pair.kind, pair => pair.work, StringComparer.Ordinal);

    public async Task FireAsync(string schedule, DateTimeOffset fireTime, CancellationToken cancellationToken)
    {
        if (estates.Current.Calendars.FirstOrDefault(candidate => candidate.Name == schedule) is not { } entry)
        {
            return;
        }

        // Of the wall clock, which is what the entry names; a process that stood still has not moved its own.
        if (clock.Provider.GetUtcNow() - fireTime > FireTiming.Grace)
        {
            await missed.LookAsync(cancellationToken).ConfigureAwait(false);
        }
        else
        {
            await _works[entry.Kind].FireAsync(entry, fireTime, cancellationToken).ConfigureAwait(false);
        }

        await board.RefreshAsync(cancellationToken).ConfigureAwait(false);
    }
}
