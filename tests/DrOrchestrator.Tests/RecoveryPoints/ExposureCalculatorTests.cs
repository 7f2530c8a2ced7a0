using DrOrchestrator.RecoveryPoints;
using static DrOrchestrator.Tests.RecoveryPoints.ExposureCases;

namespace DrOrchestrator.Tests.RecoveryPoints;

public class ExposureCalculatorTests
{
    private readonly ExposureCases _case = new();

    [Fact]
    public void Round_StandbyHasReachedAll_ExposureIsZero()
    {
        var exposure = _case.Round(0, Primary(100), Standby(100));

        exposure.Should().BeEquivalentTo(new { Value = TimeSpan.Zero, Lowest = TimeSpan.Zero, Highest = TimeSpan.Zero, Replication = ReplicationState.Protected });
        exposure.ObservedAt.Should().Be(At(0));
        exposure.ValidUntil.Should().Be(At(3.5));
    }

    [Fact]
    public void Round_PrimaryIdle_HasNoExposureHoweverLongNothingMoves()
    {
        Exposure? exposure = null;
        for (var second = 0; second < 100; second++)
        {
            exposure = _case.Round(second, Primary(100), Standby(100));
        }

        exposure!.Value.Should().Be(TimeSpan.Zero);
        exposure.Replication.Should().Be(ReplicationState.Protected);
    }

    [Fact]
    public void Round_StandbyBehind_ExposureIsTheAgeOfTheOldestUnreachedEntry()
    {
        _case.Round(0, Primary(100), Standby(100));
        _case.Round(1, Primary(110), Standby(104));
        _case.Round(2, Primary(120), Standby(109));

        var exposure = _case.Round(3, Primary(130), Standby(110));

        exposure.Value.Should().Be(Seconds(3.01 - 2), "110 was reached, 120 was not");
        exposure.Lowest.Should().Be(exposure.Value);
        exposure.Highest.Should().Be(Seconds(3.01 - 1), "120 may have been written right after the look at 1 s");
        exposure.Replication.Should().Be(ReplicationState.Protected);
    }

    [Fact]
    public void Round_WrittenRightAfterALook_IsInsideTheUpperBoundAtTheNext()
    {
        _case.Round(0, Primary(100), Standby(100));

        var exposure = _case.Round(5, Primary(110), Standby(100)); // written at 0.1 s

        exposure.Lowest.Should().Be(Seconds(0.01));
        exposure.Highest.Should().Be(Seconds(5.01)).And.BeGreaterThanOrEqualTo(Seconds(4.91));
        ExposureCarry.Sample(exposure, At(5).ToUnixTimeSeconds()).Should().BeEquivalentTo(new { WorstMilliseconds = 5010L, BestMilliseconds = 10L });
    }

    [Fact]
    public void Sample_WithoutAnUpperBound_CountsAsUnknown()
    {
        _case.Round(0, Primary(100), Standby(50));

        ExposureCarry.Sample(_case.Round(1, Primary(120), Standby(60)), At(1).ToUnixTimeSeconds()).State.Should().Be(ReplicationState.Unknown);
    }

    [Fact]
    public void Round_BehindWhenReadingBegan_SaysAtLeast()
    {
        _case.Round(0, Primary(100), Standby(50));

        var exposure = _case.Round(5, Primary(120), Standby(60));

        exposure.Value.Should().Be(Seconds(5.01));
        exposure.Highest.Should().BeNull();
        exposure.Reason.Should().Contain("at least");
    }

    [Fact]
    public void Round_StandbyStandsStillWhileThePrimaryMoves_IsNotProtectedWhateverItSays()
    {
        _case.Round(0, Primary(100), Standby(100));
        var states = Enumerable.Range(1, 6).Select(s => _case.Round(s, Primary(100 + s), Standby(100)).Replication).ToList();

        states.Should().Equal(
            ReplicationState.Protected, ReplicationState.Protected, ReplicationState.Protected,
            ReplicationState.NotProtected, ReplicationState.NotProtected, ReplicationState.NotProtected);
    }

    [Fact]
    public void Round_StandbyStandsStillForAReadingsTimeoutLonger_IsStillProtected()
    {
        _case.Round(0, Primary(100), Standby(100));

        _case.Round(3.4, Primary(101), Standby(100)).Replication.Should().Be(ReplicationState.Protected);
        _case.Round(3.6, Primary(102), Standby(100)).Replication.Should().Be(ReplicationState.NotProtected);
    }

    [Fact]
    public void Round_FirstWriteAfterALongIdleTime_GivesTheStandbyItsPatience()
    {
        _case.Round(0, Primary(100), Standby(100));
        _case.Round(10, Primary(100), Standby(100));

        _case.Round(11, Primary(101), Standby(100)).Should().BeEquivalentTo(new { Replication = ReplicationState.Protected, Reason = "dr is behind and receives" });
        _case.Round(12, Primary(101), Standby(101)).Reason.Should().Be("dr has received everything");
    }

    [Theory]
    [InlineData(3.4, ReplicationState.Protected)]
    [InlineData(3.5, ReplicationState.Protected)] // as long as its patience
    [InlineData(3.6, ReplicationState.NotProtected)]
    public void Round_StandsStill_IsBrokenBeyondItsPatience(double second, ReplicationState state)
    {
        _case.Round(0, Primary(100), Standby(100));

        _case.Round(second, Primary(101), Standby(100)).Replication.Should().Be(state);
    }

    [Fact]
    public void Round_HeartbeatDidNotArrive_IsNotProtectedAtTheVeryNextRound()
    {
        var beating = new ExposureCases(hasHeartbeat: true);
        beating.Round(0, Primary(100), Standby(100));
        beating.Beat(0.1, 105);

        var exposure = beating.Round(1, Primary(105), Standby(100));

        exposure.Replication.Should().Be(ReplicationState.NotProtected);
        exposure.Value.Should().Be(Seconds(1.01 - 0.1), "the heartbeat is what has not arrived");
    }

    [Theory]
    [InlineData(true, true, ReplicationState.Unknown, "dr has received everything, but nothing was written since that would show that it still receives: read-only")]
    [InlineData(true, false, ReplicationState.NotProtected, "dr does not hear its primary")]
    [InlineData(false, true, ReplicationState.Protected, "dr has received everything")] // a kind without a heartbeat
    public void Round_IdleAndNoHeartbeatCanBeWritten_IsNotTakenForProtectedForLong(bool hasHeartbeat, bool connected, ReplicationState later, string reason)
    {
        var idle = new ExposureCases(hasHeartbeat);
        idle.Round(0, Primary(100), Standby(100));
        idle.NoBeat("read-only");

        idle.Round(3, Primary(100), Standby(100)).Replication.Should().Be(ReplicationState.Protected, "something was written a moment ago");
        idle.Round(4, Primary(100), Standby(100, connected: connected)).Should().BeEquivalentTo(new { Value = TimeSpan.Zero, Replication = later, Reason = reason });
    }

    [Fact]
    public void Round_HeartbeatIsWrittenAgain_IsProtectedAgain()
    {
        var idle = new ExposureCases(hasHeartbeat: true);
        idle.Round(0, Primary(100), Standby(100));
        idle.NoBeat("read-only");
        idle.Beat(4.1, 105);

        idle.Round(9, Primary(105), Standby(105)).Replication.Should().Be(ReplicationState.Protected);
    }

    [Theory]
    [InlineData(0.4, ReplicationState.Protected)] // half an interval: it may be on its way
    [InlineData(0.6, ReplicationState.NotProtected)]
    public void Round_HeartbeatJustWritten_GetsHalfAnInterval(double second, ReplicationState state)
    {
        var beating = new ExposureCases(hasHeartbeat: true);
        beating.Round(0, Primary(100), Standby(100));
        beating.Beat(0.1, 105);

        beating.Round(second, Primary(105), Standby(100)).Replication.Should().Be(state);
    }

    [Theory]
    [InlineData(1, 90)] // nothing newer than what was read
    [InlineData(2, 500)] // of another epoch
    public void Beat_ThatSaysNothingNew_LeavesThePositionsAsTheyWereRead(long epoch, long position)
    {
        var beating = new ExposureCases(hasHeartbeat: true);
        beating.Round(0, Primary(100, epoch), Standby(100, epoch));
        beating.Beat(0.1, position);

        beating.Round(1, Failed("primary", refused: true), Standby(100, epoch)).Reason.Should().EndWith("; lost if promoted now: 0s to 1s");
    }

    [Fact]
    public void Beat_BeforeThePrimaryWasRead_IsNoReading()
    {
        var beating = new ExposureCases(hasHeartbeat: true);
        beating.Beat(0.1, 105);

        beating.Round(1, Failed("primary"), Standby(100)).Reason.Should().EndWith(", and it was never read before");
    }

    [Theory]
    [InlineData(105, 105, 0)]
    [InlineData(100, 105, 1.01)] // 105 was first seen at 1 s
    [InlineData(100, 100, 0)] // what has not arrived is no replay
    public void Round_ReceivedAndNotReplayed_IsReplayLag(long replayed, long received, double lag)
    {
        _case.Round(0, Primary(100), Standby(100, replayed: 100));
        _case.Round(1, Primary(105), Standby(105, replayed: 100));

        _case.Round(2, Primary(105), Standby(received, replayed: replayed)).ReplayLag.Should().Be(Seconds(lag));
    }

    [Fact]
    public void Round_ReplayNotTold_HasNoLag()
    {
        _case.Round(0, Primary(100), Standby(100)).ReplayLag.Should().BeNull();
        _case.Round(1, Primary(100), Standby(100, epoch: 2, replayed: 100)).ReplayLag.Should().BeNull("positions do not compare");
    }

    [Fact]
    public void Round_OtherDatabaseServes_ForgetsPositionsOfBefore()
    {
        _case.Round(0, Primary(100, cluster: "7001"), Standby(100, cluster: "7001"));
        _case.Round(1, Primary(200, cluster: "7001"), Standby(150, cluster: "7001")).Highest.Should().Be(Seconds(1.01), "it is the same database still");

        var exposure = _case.Round(2, Primary(200, cluster: "7002"), Standby(150, cluster: "7002"));

        exposure.Value.Should().Be(Seconds(0.01));
        exposure.Highest.Should().BeNull("its positions of before are not known");
    }

    [Fact]
    public void Round_PrimaryCameBackAndFellSilent_MayBeWritingAgain()
    {
        _case.Round(0, Primary(100), Standby(100));
        _case.Round(1, Failed("primary", refused: true), Standby(100));
        _case.Round(2, Primary(100), Standby(100));

        _case.Round(30, Failed("primary"), Standby(100)).Highest.Should().Be(Seconds(30.01 - 2));
    }

    [Fact]
    public void Round_Stalled_ExposureGrows()
    {
        _case.Round(0, Primary(100), Standby(100));

        _case.Round(5, Primary(105), Standby(100));
        _case.Round(65, Primary(165), Standby(100)).Value.Should().Be(Seconds(60.01));
    }

    [Fact]
    public void Round_DisconnectedButPositionEqual_IsZeroAndNotProtected()
    {
        var exposure = _case.Round(0, Primary(100), Standby(100, connected: false));

        exposure.Should().BeEquivalentTo(new { Value = TimeSpan.Zero, Replication = ReplicationState.NotProtected, Reason = "dr does not hear its primary" });
    }

    [Fact]
    public void Round_OtherEpochAtTheStandby_IsNotProtectedAndWithoutABound()
    {
        _case.Round(0, Primary(100, epoch: 2), Standby(100, epoch: 2));

        var exposure = _case.Round(4, Primary(100, epoch: 2), Standby(500, epoch: 1));

        exposure.Should().BeEquivalentTo(new
        {
            Value = (TimeSpan?)null,
            Lowest = Seconds(4.01),
            Highest = (TimeSpan?)null,
            Replication = ReplicationState.NotProtected,
            Reason = "dr is standby on epoch 1, primary is on epoch 2: their positions do not compare",
        });
    }

    [Fact]
    public void Round_OtherDatabaseAtTheStandby_IsNotProtectedHoweverFarItsLogIs()
    {
        var primary = ((PositionResult.Read)Primary(100)) with { Cluster = "7001" };
        _case.Round(0, primary, ((PositionResult.Read)Standby(100)) with { Cluster = "7001" });

        _case.Round(2, primary, ((PositionResult.Read)Standby(999)) with { Cluster = "7002" }).Should().BeEquivalentTo(new
        {
            Value = (TimeSpan?)null,
            Highest = (TimeSpan?)null,
            Replication = ReplicationState.NotProtected,
            Reason = "dr is another database: its identifier is 7002, that of primary is 7001",
        });
    }

    [Fact]
    public void Round_StandbyCallsItselfPrimary_IsNotProtected() =>
        _case.Round(0, Primary(100), Standby(100, role: "primary")).Replication.Should().Be(ReplicationState.NotProtected);

    [Fact]
    public void Round_EpochOfThePrimaryChanges_ForgetsPositionsOfBefore()
    {
        _case.Round(0, Primary(100), Standby(100));
        _case.Round(1, Primary(200), Standby(100));

        _case.Round(2, Primary(50, epoch: 2), Standby(50, epoch: 2)).Value.Should().Be(TimeSpan.Zero);
    }

    [Fact]
    public void Round_PrimaryDead_SaysWhatWouldBeLostIfPromotedNow()
    {
        _case.Round(0, Primary(100), Standby(100));
        _case.Round(1, Primary(110), Standby(104));
        _case.Round(2, Primary(120), Standby(109));
        _case.Round(3, Failed("primary", refused: true), Standby(110));

        var later = _case.Round(30, Failed("primary", refused: true), Standby(110));

        later.Lowest.Should().Be(TimeSpan.Zero, "120 was seen once, at 2 s, and is the only entry known to be lost");
        later.Highest.Should().Be(Seconds(2), "everything was reached at 1 s, and nothing was written any more at 3 s");
        later.Value.Should().Be(later.Highest);
        later.Replication.Should().Be(ReplicationState.NotProtected);
        later.Reason.Should().Be("connection refused by primary; lost if promoted now: 0s to 2s");
    }

    [Fact]
    public void Round_PrimarySilent_MayStillBeWriting()
    {
        _case.Round(0, Primary(100), Standby(100));
        _case.Round(1, Failed("primary"), Standby(100));

        _case.Round(30, Failed("primary"), Standby(100)).Should().BeEquivalentTo(new { Lowest = TimeSpan.Zero, Highest = Seconds(30.01) });
    }

    [Fact]
    public void Round_PrimarySilentThenRefusing_IsBoundedFromThenOn()
    {
        _case.Round(0, Primary(100), Standby(100));
        _case.Round(1, Failed("primary"), Standby(100));
        _case.Round(5, Failed("primary", refused: true), Standby(100));

        _case.Round(30, Failed("primary"), Standby(100)).Highest.Should().Be(Seconds(5));
    }

    [Fact]
    public void Round_StandbyUnreadable_IsUnknown()
    {
        _case.Round(0, Primary(100), Standby(100));

        _case.Round(1, Primary(110), Failed("dr")).Should().BeEquivalentTo(
            new { Value = (TimeSpan?)null, Highest = (TimeSpan?)null, Replication = ReplicationState.Unknown, Reason = "dr does not answer" });
    }

    [Fact]
    public void Round_PrimaryNeverRead_IsUnknown() =>
        _case.Round(0, Failed("primary"), Standby(100)).Should().BeEquivalentTo(
            new { Value = (TimeSpan?)null, Replication = ReplicationState.Unknown, Reason = "primary does not answer, and it was never read before" });

    [Fact]
    public void Round_ServingSiteIsNoPrimary_IsUnknown() =>
        _case.Round(0, Primary(100, role: "demoted"), Standby(100)).Should().BeEquivalentTo(
            new { Replication = ReplicationState.Unknown, Reason = "primary should serve, and calls itself demoted" });
}
