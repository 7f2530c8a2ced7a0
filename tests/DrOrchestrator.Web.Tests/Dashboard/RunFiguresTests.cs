using DrOrchestrator.Drills;
using DrOrchestrator.Web.Dashboard;

namespace DrOrchestrator.Web.Tests.Dashboard;

public sealed class RunFiguresTests
{
    [Theory]
    [InlineData(0, 1, "indeterminate", "1 s")]
    [InlineData(2, 0, "breached", "2 s")]
    public void Render_LossWhoseExposureWasNotInLimitAllTheTime_SaysWhyItIsNotMet(long notProtected, long unknown, string verdict, string seconds)
    {
        var rpo = new RpoMeasurement(9, 8, 0, 1, 0, 0, 0, 0.3, notProtected, unknown, 3600, false);

        var card = RunFigures.Render(new RunMeasurement(null, rpo, null, null), Language.English).ToString();

        card.Should().Contain($">{verdict}<").And.Contain($"<dt>{(notProtected > 0 ? Glossary.NotProtectedFor : Glossary.UnknownFor).English}</dt><dd>{seconds}</dd>");
    }
}
