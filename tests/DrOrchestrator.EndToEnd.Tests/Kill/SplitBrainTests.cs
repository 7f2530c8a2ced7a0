using DrOrchestrator.EndToEnd.Harness;

namespace DrOrchestrator.EndToEnd.Kill;

[Collection(nameof(OneAtATime))]
public sealed class SplitBrainTests
{
    [Fact]
    public void Find_OneStoreAfterTheOther_FindsNothing() =>
        SplitBrain.Find([Ack("primary", 1, 0, 1), Ack("primary", 1, 9, 10), Ack("dr", 2, 11, 12), Ack("primary", 3, 20, 21)]).Should().BeNull();

    [Fact]
    public void Find_OldRequestAnsweredLate_FindsNothing() =>
        SplitBrain.Find([Ack("primary", 1, 9, 30), Ack("dr", 2, 11, 12)]).Should().BeNull();

    [Fact]
    public void Find_OldStoreStillWritable_NamesBoth() =>
        SplitBrain.Find([Ack("dr", 2, 11, 12), Ack("primary", 1, 13, 14)]).Should().Be(
            "dr acknowledged in epoch 2 at 00:00:12, and primary still in epoch 1 what was sent at 00:00:13");

    [Fact]
    public void Find_OneEpochAtTwoStores_NamesIt() =>
        SplitBrain.Find([Ack("primary", 2, 0, 1), Ack("dr", 2, 11, 12)]).Should().Be("epoch 2 was acknowledged by primary and dr");

    private static Acknowledgement Ack(string site, long epoch, int sent, int answered) => new(site, epoch, TimeSpan.FromSeconds(sent), TimeSpan.FromSeconds(answered));
}
