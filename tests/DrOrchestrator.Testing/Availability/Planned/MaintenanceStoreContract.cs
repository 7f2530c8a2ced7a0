using System.Text.Json.Nodes;
using DrOrchestrator.Availability.Planned;
using DrOrchestrator.Evidence;
using FluentAssertions;
using Xunit;

namespace DrOrchestrator.Testing.Availability.Planned;

/// <summary>What every <see cref="IMaintenanceStore"/> must keep.</summary>
public abstract class MaintenanceStoreContract
{
    private static readonly DateTimeOffset T0 = new(2026, 3, 1, 8, 0, 0, TimeSpan.Zero);

    protected abstract IMaintenanceStore Store { get; }

    /// <summary>Kinds of the evidence appended so far, without those of the log itself.</summary>
    protected abstract Task<IReadOnlyList<string>> EvidenceAsync();

    [Fact]
    public async Task ReadAsync_NothingOnRecord_IsEmpty()
    {
        var book = await Store.ReadAsync(default);

        book.Entries.Should().BeEmpty();
        book.Outages.Should().BeEmpty();
        book.Newest.Should().BeNull();
    }

    [Fact]
    public async Task ChangeAsync_EntryAndItsWords_AreReadBackWhole()
    {
        var entry = Entry(1);
        await EnterAsync(entry);
        await EnterAsync(entry = entry with { Approved = new MaintenanceWord("chen", T0.AddMinutes(1)) });
        await EnterAsync(entry = entry with { Cancelled = new MaintenanceWord("li", T0.AddMinutes(2), "换期") });
        await EnterAsync(Entry(2));

        var book = await Store.ReadAsync(default);

        book.Entries.Should().BeEquivalentTo([entry, Entry(2)], options => options.WithStrictOrdering());
        book.Newest.Should().Be(T0.AddMinutes(2));
        (await EvidenceAsync()).Should().Equal("maintenance.requested", "maintenance.requested", "maintenance.requested", "maintenance.requested");
    }

    [Fact]
    public async Task ChangeAsync_Outage_IsReadBackWhole()
    {
        var outage = new OutageReport(1, "ledger", T0.AddHours(-2), T0.AddHours(-1), "ticket 7", "电源故障", null, new MaintenanceWord("li", T0));
        await Store.ChangeAsync(_ => new MaintenanceResult.Reported(outage, Draft("outage.reported")), default);

        (await Store.ReadAsync(default)).Outages.Should().Equal(outage);
        (await EvidenceAsync()).Should().Equal("outage.reported");
    }

    [Fact]
    public async Task ChangeAsync_Refused_WritesNothing()
    {
        var result = await Store.ChangeAsync(_ => new MaintenanceResult.Refused("no", "never"), default);

        result.Should().Be(new MaintenanceResult.Refused("no", "never"));
        (await Store.ReadAsync(default)).Entries.Should().BeEmpty();
        (await EvidenceAsync()).Should().BeEmpty();
    }

    [Fact]
    public async Task ChangeAsync_DecisionThatThrows_WritesNothing()
    {
        var act = () => Store.ChangeAsync(_ => throw new InvalidOperationException("on purpose"), default);

        await act.Should().ThrowAsync<InvalidOperationException>();
        (await Store.ReadAsync(default)).Entries.Should().BeEmpty();
    }

    [Fact]
    public async Task ChangeAsync_ManyAtOnce_EachSeesTheOneBefore()
    {
        await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => Task.Run(() => Store.ChangeAsync(
            book => new MaintenanceResult.Entered(Entry(book.Entries.Count + 1), Draft("maintenance.requested")), default))));

        (await Store.ReadAsync(default)).Entries.Select(entry => entry.Number).Should().Equal(Enumerable.Range(1, 10).Select(number => (long)number));
    }

    private static MaintenanceEntry Entry(long number) => new(
        number, "CHG-1", ["billing", "ledger"], T0.AddDays(2), T0.AddDays(2).AddHours(1), "升级", TimeSpan.FromHours(24), new MaintenanceWord("li", T0), null, null);

    private static EvidenceDraft Draft(string kind) => new(kind, "li", null, "ledger", new JsonObject { ["number"] = 1 });

    private Task EnterAsync(MaintenanceEntry entry) => Store.ChangeAsync(_ => new MaintenanceResult.Entered(entry, Draft("maintenance.requested")), default);
}
