using System.Numerics;

namespace DrOrchestrator.Availability;

/// <summary>
/// What one process saw of one probe in one hour: its minutes added up. It knows which minutes it holds, so that a minute that comes late, or comes again, is added
/// once, also when the minutes themselves are long forgotten.
/// </summary>
/// <param name="Hour">Its beginning, in UTC, on the hour.</param>
/// <param name="Epoch">The process, as in <see cref="SeenMinute"/>.</param>
/// <param name="Held">The minutes added up: bit 0 is the first.</param>
/// <param name="Looked">Those of them with a good or a failed result.</param>
public sealed record ProbeHour(string Probe, DateTimeOffset Hour, string Epoch, long Held, long Looked, ProbeSum Sum)
{
    /// <summary>The beginning of the hour a moment lies in.</summary>
    public static DateTimeOffset Of(DateTimeOffset moment) => new(moment.UtcTicks - (moment.UtcTicks % TimeSpan.TicksPerHour), TimeSpan.Zero);

    /// <summary>Whether a minute of this hour is added up in it.</summary>
    public bool Holds(DateTimeOffset minute) => (Held & Bit(minute)) != 0;

    /// <summary>
    /// The hours of some minutes. All of one hour of one probe; one row for every process. While everything a known row holds is among the minutes, it is made anew, by
    /// the newest version of each; once some are forgotten, only what it does not hold is added.
    /// </summary>
    public static IReadOnlyList<ProbeHour> RollUp(IReadOnlyList<ProbeHour> known, IReadOnlyList<SeenMinute> minutes) =>
    [
        .. minutes.GroupBy(seen => seen.Epoch, StringComparer.Ordinal).Select(ofEpoch =>
        {
            var before = known.FirstOrDefault(hour => hour.Epoch == ofEpoch.Key);
            if (before is not null && (before.Held & ~Bits(ofEpoch)) == 0)
            {
                before = null;
            }

            List<SeenMinute> added = [.. ofEpoch.Where(seen => before?.Holds(seen.Minute.Minute) != true)];
            return new ProbeHour(
                minutes[0].Minute.Probe,
                Of(minutes[0].Minute.Minute),
                ofEpoch.Key,
                (before?.Held ?? 0) | Bits(added),
                (before?.Looked ?? 0) | Bits(added.Where(seen => IsLook(seen.Minute))),
                ProbeSum.Together([before?.Sum ?? ProbeSum.Empty, .. added.Select(seen => ProbeSum.Of(seen.Minute))]));
        }),
    ];

    internal static long Bit(DateTimeOffset minute) => 1L << minute.UtcDateTime.Minute;

    internal static bool IsLook(ProbeMinute minute) => minute.Good + minute.Failed > 0;

    private static long Bits(IEnumerable<SeenMinute> minutes) => minutes.Aggregate(0L, (bits, seen) => bits | Bit(seen.Minute.Minute));
}

/// <summary>A stretch of a probe's past, everything in it exactly once: hours that lie wholly inside, and the minutes that are in none of those.</summary>
public sealed record ProbePast(IReadOnlyList<ProbeHour> Hours, IReadOnlyList<SeenMinute> Minutes)
{
    /// <summary>Nothing.</summary>
    public static ProbePast Empty { get; } = new([], []);

    /// <summary>With minutes that may be in it already, in an hour or by themselves.</summary>
    public ProbePast With(IReadOnlyList<SeenMinute> others)
    {
        var hours = Hours.ToDictionary(hour => (hour.Hour, hour.Epoch));
        return this with
        {
            Minutes =
            [
                .. Minutes.Concat(others)
                    .Where(seen => !(hours.TryGetValue((ProbeHour.Of(seen.Minute.Minute), seen.Epoch), out var hour) && hour.Holds(seen.Minute.Minute)))
                    .GroupBy(seen => (seen.Minute.Minute, seen.Epoch))
                    .Select(versions => versions.MaxBy(seen => seen.Minute.Results)!)
                    .OrderBy(seen => seen.Minute.Minute)
                    .ThenBy(seen => seen.Epoch, StringComparer.Ordinal),
            ],
        };
    }

    /// <summary>All of it added up; a minute two processes looked in is one.</summary>
    public ProbeSpan Sum()
    {
        var looked = new Dictionary<DateTimeOffset, long>();
        foreach (var (hour, bits) in Hours.Select(hour => (hour.Hour, hour.Looked))
            .Concat(Minutes.Where(seen => ProbeHour.IsLook(seen.Minute)).Select(seen => (ProbeHour.Of(seen.Minute.Minute), ProbeHour.Bit(seen.Minute.Minute))))
            .Where(part => part.Item2 != 0))
        {
            looked[hour] = looked.GetValueOrDefault(hour) | bits;
        }

        DateTimeOffset? since = null;
        if (looked.Count > 0)
        {
            var first = looked.Keys.Min();
            since = first.AddMinutes(BitOperations.TrailingZeroCount(looked[first]));
        }

        return new ProbeSpan(
            ProbeSum.Together(Hours.Select(hour => hour.Sum).Concat(Minutes.Select(seen => ProbeSum.Of(seen.Minute)))),
            looked.Values.Sum(bits => (long)BitOperations.PopCount((ulong)bits)),
            since);
    }
}
