using DrOrchestrator.RecoveryPoints;

namespace DrOrchestrator.Tests.RecoveryPoints;

public sealed class DatabaseFactsKeeperTests
{
    private static readonly DateTimeOffset T0 = new(2026, 11, 27, 8, 0, 0, TimeSpan.Zero);
    private readonly DatabaseFactsKeeper _keeper = new();

    [Fact]
    public void Add_FirstLook_IsTakenAtOnce()
    {
        Look(0, "synchronous", 15);

        _keeper.Of("pg").Should().BeEquivalentTo(new DatabaseFacts(15, new Dictionary<string, string> { ["dr"] = "synchronous" }));
        _keeper.Of("other").Should().BeNull();
    }

    [Fact]
    public void Add_StandbyThatFlaps_NeverChangesTheMode()
    {
        Look(0, "synchronous");
        for (var minute = 1; minute < 120; minute++)
        {
            Look(minute * 60, minute % 9 == 0 ? "synchronous" : "asynchronous");
            _keeper.Of("pg")!.Modes["dr"].Should().Be("synchronous", $"minute {minute}");
        }
    }

    [Fact]
    public void Add_AnotherModeForTenMinutes_IsTheModeAlsoWhenTheServerWasAwayMeanwhile()
    {
        Look(0, "synchronous");
        Look(60, "asynchronous");
        Look(90, null);
        Look(659.9, "asynchronous");
        _keeper.Of("pg")!.Modes["dr"].Should().Be("synchronous");

        Look(660, "asynchronous");

        _keeper.Of("pg")!.Modes["dr"].Should().Be("asynchronous");
    }

    [Fact]
    public void Add_NothingReadAnyMore_KeepsWhatWasRead()
    {
        Look(0, "asynchronous", 16);
        Look(86_400, null, null);

        _keeper.Of("pg").Should().BeEquivalentTo(new DatabaseFacts(16, new Dictionary<string, string> { ["dr"] = "asynchronous" }));
    }

    [Fact]
    public void Add_NewMajorVersion_IsTakenAtOnce()
    {
        Look(0, null, 15);
        Look(1, null, 16);

        _keeper.Of("pg")!.MajorVersion.Should().Be(16);
    }

    private void Look(double seconds, string? mode, int? version = 15) => _keeper.Add(
        "pg", new DatabaseFacts(version, mode is null ? new Dictionary<string, string>() : new Dictionary<string, string> { ["dr"] = mode }), T0.AddSeconds(seconds));
}
