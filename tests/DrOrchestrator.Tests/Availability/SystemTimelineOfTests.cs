using DrOrchestrator.Availability;
using DrOrchestrator.Availability.Planned;
using static DrOrchestrator.Tests.Availability.Scenario;

namespace DrOrchestrator.Tests.Availability;

/// <summary>The time line shown is the one the figures add up.</summary>
public sealed class SystemTimelineOfTests
{
    [Fact]
    public void Of_AnyHistory_ShowsForEverySecondWhatBruteForceCounts()
    {
        for (var seed = 20_000; seed < 21_000; seed++)
        {
            var history = new GeneratedHistory(seed);
            var reference = SecondsReference.Of(GeneratedHistory.Length, history.Tracks, history.Approved, history.Told);

            var rows = SystemTimeline.Of(Evidence(history), history.At(GeneratedHistory.Length));

            var first = rows.Count == 0 ? GeneratedHistory.Length : (int)(rows[0].Start.At - history.Begin).TotalSeconds;
            var shown = new IntervalState?[GeneratedHistory.Length];
            foreach (var row in rows)
            {
                var (from, to) = ((int)(row.Start.At - history.Begin).TotalSeconds, row.End is { } end ? (int)(end.At - history.Begin).TotalSeconds : GeneratedHistory.Length);
                Array.Fill(shown, row.State, from, to - from);
            }

            for (var t = 0; t < GeneratedHistory.Length; t++)
            {
                var wanted = reference.Unplanned[t] ? IntervalState.Down
                    : reference.Planned[t] ? IntervalState.Maintenance
                    : reference.NotSeen[t] ? IntervalState.Unknown
                    : reference.Poor[t] ? IntervalState.Degraded
                    : IntervalState.Up;
                if (shown[t] != (t < first ? null : wanted))
                {
                    shown[t].Should().Be(wanted, "seed {0}, second {1}", seed, t);
                }
            }
        }
    }

    [Fact]
    public void Of_ProbesAlone_IsTheMergeOfTheirRows()
    {
        for (var seed = 30_000; seed < 30_500; seed++)
        {
            var history = new GeneratedHistory(seed);
            List<SubjectTimeline> probes = [.. history.Subjects.Where(subject => subject.Part == SubjectPart.Probe).Select(subject => subject with { Deciding = null })];

            var rows = SystemTimeline.Of(new AvailabilityEvidence("s", probes, [], [], null), DateTimeOffset.MaxValue);

            rows.Select(row => row with { Reason = "" }).Should().Equal(
                SystemTimeline.Merge("s", [.. probes.Select(subject => subject.Intervals)]).Select(row => row with { Reason = "" }), "seed {0}", seed);
        }
    }

    [Fact]
    public void Of_InterruptionInsidePlannedWorkThatOverruns_IsPlannedOnlyInside()
    {
        var web = Subject("web", (IntervalState.Up, 0), (IntervalState.Down, 110), (IntervalState.Up, 140));
        var word = new MaintenanceWord("li", T0);
        var entry = new MaintenanceEntry(1, "CHG-1", ["s"], At(100), At(130), "r", Span(60), word, word, null);

        var rows = SystemTimeline.Of(new AvailabilityEvidence("s", [web], [entry], [], null), At(500));

        rows.Should().Equal(
            new Interval("s", IntervalState.Up, Edge(-1, 0, 1), Edge(109, 110, 111), "web Up"),
            new Interval("s", IntervalState.Maintenance, Edge(109, 110, 111), Edge(130, 130, 130), "planned work, change CHG-1"),
            new Interval("s", IntervalState.Down, Edge(130, 130, 130), Edge(139, 140, 141), "web Down"),
            new Interval("s", IntervalState.Up, Edge(139, 140, 141), null, "web Up"));
    }

    [Fact]
    public void Of_PlannedWorkThatGoesOn_ShowsNothingOfTheFuture()
    {
        var web = Subject("web", (IntervalState.Up, 0), (IntervalState.Down, 110));
        var word = new MaintenanceWord("li", T0);
        var entry = new MaintenanceEntry(1, "CHG-1", ["s"], At(100), At(900), "r", Span(60), word, word, null);

        SystemTimeline.Of(new AvailabilityEvidence("s", [web], [entry], [], null), At(120))[^1].Should().BeEquivalentTo(new { State = IntervalState.Maintenance, End = (Edge?)null });
    }

    [Fact]
    public void Of_FloorsBroken_ShowsDegradedAndDownWithTheirReasons()
    {
        var web = Subject("web", (IntervalState.Up, 0));
        var slow = Subject("web#latency", (IntervalState.Up, 0), (IntervalState.Degraded, 50), (IntervalState.Up, 80)) with { Part = SubjectPart.DegradingFloor };
        var success = Subject("web#success", (IntervalState.Up, 0), (IntervalState.Down, 60), (IntervalState.Up, 70)) with { Part = SubjectPart.InterruptingFloor };

        SystemTimeline.Of(new AvailabilityEvidence("s", [web, slow, success], [], [], null), At(500)).Select(row => (row.State, row.Reason)).Should().Equal(
            (IntervalState.Up, "web Up"), (IntervalState.Degraded, "web#latency Degraded"), (IntervalState.Down, "web#success Down"), (IntervalState.Degraded, "web#latency Degraded"), (IntervalState.Up, "web Up"));
    }

    [Fact]
    public void Of_DownProbeRemovedAndNobodyLeft_IsUnknownFromThatMoment()
    {
        var web = Subject("web", (IntervalState.Up, 0), (IntervalState.Down, 50)) with { Deciding = [(At(0), At(100))] };
        var told = new OutageReport(1, "s", At(200), At(210), "ticket 7", "r", null, new MaintenanceWord("li", T0));

        var rows = SystemTimeline.Of(new AvailabilityEvidence("s", [web], [], [told], null), At(500));

        rows.Select(row => (row.State, row.Reason)).Should().Equal(
            (IntervalState.Up, "web Up"),
            (IntervalState.Down, "web Down"),
            (IntervalState.Unknown, "no service probe of a critical function"),
            (IntervalState.Down, "known from people: ticket 7"),
            (IntervalState.Unknown, "no service probe of a critical function"));
        rows[2].Start.Should().Be(Edge(100, 100, 100));
    }

    private static AvailabilityEvidence Evidence(GeneratedHistory history)
    {
        var word = new MaintenanceWord("a", history.Begin);
        return new AvailabilityEvidence(
            "s",
            history.Subjects,
            [.. history.Entries.Approved.Select((window, i) => new MaintenanceEntry(i, "c", ["s"], window.Start, window.End, "", TimeSpan.Zero, word, word, null))],
            [.. history.Entries.Outages.Select((outage, i) => new OutageReport(i, "s", outage.From, outage.To, "", "", null, word))],
            null);
    }

    private static SubjectTimeline Subject(string name, params (IntervalState State, double At)[] changes) => new(
        name,
        [
            .. changes.Select((change, i) => new Interval(
                name, change.State, Around(change.At), i + 1 < changes.Length ? Around(changes[i + 1].At) : null, $"{name} {change.State}")),
        ],
        [],
        null);

    private static Edge Around(double at) => Edge(at - 1, at, at + 1);
}
