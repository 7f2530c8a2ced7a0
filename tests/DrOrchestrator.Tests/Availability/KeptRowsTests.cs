using DrOrchestrator.Availability;
using static DrOrchestrator.Tests.Availability.Scenario;

namespace DrOrchestrator.Tests.Availability;

public sealed class KeptRowsTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void With_RowsReadInPieces_CountAsAllSortedAnew(int seed)
    {
        var random = new Random(seed);
        var rows = Rows(random, 200);
        var observed = new ObservedUntil("p", At(2000), At(1999), At(1998));

        // Each reading begins with the newest row of the one before, which was open then.
        var kept = KeptRows.None;
        for (var seen = 0; seen < rows.Count;)
        {
            var until = Math.Min(rows.Count, seen + random.Next(1, 20));
            List<Interval> read = [.. rows.Take(until).Skip(Math.Max(0, seen - 1))];
            read[^1] = read[^1] with { End = null };
            kept = kept.With(read);
            seen = until;

            List<Interval> whole = [.. rows.Take(until - 1), read[^1]];
            kept.Should().Equal(whole);
            RowSpans.Of(new SubjectTimeline("p", kept, [], observed)).Should().BeEquivalentTo(RowSpans.Of(new SubjectTimeline("p", whole, [], observed)));
        }
    }

    [Fact]
    public void With_NothingRead_KeepsWhatThereIs()
    {
        var kept = KeptRows.None.With(Rows(new Random(1), 5));

        kept.With([]).Should().Equal(kept);
    }

    [Fact]
    public void With_LastRowClosed_HasNoOpenOne()
    {
        var rows = Rows(new Random(1), 3);
        rows[2] = rows[2] with { End = Edge(900, 901, 902) };

        var kept = KeptRows.None.With(rows);

        kept.Open.IsEmpty.Should().BeTrue();
        kept.Closed.Should().BeEquivalentTo(RowSpans.Of(new SubjectTimeline("p", rows, [], null)));
    }

    /// <summary>The last one is open.</summary>
    private static List<Interval> Rows(Random random, int count)
    {
        var edges = new List<Edge>();
        for (var second = 0; edges.Count < count; second += random.Next(2, 10))
        {
            edges.Add(Edge(second - random.Next(0, 2), second, second + random.Next(0, 2)));
        }

        return [.. edges.Select((edge, row) => new Interval("p", (IntervalState)random.Next(0, 5), edge, row + 1 < count ? edges[row + 1] : null, ""))];
    }
}
