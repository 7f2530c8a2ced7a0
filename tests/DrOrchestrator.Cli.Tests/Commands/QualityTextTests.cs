using DrOrchestrator.Cli.Client;
using DrOrchestrator.Cli.Commands;

namespace DrOrchestrator.Cli.Tests.Commands;

public class QualityTextTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 27, 8, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Write_SeveralWindows_StandBesideWhatWasAgreedEachWithItsPeriodAndCoverage() => Text("en").Should().Be(
        """

        qos
                       FORECAST  TARGET  LQA      HOUR      30-DAYS  YEAR
          success      -         -       99.000%  100.000%  98.500%  -     below LQA (30-days)
          latency p95  200 ms    300 ms  -        400 ms    100 ms   -     below target (hour)
          hour: 2026-11-27 07:00:00Z to 2026-11-27 08:00:00Z, coverage 100.000%
          30-days: 2026-10-28 08:00:00Z to 2026-11-27 08:00:00Z, coverage 12.500%, data since 2026-11-24 08:00:00Z
          year: 2026-01-01 00:00:00Z to 2026-11-27 08:00:00Z, coverage 0.000%, no data

        """);

    [Fact]
    public void Write_InChinese_UsesTheGlossary() =>
        Text("zh-CN").Should().Contain("低于LQA (最近 30 天)").And.Contain("最近 30 天: ").And.Contain("数据起始 2026-11-24").And.Contain("无监测数据").And.Contain("监测覆盖率 12.500%");

    [Fact]
    public void Write_NothingDeclaredOrMeasured_SaysNothing()
    {
        using var writer = new StringWriter();
        QualityText.Write(writer, new QosView(), StatusWords.Of("en"));
        writer.ToString().Should().BeEmpty();
    }

    private static string Text(string language)
    {
        QosRowView success = new("success", "percent", null, null, 99, 100, false, false);
        QosRowView latency = new("latency", "seconds", 0.2, 0.3, null, 0.4, true, false, "p95");
        using var writer = new StringWriter { NewLine = "\n" };
        QualityText.Write(
            writer,
            new QosView
            {
                Rows = [success, latency],
                Periods =
                [
                    new("hour", Now.AddHours(-1), Now, Now.AddHours(-1), 100) { Rows = [success, latency] },
                    new("30-days", Now.AddDays(-30), Now, Now.AddDays(-3), 12.5) { Rows = [success with { Measured = 98.5, BelowFloor = true }, latency with { Measured = 0.1, BelowTarget = false }] },
                    new("year", new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero), Now, null, 0) { Rows = [success with { Measured = null }] },
                ],
            },
            StatusWords.Of(language));
        return writer.ToString();
    }
}
