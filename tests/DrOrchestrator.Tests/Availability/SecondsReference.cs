namespace DrOrchestrator.Tests.Availability;

/// <summary>
/// Availability by brute force: one truth value a second, worked out from plain numbers. It shares no type and no idea of an algorithm with the product.
/// Seconds count from the beginning of the history.
/// </summary>
internal sealed class SecondsReference(int length)
{
    public const int Unknown = 0, Up = 1, Degraded = 2, Down = 3;

    /// <summary>A row: state, then earliest, at and latest of its start and of its end (-1: open).</summary>
    public sealed record Row(int State, int Earliest, int At, int Latest, int EndEarliest, int EndAt, int EndLatest);

    /// <summary>A subject. Part: 0 probe, 1 floor that interrupts, 2 floor that degrades.</summary>
    public sealed record Track(int Part, Row[] Rows, (int Within, int From, int To)[] Contradicted, int LastGood, int LastFailed)
    {
        /// <summary>When it has a say; null: always.</summary>
        public (int From, int To)[]? Says { get; init; }
    }

    public bool[] Unplanned { get; } = new bool[length];

    public bool[] SurelyUnplanned { get; } = new bool[length];

    public bool[] PerhapsUnplanned { get; } = new bool[length];

    public bool[] NotSeen { get; } = new bool[length];

    public bool[] Poor { get; } = new bool[length];

    public bool[] Planned { get; } = new bool[length];

    public bool[] SurelyPlanned { get; } = new bool[length];

    public bool[] PerhapsPlanned { get; } = new bool[length];

    public static SecondsReference Of(int length, Track[] tracks, (int From, int To)[] approved, (int From, int To)[] told)
    {
        var reference = new SecondsReference(length);
        var seconds = tracks.Select(track => (track.Part, Says: track.Says is null ? null : Paint(length, track.Says), State: States(length, track), Down: Surely(length, track, Down), Up: Surely(length, track, Up))).ToArray();
        var deciding = seconds.Where(one => one.Part < 2).ToArray();
        var people = Paint(length, told);
        bool IsDown(int t) => people[t] || Array.Exists(deciding, one => one.Says?[t] != false && one.State[t] == Down);
        bool SeenUp(int t)
        {
            var asked = deciding.Where(one => one.Part == 0 && one.Says?[t] != false).ToArray();
            return asked.Length > 0 && asked.All(one => one.State[t] != Unknown) && !IsDown(t);
        }

        var allowed = Paint(length, approved.Where(window => window.From > 0 && SeenUp(window.From - 1)));
        for (var t = 0; t < length; t++)
        {
            var isDown = IsDown(t);
            var asked = deciding.Where(one => one.Says?[t] != false).ToArray();
            var surelyDown = people[t] || Array.Exists(asked, one => one.Down[t]);
            var surelyUp = asked.Length > 0 && Array.TrueForAll(asked, one => one.Up[t]) && !people[t];
            var known = asked.Length > 0 && Array.TrueForAll(asked, one => one.State[t] != Unknown);
            reference.Unplanned[t] = isDown && !allowed[t];
            reference.Planned[t] = isDown && allowed[t];
            reference.SurelyUnplanned[t] = surelyDown && !allowed[t];
            reference.SurelyPlanned[t] = surelyDown && allowed[t];
            var mayBePlanned = allowed[t] && (known || isDown);
            reference.PerhapsUnplanned[t] = !surelyUp && !mayBePlanned;
            reference.PerhapsPlanned[t] = !surelyUp && mayBePlanned;
            reference.NotSeen[t] = !known && !isDown;
            reference.Poor[t] = known && !isDown && Array.Exists(seconds, one => one.Says?[t] != false && one.State[t] == Degraded);
        }

        return reference;
    }

    public static int Count(bool[] seconds, int from, int to, bool[]? within = null)
    {
        var count = 0;
        for (var t = from; t < to; t++)
        {
            count += seconds[t] && (within is null || within[t]) ? 1 : 0;
        }

        return count;
    }

    private static int[] States(int length, Track track)
    {
        var states = new int[length];
        foreach (var row in track.Rows)
        {
            Array.Fill(states, row.State, row.At, (row.EndAt < 0 ? length : row.EndAt) - row.At);
        }

        return states;
    }

    private static bool[] Surely(int length, Track track, int wanted)
    {
        var last = wanted == Down ? track.LastFailed : track.LastGood;
        var rows = track.Rows.Where(row => row.State == wanted);
        var surely = Paint(length, rows.Select(row => (row.Latest, row.EndAt < 0 ? last : row.EndEarliest)));
        foreach (var (_, from, to) in track.Contradicted.Where(one => one.Within == wanted))
        {
            Array.Fill(surely, false, from, to - from);
        }

        return surely;
    }

    private static bool[] Paint(int length, IEnumerable<(int From, int To)> spans)
    {
        var painted = new bool[length];
        foreach (var (from, to) in spans)
        {
            for (var t = from; t < Math.Min(to, length); t++)
            {
                painted[t] = true;
            }
        }

        return painted;
    }
}
