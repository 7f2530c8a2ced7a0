using DrOrchestrator.Estates;

namespace DrOrchestrator.Availability;

/// <summary>
/// Committed service time as real moments. A moment belongs to it when the wall clock of the calendar's zone shows a time inside the day's hours: hours that a
/// daylight-saving change leaves out are not there, hours it repeats count twice. Pure.
/// </summary>
internal static class ServiceTimeCalculator
{
    /// <summary>Committed service time in [from, to).</summary>
    public static SpanSet Between(ServiceCalendar calendar, DateTimeOffset from, DateTimeOffset to)
    {
        var spans = new SpanSet.Collector(Math.Max(16, (int)(to - from).TotalDays));
        foreach (var (start, end, offset) in ZoneTime.Offsets(calendar.TimeZone, from, to))
        {
            var last = DateOnly.FromDateTime(new DateTime(end + offset));
            for (var date = DateOnly.FromDateTime(new DateTime(start + offset)).AddDays(-1); date <= last; date = date.AddDays(1))
            {
                var midnight = date.ToDateTime(TimeOnly.MinValue).Ticks - offset;
                foreach (var hours in calendar.On(date))
                {
                    spans.Add(Math.Max(start, midnight + hours.Start.Ticks), Math.Min(end, midnight + hours.End.Ticks));
                }
            }
        }

        return spans.ToSet();
    }
}
