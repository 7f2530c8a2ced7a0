namespace DrOrchestrator.Availability;

/// <summary>Local time of a zone against real time; pure (by the machine's time-zone data).</summary>
internal static class ZoneTime
{
    /// <summary>[from, to) cut where the zone's offset changes, in UTC ticks, with the ticks to add for local time.</summary>
    public static IEnumerable<(long Start, long End, long Offset)> Offsets(string timeZone, DateTimeOffset from, DateTimeOffset to)
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById(timeZone);
        var (start, end) = (from.UtcTicks, to.UtcTicks);
        var (at, offset) = (start, OffsetAt(zone, start));
        while (at < end)
        {
            // No zone changes there and back within a day.
            var next = Math.Min(end, at + TimeSpan.TicksPerDay);
            var then = OffsetAt(zone, next);
            if (then != offset)
            {
                var change = Change(zone, at, next, offset);
                yield return (start, change, offset);
                (start, next, offset) = (change, change, OffsetAt(zone, change));
            }

            at = next;
        }

        if (end > start)
        {
            yield return (start, end, offset);
        }
    }

    /// <summary>The first moment of a date in the zone: midnight, or the end of the gap midnight fell into.</summary>
    public static DateTimeOffset StartOf(string timeZone, DateOnly date)
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById(timeZone);
        var midnight = date.ToDateTime(TimeOnly.MinValue).Ticks;
        var (before, after) = (midnight - TimeSpan.TicksPerDay, midnight + TimeSpan.TicksPerDay);
        while (after - before > 1)
        {
            var middle = before + ((after - before) / 2);
            (before, after) = middle + OffsetAt(zone, middle) >= midnight ? (before, middle) : (middle, after);
        }

        return new DateTimeOffset(after, TimeSpan.Zero);
    }

    /// <summary>The date the zone's calendar shows.</summary>
    public static DateOnly DateAt(string timeZone, DateTimeOffset moment) =>
        DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(moment, TimeZoneInfo.FindSystemTimeZoneById(timeZone)).DateTime);

    private static long OffsetAt(TimeZoneInfo zone, long ticks) => zone.GetUtcOffset(new DateTime(ticks, DateTimeKind.Utc)).Ticks;

    private static long Change(TimeZoneInfo zone, long before, long after, long offset)
    {
        while (after - before > 1)
        {
            var middle = before + ((after - before) / 2);
            (before, after) = OffsetAt(zone, middle) == offset ? (middle, after) : (before, middle);
        }

        return after;
    }
}
