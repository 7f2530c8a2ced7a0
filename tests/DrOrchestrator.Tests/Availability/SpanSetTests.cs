using DrOrchestrator.Availability;
using static DrOrchestrator.Tests.Availability.Scenario;

namespace DrOrchestrator.Tests.Availability;

public class SpanSetTests
{
    [Fact]
    public void Operations_AnySets_AgreeWithSetsOfSeconds()
    {
        for (var seed = 0; seed < 1500; seed++)
        {
            var random = new Random(seed);
            var (one, a) = Make(random);
            var (other, b) = Make(random);
            var (from, to) = (random.Next(0, 60), random.Next(0, 60));

            var agrees = Seconds(one.Union(other)).SetEquals(a.Union(b))
                && Seconds(one.Intersect(other)).SetEquals(a.Intersect(b))
                && Seconds(one.Except(other)).SetEquals(a.Except(b))
                && one.Within(At(from), At(to)) == Span(a.Count(s => s >= from && s < to))
                && one.Common(other) == Span(a.Intersect(b).Count())
                && one.Total == Span(a.Count);

            agrees.Should().BeTrue("seed {0}", seed);
        }
    }

    [Fact]
    public void Of_TouchingAndReversedSpans_AreJoinedAndIgnored() =>
        SpanSet.Of([(At(3), At(5)), (At(1), At(3)), (At(9), At(2))]).Spans.Should().Equal((At(1), At(5)));

    private static (SpanSet Set, HashSet<int> Seconds) Make(Random random)
    {
        var spans = Enumerable.Range(0, random.Next(0, 8)).Select(_ => random.Next(0, 50)).Select(from => (from, from + random.Next(0, 10))).ToList();
        return (SpanSet.Of(spans.Select(s => (At(s.from), At(s.Item2)))), [.. spans.SelectMany(s => Enumerable.Range(s.from, s.Item2 - s.from))]);
    }

    private static HashSet<int> Seconds(SpanSet set) => [.. Enumerable.Range(0, 70).Where(s => set.Contains(At(s)))];
}
