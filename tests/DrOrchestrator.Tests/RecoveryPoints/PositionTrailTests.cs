using DrOrchestrator.RecoveryPoints;
using static DrOrchestrator.Tests.RecoveryPoints.ExposureCases;

namespace DrOrchestrator.Tests.RecoveryPoints;

public class PositionTrailTests
{
    [Fact]
    public void Add_Full_ErrsOnTheLargeSideAndKeepsTheNewestExact()
    {
        var (small, exact) = (new PositionTrail(capacity: 16), new PositionTrail());
        for (var i = 0; i < 500; i++)
        {
            small.Add(1, i * 10, At(i));
            exact.Add(1, i * 10, At(i));
        }

        small.Count.Should().BeLessThanOrEqualTo(16);
        small.OldestUnreached(4985).Should().Be(exact.OldestUnreached(4985));
        foreach (var received in Enumerable.Range(0, 499).Select(i => (i * 10) + 3L))
        {
            small.OldestUnreached(received)!.Value.FirstAt.Should().BeOnOrBefore(exact.OldestUnreached(received)!.Value.FirstAt);
            (small.NewestReachedAt(received) ?? T0).Should().BeOnOrBefore(exact.NewestReachedAt(received)!.Value);
        }
    }

    [Theory]
    [InlineData(4, 4, "0@0 10@1 20@2 30@3")]
    [InlineData(4, 5, "10@0 20@2 30@3 40@4")]
    [InlineData(6, 7, "10@0 20@2 30@3 40@4 50@5 60@6")]
    [InlineData(8, 9, "10@0 30@2 40@4 50@5 60@6 70@7 80@8")]
    public void Add_OneMoreThanFits_MakesPairsOfTheOlderHalf(int capacity, int count, string expected)
    {
        var trail = new PositionTrail(capacity);
        for (var i = 0; i < count; i++)
        {
            trail.Add(1, i * 10, At(i));
        }

        string.Join(' ', Entries(trail).Select(entry => FormattableString.Invariant($"{entry.Position}@{(entry.FirstAt - T0).TotalSeconds}"))).Should().Be(expected);
    }

    [Fact]
    public void Add_PositionStandsStill_IsOneEntrySeenUntilTheLastLook()
    {
        var trail = new PositionTrail();
        trail.Add(0, 100, At(0));
        trail.Add(0, 100, At(5));

        Entries(trail).Should().Equal(new PositionTrail.Entry(100, At(0), At(5)));
        trail.NewestReachedAt(100).Should().Be(At(5));
    }

    [Theory]
    [InlineData(2, 200)] // another epoch, though further on
    [InlineData(1, 50)] // shorter than it was
    public void Add_PositionsThatDoNotCompare_BeginItAnew(long epoch, long position)
    {
        var trail = new PositionTrail();
        trail.Add(1, 100, At(0));
        trail.Add(epoch, position, At(1));

        (trail.Epoch, Entries(trail).Single().Position).Should().Be((epoch, position));
    }

    private static IEnumerable<PositionTrail.Entry> Entries(PositionTrail trail)
    {
        for (var next = trail.OldestUnreached(-1); next is { } entry; next = trail.OldestUnreached(entry.Position))
        {
            yield return entry;
        }
    }
}
