using DrOrchestrator.Availability;
using DrOrchestrator.Estates;
using DrOrchestrator.Web;
using Microsoft.Extensions.DependencyInjection;

namespace DrOrchestrator.Benchmarks;

/// <summary>
/// Ten years of one system in 100,000 intervals: both bases, bounds and windows. First as a server reads them after another change of state, its database with it;
/// then all rows sorted anew, as its first reading does; beside it one bare pass over the same rows.
/// </summary>
internal static class AvailabilityBenchmark
{
    private const int Rows = 100_000;
    private const int Times = 21;
    private const double BudgetMilliseconds = 5;
    private static readonly DateTimeOffset Begin = new(2016, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset End = Begin.AddYears(10);
    private static readonly TimeSpan Step = (End - Begin) / Rows;

    public static async Task RunAsync(WorkFolder work, Report report)
    {
        await ThroughTheServerAsync(work, report);
        var subject = Subject();
        var calendar = new ServiceCalendar(
            "c",
            "Europe/Berlin",
            Enum.GetValues<DayOfWeek>().ToDictionary(day => day, IReadOnlyList<ServiceHours> (_) => [new(TimeSpan.FromHours(8), TimeSpan.FromHours(20))]),
            new Dictionary<DateOnly, IReadOnlyList<ServiceHours>>());
        var service = ServiceTimeCalculator.Between(calendar, Begin, End);
        var entries = new LedgerEntries([.. Enumerable.Range(0, 120).Select(i => new ApprovedWindow(Begin.AddDays(30 * i), Begin.AddDays(30 * i).AddHours(2)))], []);

        report.Add(new Figure("... all rows sorted anew, 120 maintenances", (await MeasureAsync(() => ServiceLedger.Of([subject], entries).Between(Begin, End, service).DownUpper.Ticks)).Spread("F1")));
        report.Add(new Figure("... floor: one pass over the same rows", (await MeasureAsync(() => Pass(subject))).Spread("F1")));
        report.Add(new Figure("... 3,652 days of service hours (kept between readings)", (await MeasureAsync(() => ServiceTimeCalculator.Between(calendar, Begin, End).Total.Ticks)).Spread("F1")));
    }

    private static async Task ThroughTheServerAsync(WorkFolder work, Report report)
    {
        var (estate, data) = (work.Folder("availability-estate"), work.Folder("availability-data"));
        await File.WriteAllTextAsync(Path.Combine(estate, "estate.yaml"), Estate);
        await using var app = ServerBuilder.Build(new ServeOptions(estate, data));
        var (store, availability) = (app.Services.GetRequiredService<ITimelineStore>(), app.Services.GetRequiredService<ISystemAvailability>());
        foreach (var chunk in Enumerable.Range(0, Rows).Chunk(5000))
        {
            await store.SaveAsync([.. chunk.Select(Change)], [], CancellationToken.None);
        }

        var now = TimeProvider.System.GetUtcNow();
        IReadOnlyList<AvailabilityWindow> windows = [AvailabilityWindow.Custom(now, Begin, now), .. AvailabilityWindow.All(now, "Europe/Berlin")];
        var first = (await Samples.OfAsync(1, ReadAsync)).Max;
        var taken = new List<double>();
        for (var time = -Times; time < Times; time++)
        {
            // A second later, since figures are kept for one.
            await Task.Delay(TimeSpan.FromMilliseconds(1010), TimeProvider.System);
            await store.SaveAsync([Change(Rows + Times + time)], [], CancellationToken.None);
            var took = (await Samples.OfAsync(1, ReadAsync)).Max;
            if (time >= 0)
            {
                taken.Add(took);
            }
        }

        var samples = new Samples(taken);
        report.Add(new Figure($"availability, 10 years, {Rows} intervals, both bases, {windows.Count} windows", samples.Spread("F1"), "< 5 ms", samples.Median < BudgetMilliseconds));
        report.Add(new Figure("... the first reading, all rows from disk", $"{first:F0} ms"));

        async Task ReadAsync()
        {
            var readings = await availability.ReadAsync("ledger", windows, CancellationToken.None);
            _ = readings is [{ Downtime: { Service: not null, Down.TotalDays: > 1000 } }, ..] ? 0 : throw new InvalidOperationException("no figure");
        }
    }

    private static TimelineChange Change(int row) =>
        new("p", row % 2 == 0 ? IntervalState.Up : IntervalState.Down, new Edge(Begin + (Step * row) - TimeSpan.FromSeconds(5), Begin + (Step * row), Begin + (Step * row) + TimeSpan.FromSeconds(2)), "");

    private const string Estate = """
        estate: bench
        sites: [ { name: primary, role: production }, { name: dr, role: same-city } ]
        service-calendars:
          - name: c
            time-zone: Europe/Berlin
            hours: { mon-sun: ["08:00-20:00"] }
        systems:
          - { name: ledger, department: IT, owner: li, service-calendar: c, bia: [ { scope: financial-rights, severity: severe, reason: r, signer: s } ], serving: primary, standbys: [dr], functions: [ { name: f, critical: true } ] }
        probes:
          - { name: p, system: ledger, role: service, function: f, kind: tcp, interval: 5s, timeout: 1s, with: { host: 127.0.0.1, port: 9 } }
        """;

    private static async Task<Samples> MeasureAsync(Func<long> work)
    {
        // The runtime compiles what runs often a second time, in the background, after a pause: a server that has been up for a minute runs that code.
        _ = await Samples.OfAsync(5 * Times, Once);
        await Task.Delay(TimeSpan.FromMilliseconds(500), TimeProvider.System);
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
        Edge EdgeOf(int row) => new(Begin + (Step * row) - TimeSpan.FromSeconds(5), Begin + (Step * row), Begin + (Step * row) + TimeSpan.FromSeconds(random.Next(1, 3)));
        var edges = Enumerable.Range(0, Rows + 1).Select(EdgeOf).ToList();
        return new SubjectTimeline(
            "p",
            [.. Enumerable.Range(0, Rows).Select(row => new Interval("p", row % 2 == 0 ? IntervalState.Up : IntervalState.Down, edges[row], row == Rows - 1 ? null : edges[row + 1], ""))],
            [],
            new ObservedUntil("p", End, End, End));
    }
}
