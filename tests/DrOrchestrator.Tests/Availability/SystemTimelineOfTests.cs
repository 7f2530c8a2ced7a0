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

    [Fact]
    public void Of_PlannedWorkOnSeveralFunctions_HasTheBoundsOfTheFirstAndTheLast()
    {
        var (always, whole) = ((From: At(-100), To: DateTimeOffset.MaxValue), (From: At(-100), To: At(1000)));
        SubjectTimeline Rows(string name, Edge down, Edge up) => new(
            name, [new(name, IntervalState.Up, Edge(0, 0, 0), down, ""), new(name, IntervalState.Down, down, up, name), new(name, IntervalState.Up, up, null, "")], [], null);
        var word = new MaintenanceWord("li", T0);
        var entry = new MaintenanceEntry(1, "CHG-1", ["s"], At(5), At(30), "r", Span(1), word, word, null);

        var (a, b) = (Rows("a", Edge(9, 10, 12), Edge(19, 20, 24)), Rows("b", Edge(8, 11, 11.5), Edge(18, 21, 23)));
        foreach (var subjects in new[] { new[] { a, b }, [a with { Deciding = [always] }, b with { Deciding = [whole] }] })
        {
            var rows = SystemTimeline.Of(new AvailabilityEvidence("s", subjects, [entry], [], null), At(50));

            rows.Select(row => row.State).Should().Equal(IntervalState.Up, IntervalState.Maintenance, IntervalState.Up);
            (rows[1].Start, rows[1].End).Should().Be((Edge(8, 10, 11.5), Edge(19, 21, 24)));
        }
    }

    [Theory]
    [InlineData(110, "CHG-1")] // two that overlap: the first that is named
    [InlineData(120, "CHG-2")] // the first has just ended
    [InlineData(200, "CHG-9")] // it has just begun
    public void Of_SeveralPlannedWorks_NamesTheOneThatIsOn(double down, string change)
    {
        var web = Subject("web", (IntervalState.Up, 0), (IntervalState.Down, down), (IntervalState.Up, down + 5));
        var word = new MaintenanceWord("li", T0);
        MaintenanceEntry Entry(string number, double from, double to) => new(1, number, ["s"], At(from), At(to), "r", Span(60), word, word, null);

        var rows = SystemTimeline.Of(new AvailabilityEvidence("s", [web], [Entry("CHG-9", 200, 210), Entry("CHG-1", 100, 120), Entry("CHG-2", 105, 150)], [], null), At(500));

        rows[1].Should().BeEquivalentTo(new { State = IntervalState.Maintenance, Reason = $"planned work, change {change}" });
    }

    [Fact]
    public void Of_SeveralOutagesKnownFromPeople_NamesTheOneThatBegan()
    {
        var web = Subject("web", (IntervalState.Up, 0));
        OutageReport Told(string source, double from, double to) => new(1, "s", At(from), At(to), source, "r", null, new MaintenanceWord("li", T0));

        SystemTimeline.Of(new AvailabilityEvidence("s", [web], [], [Told("ticket 9", 300, 310), Told("ticket 7", 100, 110), Told("ticket 8", 200, 210), Told("call", 200, 215)], null), At(500))
            .Where(row => row.State == IntervalState.Down).Select(row => row.Reason).Should().Equal("known from people: ticket 7", "known from people: ticket 8", "known from people: ticket 9");
    }

    [Fact]
    public void Of_DegradingFloorOlderThanItsProbe_DoesNotBeginTheTimeline()
    {
        var slow = Subject("web#latency", (IntervalState.Up, 0), (IntervalState.Degraded, 5)) with { Part = SubjectPart.DegradingFloor };

        var rows = SystemTimeline.Of(new AvailabilityEvidence("s", [slow, Subject("web", (IntervalState.Up, 10), (IntervalState.Down, 40))], [], [], null), At(40));

        rows.Should().ContainSingle("a change at the end is not shown yet").Which.Start.At.Should().Be(At(10));
    }

    [Fact]
    public void Of_FunctionThatDecidesAndWasNotSeenYet_IsSaidToBeMissing()
    {
        (DateTimeOffset From, DateTimeOffset To)[] twice = [(T0, At(100)), (At(200), DateTimeOffset.MaxValue)];
        var gone = Subject("old", (IntervalState.Up, -100)) with { Deciding = [(At(-100), At(-50))] };

        SystemTimeline.Of(
            new AvailabilityEvidence("s", [gone, Subject("web", (IntervalState.Up, 0)) with { Deciding = twice }, Subject("pay", (IntervalState.Up, 50)) with { Deciding = twice }], [], [], null), At(300))
            .Select(row => (row.State, row.Start.At, row.Reason)).Should().Equal(
                (IntervalState.Up, At(-100), "old Up"),
                (IntervalState.Unknown, At(-50), "no service probe of a critical function"),
                (IntervalState.Up, At(50), "web Up"),
                (IntervalState.Unknown, At(100), "no service probe of a critical function"),
                (IntervalState.Up, At(200), "web Up"));
        SystemTimeline.Of(
            new AvailabilityEvidence("s", [gone with { Deciding = [(At(300), At(400))] }, Subject("web", (IntervalState.Up, 0)) with { Deciding = twice }, Subject("pay", (IntervalState.Up, 50)) with { Deciding = twice }], [], [], null), At(300))
            .First(row => row.Start.At == T0).Reason.Should().Be("not every critical function is observed");
    }

    [Fact]
    public void Of_RowThatEndsWithItsSay_EndsThere()
    {
        var web = Subject("web", (IntervalState.Up, 0), (IntervalState.Down, 100)) with { Deciding = [(T0, At(100))] };
        var pay = Subject("pay", (IntervalState.Up, 0), (IntervalState.Unknown, 60)) with { Deciding = [(T0, DateTimeOffset.MaxValue)] };

        SystemTimeline.Of(new AvailabilityEvidence("s", [web, pay], [], [], null), At(200)).Select(row => (row.State, row.Start, row.Reason)).Should().Equal(
            (IntervalState.Up, Edge(-1, 0, 1), "web Up"), (IntervalState.Unknown, Edge(59, 60, 61), "pay Unknown"));
    }
}
