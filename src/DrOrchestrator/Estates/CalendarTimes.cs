using Quartz;

namespace DrOrchestrator.Estates;

/// <summary>
/// The times a cron expression names in a zone; the same Quartz fires at. Pure. When clocks go forward, a time that does not exist fires once, at the moment they moved to;
/// when they go back, a time that comes twice fires at the first of the two only. Expressions that mean "every so often" (with *, / or - in the hour or minute) go on
/// through the repeated hour.
/// </summary>
public static class CalendarTimes
{
    /// <summary>The first time after a moment; null where none ever comes.</summary>
    public static DateTimeOffset? Next(string cron, string timeZone, DateTimeOffset after) => Expression(cron, timeZone).GetNextValidTimeAfter(after)?.ToUniversalTime();

    /// <summary>The times in (after, until], oldest first.</summary>
    public static IEnumerable<DateTimeOffset> Between(string cron, string timeZone, DateTimeOffset after, DateTimeOffset until)
    {
        var expression = Expression(cron, timeZone);
        for (var at = expression.GetNextValidTimeAfter(after); at is { } time && time <= until; at = expression.GetNextValidTimeAfter(time))
        {
            yield return time.ToUniversalTime();
        }
    }

    private static CronExpression Expression(string cron, string timeZone) => new(cron, TimeZoneInfo.FindSystemTimeZoneById(timeZone));
}
