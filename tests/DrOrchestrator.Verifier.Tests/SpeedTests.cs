using DrOrchestrator.Testing.Evidence;
using Xunit.Abstractions;

namespace DrOrchestrator.Verifier.Tests;

public sealed class SpeedTests(ITestOutputHelper output)
{
    /// <summary>The budget is shown by the benchmarks; here the size is what is tested, and the time is printed.</summary>
    [Fact]
    public void Verify_HundredThousandRecords_IsVerified()
    {
        var pack = PackBuilder.Build(100_000);
        var (begun, used) = (TimeProvider.System.GetTimestamp(), Environment.CpuUsage.TotalTime);

        var report = Packs.Verify(pack);

        output.WriteLine(
            $"{pack.Length} bytes verified in {TimeProvider.System.GetElapsedTime(begun).TotalMilliseconds:F0} ms, {(Environment.CpuUsage.TotalTime - used).TotalMilliseconds:F0} ms of processor time");
        report.Problem.Should().BeNull();
        (report.Records, report.Payloads).Should().Be((100_000, 100_000));
        report.Runs.Should().HaveCount(1000);
    }
}
