using DrOrchestrator.Availability;
using static DrOrchestrator.Tests.Availability.SecondsReference;

namespace DrOrchestrator.Tests.Availability;

/// <summary>Thousands of made-up histories, each added up by the product and by brute force, to the second.</summary>
public class GeneratedHistoryTests
{
    private const int Cases = 3000;
    private const int WindowsPerCase = 3;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Between_AnyHistory_AgreesWithAnArrayOfSeconds(int part)
    {
        for (var seed = part * Cases / 4; seed < (part + 1) * Cases / 4; seed++)
        {
            var history = new GeneratedHistory(seed);
            var reference = SecondsReference.Of(GeneratedHistory.Length, history.Tracks, history.Approved, history.Told);
            var ledger = ServiceLedger.Of(history.Subjects, history.Entries);
            var service = ServiceTimeCalculator.Between(history.Calendar, history.Begin, history.At(GeneratedHistory.Length));
            for (var i = 0; i < WindowsPerCase; i++)
            {
                var (from, to) = history.Window();

                var downtime = ledger.Between(history.At(from), history.At(to), service);

                var (figures, expected) = (Figures(downtime), Expected(reference, history.Committed, from, to));
                if (!figures.SequenceEqual(expected))
                {
                    figures.Should().Equal(expected, "seed {0}, window {1} to {2}, {3}, {4}", seed, from, to, history.Zone, history.Begin);
                }
            }
        }
    }

    private static double[] Figures(Downtime d) =>
    [
        d.Window.TotalSeconds, d.Down.TotalSeconds, d.DownLower.TotalSeconds, d.DownUpper.TotalSeconds, d.Unknown.TotalSeconds, d.Degraded.TotalSeconds,
        d.Maintenance.TotalSeconds, d.MaintenanceLower.TotalSeconds, d.MaintenanceUpper.TotalSeconds,
        d.Service!.Committed.TotalSeconds, d.Service.Down.TotalSeconds, d.Service.DownLower.TotalSeconds, d.Service.DownUpper.TotalSeconds, d.Service.Unknown.TotalSeconds,
    ];

    private static double[] Expected(SecondsReference r, bool[] committed, int from, int to) =>
    [
        to - from, Count(r.Unplanned, from, to), Count(r.SurelyUnplanned, from, to), Count(r.PerhapsUnplanned, from, to), Count(r.NotSeen, from, to), Count(r.Poor, from, to),
        Count(r.Planned, from, to), Count(r.SurelyPlanned, from, to), Count(r.PerhapsPlanned, from, to),
        Count(committed, from, to), Count(r.Unplanned, from, to, committed), Count(r.SurelyUnplanned, from, to, committed), Count(r.PerhapsUnplanned, from, to, committed),
        Count(r.NotSeen, from, to, committed),
    ];
}
