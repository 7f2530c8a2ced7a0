using DrOrchestrator.Availability;
using DrOrchestrator.Estates;

namespace DrOrchestrator.Benchmarks;

/// <summary>Ten years of one system in 100,000 intervals: both bases, bounds and a window, from rows in memory. Beside it one bare pass over the same rows.</summary>
internal static class AvailabilityBenchmark
{
    private const int Rows = 100_000;
    private const int Times = 21;
    private const double BudgetMilliseconds = 5;
    private static readonly DateTimeOffset Begin = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset End = Begin.AddYears(10);

    public static async Task RunAsync(Report report)
    {
        var subject = Subject();
        var calendar = new ServiceCalendar(
            "c",
            "Europe/Berlin",
            Enum.GetValues<DayOfWeek>().ToDictionary(day => day, IReadOnlyList<ServiceHours> (_) => [new(TimeSpan.FromHours(8), TimeSpan.FromHours(20))]),
            new Dictionary<DateOnly, IReadOnlyList<ServiceHours>>());
        var service = ServiceTimeCalculator.Between(calendar, Begin, End);
        var entries = new LedgerEntries([.. Enumerable.Range(0, 120).Select(i => new ApprovedWindow(Begin.AddDays(30 * i), Begin.AddDays(30 * i).AddHours(2)))], []);

        var whole = await MeasureAsync(() => ServiceLedger.Of([subject], entries).Between(Begin, End, service).DownUpper.Ticks);
        report.Add(new Figure($"availability, 10 years, {Rows} intervals, both bases", whole.Spread(), "< 5 ms", whole.Median < BudgetMilliseconds));
        report.Add(new Figure("floor: one pass over the same rows", (await MeasureAsync(() => Pass(subject))).Spread()));
        report.Add(new Figure("... its 3,652 days of service hours (kept between readings)", (await MeasureAsync(() => ServiceTimeCalculator.Between(calendar, Begin, End).Total.Ticks)).Spread()));
        var ledger = ServiceLedger.Of([subject], entries);
        report.Add(new Figure("... each further window of a ledger that is built", (await MeasureAsync(() => ledger.Between(Begin.AddDays(7), End).DownUpper.Ticks)).Spread()));
    }

    private static async Task<Samples> MeasureAsync(Func<long> work)
    {
        _ = await Samples.OfAsync(Times, Once);
        return await Samples.OfAsync(Times, Once);

        Task Once() => work() == long.MinValue ? throw new InvalidOperationException("no figure") : Task.CompletedTask;
    }

    private static long Pass(SubjectTimeline subject)
    {
        long down = 0;
        foreach (var row in subject.Intervals)
        {
            down += row.State == IntervalState.Down ? (row.End ?? row.Start).At.UtcTicks - row.Start.At.UtcTicks : 0;
        }

        return down;
    }

    private static SubjectTimeline Subject()
    {
        var random = new Random(1);
        var step = (End - Begin) / Rows;
        Edge EdgeOf(int row) => new(Begin + (step * row) - TimeSpan.FromSeconds(5), Begin + (step * row), Begin + (step * row) + TimeSpan.FromSeconds(random.Next(1, 3)));
        var edges = Enumerable.Range(0, Rows + 1).Select(EdgeOf).ToList();
        return new SubjectTimeline(
            "p",
            [.. Enumerable.Range(0, Rows).Select(row => new Interval("p", row % 2 == 0 ? IntervalState.Up : IntervalState.Down, edges[row], row == Rows - 1 ? null : edges[row + 1], ""))],
            [],
            new ObservedUntil("p", End, End, End));
    }
}
