using DrOrchestrator.Drills;
using DrOrchestrator.EndToEnd.Harness;

namespace DrOrchestrator.EndToEnd.Audit;

/// <summary>What a run reports, against what somebody outside saw of it.</summary>
[Collection(nameof(OneAtATime))]
public sealed class WholeDrillTests(AuditedDrill drill) : IClassFixture<AuditedDrill>
{
    /// <summary>Two processes' clocks: each is the machine's, read at its start and counted on from there.</summary>
    private static readonly TimeSpan Clocks = TimeSpan.FromMilliseconds(20);

    [Fact]
    public async Task Outcome_OfTheQuickstartPlan_IsPassedAndThePrimaryServesAgain()
    {
        drill.Run.View.Outcome.Should().Be("passed", drill.Run.View.Failure);
        (await drill.Lab.RouteAsync()).Site.Should().Be("primary");
    }

    [Fact]
    public void Measurement_OfTheQuickstartPlan_MeetsTheLimits()
    {
        RunMeasurement measured = drill.Run.View.Measurement!;

        measured.Rto!.Met.Should().BeTrue($"{measured.Rto}");
        measured.Rpo!.Met.Should().BeTrue($"{measured.Rpo}");
        measured.PlannedRpo!.Met.Should().BeTrue($"{measured.PlannedRpo}");
    }

    [Fact]
    public void Rto_OfTheFailover_HoldsTheGapThatAClientOutsideSaw()
    {
        RtoMeasurement rto = drill.Run.View.Measurement!.Rto!;
        ServiceGap gap = ServiceGap.LongestOf(drill.Writes, drill.Run.View.OpenedAt, drill.Run.Step("rejoin-primary").StartedAt!.Value);

        ShouldHold(rto, gap);
        rto.UpperSeconds.Should().BeApproximately((rto.VerifiedAt!.Value - rto.InterruptedEarliest).TotalSeconds, 1e-5);
        rto.LowerSeconds.Should().BeApproximately((rto.VerifiedAt.Value - rto.InterruptedLatest).TotalSeconds, 1e-5);
        rto.VerifiedAt.Should().BeOnOrAfter(gap.FirstGood.SentAt - Clocks, "nobody can verify the business before it is served");
        rto.Phases.Values.Sum().Should().BeApproximately(rto.Seconds, 1e-4);
        rto.Seconds.Should().Be(rto.UpperSeconds);
    }

    [Fact]
    public void Rto_OfTheSwitchBack_HoldsTheGapThatAClientOutsideSaw()
    {
        RtoMeasurement back = drill.Run.View.Measurement!.PlannedRto!;
        ServiceGap gap = ServiceGap.LongestOf(drill.Writes, drill.Run.Step("demote-dr").StartedAt!.Value - TimeSpan.FromSeconds(1), DateTimeOffset.MaxValue);

        back.Planned.Should().BeTrue();
        ShouldHold(back, gap);
    }

    [Theory]
    [InlineData("failover")]
    [InlineData("switchback")]
    public void Rpo_AgainstAProxyThatSawEveryMarker_CountsTheSame(string leg)
    {
        RunMeasurement measured = drill.Run.View.Measurement!;
        RpoMeasurement rpo = (leg == "failover" ? measured.Rpo : measured.PlannedRpo)!;
        IReadOnlyList<PassedMarker> markers = drill.Markers(leg);
        PassedMarker[] acknowledged = [.. markers.Where(m => m.Fate == WriteFate.Acknowledged)];
        PassedMarker[] inDoubt = [.. markers.Where(m => m.Fate == WriteFate.InDoubt)];

        rpo.Sent.Should().Be(markers.Count).And.BePositive();
        rpo.Acknowledged.Should().Be(acknowledged.Length).And.BePositive();
        rpo.InDoubt.Should().Be(inDoubt.Length);
        rpo.Refused.Should().Be(markers.Count(m => m.Fate == WriteFate.Refused));
        if (leg == "failover")
        {
            PassedMarker[] lost = [.. acknowledged.Where(m => !drill.SurvivorsAfterSwitch.Contains(m.Id))];
            rpo.Lost.Should().Be(lost.Length);
            rpo.InDoubtSurvivors.Should().Be(inDoubt.Count(m => drill.SurvivorsAfterSwitch.Contains(m.Id)));

            // With no survivor at all (a lab that had no time to replicate), the loss reaches back to the first acknowledged one.
            PassedMarker newest = acknowledged.LastOrDefault(m => drill.SurvivorsAfterSwitch.Contains(m.Id)) ?? acknowledged[0];
            double lostSeconds = lost.Length == 0 ? 0 : (acknowledged[^1].SentAt - newest.SentAt).TotalSeconds;
            rpo.LostSeconds.Should().BeApproximately(lostSeconds, 1e-5);
        }
        else
        {
            rpo.Lost.Should().Be(0, "a planned switch loses nothing");
        }
    }

    [Fact]
    public async Task Ledgers_AfterTheWayBack_AreTheSameAtBothSites()
    {
        StoreStatus primary = (await drill.Lab.StoreAsync("primary"))!;
        StoreStatus dr = (await drill.Lab.StoreAsync("dr"))!;
        long common = Math.Min(primary.Position, dr.Position);

        (primary.Role, dr.Role).Should().Be(("primary", "standby"));
        common.Should().BePositive();
        (await drill.Lab.ChecksumAsync("dr", common)).Should().Be(await drill.Lab.ChecksumAsync("primary", common)).And.NotBeNull();
    }

    [Fact]
    public async Task Switchback_EveryMarkerAcknowledgedOnTheWay_IsInBothLedgers()
    {
        string[] acknowledged = [.. drill.Markers("switchback").Where(m => m.Fate == WriteFate.Acknowledged).Select(m => m.Id)];

        (await drill.Lab.EntriesAsync("primary", "dro-")).Should().Contain(acknowledged);
        await Patience.UntilAsync("the standby has them too", Patience.Stop, async () => (await drill.Lab.EntriesAsync("dr", "dro-")).IsSupersetOf(acknowledged));
    }

    /// <summary>Each reported edge and the one seen outside bound the same moment, so they overlap; hence the lengths agree within both spacings.</summary>
    private static void ShouldHold(RtoMeasurement rto, ServiceGap gap)
    {
        string seen = $"outside: good {gap.LastGood.SentAt:ss.ffff}-{gap.LastGood.AnsweredAt:ss.ffff}, failed {gap.FirstFailed.SentAt:ss.ffff}-{gap.FirstFailed.AnsweredAt:ss.ffff}"
            + $" .. failed {gap.LastFailed.SentAt:ss.ffff}-{gap.LastFailed.AnsweredAt:ss.ffff}, good {gap.FirstGood.SentAt:ss.ffff}-{gap.FirstGood.AnsweredAt:ss.ffff};"
            + $" reported: {rto.InterruptedEarliest:ss.ffff}-{rto.InterruptedLatest:ss.ffff} .. {rto.RestoredEarliest:ss.ffff}-{rto.RestoredLatest:ss.ffff}";
        rto.InterruptedEarliest.Should().BeOnOrBefore(gap.FirstFailed.AnsweredAt + Clocks, seen);
        rto.InterruptedLatest.Should().BeOnOrAfter(gap.LastGood.SentAt - Clocks, seen);
        rto.RestoredEarliest.Should().BeOnOrBefore(gap.FirstGood.AnsweredAt + Clocks, seen);
        rto.RestoredLatest.Should().BeOnOrAfter(gap.LastFailed.SentAt - Clocks, seen);

        double lower = (rto.RestoredEarliest - rto.InterruptedLatest).TotalSeconds;
        double tolerance = (gap.Spacing + Clocks).TotalSeconds;
        gap.Length.TotalSeconds.Should().BeInRange(lower - tolerance, rto.TechnicalSeconds + tolerance, seen);
    }
}
