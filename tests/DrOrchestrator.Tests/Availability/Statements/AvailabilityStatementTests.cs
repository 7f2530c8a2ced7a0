using System.Text;
using System.Text.Json.Nodes;
using DrOrchestrator.Availability;
using DrOrchestrator.Availability.Planned;
using DrOrchestrator.Availability.Statements;
using DrOrchestrator.Evidence;
using DrOrchestrator.Tiers;

namespace DrOrchestrator.Tests.Availability.Statements;

public class AvailabilityStatementTests
{
    private static readonly DateTimeOffset NewYear = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset NextYear = NewYear.AddYears(1);
    private static readonly TierLimits Tier4 = TierTable.Current.LimitsOf(4)!;

    [Fact]
    public void Make_NineHoursDownInAYear_StatesEveryFigureToTheDigit()
    {
        var statement = AvailabilityStatement.Make(Evidence(Down(9)), Year(), "UTC", Tier4, NextYear);

        statement["figures"]!.ToJsonString().Should().Be(
            """
            {"window":31536000000000,"unknown":0,"degraded":0,"unplanned":{"nominal":32400000000,"lower":32400000000,"upper":32400000000},"planned":{"nominal":0,"lower":0,"upper":0},"coverage":"100.0000000","allTime":{"percent":"99.8972602","lowerPercent":"99.8972602","upperPercent":"99.8972602"},"serviceTime":null,"budget":{"limit":36000000000,"left":3600000000,"leftLower":3600000000,"leftUpper":3600000000,"perDay":88767123,"runsOutAt":null}}
            """);
    }

    [Fact]
    public void Make_PercentageBetweenTwoDigits_IsRoundedDown()
    {
        // 5 min 10 s: 99.99901699...
        var statement = AvailabilityStatement.Make(Evidence(Down(310.0 / 3600)), Year(), "UTC", Tier4, NextYear);

        statement["figures"]!["allTime"]!["percent"]!.GetValue<string>().Should().Be("99.9990169");
    }

    [Fact]
    public void FirstProblem_Untouched_IsNone() => AvailabilityStatement.FirstProblem(Roundtrip(AvailabilityStatement.Make(Full(), Year(), "UTC", Tier4, NextYear))).Should().BeNull();

    [Theory]
    [InlineData("\"nominal\":32400000000", "\"nominal\":32400000001", "figures.unplanned.nominal is stated as 32400000001; the intervals say 32400000000")]
    [InlineData("99.8972602", "99.8972603", "figures.allTime.percent is stated as \"99.8972603\"; the intervals say \"99.8972602\"")]
    [InlineData("dro-availability/1", "dro-availability/2", "the format is 'dro-availability/2'; this program knows 'dro-availability/1'")]
    [InlineData("\"to\":\"2027-01-01T00:00:00.000000Z\"", "\"to\":\"2026-12-31T00:00:00.000000Z\"", "figures.window is stated as 31536000000000; the intervals say 31449600000000")]
    public void FirstProblem_OneThingChanged_IsNamed(string before, string after, string problem)
    {
        var text = AvailabilityStatement.Make(Evidence(Down(9)), Year(), "UTC", Tier4, NextYear).ToJsonString();
        var first = text.IndexOf(before, StringComparison.Ordinal);
        first.Should().BePositive();

        AvailabilityStatement.FirstProblem(JsonNode.Parse(text[..first] + after + text[(first + before.Length)..])).Should().Be(problem);
    }

    [Fact]
    public void FirstProblem_FigureAddedOrLeftOut_IsNamed()
    {
        var statement = AvailabilityStatement.Make(Evidence(Down(9)), Year(), "UTC", null, NextYear);
        statement["limits"].Should().BeNull("its tier has none");
        var (added, left) = ((JsonObject)Roundtrip(statement), (JsonObject)Roundtrip(statement));
        added["figures"]!["bonus"] = 1;
        left["figures"]!.AsObject().Remove("degraded");

        AvailabilityStatement.FirstProblem(added).Should().Be("figures.bonus is stated as 1; the intervals say null");
        AvailabilityStatement.FirstProblem(left).Should().Be("figures.degraded is stated as null; the intervals say 0");
    }

    [Fact]
    public void Figures_PlannedUnknownAndServiceTime_AreEachInTheirPlace()
    {
        static TimeSpan H(double hours) => TimeSpan.FromHours(hours);
        var figures = StatementFigures.Of(new Downtime(NewYear, NewYear.AddHours(100), H(4), H(2), H(30), H(20), H(0), H(8))
        {
            MaintenanceLower = H(6), MaintenanceUpper = H(10), Service = new ServiceTime(H(50), H(4), H(2), H(15), H(10)),
        });

        figures["allTime"]!.ToJsonString().Should().Be("""{"percent":"85.0000000","lowerPercent":"60.0000000","upperPercent":"92.0000000"}""");
        figures["serviceTime"]!.ToJsonString().Should().Be(
            """{"percent":"90.0000000","lowerPercent":"70.0000000","upperPercent":"96.0000000","committed":180000000000,"unknown":36000000000,"unplanned":{"nominal":14400000000,"lower":7200000000,"upper":54000000000},"coverage":"80.0000000"}""");
    }

    [Fact]
    public void Figures_OfNoTime_HaveNoPercentage() =>
        StatementFigures.Of(new Downtime(NewYear, NewYear, TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero))["coverage"].Should().BeNull();

    [Fact]
    public void FirstProblem_IntervalsChanged_SaysTheHash()
    {
        var statement = AvailabilityStatement.Make(Evidence(Down(9)), Year(), "UTC", Tier4, NextYear);
        statement["intervals"]!["subjects"]![0]!["rows"]![1]![0] = "up";

        AvailabilityStatement.FirstProblem(statement).Should().StartWith("the intervals have the SHA-256 ").And.EndWith($", the statement says {statement["intervalsSha256"]}");
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"format\":\"dro-availability/1\",\"intervals\":{}}")]
    [InlineData("{\"format\":7}")]
    public void FirstProblem_NoStatement_IsSaid(string json) => AvailabilityStatement.FirstProblem(JsonNode.Parse(json)).Should().NotBeNullOrEmpty();

    [Fact]
    public void Intervals_AnyHistory_GiveTheSameFiguresAfterTheirTripThroughJson()
    {
        for (var seed = 10_000; seed < 10_200; seed++)
        {
            var history = new GeneratedHistory(seed);
            var service = ServiceTimeCalculator.Between(history.Calendar, history.Begin, history.At(GeneratedHistory.Length));
            var word = new MaintenanceWord("a", history.Begin);
            var evidence = new AvailabilityEvidence(
                "s",
                history.Subjects,
                [.. history.Entries.Approved.Select((window, i) => new MaintenanceEntry(i, "c", ["s"], window.Start, window.End, "", TimeSpan.Zero, word, word, null))],
                [.. history.Entries.Outages.Select((outage, i) => new OutageReport(i, "s", outage.From, outage.To, "", "", null, word))],
                [.. service.Spans]);
            var (from, to) = history.Window();

            var parsed = StatementIntervals.Parse(Roundtrip(StatementIntervals.Json(evidence)));

            parsed.Between(history.At(from), history.At(to)).Should().Be(ServiceLedger.Of(history.Subjects, history.Entries).Between(history.At(from), history.At(to), service), "seed {0}", seed);
        }
    }

    [Fact]
    public void Make_SubjectThatDecidedForAWhile_SaysWhenAndAnybodyComesToTheSame()
    {
        var until = NewYear.AddDays(100).AddHours(4);
        var gone = Evidence(Down(9)) is var evidence ? evidence with { Subjects = [evidence.Subjects[0] with { Deciding = [(NewYear.AddDays(-1), until)] }] } : evidence;

        var statement = AvailabilityStatement.Make(gone, Year(), "UTC", Tier4, NextYear);

        statement["intervals"]!["subjects"]![0]!["deciding"]!.ToJsonString().Should().Be("[[1767139200000000,1775880000000000]]");
        statement["figures"]!["unplanned"]!["nominal"]!.GetValue<long>().Should().Be(4L * 3600 * 1_000_000, "what it saw while it decided stays");
        statement["figures"]!["unknown"]!.GetValue<long>().Should().Be((long)(NextYear - until).TotalMicroseconds, "and then nobody decides");
        AvailabilityStatement.FirstProblem(Roundtrip(statement)).Should().BeNull();
    }

    private static AvailabilityWindow Year() => AvailabilityWindow.Year(NextYear.AddDays(1), "UTC", 2026);

    private static AvailabilityEvidence Full()
    {
        var word = new MaintenanceWord("li", NewYear);
        return Evidence(Down(9)) with
        {
            Approved = [new MaintenanceEntry(1, "CHG-1", ["s"], NewYear.AddDays(99), NewYear.AddDays(101), "r", TimeSpan.FromHours(24), word, word with { By = "chen" }, null)],
            Outages = [new OutageReport(1, "s", NewYear.AddDays(9), NewYear.AddDays(9).AddHours(1), "ticket", "r", null, word)],
            Service = [(NewYear, NewYear.AddDays(180))],
        };
    }

    private static AvailabilityEvidence Evidence(params Interval[] rows) => new("s", [new SubjectTimeline("p", rows, [], null)], [], [], null);

    private static Interval[] Down(double hours)
    {
        static Edge At(DateTimeOffset at) => new(at, at, at);
        var began = NewYear.AddDays(100);
        var ended = began.AddHours(hours);
        return
        [
            new Interval("p", IntervalState.Up, At(NewYear.AddDays(-1)), At(began), ""),
            new Interval("p", IntervalState.Down, At(began), At(ended), "电源故障"),
            new Interval("p", IntervalState.Up, At(ended), At(NextYear.AddHours(1)), ""),
        ];
    }

    private static JsonNode Roundtrip(JsonNode node) => JsonNode.Parse(Encoding.UTF8.GetString(CanonicalJson.Serialize(node)))!;
}
