using CsCheck;
using DrOrchestrator.Sandbox.Ledger;

namespace DrOrchestrator.Sandbox.Tests.Ledger;

public sealed class RoleChangesTests
{
    [Theory]
    [InlineData("standby", 1, 1, null)]
    [InlineData("demoted", 1, 1, null)]
    [InlineData("standby", 2, 1, "this store is standby at epoch 2, not at epoch 1")]
    [InlineData("standby", 1, 2, "this store is standby at epoch 1, not at epoch 2")]
    [InlineData("primary", 1, 1, "this store is primary at epoch 1 already; it was not promoted from epoch 1")]
    [InlineData("primary", 2, 1, "this store is primary at epoch 2 already; it was not promoted from epoch 1")]
    public void Promote_FromEachState_IsDoneOrRefused(string role, long epoch, long expected, string? refusal)
    {
        RoleAnswer answer = Promotion.Decide(new StoreState(RoleOf(role), epoch, []), expected, end: 7);

        answer.Refusal.Should().Be(refusal);
        if (refusal is null)
        {
            answer.Reached!.Role.Should().Be(StoreRole.Primary);
            answer.Reached.Epoch.Should().Be(expected + 1);
            answer.Reached.Forks.Should().Equal(new Fork(7, expected));
        }
    }

    [Theory]
    [InlineData("primary", 2, 2, null)]
    [InlineData("demoted", 2, 2, null)]
    [InlineData("primary", 2, 1, "this store is primary at epoch 2, not primary at epoch 1")]
    [InlineData("demoted", 1, 2, "this store is demoted at epoch 1, not primary at epoch 2")]
    [InlineData("standby", 2, 2, "this store is standby at epoch 2, not primary at epoch 2")]
    public void Demote_FromEachState_IsDoneOrRefused(string role, long epoch, long expected, string? refusal)
    {
        RoleAnswer answer = Demotion.Decide(new StoreState(RoleOf(role), epoch, []), expected, end: 7);

        answer.Refusal.Should().Be(refusal);
        (answer.Reached?.Role).Should().Be(refusal is null ? StoreRole.Demoted : null);
    }

    [Fact]
    public void Promote_Twice_IsTheSameAnswer() =>
        Gen.Select(Gen.Long[1, 1000], Gen.Long[0, 1000], Gen.Long[0, 1000]).Sample((epoch, end, written) =>
        {
            RoleAnswer first = Promotion.Decide(new StoreState(StoreRole.Standby, epoch, []), epoch, end);
            RoleAnswer second = Promotion.Decide(first.Reached!, epoch, end + written);
            return ReferenceEquals(first.Reached, second.Reached);
        });

    [Theory]
    [InlineData(1, 10L)]
    [InlineData(2, 15L)]
    [InlineData(3, 15L)]
    [InlineData(4, null)]
    public void PartedAt_ForAnEpoch_IsTheEarliestEndFromItOn(long epoch, long? expected)
    {
        Fork[] forks = [new(10, 1), new(20, 2), new(15, 3)];

        // Epoch 2 ended at 20, but what followed it was itself left at 15: no more than 15 can be common.
        ForkHistory.PartedAt(forks, epoch).Should().Be(expected);
    }

    private static StoreRole RoleOf(string word) => Enum.Parse<StoreRole>(word, ignoreCase: true);
}
