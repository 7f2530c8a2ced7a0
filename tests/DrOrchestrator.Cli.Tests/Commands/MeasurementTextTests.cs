using DrOrchestrator.Cli.Commands;
using DrOrchestrator.Drills;

namespace DrOrchestrator.Cli.Tests.Commands;

public sealed class MeasurementTextTests
{
    [Theory]
    [InlineData(0, 1, "indeterminate", "not protected for 0.0 s, exposure not known for 1.0 s")]
    [InlineData(2, 0, "BREACHED", "not protected for 2.0 s, exposure not known for 0.0 s")]
    public void Write_LossWhoseExposureWasNotInLimitAllTheTime_SaysWhyItIsNotMet(long notProtected, long unknown, string verdict, string why)
    {
        var writer = new StringWriter();

        MeasurementText.Write(writer, new RunMeasurement(null, new RpoMeasurement(9, 8, 0, 1, 0, 0, 0, 0.3, notProtected, unknown, 3600, false), null, null), null);

        writer.ToString().Should().Contain($": {verdict}").And.Contain($"  before the interruption: {why}");
    }
}
