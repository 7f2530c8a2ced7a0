using DrOrchestrator.Cli.Client;
using DrOrchestrator.Cli.Commands;

namespace DrOrchestrator.Cli.Tests.Commands;

public class VerdictTextTests
{
    [Theory]
    [InlineData("demonstrated by run 3 (failover) on 2026-12-01; asynchronous replication", "asynchronous replication")]
    [InlineData("demonstrated by run 3 (failover) on 2026-12-01; synchronous commit is attested, not measured; stated by li, reviewed by wang", "synchronous commit is attested, not measured")]
    [InlineData("demonstrated by run 3 (failover) on 2026-12-01", null)]
    public void Write_Met_SaysOnlyWhatMustAlwaysBeSaid(string reason, string? said)
    {
        var writer = new StringWriter();

        VerdictText.Write(writer, [new VerdictView("rpo", "met", "0 lost", "1 s", reason, null)], StatusWords.Of("en"));

        writer.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Skip(1).Should().Equal(said is null ? [] : [said]);
    }

    [Fact]
    public void Write_SystemWithoutForecastAndRecord_SaysSoUnderItsHeading()
    {
        var writer = new StringWriter();

        SystemText.Write(writer, new SystemView { Name = "ledger" }, StatusWords.Of("en"), 80);

        writer.ToString().Should().Contain("no run has demonstrated it, and no plan predicts it");
    }

    [Fact]
    public void Write_ExposureOfTheYear_PrintsBothBoundsAndAllThatIsNotKnown()
    {
        var writer = new StringWriter();
        var system = new SystemView
        {
            Name = "ledger",
            Exposures = [new ExposureView("dr", TimeSpan.Zero, null, null, "protected", null)],
            ExposureYears = new Dictionary<string, ExposureYearView> { ["dr"] = new(0.5, 2, 40, 30, 8) },
        };

        SystemText.Write(writer, system, StatusWords.Of("en"), 120);

        writer.ToString().Should().MatchRegex(@"2\S* s to 40\S* s +38\S* s");
    }
}
