using DrOrchestrator.Compliance;
using DrOrchestrator.Estates;
using DrOrchestrator.Testing.Plans;
using DrOrchestrator.Tiers;

namespace DrOrchestrator.Tests.Compliance;

public sealed class StalenessTests
{
    private const string Image = "image/dr/ledger/deployment/api/api";
    private static readonly DateTimeOffset Closed = new(2026, 11, 27, 9, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Seen = Closed.AddDays(1);
    private static readonly DateTimeOffset Due = new(2026, 12, 11, 9, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Of_NothingChanged_IsFresh() => Age(Parts()).Should().Be(RecordAge.Fresh);

    [Theory]
    [InlineData("plan")]
    [InlineData("rules")]
    [InlineData("topology/ledger")]
    [InlineData("replication/ledger")]
    public void Of_SignificantChange_IsStaleAtOnceAndSaysWhatRestoresIt(string part)
    {
        var age = Age(Parts((part, "other")));

        age.IsStale.Should().BeTrue();
        age.Reason.Should().Be($"run 3 is stale: changed since: {part}; a passed run of plan failover restores it");
        age.Changes.Should().Equal(new FingerprintChange(part, "1", "other", true, null));
    }

    [Theory]
    [InlineData("database/ledger", "16", "database major version 1 -> 16")]
    [InlineData("replication-mode/ledger/dr", "asynchronous", "replication mode synchronous -> asynchronous")]
    public void Of_DatabaseChanged_IsStaleAtOnceAndSaysFromWhatToWhat(string part, string value, string said)
    {
        Age(Parts((part, value))).Should().BeEquivalentTo(new { IsStale = true, Reason = $"run 3 is stale: {said}; a passed run of plan failover restores it" });
        Age(Parts((part, value), ("plan", "2"))).Reason.Should().Be($"run 3 is stale: changed since: plan; {said}; a passed run of plan failover restores it");
    }

    [Theory]
    [InlineData("database/ledger")]
    [InlineData("replication-mode/ledger/dr")]
    public void Of_DatabaseThatIsAway_MakesNothingStaleAndHidesNoOtherChange(string part)
    {
        var parts = Parts();
        parts.Remove(part);

        Age(parts).Should().Be(RecordAge.Fresh);
        parts["plan"] = "2";
        Age(parts).IsStale.Should().BeTrue();
    }

    [Theory]
    [InlineData("database/ledger")]
    [InlineData("replication-mode/ledger/dr")]
    public void Of_PartOfADatabaseThatTheRunDidNotRecord_IsNotKnown(string part)
    {
        var recorded = Parts();
        recorded.Remove(part);
        var record = Record() with { Fingerprint = recorded };
        RecordAge At(Dictionary<string, string> now, Func<string, bool>? isAsked) => Staleness.Of(record, now, (_, _) => Seen, [], [], Seen, RuleTable.Current, null, isAsked);

        At(Parts(), asked => asked == part).Should().BeEquivalentTo(new { IsStale = true, Changes = Array.Empty<FingerprintChange>(), Reason = $"whether something changed since run 3 is not known: not read: {part}" });
        At(Parts(), _ => false).Should().Be(RecordAge.Fresh, "it is of another system, or of a probe that is gone");
        At(recorded, null).Should().Be(RecordAge.Fresh, "nobody has read it");
        At(Parts(("plan", "2")), null).Reason.Should().StartWith("run 3 is stale: changed since: plan;");
    }

    [Theory]
    [InlineData("database/ledger-pg", true)]
    [InlineData("replication-mode/ledger-pg/dr", true)]
    [InlineData("replication-mode/ledger-pg/gone", false)]
    [InlineData("database/ledger-probe", false)] // a recovery point reads the database
    [InlineData("database/cards-probe", true)]
    [InlineData("database/cards-http", false)]
    [InlineData("database/other-probe", false)]
    [InlineData("replication-mode/gone/dr", false)]
    public void IsAsked_OfAPart_OnlyWhatARunOfItsSystemsWouldRecordNow(string part, bool asked)
    {
        using var folder = new EstateFolderBuilder();
        var good = folder.LoadGood().Estate;
        var ledger = good.FindSystem("ledger")!;
        var target = new PostgresTarget(["db1.bank.example"], 5432, "core", "dro", null, PostgresTls.Prefer, null);
        var session = new PostgresProbeSettings(target, PostgresProbeMode.Connect, null, null, ValueLimits.None, null, new PostgresExpectations(null, null, null), false);
        var positions = new PostgresPointSettings(new Dictionary<string, PostgresTarget> { ["primary"] = target }, new Dictionary<string, string>(), null);
        ProbeDefinition Probe(string system) => good.Probes[0] with { Name = $"{system}-probe", System = system, Settings = session };
        var estate = good with
        {
            Systems = [ledger with { Standbys = ["dr"] }, ledger with { Name = "cards" }, ledger with { Name = "other" }],
            RecoveryPoints = [good.RecoveryPoints[0] with { Name = "ledger-pg", System = "ledger", Settings = positions }],
            Probes = [Probe("ledger"), Probe("cards"), Probe("other"), good.Probes[0] with { Name = "cards-http", System = "cards" }],
        };

        Staleness.IsAsked(part, estate, ["ledger", "cards"]).Should().Be(asked);
    }

    [Fact]
    public void AgesOf_ARecordThatLacksAPart_AsksOnlyForDatabasesItsSystemsDeclare()
    {
        using var folder = new EstateFolderBuilder();
        var good = folder.LoadGood().Estate;
        var positions = new PostgresPointSettings(new Dictionary<string, PostgresTarget>(), new Dictionary<string, string>(), null);
        var point = good.RecoveryPoints[0] with { Name = "ledger", System = "ledger", Settings = positions };
        var recorded = Parts();
        recorded.Remove("database/ledger");
        var record = Record() with { Fingerprint = recorded };
        var reading = new RecoveryReading([record], [], [], [], new Read(Parts()));
        RecordAge Age(Estate estate) => reading.AgesOf(reading.RecordsOf("ledger"), estate, Seen, RuleTable.Current)[3];

        Age(good with { RecoveryPoints = [point] }).Reason.Should().Be("whether something changed since run 3 is not known: not read: database/ledger");
        Age(good with { RecoveryPoints = [point with { System = "other" }] }).Should().Be(RecordAge.Fresh);
        Age(good with { RecoveryPoints = [] }).Should().Be(RecordAge.Fresh);
    }

    [Fact]
    public void Of_ImageChange_AsksForAnAssessmentWithinTenWorkingDaysThenIsStale()
    {
        var changed = Parts((Image, "api:2"));

        var before = Age(changed, Due);
        var after = Age(changed, Due.AddSeconds(1));

        before.Should().BeEquivalentTo(new { IsStale = false, AssessBy = Due, Reason = $"changed since run 3: {Image}; a second person assesses it, or a rehearsal passes, by 2026-12-11; working days are Monday to Friday, public holidays are not declared" });
        after.Should().BeEquivalentTo(new { IsStale = true, AssessBy = (DateTimeOffset?)null, Reason = $"run 3 is stale: changed since: {Image}; a passed run of plan failover restores it" });
    }

    [Theory]
    [InlineData("wang", true, "api:2", false)]
    [InlineData(null, true, "api:2", true)]
    [InlineData("wang", false, "api:2", true)]
    [InlineData("wang", true, "api:1.5", true)]
    public void Of_ImageChangeAssessed_CountsOnlyConfirmedUnaffectedAndForThatValue(string? confirmedBy, bool unaffected, string value, bool stale)
    {
        var assessment = new ChangeAssessment(1, "ledger", Image, value, unaffected, "tested", "li", Seen, confirmedBy, confirmedBy is null ? null : Seen);

        var age = Age(Parts((Image, "api:2")), Due.AddDays(30), assessment);

        age.IsStale.Should().Be(stale);
    }

    [Fact]
    public void Of_ImageChangeAssessedAsAffected_IsStaleBeforeTheTermIsOver() =>
        Age(Parts((Image, "api:2")), Seen, new ChangeAssessment(1, "ledger", Image, "api:2", false, "schema", "li", Seen, "wang", Seen)).IsStale.Should().BeTrue();

    [Theory]
    [InlineData("ledger", Image, "api:2", true)]
    [InlineData("cards", Image, "api:2", false)] // another system
    [InlineData("ledger", "image/dr/ledger/deployment/web/web", "api:2", false)] // another part
    [InlineData("ledger", Image, "api:3", false)] // another change
    [InlineData("ledger", Image, "api:2", false, false)] // nobody has confirmed it yet
    [InlineData("ledger", Image, "api:2", false, true, true)] // it works as before
    public void Of_AssessmentThatItIsAffected_CountsForThatChangeOnceConfirmed(string system, string part, string value, bool stale, bool confirmed = true, bool unaffected = false) =>
        Age(Parts((Image, "api:2")), Seen, new ChangeAssessment(1, system, part, value, unaffected, "schema", "li", Seen, "wang", confirmed ? Seen : null)).IsStale.Should().Be(stale);

    [Theory]
    [InlineData("cards", Image)]
    [InlineData("ledger", "image/dr/ledger/deployment/web/web")]
    public void Of_AssessmentOfSomethingElse_CoversNothing(string system, string part) =>
        Age(Parts((Image, "api:2")), Due.AddDays(30), new ChangeAssessment(1, system, part, "api:2", true, "tested", "li", Seen, "wang", Seen)).IsStale.Should().BeTrue();

    [Theory]
    [InlineData(2, "ledger", "api:2", false)]
    [InlineData(0, "ledger", "api:2", true)] // closed with the record, not after it
    [InlineData(-2, "ledger", "api:2", true)]
    [InlineData(2, "cards", "api:2", true)]
    [InlineData(2, "ledger", "api:1", true)] // on the old image
    public void Of_Rehearsal_CoversTheSystemsAndValuesItRanOnLater(int days, string system, string value, bool stale)
    {
        var rehearsal = Record() with { Run = 4, Mode = "rehearsal", ClosedAt = Closed.AddDays(days), Systems = [system], Fingerprint = Parts((Image, value)) };

        Staleness.Of(Record(), Parts((Image, "api:2")), (_, _) => Seen, [], [rehearsal], Due.AddDays(30), RuleTable.Current).IsStale.Should().Be(stale);
    }

    [Fact]
    public void Of_SignificantChangeBesideOneThatIsCovered_NamesTheOneThatDecides()
    {
        var assessed = new ChangeAssessment(1, "ledger", Image, "api:2", true, "tested", "li", Seen, "wang", Seen);

        Age(Parts(("plan", "2"), (Image, "api:2")), Seen, assessed).Should().BeEquivalentTo(new { IsStale = true, Reason = "run 3 is stale: changed since: plan; a passed run of plan failover restores it" });
    }

    [Fact]
    public void Of_SignificantChangeBesideAPartNobodyCanRead_IsStaleForTheChange()
    {
        var parts = Parts(("plan", "2"));
        parts.Remove(Image);

        Age(parts).Reason.Should().Be("run 3 is stale: changed since: plan; a passed run of plan failover restores it");
    }

    [Fact]
    public void Of_SeveralChangesToAssess_AreDueWithTheFirst()
    {
        const string Manifest = "manifest/dr/ledger/deployment/api";
        var record = Record() with { Fingerprint = new Dictionary<string, string>(Parts()) { [Manifest] = "m1" } };
        var parts = Parts((Image, "api:2"), (Manifest, "m2"));

        var age = Staleness.Of(record, parts, (part, _) => part == Image ? Seen.AddDays(7) : Seen, [], [], Seen.AddDays(8), RuleTable.Current);

        age.Should().BeEquivalentTo(new { IsStale = false, AssessBy = Due });
    }

    [Fact]
    public void Of_ImageChange_CountsFromWhenItWasSeenElseFromTheFingerprintElseFromTheEnd()
    {
        var record = Record() with { FingerprintAt = Closed.AddHours(-2) };

        DateTimeOffset? Since(DemonstratedRecord of, DateTimeOffset? seen) => Staleness.Of(of, Parts((Image, "api:2")), (_, _) => seen, [], [], Seen, RuleTable.Current).Changes[0].SeenAt;

        Since(record, Seen).Should().Be(Seen);
        Since(record, null).Should().Be(Closed.AddHours(-2));
        Since(Record(), null).Should().Be(Closed);
    }

    [Fact]
    public void Of_RehearsalPassedOnTheNewImage_CoversIt()
    {
        var rehearsal = Record() with { Run = 4, Mode = "rehearsal", ClosedAt = Closed.AddDays(2), Fingerprint = Parts((Image, "api:2")) };

        var age = Staleness.Of(Record(), Parts((Image, "api:2")), (_, _) => Seen, [], [rehearsal], Due.AddDays(30), RuleTable.Current);

        age.Should().BeEquivalentTo(new { IsStale = false, AssessBy = (DateTimeOffset?)null, Reason = (string?)null });
    }

    [Fact]
    public void Of_PartThatNobodyCanRead_DoesNotSpeakAndSaysWhy()
    {
        var parts = Parts();
        parts.Remove(Image);

        Age(parts).Should().BeEquivalentTo(new { IsStale = true, Reason = $"whether something changed since run 3 is not known: not read: {Image}" });
        Age([]).IsStale.Should().BeTrue("nothing was read yet");
    }

    [Fact]
    public void Of_RecordWithoutAFingerprint_DoesNotSpeak() =>
        Staleness.Of(Record() with { Fingerprint = new Dictionary<string, string>() }, Parts(), (_, _) => null, [], [], Seen, RuleTable.Current)
            .Should().BeEquivalentTo(new { IsStale = true, Reason = "run 3 has no fingerprint of what it ran on" });

    [Fact]
    public void Of_ImageChangedWhileTheRunWentOn_CountsFromItsFingerprint()
    {
        var record = Record() with { FingerprintAt = Closed };

        var age = Staleness.Of(record, Parts((Image, "api:2")), (_, _) => null, [], [], Closed.AddDays(60), RuleTable.Current);

        age.Should().BeEquivalentTo(new { IsStale = true, Reason = $"run 3 is stale: changed since: {Image}; a passed run of plan failover restores it" });
    }

    [Fact]
    public void Of_AnyChangeByTheFirstRules_IsFresh() =>
        Staleness.Of(Record(), Parts(("plan", "2")), (_, _) => null, [], [], Due, RuleTable.All[0]).Should().Be(RecordAge.Fresh);

    [Fact]
    public void Judge_AnOldRecordByTheRulesOfItsDay_StillStands()
    {
        var stale = Age(Parts(("plan", "2")));
        var limits = TierTable.Current.LimitsOf(4);
        var year = AvailabilityFigures.Of(new(Closed.AddDays(-1), Closed, TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero));
        var facts = new TierFacts(Closed.AddDays(3), false, year, year, [Record()], [], []) { Ages = new Dictionary<long, RecordAge> { [3] = stale } };

        var today = TierEvaluator.Judge(limits, facts)[0];
        var then = TierEvaluator.Judge(limits, facts with { Ages = new Dictionary<long, RecordAge>() }, RuleTable.OfVersion("JR/T 0199-2020, verdict rules 1"))[0];

        today.Should().BeEquivalentTo(new { Verdict = Verdict.Indeterminate, Rules = "JR/T 0199-2020, verdict rules 2", Reason = stale.Reason });
        then.Should().BeEquivalentTo(new { Verdict = Verdict.Met, Rules = "JR/T 0199-2020, verdict rules 1" });
    }

    private static RecordAge Age(Dictionary<string, string> now, DateTimeOffset? at = null, params ChangeAssessment[] assessments) =>
        Staleness.Of(Record(), now, (_, _) => Seen, assessments, [], at ?? Seen, RuleTable.Current);

    private sealed class Read(IReadOnlyDictionary<string, string> parts) : ICurrentFingerprints
    {
        public IReadOnlyDictionary<string, string> Now(string plan) => parts;

        public DateTimeOffset? FirstOther(string plan, string part, string was, DateTimeOffset after) => null;
    }

    private static DemonstratedRecord Record() => new(3, Closed, "failover", "live", 20, 0, 0, 0.5, 0, 0)
    {
        Plan = "failover", Systems = ["ledger"], FailedBack = true, BusinessVerified = true, Fingerprint = Parts(),
    };

    private static Dictionary<string, string> Parts(params (string Part, string Value)[] changed)
    {
        var parts = new Dictionary<string, string>
        {
            ["plan"] = "1", ["rules"] = "1", ["topology/ledger"] = "1", ["replication/ledger"] = "1", ["database/ledger"] = "1", ["replication-mode/ledger/dr"] = "synchronous", [Image] = "api:1",
        };
        foreach (var (part, value) in changed)
        {
            parts[part] = value;
        }

        return parts;
    }
}
