using DrOrchestrator.Availability;

namespace DrOrchestrator.Tests.Availability;

public sealed class LatencyHistogramTests
{
    [Fact]
    public void Quantile_AnyLatency_IsWithinASixtyFourth()
    {
        for (var micros = 0L; micros < 3_600_000_000; micros += 1 + (micros / 97))
        {
            var latency = TimeSpan.FromMicroseconds(micros);

            var read = LatencyHistogram.Of(latency).Quantile(0.5)!.Value;

            (read - latency).Duration().Should().BeLessThanOrEqualTo(latency / 64, "{0} µs were recorded", micros);
        }
    }

    [Fact]
    public void Quantile_Shares_AreThoseOfTheSortedList()
    {
        var random = new Random(20260301);
        List<TimeSpan> latencies = [.. Enumerable.Range(0, 5000).Select(_ => TimeSpan.FromMicroseconds((long)Math.Exp(random.NextDouble() * 16)))];
        var histogram = LatencyHistogram.Of(latencies);
        latencies.Sort();

        foreach (var share in new[] { 0, 0.01, 0.5, 0.9, 0.95, 0.99, 0.999, 1 })
        {
            var exact = latencies[Math.Max(0, (int)Math.Ceiling(share * latencies.Count) - 1)];
            (histogram.Quantile(share)!.Value - exact).Duration().Should().BeLessThanOrEqualTo(exact / 64, "of share {0}", share);
        }
    }

    [Fact]
    public void Merge_OfParts_IsTheHistogramOfAll()
    {
        var random = new Random(7);
        List<TimeSpan> latencies = [.. Enumerable.Range(0, 1000).Select(_ => TimeSpan.FromMicroseconds(random.Next(0, 5_000_000)))];

        var merged = latencies.Chunk(37).Select(part => LatencyHistogram.Of(part)).Aggregate(LatencyHistogram.Empty, (sum, part) => part.Merge(sum));

        merged.Should().Be(LatencyHistogram.Of(latencies));
        merged.Count.Should().Be(1000);
    }

    [Fact]
    public void Parse_OfItsText_IsTheSame()
    {
        var histogram = LatencyHistogram.Of(
            TimeSpan.Zero, TimeSpan.FromMicroseconds(63), TimeSpan.FromMicroseconds(64), TimeSpan.FromMilliseconds(3), TimeSpan.FromMilliseconds(3), TimeSpan.FromDays(9));

        LatencyHistogram.Parse(histogram.ToString()).Should().Be(histogram);
        histogram.ToString().Should().Be("0 63 1 174*2 785");
        LatencyHistogram.Parse("").Should().Be(LatencyHistogram.Empty);
    }

    [Theory]
    [InlineData("x")]
    [InlineData("1*2*3")]
    [InlineData("-1")]
    [InlineData("5 0")]
    [InlineData("5*0")]
    [InlineData("5  6")]
    public void Parse_AnythingElse_IsRefused(string text) => FluentActions.Invoking(() => LatencyHistogram.Parse(text)).Should().Throw<FormatException>();

    [Fact]
    public void CountUpTo_Limit_CountsWhatSurelyTookNoLonger()
    {
        var histogram = LatencyHistogram.Of(TimeSpan.FromMilliseconds(10), TimeSpan.FromMilliseconds(100), TimeSpan.FromMilliseconds(100), TimeSpan.FromMilliseconds(900));

        histogram.CountUpTo(TimeSpan.FromMilliseconds(9)).Should().Be(0);
        histogram.CountUpTo(TimeSpan.FromMilliseconds(105)).Should().Be(3);
        histogram.CountUpTo(TimeSpan.FromSeconds(1)).Should().Be(4);
    }
}
