using CsCheck;
using DrOrchestrator.Availability;
using DrOrchestrator.Availability.Sights;
using DrOrchestrator.Probes;
using static DrOrchestrator.Tests.Availability.Scenario;

namespace DrOrchestrator.Tests.Availability.Sights;

/// <summary>
/// Looks from here every second, each of 0.2 s, with the word of one other vantage point: upper line what is seen here (<c>+</c>, <c>-</c>, <c>?</c>), lower line what the
/// other says then (<c>+</c>, <c>-</c>, space: silent). Two confirm; its word may be 4 s late.
/// </summary>
public class JointEdgesTests
{
    private static readonly TimeSpan Lateness = Span(4);
    private static readonly DetectorRules Rules = new(2, Span(3));

    [Fact]
    public void Accept_BothFail_IsDownSinceTheFirstFailureHere()
    {
        var rows = Play(
            "+++------",
            "+++++----").Intervals;

        rows.Select(row => row.State).Should().Equal(IntervalState.Up, IntervalState.Down);
        rows[1].Start.Should().Be(Edge(earliest: 2, at: 3, latest: 5.2), "surely down only when both said so; perhaps since the last good look");
        rows[1].Reason.Should().Be("refused");
    }

    [Fact]
    public void Accept_OnlyWeFail_IsDegradedOnceTheOtherHadTheTimeToSeeIt()
    {
        Play(
            "+++----",
            "+++++++").Intervals.Should().ContainSingle("what the other says at 6 may be what it saw at 2");

        var rows = Play(
            "+++-----",
            "++++++++").Intervals;

        rows.Select(row => row.State).Should().Equal(IntervalState.Up, IntervalState.Degraded);
        rows[1].Start.At.Should().Be(At(3));
        rows[1].Reason.Should().Be("degraded: from dc-a (refused); up from dc-b (fine)");
    }

    [Fact]
    public void Accept_OnlyTheOtherFails_IsDegradedToo()
    {
        var rows = Play(
            "++++++++++++",
            "+++-----++++").Intervals;

        rows.Select(row => row.State).Should().Equal(IntervalState.Up, IntervalState.Degraded, IntervalState.Up);
        rows[1].Reason.Should().Be("degraded: from dc-b (refused); up from dc-a (fine)");
        rows[2].Start.At.Should().Be(At(8));
    }

    [Fact]
    public void Accept_DisagreementThatEndsSoon_LeavesOneBlip()
    {
        var played = Play(
            "+++--+++",
            "++++++++");

        played.Intervals.Should().ContainSingle();
        played.Blips.Should().Equal(new Blip("p", IntervalState.Up, At(2), At(5.2)));
    }

    [Fact]
    public void Accept_DoubtOfTheOtherAlone_LeavesNothingAgainstTheService() =>
        Play(
            "++++++++",
            "+++--+++").Blips.Should().BeEmpty();

    [Fact]
    public void Accept_OtherSilent_OurWordStands()
    {
        var rows = Play(
            "+++---+++",
            "+++      ").Intervals;

        rows.Select(row => row.State).Should().Equal(IntervalState.Up, IntervalState.Down, IntervalState.Up);
        rows[1].Start.Should().Be(Edge(2, 3, 3.2));
        rows[2].Start.Should().Be(Edge(5, 6, 6.2));
    }

    [Fact]
    public void Accept_OtherHeardAgainAndSeesItUp_TakesBackWhatItMayHaveSeenBefore()
    {
        var played = Play(
            "+++--------",
            "+++   +++++");

        played.Intervals.Select(row => row.State).Should().Equal(IntervalState.Up, IntervalState.Down, IntervalState.Degraded);
        played.Intervals[2].Start.Should().Be(Edge(earliest: 2, at: 6, latest: 6.2));
        DowntimeCalculator.Calculate([Timeline(played)], At(0), At(10)).DownLower.Should().Be(TimeSpan.Zero, "what it says at 6 it may have seen at 2");
    }

    [Fact]
    public void Accept_WeCannotLook_TheOthersWordCounts()
    {
        var rows = Play(
            "+++?????????",
            "+++++++-----").Intervals;

        rows.Select(row => row.State).Should().Equal(IntervalState.Up, IntervalState.Down);
        rows[1].Start.Should().Be(Edge(earliest: 2, at: 7, latest: 7.2), "the word heard at 6 may be 4 s old, that of 7 too");
        rows[1].Reason.Should().Be("down from dc-b (refused); dc-a cannot look: lost");
    }

    [Fact]
    public void Accept_WeCannotLookAndNobodyElseDoes_IsUnknown() =>
        Play(
            "+++???",
            "+++   ").Intervals.Select(row => row.State).Should().Equal(IntervalState.Up, IntervalState.Unknown);

    [Fact]
    public void Accept_OurPathAloneThenBoth_IsDegradedThenDown()
    {
        var rows = Play(
            "+++-------------",
            "+++++++++++-----").Intervals;

        rows.Select(row => row.State).Should().Equal(IntervalState.Up, IntervalState.Degraded, IntervalState.Down);
        rows[2].Start.Should().Be(Edge(earliest: 6, at: 11, latest: 11.2), "the other's word of 10 may be of 6");
    }

    [Fact]
    public void Accept_RestoredHereFirst_EndsWithTheFirstGoodLook()
    {
        var rows = Play(
            "+++-------+++++",
            "+++++-------+++").Intervals;

        rows.Select(row => row.State).Should().Equal(IntervalState.Up, IntervalState.Down, IntervalState.Up);
        rows[2].Start.Should().Be(Edge(earliest: 5, at: 10, latest: 10.2), "that both saw it down at 9 is as old as the word of the other");
    }

    [Fact]
    public void Accept_DisputedAfterAnInterruptionThenGood_IsUpFromTheFirstGoodLookOnly()
    {
        var played = Play(
            "+++------++++",
            "+++++--++++++");

        played.Intervals.Select(row => row.State).Should().Equal(IntervalState.Up, IntervalState.Down, IntervalState.Up);
        played.Intervals[2].Start.At.Should().Be(At(9), "it failed from here until 8, and the other's word of then may be of 4");
    }

    [Fact]
    public void Accept_FailuresAmongTheNewest_WaitForTheOtherToo()
    {
        var rules = Rules with { Confirmations = 3, Of = 5, LongestSilence = Span(3) };

        Play("++++-+-+-+++", "++++++++++++", rules).Intervals.Should().ContainSingle();
        var rows = Play("++++-+-+-+-+", "+++++++++---", rules).Intervals;
        rows.Select(row => row.State).Should().Equal(IntervalState.Up, IntervalState.Down);
        rows[1].Start.Should().Be(Edge(earliest: 5, at: 6, latest: 10.2));
    }

    [Fact]
    public void Ledger_TimeInDispute_IsNoDowntimeButStaysInItsUpperBound()
    {
        var downtime = DowntimeCalculator.Calculate([Timeline(Play("++++----------++++", "++++++++++++++++++"))], At(1), At(17));

        (downtime.Down, downtime.DownLower, downtime.Degraded).Should().Be((TimeSpan.Zero, TimeSpan.Zero, Span(10)));
        downtime.DownUpper.Should().BeGreaterThanOrEqualTo(Span(10), "whoever saw it down may be right");
    }

    /// <summary>
    /// Two paths to a service that fail and heal by themselves, one after the other or together. The other vantage point confirms by itself, and its word comes late by up to
    /// two seconds. Whatever happens, the time in which both failed lies inside the bounds.
    /// </summary>
    [Fact]
    public void Calculate_AnyTwoPaths_DowntimeBoundsContainWhatBothSaw()
    {
        var (down, degraded, outages) = (0, 0, 0);
        Pair.Generate.Sample(
            pair =>
            {
                var timeline = pair.Observe();
                var downtime = DowntimeCalculator.Calculate([timeline], At(pair.From), At(pair.To));
                var truth = TimeSpan.FromSeconds(pair.BothDownBetween(pair.From, pair.To));

                downtime.DownLower.Should().BeLessThanOrEqualTo(truth + TimeSpan.FromMicroseconds(100));
                downtime.DownUpper.Should().BeGreaterThanOrEqualTo(truth - TimeSpan.FromMicroseconds(100));
                downtime.Down.Should().BeLessThanOrEqualTo(downtime.DownUpper);
                Interlocked.Add(ref down, downtime.DownLower > TimeSpan.Zero ? 1 : 0);
                Interlocked.Add(ref degraded, downtime.Degraded > TimeSpan.Zero ? 1 : 0);
                Interlocked.Add(ref outages, truth > TimeSpan.Zero ? 1 : 0);
            },
            iter: 3000);

        new[] { down, degraded, outages }.Should().OnlyContain(count => count > 1000, "the worlds must show what they are for");
    }

    /// <summary>As above, with interruptions that are over before the others have confirmed them, or heard of it: seen by the looks from here, they stay in the upper bound.</summary>
    [Fact]
    public void Calculate_InterruptionsTooShortToAgreeOn_AreInTheUpperBound()
    {
        var outages = 0;
        Pair.Generate.Sample(
            pair =>
            {
                pair = pair with { IsBrief = true };
                var downtime = DowntimeCalculator.Calculate([pair.Observe()], At(pair.From), At(pair.To));
                var truth = TimeSpan.FromSeconds(pair.BothDownBetween(pair.From, pair.To));

                downtime.DownUpper.Should().BeGreaterThanOrEqualTo(truth - TimeSpan.FromMicroseconds(100));
                Interlocked.Add(ref outages, truth > TimeSpan.Zero ? 1 : 0);
            },
            iter: 3000);

        outages.Should().BeGreaterThan(500, "the worlds must show what they are for");
    }

    private static SubjectTimeline Timeline(Played played) => new("p", played.Intervals, played.Blips, new ObservedUntil("p", played.State.ObservedUntil!.Value, played.State.LastGoodStartedAt, played.State.LastFailedStartedAt));

    private static Played Play(string here, string there, DetectorRules? rules = null)
    {
        var played = new Played();
        for (var second = 0; second < here.Length; second++)
        {
            var own = here[second] switch
            {
                '+' => new ProbeResult("p", ProbeOutcome.Up, At(second), At(second + 0.2), "fine"),
                '-' => new ProbeResult("p", ProbeOutcome.Down, At(second), At(second + 0.2), "refused"),
                _ => new ProbeResult("p", ProbeOutcome.Unknown, At(second), At(second + 0.2), "lost"),
            };
            List<OtherWord> others = there[second] switch { '+' => [new OtherWord("dc-b", false, "fine")], '-' => [new OtherWord("dc-b", true, "refused") { SuspectsItself = true }], _ => [] };
            played.Take(EdgeDetector.Accept(played.State, rules ?? Rules, VantageVote.Of(own with { Vantage = "dc-a" }, others, Lateness)));
        }

        return played;
    }

    private sealed class Played
    {
        public List<Interval> Intervals { get; } = [];

        public List<Blip> Blips { get; } = [];

        public DetectorState State { get; private set; } = DetectorState.Nothing;

        public void Take(Detection detection)
        {
            State = detection.State;
            foreach (var change in detection.Changes)
            {
                if (Intervals.Count > 0)
                {
                    Intervals[^1] = Intervals[^1] with { End = change.At };
                }

                Intervals.Add(new Interval("p", change.State, change.At, null, change.Reason));
            }

            Blips.AddRange(detection.Within.Concat(detection.Blip is { } blip ? [blip] : []));
        }
    }

    /// <param name="Phases">What each path does, one phase after the other: bit 0 this one fails, bit 1 the other.</param>
    /// <param name="Delays">From a confirmed change there to the moment it is heard here, seconds.</param>
    private sealed record Pair((int Failing, double Lasts, double Skew)[] Phases, double Interval, int Confirmations, double Phase, double[] Delays, double From, double To)
    {
        private const double Latency = 0.1;
        private const double Horizon = 300;

        public static Gen<Pair> Generate { get; } =
            from interval in Gen.Double[0.5, 3]
            from confirmations in Gen.Int[1, 3]
            from phases in Gen.Select(Gen.Int[0, 3], Gen.Double[0.0, 30], Gen.Double[0.0, 1]).Array[3, 20]
            from phase in Gen.Double[0.0, 1]
            from delays in Gen.Double[0.0, 2].Array[10]
            from window in Gen.Select(Gen.Double[20, 100], Gen.Double[150, Horizon])
            select new Pair(phases, interval, confirmations, phase, delays, window.Item1, window.Item2);

        /// <summary>How long each phase lasts at least: so that both see it, confirm it and hear of it. What is shorter nobody can tell.</summary>
        private double Least => IsBrief ? Interval + (2 * Latency) : ((Confirmations + 1) * Interval * 2) + 8;

        /// <summary>Phases as short as a look from here still sees.</summary>
        public bool IsBrief { get; init; }

        private TimeSpan Lateness => Span((Interval * Confirmations) + Latency + 4);

        public double BothDownBetween(double from, double to)
        {
            var edges = Edges(0).Concat(Edges(1)).Where(t => t > from && t < to).Append(from).Append(to).Order().ToList();
            return edges.Zip(edges.Skip(1)).Where(span => Fails(0, (span.First + span.Second) / 2) && Fails(1, (span.First + span.Second) / 2)).Sum(span => span.Second - span.First);
        }

        public SubjectTimeline Observe()
        {
            var rules = new DetectorRules(Confirmations, Span(Interval + 2));
            var (words, played) = (Words(rules), new Played());
            for (var moment = 0.0; moment + Latency <= To; moment += Interval)
            {
                var heard = words.LastOrDefault(word => word.HeardAt <= moment + Latency);
                List<OtherWord> others = heard is { State: IntervalState.Up or IntervalState.Down } ? [new OtherWord("b", heard.State == IntervalState.Down, "") { SuspectsItself = true }] : [];
                played.Take(EdgeDetector.Accept(played.State, rules, VantageVote.Of(Look(0, moment), others, Lateness)));
            }

            var blips = played.State.Run?.Blip("p", played.State.State, At(To)) is { } suspected ? played.Blips.Append(suspected).ToList() : played.Blips;
            return new SubjectTimeline("p", played.Intervals, blips, new ObservedUntil("p", played.State.ObservedUntil!.Value, played.State.LastGoodStartedAt, played.State.LastFailedStartedAt));
        }

        /// <summary>What the other one says, and from when on it is heard here.</summary>
        private List<Word> Words(DetectorRules rules)
        {
            var (state, words, number) = (DetectorState.Nothing, new List<Word>(), 0);
            for (var moment = Phase * Interval; moment + Latency <= To; moment += Interval)
            {
                var detection = EdgeDetector.Accept(state, rules, Look(1, moment));
                state = detection.State;
                words.AddRange(detection.Changes.Select(change => new Word(Math.Max(moment + Latency + Delays[number++ % Delays.Length], words.LastOrDefault()?.HeardAt ?? 0), change.State)));
            }

            return words;
        }

        private ProbeResult Look(int path, double moment) =>
            new("p", Fails(path, moment + (Latency / 2)) ? ProbeOutcome.Down : ProbeOutcome.Up, At(moment), At(moment + Latency), "") { Vantage = "a" };

        private bool Fails(int path, double moment) => Edges(path).Count(edge => edge <= moment) % 2 == 1;

        /// <summary>Moments at which a path changes; it begins good. The second of two that fail or heal together is up to a second late.</summary>
        private IEnumerable<double> Edges(int path)
        {
            var (at, before) = (0.0, 0);
            foreach (var (failing, lasts, skew) in Phases)
            {
                at += Least + (IsBrief ? lasts / 10 : lasts);
                if (((failing ^ before) >> path & 1) == 1)
                {
                    // Where one heals as the other fails, a second in which both failed could be seen by nobody.
                    yield return at + (path == 1 && (failing ^ before) == 3 && failing is 0 or 3 ? skew : 0);
                }

                before = failing;
            }
        }

        private sealed record Word(double HeardAt, IntervalState State);
    }
}
