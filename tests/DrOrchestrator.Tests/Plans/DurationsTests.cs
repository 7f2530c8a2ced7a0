using DrOrchestrator.Plans;

namespace DrOrchestrator.Tests.Plans;

public sealed class DurationsTests
{
    [Theory]
    [InlineData("500ms", 500)]
    [InlineData("1.5s", 1500)]
    [InlineData("2m", 120_000)]
    [InlineData("4h", 14_400_000)]
    [InlineData("1d", 86_400_000)]
    [InlineData("0s", 0)]
    public void TryParse_Duration_IsRead(string text, double milliseconds)
    {
        Durations.TryParse(text, out var value).Should().BeTrue();
        value.TotalMilliseconds.Should().Be(milliseconds);
    }

    [Theory]
    [InlineData("")]
    [InlineData("s")]
    [InlineData("10")]
    [InlineData("-1s")]
    [InlineData("1 s")]
    [InlineData("1e3s")]
    [InlineData("-Infinitys")]
    [InlineData("Infinityms")]
    [InlineData("NaNs")]
    [InlineData("10001d")]
    [InlineData("1S")]
    public void TryParse_AnythingElse_IsRefused(string text) => Durations.TryParse(text, out _).Should().BeFalse();
}
