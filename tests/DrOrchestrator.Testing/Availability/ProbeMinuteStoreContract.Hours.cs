using DrOrchestrator.Availability;
using FluentAssertions;
using Xunit;

namespace DrOrchestrator.Testing.Availability;

/// <summary>Hours: everything is counted exactly once, whatever is rolled up, forgotten, late or written again.</summary>
public abstract partial class ProbeMinuteStoreContract
{
    [Fact]
    public async Task RollUpAsync_HourOver_IsReadAsAnHourAndSumsTheSame()
    {
        await Store.SaveAsync([.. Enumerable.Range(0, 70).Select(minute => new SeenMinute("e1", Minute("a", minute))), new("e1", Minute("b", 3))], default);
        var before = await SumAsync("a", 0, 120);

        await RollUpAllAsync(T0.AddMinutes(65));

        var past = await Store.ReadPastAsync("a", T0, T0.AddMinutes(120), default);
        past.Hours.Should().ContainSingle().Which.Should().BeEquivalentTo(new { Probe = "a", Hour = T0, Epoch = "e1", Held = (1L << 60) - 1, Looked = (1L << 60) - 1 });
        past.Minutes.Select(seen => seen.Minute.Minute).Should().Equal(Enumerable.Range(60, 10).Select(minute => T0.AddMinutes(minute)));
        past.Sum().Should().Be(before).And.BeEquivalentTo(new { LookedMinutes = 70L, Since = T0, Sum = new { Good = 140L, Failed = 70L, Unknown = 210L } });
        (await SumAsync("b", 0, 120)).Sum.Good.Should().Be(2, "the other probe has its own");
    }

    [Fact]
    public async Task RollUpAsync_HourNotLongOver_LeavesItsMinutes()
    {
        await Store.SaveAsync([new("e1", Minute("a", 59))], default);

        (await Store.RollUpAsync(T0.AddMinutes(64), default)).Should().Be(0);

        (await Store.ReadPastAsync("a", T0, T0.AddHours(2), default)).Should().BeEquivalentTo(new { Hours = Array.Empty<ProbeHour>(), Minutes = new[] { new SeenMinute("e1", Minute("a", 59)) } });
        (await Store.RollUpAsync(T0.AddMinutes(65), default)).Should().Be(1);
        (await Store.RollUpAsync(T0.AddMinutes(66), default)).Should().Be(0, "nothing is left to do");
    }

    [Fact]
    public async Task SaveAsync_MinuteOfAnHourRolledUp_IsReadAtOnceAndAddedOnce()
    {
        await Store.SaveAsync([new("e1", Minute("a", 1))], default);
        await RollUpAllAsync(T0.AddMinutes(70));

        await Store.SaveAsync([new("e1", Minute("a", 2)), new("e2", Minute("a", 2)), new("e1", Minute("a", 1))], default);

        (await SumAsync("a", 0, 60)).Should().BeEquivalentTo(new { Sum = new { Good = 6L }, LookedMinutes = 2L });
        await RollUpAllAsync(T0.AddMinutes(71));
        (await SumAsync("a", 0, 60)).Should().BeEquivalentTo(new { Sum = new { Good = 6L }, LookedMinutes = 2L, Since = T0.AddMinutes(1) });
        (await Store.ReadPastAsync("a", T0, T0.AddHours(1), default)).Minutes.Should().BeEmpty();
    }

    [Fact]
    public async Task SaveAsync_MoreResultsOfAMinuteRolledUp_ReplaceWhatItSaid()
    {
        await Store.SaveAsync([new("e1", Minute("a", 1)), new("e1", Minute("a", 2))], default);
        await RollUpAllAsync(T0.AddMinutes(70));

        await Store.SaveAsync([new("e1", Minute("a", 1, good: 9))], default);
        await RollUpAllAsync(T0.AddMinutes(71));

        (await SumAsync("a", 0, 60)).Sum.Good.Should().Be(11);
    }

    [Fact]
    public async Task RollUpAsync_MinutesTooOld_AreForgottenAndCountAllTheSame()
    {
        var later = T0 + IProbeMinuteStore.Kept + TimeSpan.FromMinutes(61);
        await Store.SaveAsync([new("e1", Minute("a", 1)), new("e1", Minute("a", 61)), new("e1", Minute("gone", 1))], default);

        await RollUpAllAsync(later);

        (await Store.ReadAsync("a", T0, T0.AddYears(1), default)).Select(row => row.Minute.Minute).Should().Equal(T0.AddMinutes(61));
        (await Store.ReadAsync("gone", T0, T0.AddYears(1), default)).Should().BeEmpty("also of a probe that nobody looks at any more");
        (await SumAsync("a", 0, 120)).Should().BeEquivalentTo(new { Sum = new { Good = 4L }, LookedMinutes = 2L });
        (await SumAsync("a", 1, 120)).Sum.Good.Should().Be(2, "the part of an hour is known by its minutes, and these are gone");
    }

    [Fact]
    public async Task SaveAsync_MinuteThatComesAfterItsHourWasForgotten_IsAddedOnceHoweverOftenItComes()
    {
        var later = T0 + IProbeMinuteStore.Kept + TimeSpan.FromHours(2);
        await Store.SaveAsync([new("e1", Minute("a", 1)), new("e1", Minute("a", 5))], default);
        await RollUpAllAsync(later);

        for (var time = 0; time < 2; time++)
        {
            await Store.SaveAsync([new("e1", Minute("a", 2)), new("e1", Minute("a", 1))], default);
            (await SumAsync("a", 0, 60)).Sum.Good.Should().Be(6);
            await RollUpAllAsync(later);
            (await SumAsync("a", 0, 60)).Should().BeEquivalentTo(new { Sum = new { Good = 6L, Latency = LatencyHistogram.Of(Took(3)) }, LookedMinutes = 3L });
        }

        (await Store.ReadAsync("a", T0, T0.AddHours(1), default)).Should().BeEmpty();
    }

    [Fact]
    public async Task RollUpAsync_HoursTooOld_AreForgottenAlsoOfAProbeThatIsGone()
    {
        var later = T0 + IProbeMinuteStore.HoursKept;
        var gone = new[] { 1, 61 }.Select(minute => new SeenMinute("e1", Minute("a", minute) with { Probe = "gone" }));
        await Store.SaveAsync([new("e1", Minute("a", 1)), new("e1", Minute("a", 61)), .. gone], default);
        await RollUpAllAsync(T0.AddHours(3));

        await Store.SaveAsync([new("e1", Minute("a", (int)(later - T0).TotalMinutes))], default);
        await RollUpAllAsync(later.AddMinutes(65));

        foreach (var probe in new[] { "a", "gone" })
        {
            (await Store.ReadPastAsync(probe, T0, later, default)).Hours.Select(hour => hour.Hour).Should().Equal(T0.AddHours(1));
        }
    }

    [Fact]
    public async Task SumOfPast_MinutesWithoutALook_AreNoCoverage()
    {
        await Store.SaveAsync([new("e1", Minute("a", 1) with { Good = 0, Failed = 0, Latency = LatencyHistogram.Empty }), new("e1", Minute("a", 2))], default);
        await RollUpAllAsync(T0.AddHours(2));

        (await SumAsync("a", 0, 60)).Should().BeEquivalentTo(new { LookedMinutes = 1L, Since = T0.AddMinutes(2), Sum = new { Unknown = 6L } });
    }

    /// <summary>Random minutes, in any order, again and again, in several versions, over hours that are rolled up and forgotten meanwhile, against a plain sum of all.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task ReadPastAsync_AfterAnything_SumsWhatAPlainSumDoes(int seed)
    {
        var random = new Random(seed);
        var newest = new Dictionary<(string Epoch, int Minute), ProbeMinute>();
        var now = T0;
        for (var round = 0; round < 60; round++)
        {
            now += TimeSpan.FromMinutes(random.Next(0, 60 * 12));
            var minutes = (int)(now - T0).TotalMinutes + 1;
            var batch = new List<SeenMinute>();
            for (var i = 0; i < 40; i++)
            {
                var key = ($"e{random.Next(3)}", random.Next(4) == 0 ? random.Next(minutes) : Math.Max(0, minutes - 1 - random.Next(180)));
                batch.Add(new SeenMinute(key.Item1, newest.TryGetValue(key, out var known) ? known : newest[key] = RandomMinute(random, key.Item2)));
            }

            await Store.SaveAsync(batch, default);
            if (random.Next(3) > 0)
            {
                await Store.RollUpAsync(now, default);
            }

            // Whole hours: where minutes are forgotten nothing smaller is known.
            var (from, to) = (60 * random.Next(minutes / 60 + 1), 60 * (minutes / 60 + 1));
            var inside = newest.Where(row => row.Key.Minute >= from && row.Key.Minute < to).ToList();
            var looked = inside.Where(row => row.Value.Good + row.Value.Failed > 0).Select(row => row.Key.Minute).Distinct().ToList();
            (await SumAsync("a", from, to)).Should().BeEquivalentTo(
                new
                {
                    LookedMinutes = (long)looked.Count,
                    Since = looked.Count == 0 ? (DateTimeOffset?)null : T0.AddMinutes(looked.Min()),
                    Sum = new
                    {
                        Good = inside.Sum(row => (long)row.Value.Good),
                        Failed = inside.Sum(row => (long)row.Value.Failed),
                        Unknown = inside.Sum(row => (long)row.Value.Unknown),
                        Latency = LatencyHistogram.Of(inside.SelectMany(row => Latencies(row.Value))),
                        Values = ValuesOf(inside.Select(row => row.Value.Values)),
                    },
                },
                $"seed {seed}, round {round}");
        }
    }

    /// <summary>As many results for everyone: a version with more results is written before anything is forgotten in the other tests.</summary>
    private static ProbeMinute RandomMinute(Random random, int minute)
    {
        var good = random.Next(4);
        return new ProbeMinute(
            "a",
            T0.AddMinutes(minute),
            good,
            random.Next(3),
            random.Next(3),
            LatencyHistogram.Of(Enumerable.Range(0, good).Select(i => TimeSpan.FromMilliseconds(1 + ((minute * 7) + i) % 900))),
            random.Next(2) == 0 ? null : new ProbeValues(2, minute, minute - 3, minute + 3));
    }

    private static IEnumerable<TimeSpan> Latencies(ProbeMinute minute) =>
        Enumerable.Range(0, minute.Good).Select(i => TimeSpan.FromMilliseconds(1 + (((int)(minute.Minute - T0).TotalMinutes * 7) + i) % 900));

    private static ProbeValues? ValuesOf(IEnumerable<ProbeValues?> values)
    {
        var known = values.OfType<ProbeValues>().ToList();
        return known.Count == 0 ? null : new ProbeValues(known.Sum(one => one.Count), known.Sum(one => one.Sum), known.Min(one => one.Min), known.Max(one => one.Max));
    }

    private static IEnumerable<TimeSpan> Took(int minutes) =>
        Enumerable.Range(0, minutes).SelectMany(_ => new[] { TimeSpan.FromMilliseconds(12), TimeSpan.FromMilliseconds(70), TimeSpan.FromMilliseconds(12) });

    private async Task<ProbeSpan> SumAsync(string probe, int from, int to) => (await Store.ReadPastAsync(probe, T0.AddMinutes(from), T0.AddMinutes(to), default)).Sum();

    private async Task RollUpAllAsync(DateTimeOffset now)
    {
        while (await Store.RollUpAsync(now, default) > 0)
        {
        }
    }
}
