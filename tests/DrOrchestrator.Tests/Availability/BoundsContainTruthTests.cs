using CsCheck;
using DrOrchestrator.Availability;
using DrOrchestrator.Probes;
using static DrOrchestrator.Tests.Availability.Scenario;

namespace DrOrchestrator.Tests.Availability;

/// <summary>
/// A simulated service goes up and down by itself; an observer probes it at its own pace, slowly or fast, is blind for a while, or dies and is started again, keeping
/// what a real one keeps (changes at once, observations once a second). Whatever happens, the truth must lie inside the reported bounds. One assumption, and no
/// other: between two results that the rules take for consecutive, the service changes at most once.
/// </summary>
public class BoundsContainTruthTests
{
    private const double Horizon = 600;

    /// <summary>The simulation counts in doubles, the product in microseconds.</summary>
    private static readonly TimeSpan Rounding = TimeSpan.FromMicroseconds(100);

    [Fact]
    public void Calculate_AnyServiceAndAnyObserver_DowntimeBoundsContainTheTruth() => World.Generate.Sample(
        world =>
        {
            var timeline = world.Observe(out _);
            var downtime = DowntimeCalculator.Calculate([timeline], At(world.From), At(world.To));
            var truth = TimeSpan.FromSeconds(world.DownBetween(world.From, world.To));

            downtime.DownLower.Should().BeLessThanOrEqualTo(truth + Rounding);
            downtime.DownUpper.Should().BeGreaterThanOrEqualTo(truth - Rounding);
            downtime.Down.Should().BeLessThanOrEqualTo(downtime.DownUpper);
        },
        iter: 3000);

    [Fact]
    public void Calculate_TwoCriticalFunctions_BoundsContainTheUnion() => Gen.Select(World.Generate, World.Generate).Sample(
        (one, two) =>
        {
            var downtime = DowntimeCalculator.Calculate([one.Observe(out _), two.Observe(out _)], At(one.From), At(one.To));
            var step = (one.To - one.From) / 5000;
            var sampled = Enumerable.Range(0, 5000).Select(i => one.From + ((i + 0.5) * step)).Count(t => one.IsDown(t) || two.IsDown(t)) * step;
            var tolerance = TimeSpan.FromSeconds(step * 2 * (one.Changes.Length + two.Changes.Length + 2));

            (downtime.DownLower - tolerance).Should().BeLessThanOrEqualTo(TimeSpan.FromSeconds(sampled));
            (downtime.DownUpper + tolerance).Should().BeGreaterThanOrEqualTo(TimeSpan.FromSeconds(sampled));
        },
        iter: 300);

    /// <summary>A former process whose clock was fast, and one whose clock is right: whatever the service did since the second one began lies inside the bounds.</summary>
    [Fact]
    public void Calculate_FormerProcessAnHourFast_DowntimeBoundsContainTheTruth() => Gen.Select(Gen.Double[100, 3600], Gen.Double[10, 3000], Gen.Double[10, 3000]).Sample(
        (former, until, lasts) =>
        {
            const double Fast = 3600;
            var rules = new DetectorRules(2, TimeSpan.FromSeconds(30));
            var (disk, state) = (new Disk(), DetectorState.Nothing);
            for (var t = 0.0; t < former; t += 10)
            {
                state = disk.Write(EdgeDetector.Accept(state, rules, new ProbeResult("p", ProbeOutcome.Up, At(t + Fast), At(t + Fast + 1), "")));
                disk.KeepOnceASecond(state, t);
            }

            state = disk.Write(EdgeDetector.Resume(disk.Tail!, At(former)));
            var (begin, end) = (former + until, former + until + lasts);
            for (var t = former; t < former + 8000; t += 10)
            {
                state = disk.Write(EdgeDetector.Accept(state, rules, new ProbeResult("p", t >= begin && t < end ? ProbeOutcome.Down : ProbeOutcome.Up, At(t), At(t + 1), "")));
            }

            var timeline = disk.Read(state, At(former + 8000));
            foreach (var (from, to) in new[] { (0.0, former + 8000), (former, former + 8000), (begin, end), (begin - 5, former + 4000) })
            {
                var downtime = DowntimeCalculator.Calculate([timeline], At(from), At(to));
                var truth = TimeSpan.FromSeconds(Math.Max(0, Math.Min(to, end) - Math.Max(from, begin)));
                downtime.DownLower.Should().BeLessThanOrEqualTo(truth + Rounding);
                downtime.DownUpper.Should().BeGreaterThanOrEqualTo(truth - Rounding);
            }
        },
        iter: 100);

    [Fact]
    public void Outages_AnyServiceAndAnyObserver_TrueChangesLieInsideTheEdges() => World.Generate.Sample(
        world =>
        {
            var intervals = world.Observe(out _).Intervals;
            foreach (var outage in RtoCalculator.Outages(intervals, T0, At(Horizon)))
            {
                world.ChangesInto(down: true).Should().Contain(
                    c => IsInside(c, outage.Interrupted), "the interruption is inside {0}", outage);
                if (outage.Restored is { } restored)
                {
                    world.ChangesInto(down: false).Should().Contain(
                        c => IsInside(c, restored), "the restoration is inside {0}", outage);
                    outage.Lower.Should().BeLessThanOrEqualTo(outage.Upper!.Value);
                }
            }
        },
        iter: 3000);

    [Fact]
    public void Observe_TheWorldsGenerated_ExerciseEveryKindOfTrouble()
    {
        int blips = 0, unknowns = 0, outages = 0, crashes = 0;
        World.Generate.Array[400].Sample(
            worlds =>
            {
                foreach (var world in worlds)
                {
                    var timeline = world.Observe(out var died);
                    Interlocked.Add(ref blips, timeline.Blips.Count);
                    Interlocked.Add(ref unknowns, timeline.Intervals.Count(i => i.State == IntervalState.Unknown));
                    Interlocked.Add(ref outages, timeline.Intervals.Count(i => i.State == IntervalState.Down));
                    Interlocked.Add(ref crashes, died);
                }
            },
            iter: 1);

        new[] { blips, unknowns, outages, crashes }.Should().OnlyContain(count => count > 100);
    }

    private static bool IsInside(double change, Edge edge) => At(change) >= edge.Earliest - Rounding && At(change) <= edge.Latest + Rounding;

    /// <param name="Changes">Moments at which the service changes; it begins up.</param>
    /// <param name="Away">Stretches in which the observer is not there; dead or only blind.</param>
    internal sealed record World(
        double[] Changes, double Interval, double Timeout, int Confirmations, int Of, double[] Latencies, (double From, double For, bool Dies)[] Away, double From, double To)
    {
        public static Gen<World> Generate { get; } =
            from interval in Gen.Double[0.2, 10]
            from timeout in Gen.Double[0.1, 3]
            from confirmations in Gen.Int[1, 5]
            from spare in Gen.Int[0, 3]
            from dwell in Gen.Double[1.0, 30].Array[0, 40]
            from latencies in Gen.Double[0.0, 1.0].Array[50]
            from away in Gen.Select(Gen.Double[20, Horizon], Gen.Double[0.1, 60], Gen.Bool).Array[0, 6]
            from window in Gen.Select(Gen.Double[0, 250], Gen.Double[300, Horizon])
            select new World(
                Accumulate(dwell, Silence(interval, timeout) + timeout), interval, timeout, confirmations, confirmations + spare, latencies, [.. away.OrderBy(a => a.Item1)], window.Item1, window.Item2);

        public bool IsDown(double moment) => Changes.Count(c => c <= moment) % 2 == 1;

        public IEnumerable<double> ChangesInto(bool down) => Changes.Where((_, i) => i % 2 == (down ? 0 : 1));

        public double DownBetween(double from, double to)
        {
            var bounds = Changes.Where(c => c > from && c < to).Prepend(from).Append(to).ToList();
            return bounds.Zip(bounds.Skip(1)).Where(b => IsDown((b.First + b.Second) / 2)).Sum(b => b.Second - b.First);
        }

        /// <summary>Runs the detector as the timeline does and returns what would be read at the end of the window.</summary>
        public SubjectTimeline Observe(out int died)
        {
            died = 0;
            var rules = new DetectorRules(Confirmations, TimeSpan.FromSeconds(Silence(Interval, Timeout))) { Of = Of };
            var (disk, state) = (new Disk(), DetectorState.Nothing);
            var away = new Queue<(double From, double For, bool Dies)>(Away);
            var number = 0;
            var moment = 0.0;
            while (moment < To)
            {
                if (away.TryPeek(out var next) && next.From <= moment)
                {
                    away.Dequeue();
                    moment += next.For;
                    if (next.Dies && disk.Tail is { } tail)
                    {
                        died++;
                        disk.ForgetUnwritten();
                        state = disk.Write(EdgeDetector.Resume(tail, At(moment)));
                    }
                    else if (next.Dies)
                    {
                        state = DetectorState.Nothing;
                    }
                }

                // The target answers, or fails to, at some moment between the start and the end of the look.
                var latency = Latencies[number++ % Latencies.Length] * Timeout;
                var answered = moment + (Latencies[(number * 7) % Latencies.Length] * latency);
                if (moment + latency > To)
                {
                    break;
                }

                var result = new ProbeResult("p", IsDown(answered) ? ProbeOutcome.Down : ProbeOutcome.Up, At(moment), At(moment + latency), "");
                state = disk.Write(EdgeDetector.Accept(state, rules, result));
                disk.KeepOnceASecond(state, moment);

                // One look at a time: the next one begins at its place on the grid, or when this one has ended.
                moment += Math.Max(Interval, latency);
            }

            state = disk.Write(EdgeDetector.Tick(state, rules, "p", At(To)));
            return disk.Read(state, At(To));
        }

        /// <summary>The longest silence the rules allow, and hence how long each state lasts at least.</summary>
        private static double Silence(double interval, double timeout) => interval + timeout + 1;

        private static double[] Accumulate(double[] dwell, double atLeast)
        {
            var changes = new List<double>();
            var moment = 0.0;
            foreach (var lasts in dwell)
            {
                moment += atLeast + lasts;
                changes.Add(moment);
            }

            return [.. changes];
        }
    }

    /// <summary>What survives the process: changes at once with the observations of that moment, everything else once a second.</summary>
    private sealed class Disk
    {
        private readonly List<Interval> _intervals = [];
        private readonly List<Blip> _blips = [];
        private readonly List<Blip> _unwritten = [];
        private ObservedUntil? _observed;
        private double _keptAt;

        public TimelineTail? Tail => _intervals.Count > 0 ? new TimelineTail(_intervals[^1], _observed!) : null;

        public DetectorState Write(Detection detection)
        {
            if (detection.Blip is { } blip)
            {
                _unwritten.Add(blip);
            }

            _unwritten.AddRange(detection.Within);

            foreach (var change in detection.Changes)
            {
                if (_intervals.Count > 0)
                {
                    _intervals[^1] = _intervals[^1] with { End = change.At };
                }

                _intervals.Add(new Interval("p", change.State, change.At, null, change.Reason));
            }

            if (detection.Changes.Count > 0)
            {
                Keep(detection.State);
            }

            return detection.State;
        }

        public void KeepOnceASecond(DetectorState state, double moment)
        {
            if (moment - _keptAt >= 1 && _intervals.Count > 0)
            {
                Keep(state);
                _keptAt = moment;
            }
        }

        public void ForgetUnwritten() => _unwritten.Clear();

        public SubjectTimeline Read(DetectorState state, DateTimeOffset now)
        {
            List<Blip> blips = [.. _blips, .. _unwritten];
            if (state.Run is { } run && state.State != IntervalState.Unknown)
            {
                blips.Add(new Blip("p", state.State, run.Earliest, now));
            }

            return new SubjectTimeline("p", _intervals, blips, state.ObservedUntil is { } until ? new ObservedUntil("p", until, state.LastGoodStartedAt, state.LastFailedStartedAt) : null);
        }

        private void Keep(DetectorState state)
        {
            _blips.AddRange(_unwritten);
            _unwritten.Clear();
            _observed = new ObservedUntil("p", state.ObservedUntil!.Value, state.LastGoodStartedAt, state.LastFailedStartedAt);
        }
    }
}
