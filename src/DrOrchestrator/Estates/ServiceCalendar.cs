namespace DrOrchestrator.Estates;

/// <summary>Committed service time (服务时间): the moments at which the wall clock of the zone shows a time inside one of the day's hours.</summary>
/// <param name="TimeZone">IANA name.</param>
/// <param name="Hours">By day of the week; a day that is not in it has none.</param>
/// <param name="Exceptions">Dates with hours of their own (none: closed), in place of the week's.</param>
public sealed record ServiceCalendar(
    string Name,
    string TimeZone,
    IReadOnlyDictionary<DayOfWeek, IReadOnlyList<ServiceHours>> Hours,
    IReadOnlyDictionary<DateOnly, IReadOnlyList<ServiceHours>> Exceptions)
{
    /// <summary>Hours that begin on a date.</summary>
    public IReadOnlyList<ServiceHours> On(DateOnly date) =>
        Exceptions.TryGetValue(date, out var own) ? own : Hours.TryGetValue(date.DayOfWeek, out var week) ? week : [];
}

/// <summary>Hours of one day, from the midnight the day begins with.</summary>
/// <param name="Start">Inclusive, under 24 h.</param>
/// <param name="End">Exclusive; over 24 h where the hours go on after midnight. They belong to the day they begin on.</param>
public readonly record struct ServiceHours(TimeSpan Start, TimeSpan End);
