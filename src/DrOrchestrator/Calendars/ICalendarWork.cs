using DrOrchestrator.Estates;

namespace DrOrchestrator.Calendars;

/// <summary>What entries of some kinds do when their time comes. All of them are listed in <see cref="CalendarServices"/>.</summary>
internal interface ICalendarWork
{
    /// <summary>Words of <see cref="CalendarKinds"/>.</summary>
    IReadOnlyList<string> Kinds { get; }

    /// <summary>Does it, at most once per entry and time whoever calls.</summary>
    Task FireAsync(CalendarEntry entry, DateTimeOffset fireTime, CancellationToken cancellationToken);
}
