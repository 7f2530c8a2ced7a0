using DrOrchestrator.Availability;
using DrOrchestrator.Estates;

namespace DrOrchestrator.Tests.Availability;

/// <summary>A history made up from a seed, in whole seconds: rows with error bars that may overlap, contradictions, floors, maintenance, outages known from people.</summary>
internal sealed class GeneratedHistory
{
    public const int Length = 900;
    private static readonly string[] Zones = ["Europe/Berlin", "America/New_York", "Asia/Shanghai", "UTC", "Australia/Lord_Howe"];

    // Minutes before a change of the clock, before one the other way, at the edge of a leap day, of a year.
    private static readonly DateTimeOffset[] Beginnings =
    [
        new(2026, 3, 29, 0, 53, 0, TimeSpan.Zero), new(2026, 10, 25, 0, 53, 0, TimeSpan.Zero), new(2026, 11, 1, 5, 53, 0, TimeSpan.Zero), new(2026, 3, 8, 6, 53, 0, TimeSpan.Zero),
        new(2028, 2, 28, 23, 53, 0, TimeSpan.Zero), new(2028, 2, 29, 15, 53, 0, TimeSpan.Zero), new(2026, 12, 31, 23, 53, 0, TimeSpan.Zero), new(2026, 4, 4, 14, 53, 0, TimeSpan.Zero),
    ];

    private readonly Random _random;

    public GeneratedHistory(int seed)
    {
        _random = new Random(seed);
        Begin = Beginnings[_random.Next(Beginnings.Length)];
        Tracks = [.. Enumerable.Range(0, _random.Next(1, 4)).Select(_ => Track(0)), .. Enumerable.Range(0, _random.Next(0, 3)).Select(_ => Track(_random.Next(1, 3)))];
        Approved = Spans(_random.Next(0, 4));
        Told = Spans(_random.Next(0, 2));
        Zone = Zones[_random.Next(Zones.Length)];
        Calendar = MakeCalendar();
        Committed = MakeCommitted();

        // Half the histories are of an estate that never changed.
        Tracks = _random.Next(2) == 0 ? Tracks : [.. Tracks.Select(track => _random.Next(3) == 0 ? track : track with { Says = Spans(_random.Next(0, 3)) })];
    }

    public DateTimeOffset Begin { get; }

    public SecondsReference.Track[] Tracks { get; }

    public (int From, int To)[] Approved { get; }

    public (int From, int To)[] Told { get; }

    public string Zone { get; }

    public ServiceCalendar Calendar { get; }

    /// <summary>Whether each second is committed service time, by asking the zone for every one of them.</summary>
    public bool[] Committed { get; }

    public DateTimeOffset At(int second) => Begin.AddSeconds(second);

    public LedgerEntries Entries => new([.. Approved.Select(a => new ApprovedWindow(At(a.From), At(a.To)))], [.. Told.Select(o => new ReportedOutage(At(o.From), At(o.To)))]);

    public IReadOnlyList<SubjectTimeline> Subjects => [.. Tracks.Select((track, number) => Subject($"p{number}", track))];

    public (int From, int To) Window()
    {
        var from = _random.Next(0, Length);
        return (from, _random.Next(from, Length + 1));
    }

    private SubjectTimeline Subject(string name, SecondsReference.Track track) => new(
        name,
        [.. track.Rows.Select(row => new Interval(
            name,
            row.State switch { SecondsReference.Up => IntervalState.Up, SecondsReference.Down => IntervalState.Down, SecondsReference.Degraded => IntervalState.Degraded, _ => IntervalState.Unknown },
            new Edge(At(row.Earliest), At(row.At), At(row.Latest)),
            row.EndAt < 0 ? null : new Edge(At(row.EndEarliest), At(row.EndAt), At(row.EndLatest)),
            ""))],
        [.. track.Contradicted.Select(c => new Blip(name, c.Within == SecondsReference.Up ? IntervalState.Up : IntervalState.Down, At(c.From), At(c.To)))],
        new ObservedUntil(name, At(Math.Max(track.LastGood, track.LastFailed)), At(track.LastGood), At(track.LastFailed)))
    {
        Part = track.Part switch { 0 => SubjectPart.Probe, 1 => SubjectPart.InterruptingFloor, _ => SubjectPart.DegradingFloor },
        Deciding = track.Says is null ? null : [.. track.Says.Select(says => (At(says.From), says.To == Length ? DateTimeOffset.MaxValue : At(says.To)))],
    };

    private SecondsReference.Track Track(int part)
    {
        int[] states = part switch
        {
            0 => [SecondsReference.Unknown, SecondsReference.Up, SecondsReference.Up, SecondsReference.Down],
            1 => [SecondsReference.Unknown, SecondsReference.Up, SecondsReference.Down],
            _ => [SecondsReference.Unknown, SecondsReference.Up, SecondsReference.Degraded],
        };
        var at = _random.Next(0, 100);
        var rows = new List<SecondsReference.Row>();
        var (earliest, latest) = (at, at + _random.Next(0, 5));
        while (true)
        {
            var state = states[_random.Next(states.Length)];
            var end = at + _random.Next(1, _random.Next(2, 300));
            if (end >= Length - 20)
            {
                rows.Add(new(state, earliest, at, latest, -1, -1, -1));
                break;
            }

            var (endEarliest, endLatest) = (Math.Max(0, end - _random.Next(0, 12)), end + _random.Next(0, 12));
            rows.Add(new(state, earliest, at, latest, endEarliest, end, endLatest));
            (earliest, at, latest) = (endEarliest, end, endLatest);
        }

        var contradicted = Spans(_random.Next(0, 4)).Select(s => (_random.Next(2) == 0 ? SecondsReference.Up : SecondsReference.Down, s.From, Math.Min(s.To, s.From + 30))).ToArray();
        return new(part, [.. rows], contradicted, _random.Next(at, Length), _random.Next(at, Length));
    }

    private (int From, int To)[] Spans(int count) =>
        [.. Enumerable.Range(0, count).Select(_ => _random.Next(0, Length)).Select(from => (from, _random.Next(from, Math.Min(Length, from + 250) + 1)))];

    private ServiceCalendar MakeCalendar()
    {
        ServiceHours Some()
        {
            var start = TimeSpan.FromMinutes(15 * _random.Next(0, 96));
            return new ServiceHours(start, start + TimeSpan.FromMinutes(15 * _random.Next(1, 96)));
        }

        var local = TimeZoneInfo.ConvertTime(Begin, TimeZoneInfo.FindSystemTimeZoneById(Zone));
        return new ServiceCalendar(
            "c",
            Zone,
            Enum.GetValues<DayOfWeek>().ToDictionary(day => day, IReadOnlyList<ServiceHours> (_) => [.. Enumerable.Range(0, _random.Next(0, 3)).Select(_ => Some())]),
            _random.Next(3) > 0 ? [] : new Dictionary<DateOnly, IReadOnlyList<ServiceHours>> { [DateOnly.FromDateTime(local.DateTime)] = _random.Next(2) == 0 ? [] : [Some()] });
    }

    private bool[] MakeCommitted()
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById(Zone);
        var committed = new bool[Length];
        for (var t = 0; t < Length; t++)
        {
            var clock = TimeZoneInfo.ConvertTime(At(t), zone).DateTime;
            bool Shows(DateTime day) => HoursOf(DateOnly.FromDateTime(day)).Any(hours => clock - day >= hours.Start && clock - day < hours.End);
            committed[t] = Shows(clock.Date) || Shows(clock.Date.AddDays(-1));
        }

        return committed;
    }

    private IReadOnlyList<ServiceHours> HoursOf(DateOnly date) => Calendar.Exceptions.TryGetValue(date, out var own) ? own : Calendar.Hours[date.DayOfWeek];
}
