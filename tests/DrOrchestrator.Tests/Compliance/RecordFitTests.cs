using DrOrchestrator.Compliance;
using DrOrchestrator.Tiers;

namespace DrOrchestrator.Tests.Compliance;

/// <summary>The table "which record satisfies what", row by row.</summary>
public sealed class RecordFitTests
{
    private static readonly DateTimeOffset At = new(2026, 12, 1, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("failover", "live", true, true, null)]
    [InlineData("switchover", "live", true, true, null)]
    [InlineData("failover", "live", false, true, "run 3 did not fail back; it counts 0 lost and no more")]
    [InlineData("failover", "live", true, false, "run 3 was not verified by the business; it counts 0 lost and no more")]
    [InlineData("failover", "tabletop", true, true, "run 3 was a tabletop, which shows no recovery")]
    [InlineData("failover", "rehearsal", true, true, "run 3 was a rehearsal, which shows no recovery")]
    [InlineData("test-failover", "live", true, true, "run 3 was a test-failover, which shows no recovery")]
    [InlineData("component-switch", "live", true, true, "run 3 was a component-switch, which shows no recovery")]
    [InlineData("joint", "live", true, true, "run 3 was a joint, which shows no recovery")]
    [InlineData("restore", "live", true, true, "run 3 was a restore, which speaks for systems that have backups only")]
    [InlineData("failover", "real", false, false, "run 3 was a real incident without a summary report yet; it counts 0 lost and no more")]
    public void NotFor_ARecord_FollowsTheTable(string kind, string mode, bool failedBack, bool verified, string? rpo)
    {
        var record = Record() with { Kind = kind, Mode = mode, FailedBack = failedBack, BusinessVerified = verified };

        RecordFit.NotForRpo(record, false, false, RuleTable.Current).Should().Be(rpo);
        RecordFit.NotForRto(record, false, false, RuleTable.Current).Should().Be(rpo?.Split(';')[0]);
    }

    [Fact]
    public void NotForRto_RestoreOfABackupOnlySystem_Counts() =>
        RecordFit.NotForRto(Record() with { Kind = "restore", FailedBack = false, BusinessVerified = false }, false, backupOnly: true, RuleTable.Current).Should().BeNull();

    [Fact]
    public void NotForRto_RealIncidentWithItsReport_CountsWithoutFailback() =>
        RecordFit.NotForRto(Record() with { Mode = "real", FailedBack = false, Reported = true }, false, false, RuleTable.Current).Should().BeNull();

    [Theory]
    [InlineData("live", false, "run 3 ended as switched-not-returned, and no later run has failed back")]
    [InlineData("live", true, null)]
    [InlineData("real", false, null)]
    public void NotForRto_SwitchedAndNotReturnedByItself_CountsOnceALaterRunHasFailedBack(string mode, bool failedBack, string? why) =>
        RecordFit.NotForRto(Record() with { Mode = mode, Outcome = "switched-not-returned", FailedBack = failedBack, Reported = true }, false, false, RuleTable.Current).Should().Be(why);

    [Theory]
    [InlineData(false, "run 3 was a lab run, which satisfies no clause")]
    [InlineData(true, null)]
    public void NotForRto_LabRecord_CountsInTheLabOnly(bool lab, string? why) =>
        RecordFit.NotForRto(Record() with { Strength = "sandbox" }, lab, false, RuleTable.Current).Should().Be(why);

    [Fact]
    public void NotForRto_OverrideNotReviewed_DoesNotCount() =>
        RecordFit.NotForRto(Record() with { ReviewOpen = true }, false, false, RuleTable.Current).Should().Be("run 3 overrode a gate, and the review of that is not closed");

    [Fact]
    public void NotForRto_ByTheFirstRules_AnyPassedRunCounts() =>
        RecordFit.NotForRto(Record() with { Mode = "rehearsal", FailedBack = false }, false, false, RuleTable.All[0]).Should().BeNull();

    [Fact]
    public void Deciding_SeveralThatFit_IsTheNewestUnplannedOne()
    {
        DemonstratedRecord[] records =
        [
            Record() with { Run = 9, Kind = "switchover", ClosedAt = At.AddDays(9) },
            Record() with { Run = 5, ClosedAt = At.AddDays(5) },
            Record() with { Run = 4, ClosedAt = At.AddDays(4) },
        ];

        RecordFit.Deciding(records)!.Run.Should().Be(5);
        RecordFit.Deciding(records[..1])!.Run.Should().Be(9);
        RecordFit.Deciding([]).Should().BeNull();
        RecordFit.Deciding([Record() with { Run = 4, ClosedAt = At.AddDays(5) }, Record() with { Run = 5, ClosedAt = At.AddDays(4) }])!.Run.Should().Be(4, "it was closed later");
        RecordFit.Deciding([Record() with { Run = 4 }, Record() with { Run = 5 }])!.Run.Should().Be(5, "of the same moment the later run");
    }

    [Theory]
    [InlineData("failover", "live", "live", false, false, true)]
    [InlineData("switchover", "live", "live", false, false, true)]
    [InlineData("failover", "rehearsal", "live", false, false, false)]
    [InlineData("test-failover", "live", "live", false, false, false)]
    [InlineData("joint", "real", "live", false, false, true)] // a real incident is one, whatever its plan calls it
    [InlineData("restore", "live", "live", false, false, false)]
    [InlineData("restore", "live", "live", false, true, true)]
    [InlineData("restore", "rehearsal", "live", false, true, false)]
    [InlineData("failover", "live", "sandbox", false, false, false)]
    [InlineData("failover", "live", "sandbox", true, false, true)]
    public void IsEvidenceAgainst_ARecord_IsALiveSwitchOrAnIncident(string kind, string mode, string strength, bool lab, bool backupOnly, bool against) =>
        RecordFit.IsEvidenceAgainst(Record() with { Kind = kind, Mode = mode, Strength = strength }, lab, backupOnly).Should().Be(against);

    private static DemonstratedRecord Record() => new(3, At, "failover", "live", 20, 0, 0, 0.5, 0, 0) { FailedBack = true, BusinessVerified = true };
}
