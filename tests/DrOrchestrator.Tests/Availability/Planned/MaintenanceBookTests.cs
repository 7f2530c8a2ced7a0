using DrOrchestrator.Availability.Planned;

namespace DrOrchestrator.Tests.Availability.Planned;

public class MaintenanceBookTests
{
    private static readonly DateTimeOffset T0 = new(2026, 3, 1, 8, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("chen", 24, false, true)]
    [InlineData("li", 24, false, false)] // approved by who asked
    [InlineData("chen", 24.01, false, false)] // too late
    [InlineData("chen", 24, true, false)]
    [InlineData(null, 24, false, false)]
    public void IsInForce_AnEntry_IsApprovedByAnotherInTimeAndNotCalledOff(string? by, double hours, bool cancelled, bool inForce)
    {
        var word = new MaintenanceWord("li", T0);
        var approved = by is null ? null : new MaintenanceWord(by, T0.AddHours(hours));
        var entry = new MaintenanceEntry(1, "c", ["ledger"], T0.AddHours(48), T0.AddHours(50), "r", TimeSpan.FromHours(24), word, approved, cancelled ? word : null);

        entry.IsInForce.Should().Be(inForce);
        entry.State.Should().Be(cancelled ? "cancelled" : by is null ? "requested" : "approved");
        new MaintenanceBook([entry], [], null).Of("ledger").Approved.Should().HaveCount(inForce ? 1 : 0);
        new MaintenanceBook([entry], [], null).Of("cards").Approved.Should().BeEmpty();
    }
}
