using DrOrchestrator.RecoveryPoints;
using FluentAssertions;
using Xunit;

namespace DrOrchestrator.Testing.RecoveryPoints;

/// <summary>What every <see cref="ISynchronyStore"/> must keep.</summary>
public abstract class SynchronyStoreContract : IDisposable
{
    private static readonly DateTimeOffset T0 = new(2026, 3, 1, 8, 0, 0, TimeSpan.Zero);

    /// <summary>The store under test, empty; another object over the same data after <see cref="Reopen"/>.</summary>
    protected abstract ISynchronyStore Store { get; }

    /// <summary>Forgets everything in memory and opens the data again.</summary>
    protected abstract void Reopen();

    public abstract void Dispose();

    [Fact]
    public async Task SaveAsync_SameBeginningAgain_MakesItLongerNeverShorter()
    {
        await Store.SaveAsync([Stretch(0, 10), Stretch(20, 20, Synchrony.Asynchronous)], default);
        await Store.SaveAsync([Stretch(0, 15), Stretch(20, 40, Synchrony.Asynchronous)], default);
        await Store.SaveAsync([Stretch(0, 5)], default);
        Reopen();

        Store.Read("ledger", "dr", T0, T0.AddMinutes(1)).Should().Equal(Stretch(0, 15), Stretch(20, 40, Synchrony.Asynchronous));
    }

    [Theory]
    [InlineData(0, 60, 2)]
    [InlineData(11, 19, 0)]
    [InlineData(10, 11, 1)] // the last look is inside
    [InlineData(5, 20, 1)]
    [InlineData(5, 20.001, 2)]
    public async Task Read_Window_TakesWhatOverlapsIt(double from, double to, int count)
    {
        await Store.SaveAsync([Stretch(20, 40), Stretch(0, 10), Stretch(0, 60) with { Standby = "remote" }, Stretch(0, 60) with { System = "cards" }], default);

        Store.Read("ledger", "dr", T0.AddSeconds(from), T0.AddSeconds(to)).Should().HaveCount(count).And.BeInAscendingOrder(s => s.From);
    }

    private static SynchronyInterval Stretch(double from, double to, Synchrony state = Synchrony.Synchronous) =>
        new("ledger", "dr", state, T0.AddSeconds(from), T0.AddSeconds(to), "why");
}
