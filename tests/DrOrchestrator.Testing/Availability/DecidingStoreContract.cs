using DrOrchestrator.Availability;
using FluentAssertions;
using Xunit;

namespace DrOrchestrator.Testing.Availability;

/// <summary>What every <see cref="IDecidingStore"/> must keep.</summary>
public abstract class DecidingStoreContract
{
    private static readonly DateTimeOffset T0 = new(2026, 3, 1, 8, 0, 0, TimeSpan.Zero);

    private static readonly IReadOnlyList<DecidingChange> Changes =
    [
        new("ledger", "web", SubjectPart.Probe, DateTimeOffset.UnixEpoch),
        new("ledger", "web#success", SubjectPart.InterruptingFloor, DateTimeOffset.UnixEpoch),
        new("ledger", "web#latency", SubjectPart.DegradingFloor, T0.AddMicroseconds(1)),
        new("账务", "网银", SubjectPart.Probe, T0.AddMicroseconds(1)),
        new("ledger", "web", null, T0.AddDays(1)),
    ];

    protected abstract IDecidingStore Store { get; }

    [Fact]
    public async Task ChangeAsync_NothingOnRecord_DecidesByNothing()
    {
        IReadOnlyList<DecidingChange>? known = null;

        var after = await Store.ChangeAsync(
            before =>
            {
                known = before;
                return [];
            },
            default);

        known.Should().BeEmpty();
        after.Should().BeEmpty();
    }

    [Fact]
    public async Task ChangeAsync_InSeveralParts_KeepsEveryChangeInItsOrder()
    {
        await Store.ChangeAsync(_ => [.. Changes.Take(2)], default);

        var after = await Store.ChangeAsync(known => [.. Changes.Skip(known.Count)], default);

        after.Should().Equal(Changes);
        (await Store.ChangeAsync(_ => [], default)).Should().Equal(Changes);
    }

    [Fact]
    public async Task ChangeAsync_DecisionFails_WritesNothing()
    {
        await Store.ChangeAsync(_ => Changes, default);

        var act = () => Store.ChangeAsync(_ => throw new InvalidOperationException("no"), default);

        await act.Should().ThrowAsync<InvalidOperationException>();
        (await Store.ChangeAsync(_ => [], default)).Should().Equal(Changes);
    }
}
