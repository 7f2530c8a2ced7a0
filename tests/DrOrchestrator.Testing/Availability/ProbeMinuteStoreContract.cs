using DrOrchestrator.Availability;
using FluentAssertions;
using Xunit;

namespace DrOrchestrator.Testing.Availability;

/// <summary>What every <see cref="IProbeMinuteStore"/> must do.</summary>
public abstract partial class ProbeMinuteStoreContract
{
    private static readonly DateTimeOffset T0 = new(2026, 3, 1, 8, 0, 0, TimeSpan.Zero);

    /// <summary>An empty store.</summary>
    protected abstract IProbeMinuteStore Store { get; }

    [Fact]
    public async Task SaveAsync_Minute_IsReadBackWhole()
    {
        var values = Minute("a", 2) with { Values = new ProbeValues(3, 1.5, -2, 2.25) };
        await Store.SaveAsync([new("e1", Minute("a", 1)), new("e1", values), new("e1", Minute("b", 1))], default);

        (await Store.ReadAsync("a", T0, T0.AddHours(1), default)).Should().Equal(new SeenMinute("e1", Minute("a", 1)), new SeenMinute("e1", values));
    }

    [Fact]
    public async Task SaveAsync_SameMinuteTwice_CountsItOnce()
    {
        await Store.SaveAsync([new("e1", Minute("a", 1))], default);
        await Store.SaveAsync([new("e1", Minute("a", 1))], default);

        (await Store.ReadAsync("a", T0, T0.AddHours(1), default)).Should().Equal(new SeenMinute("e1", Minute("a", 1)));
    }

    [Fact]
    public async Task SaveAsync_TwoVersionsInAnyOrder_KeepsTheOneWithMoreResults()
    {
        var more = Minute("a", 1, good: 9);
        await Store.SaveAsync([new("e1", Minute("a", 1)), new("e1", more), new("e2", more)], default);
        await Store.SaveAsync([new("e1", Minute("a", 1))], default);

        (await Store.ReadAsync("a", T0, T0.AddHours(1), default)).Should().Equal(new SeenMinute("e1", more), new SeenMinute("e2", more));
    }

    [Fact]
    public async Task ReadAsync_Window_TakesMinutesThatBeginInIt()
    {
        await Store.SaveAsync([.. Enumerable.Range(0, 5).Select(minute => new SeenMinute("e1", Minute("a", minute)))], default);

        var read = await Store.ReadAsync("a", T0.AddMinutes(0.5), T0.AddMinutes(3), default);

        read.Select(row => row.Minute.Minute).Should().Equal(T0.AddMinutes(1), T0.AddMinutes(2));
    }

    private static ProbeMinute Minute(string probe, int minute, int good = 2) => new(
        probe, T0.AddMinutes(minute), good, 1, 3, LatencyHistogram.Of(TimeSpan.FromMilliseconds(12), TimeSpan.FromMilliseconds(70), TimeSpan.FromMilliseconds(12)));
}
