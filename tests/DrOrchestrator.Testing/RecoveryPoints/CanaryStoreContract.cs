using System.Data.Common;
using DrOrchestrator.RecoveryPoints;
using FluentAssertions;
using Xunit;

namespace DrOrchestrator.Testing.RecoveryPoints;

/// <summary>What every <see cref="ICanaryStore"/> must keep.</summary>
public abstract class CanaryStoreContract : IDisposable
{
    private const string Leg = "failover";

    private static readonly DateTimeOffset T0 = new(2026, 3, 1, 8, 0, 0, TimeSpan.Zero);

    /// <summary>The store under test, empty; another object over the same data after <see cref="Reopen"/>.</summary>
    protected abstract ICanaryStore Store { get; }

    /// <summary>Forgets everything in memory and opens the data again.</summary>
    protected abstract void Reopen();

    public abstract void Dispose();

    [Fact]
    public async Task NewestNumberAsync_NothingSaved_IsZero()
    {
        (await Store.NewestNumberAsync(1, Leg, default)).Should().Be(0);
        (await Store.ReadAsync(1, Leg, default)).Should().BeEmpty();
    }

    [Fact]
    public async Task SaveAsync_FateAndNextIntent_AreBothThereAfterAReopen()
    {
        var second = Settled(2, MarkerFate.Acknowledged, position: long.MaxValue);
        await Store.SaveAsync(1, Leg, null, Sent(1), default);
        await Store.SaveAsync(1, Leg, Settled(1, MarkerFate.InDoubt), Sent(2), default);
        await Store.SaveAsync(1, Leg, second, Sent(3), default);
        Reopen();

        (await Store.ReadAsync(1, Leg, default)).Should().Equal(Settled(1, MarkerFate.InDoubt), second, Sent(3));
        (await Store.NewestNumberAsync(1, Leg, default)).Should().Be(3);
        await Store.SaveAsync(1, Leg, Settled(3, MarkerFate.Refused), null, default);
        (await Store.ReadAsync(1, Leg, default))[^1].Should().Be(Settled(3, MarkerFate.Refused), "the newest marker of a crash can still be settled");
    }

    [Fact]
    public async Task ReadAsync_MoreThanNineMarkers_AreInOrderOfNumber()
    {
        foreach (var number in new[] { 10, 2, 1, 9, 11 })
        {
            await Store.SaveAsync(1, Leg, null, Sent(number), default);
        }

        (await Store.ReadAsync(1, Leg, default)).Select(marker => marker.Number).Should().Equal(1, 2, 9, 10, 11);
        (await Store.NewestNumberAsync(1, Leg, default)).Should().Be(11);
    }

    [Fact]
    public async Task SaveAsync_OtherLegsAndRuns_AreApart()
    {
        await Store.SaveAsync(1, Leg, null, Sent(1), default);
        await Store.SaveAsync(1, "way-back", null, Sent(1), default);
        await Store.SaveAsync(1, "way-back", null, Sent(2), default);
        await Store.SaveAsync(2, Leg, null, Sent(1), default);

        await Store.SaveAsync(1, Leg, Settled(1, MarkerFate.Refused), null, default);

        (await Store.ReadAsync(1, Leg, default)).Should().Equal(Settled(1, MarkerFate.Refused));
        (await Store.ReadAsync(1, "way-back", default)).Should().Equal(Sent(1), Sent(2));
        (await Store.ReadAsync(2, Leg, default)).Should().Equal(Sent(1));
        (await Store.NewestNumberAsync(1, Leg, default)).Should().Be(1);
    }

    [Fact]
    public async Task SaveAsync_MarkerSettledAlready_IsRefusedWithTheIntentThatCameWithIt()
    {
        await Store.SaveAsync(1, Leg, null, Sent(1), default);
        await Store.SaveAsync(1, Leg, Settled(1, MarkerFate.Acknowledged, position: 7), Sent(2), default);

        await IsNotWaitingAsync(Settled(1, MarkerFate.Refused), Sent(3));

        (await Store.ReadAsync(1, Leg, default)).Should().Equal(Settled(1, MarkerFate.Acknowledged, position: 7), Sent(2));
    }

    [Fact]
    public async Task SaveAsync_FateOfAMarkerThatIsNotOnRecord_IsRefusedWithTheIntentThatCameWithIt()
    {
        await Store.SaveAsync(1, "way-back", null, Sent(1), default);

        await IsNotWaitingAsync(Settled(1, MarkerFate.Acknowledged), Sent(2));

        (await Store.ReadAsync(1, Leg, default)).Should().BeEmpty();
    }

    [Fact]
    public async Task SaveAsync_NumberUsedBefore_IsRefusedWithTheFateThatCameWithIt()
    {
        await Store.SaveAsync(1, Leg, null, Sent(1), default);

        await FluentActions.Awaiting(() => Store.SaveAsync(1, Leg, Settled(1, MarkerFate.Acknowledged), Sent(1), default)).Should().ThrowAsync<DbException>();

        (await Store.ReadAsync(1, Leg, default)).Should().Equal(Sent(1));
    }

    private async Task IsNotWaitingAsync(Marker settled, Marker intended) =>
        await FluentActions.Awaiting(() => Store.SaveAsync(1, Leg, settled, intended, default)).Should().ThrowAsync<InvalidOperationException>()
            .WithMessage("Marker 1 of run 1, leg 'failover', does not wait for its fate: it was settled before, or never put on record.");

    private static Marker Sent(long number) => new(number, T0.AddMicroseconds(number), null, MarkerFate.Sent, null);

    private static Marker Settled(long number, MarkerFate fate, long? position = null) => new(number, T0.AddMicroseconds(number), T0.AddMicroseconds(number + 500), fate, position);
}
