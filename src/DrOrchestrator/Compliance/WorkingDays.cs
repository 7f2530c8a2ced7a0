using System.Globalization;
using DrOrchestrator.Availability;
using DrOrchestrator.Estates;

namespace DrOrchestrator.Compliance;

/// <summary>Which days are working days (verdict rule 10).</summary>
/// <param name="Includes">Whether the day a moment lies in is one.</param>
/// <param name="Note">Printed beside a term, by the moment it ends: by what it was counted.</param>
public sealed record WorkingDays(Func<DateTimeOffset, bool> Includes, Func<DateTimeOffset, string> Note)
{
    /// <summary>Where the estate declares nothing: Monday to Friday by UTC.</summary>
    public static WorkingDays MondayToFriday { get; } = new(
        static moment => moment.UtcDateTime.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday), static _ => "working days are Monday to Friday, public holidays are not declared");

    /// <summary>As the estate declares them.</summary>
    public static WorkingDays Of(Estate estate)
    {
        if (estate.WorkingDays is not { } calendar)
        {
            return MondayToFriday;
        }

        DateOnly Day(DateTimeOffset moment) => ZoneTime.DateAt(calendar.TimeZone, moment);
        return new WorkingDays(
            moment => calendar.On(Day(moment)).Count > 0,
            due => calendar.Exceptions.Keys.Any(date => date.Year == Day(due).Year)
                ? $"working days by the calendar {calendar.Name}"
                : string.Create(CultureInfo.InvariantCulture, $"working days by the calendar {calendar.Name}, which has no public holidays of {Day(due).Year}"));
    }
}
