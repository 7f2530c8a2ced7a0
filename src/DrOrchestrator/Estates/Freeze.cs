using System.Globalization;

namespace DrOrchestrator.Estates;

/// <summary>
/// Days on which no drill starts (变更冻结期): one that is due does not start, one started by hand fails its gate <c>no-freeze</c>. A real incident (<c>mode: real</c>) is never frozen.
/// </summary>
/// <param name="Systems">The systems it is for; empty for all.</param>
/// <param name="Signer">Who decided it.</param>
/// <param name="TimeZone">IANA name of the zone whose days they are.</param>
public sealed record Freeze(string Name, FreezeDays Days, IReadOnlyList<string> Systems, string Reason, string Signer, string TimeZone)
{
    /// <summary>Whether it is in force at a moment; its first and last day are frozen whole.</summary>
    public bool Holds(DateTimeOffset at) => Days.Covers(DateAt(at));

    /// <summary>Whether it is for any of these systems.</summary>
    public bool Concerns(IEnumerable<string> systems) => Systems.Count == 0 || systems.Any(Systems.Contains);

    /// <summary>The last day of the freeze that is in force at a moment.</summary>
    public DateOnly LastDay(DateTimeOffset at) => Days.LastDay(DateAt(at));

    private DateOnly DateAt(DateTimeOffset at) => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(at, TimeZoneInfo.FindSystemTimeZoneById(TimeZone)).DateTime);
}

/// <summary>The days of a freeze. A closed set. Pure.</summary>
public abstract record FreezeDays
{
    private FreezeDays()
    {
    }

    /// <summary>Whether the day is one of them.</summary>
    public abstract bool Covers(DateOnly day);

    /// <summary>The last of the days around one of them.</summary>
    public abstract DateOnly LastDay(DateOnly day);

    /// <summary>Once, from a date to a date, both frozen.</summary>
    public sealed record Once(DateOnly From, DateOnly To) : FreezeDays
    {
        /// <inheritdoc />
        public override bool Covers(DateOnly day) => day >= From && day <= To;

        /// <inheritdoc />
        public override DateOnly LastDay(DateOnly day) => To;

        /// <inheritdoc />
        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{From:yyyy-MM-dd}..{To:yyyy-MM-dd}");
    }

    /// <summary>Every year, from a day to a day, both frozen; over the turn of the year where the first is later in the year than the last.</summary>
    public sealed record Yearly(DayOfYear From, DayOfYear To) : FreezeDays
    {
        private bool OverNewYear => To < From;

        /// <inheritdoc />
        public override bool Covers(DateOnly day)
        {
            var at = new DayOfYear(day.Month, day.Day);
            return OverNewYear ? !(at < From) || !(To < at) : !(at < From) && !(To < at);
        }

        /// <inheritdoc />
        public override DateOnly LastDay(DateOnly day)
        {
            var year = OverNewYear && !(new DayOfYear(day.Month, day.Day) < From) ? day.Year + 1 : day.Year;

            // 29 February of a year without one.
            return new DateOnly(year, To.Month, Math.Min(To.Day, DateTime.DaysInMonth(year, To.Month)));
        }

        /// <inheritdoc />
        public override string ToString() => $"{From}..{To}";
    }
}

/// <summary>A day of any year.</summary>
public readonly record struct DayOfYear(int Month, int Day)
{
    /// <summary>Earlier in the year.</summary>
    public static bool operator <(DayOfYear one, DayOfYear other) => (one.Month, one.Day).CompareTo((other.Month, other.Day)) < 0;

    /// <summary>Later in the year.</summary>
    public static bool operator >(DayOfYear one, DayOfYear other) => other < one;

    /// <summary>Reads <c>12-25</c>.</summary>
    public static bool TryParse(string text, out DayOfYear day)
    {
        // 2000 has a 29 February.
        var read = DateOnly.TryParseExact("2000-" + text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date);
        day = read ? new DayOfYear(date.Month, date.Day) : default;
        return read;
    }

    /// <inheritdoc />
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Month:00}-{Day:00}");
}
