using DrOrchestrator.RecoveryPoints;

namespace DrOrchestrator.Tests.RecoveryPoints;

public class MarkerContentTests
{
    [Fact]
    public async Task CopyToAsync_SecondAttempt_FindsNoBody()
    {
        using var content = new MarkerContent([1, 2, 3]);
        content.HasStarted.Should().BeFalse();
        using var wire = new MemoryStream();

        await content.CopyToAsync(wire);
        await content.Invoking(c => c.CopyToAsync(wire)).Should().ThrowAsync<Exception>();

        content.HasStarted.Should().BeTrue();
        wire.ToArray().Should().Equal(1, 2, 3);
    }
}
