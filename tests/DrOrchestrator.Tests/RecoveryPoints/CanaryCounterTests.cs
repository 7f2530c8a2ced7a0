using System.Text;
using DrOrchestrator.RecoveryPoints;

namespace DrOrchestrator.Tests.RecoveryPoints;

public class CanaryCounterTests
{
    private static readonly DateTimeOffset T0 = new(2026, 3, 1, 8, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Count_AllAcknowledgedSurvive_LosesNothing() =>
        CanaryCounter.Count([Acknowledged(1), Acknowledged(2)], Numbers(1, 2)).Should().Be(new CanaryCount(2, 2, 0, 0, 0, 0, 0));

    [Fact]
    public void Count_TailMissing_LosesFromTheNewestSurvivorOn() =>
        CanaryCounter.Count([Acknowledged(1), Acknowledged(2), Acknowledged(3), Acknowledged(4)], Numbers(1, 2)).Should().Be(new CanaryCount(4, 4, 0, 0, 2, 2, 0));

    [Fact]
    public void Count_TheNewestMissing_LosesTheTimeSinceTheOneBefore() =>
        CanaryCounter.Count([Acknowledged(1), Acknowledged(2), Acknowledged(3)], Numbers(1, 2)).Should().Be(new CanaryCount(3, 3, 0, 0, 1, 1, 0));

    [Fact]
    public void Count_NothingSurvives_LosesFromTheFirstOn() =>
        CanaryCounter.Count([Acknowledged(1), Acknowledged(2), Acknowledged(3)], Numbers()).Should().Be(new CanaryCount(3, 3, 0, 0, 3, 2, 0));

    [Fact]
    public void Count_SentWithoutAnAnswerOnRecord_IsInDoubt()
    {
        var count = CanaryCounter.Count(
            [Acknowledged(1), Of(2, MarkerFate.InDoubt), Of(3, MarkerFate.Sent), Of(4, MarkerFate.Refused), Of(5, MarkerFate.InDoubt)], Numbers(1, 3, 5));

        count.Should().Be(new CanaryCount(Sent: 5, Acknowledged: 1, InDoubt: 3, Refused: 1, Lost: 0, LostSeconds: 0, InDoubtSurvivors: 2));
    }

    [Fact]
    public void Count_HoleInTheMiddle_IsLostThoughTheEndSurvived() =>
        CanaryCounter.Count([Acknowledged(1), Acknowledged(2), Acknowledged(3)], Numbers(1, 3)).Should().Be(new CanaryCount(3, 3, 0, 0, 1, 0, 0));

    [Fact]
    public void Survivors_IdsOfOthers_AreLeftOut()
    {
        var answer = """{"epoch":2,"position":9,"entries":[{"id":"dro-7-a-1","position":1},{"id":"dro-7-a-12"},{"id":"dro-7-ab-3"},{"id":"dro-7-a-x"},{"id":"probe-5"}]}""";

        CanaryCounter.Survivors(Encoding.UTF8.GetBytes(answer), "dro-7-a-").Should().BeEquivalentTo([1L, 12L]);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("nothing")]
    [InlineData("""{"entries":[{"name":"x"}]}""")]
    public void Survivors_AnotherForm_IsRefused(string answer) =>
        FluentActions.Invoking(() => CanaryCounter.Survivors(Encoding.UTF8.GetBytes(answer), "p")).Should().Throw<FormatException>()
            .WithMessage("the list of survivors is not {\"entries\":[{\"id\":...}]}: *");

    private static Marker Acknowledged(long number) => Of(number, MarkerFate.Acknowledged);

    private static Marker Of(long number, MarkerFate fate) => new(number, T0.AddSeconds(number), null, fate, null);

    private static HashSet<long> Numbers(params long[] numbers) => [.. numbers];
}
