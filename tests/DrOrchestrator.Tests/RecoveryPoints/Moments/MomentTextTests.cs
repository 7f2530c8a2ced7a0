using System.Text.Json;
using DrOrchestrator.Estates;
using DrOrchestrator.RecoveryPoints.Moments;

namespace DrOrchestrator.Tests.RecoveryPoints.Moments;

public sealed class MomentTextTests
{
    [Theory]
    [InlineData("rfc3339", "UTC", "2026-03-01T08:00:00Z", "2026-03-01T08:00:00Z")]
    [InlineData("rfc3339", "UTC", "2026-03-01T16:00:00.5+08:00", "2026-03-01T08:00:00.5Z")]
    [InlineData("rfc3339", "Asia/Shanghai", "2026-03-01T16:00:00", "2026-03-01T08:00:00Z")] // says no zone: the estate's
    [InlineData("rfc3339", "Asia/Shanghai", "2026-03-01 16:00:00", "2026-03-01T08:00:00Z")]
    [InlineData("rfc3339", "UTC", "08:00", null)] // no day
    [InlineData("rfc3339", "UTC", "1772352000", null)]
    [InlineData("rfc3339", "UTC", "", null)]
    [InlineData("unix-seconds", "UTC", "1772352000.25", "2026-03-01T08:00:00.25Z")]
    [InlineData("unix-milliseconds", "UTC", "1772352000250", "2026-03-01T08:00:00.25Z")]
    [InlineData("unix-seconds", "UTC", "0", null)] // what a metric says that was never set
    [InlineData("unix-seconds", "UTC", "1e300", null)]
    [InlineData("unix-seconds", "UTC", "NaN", null)]
    [InlineData("yyyyMMdd-HHmmss", "UTC", "20260301-080000", "2026-03-01T08:00:00Z")]
    [InlineData("yyyyMMdd-HHmmss", "Asia/Shanghai", "20260301-160000", "2026-03-01T08:00:00Z")]
    [InlineData("yyyyMMdd-HHmmss", "UTC", "20260231-080000", null)]
    [InlineData("yyyyMMdd", "Europe/Berlin", "20260301", "2026-02-28T23:00:00Z")]
    [InlineData("yyyyMMddHHmm", "Europe/Berlin", "202610250230", "2026-10-25T00:30:00Z")] // twice that night: the earlier
    public void Parse_Format_GivesTheMoment(string format, string zone, string text, string? moment) =>
        MomentText.Parse(text, new MomentFormat(format, TimeZoneInfo.FindSystemTimeZoneById(zone)))
            .Should().Be(moment is null ? null : DateTimeOffset.Parse(moment, System.Globalization.CultureInfo.InvariantCulture));

    [Theory]
    [InlineData("a.b", "1")]
    [InlineData("list[1].c", "x")]
    [InlineData("list[2]", null)]
    [InlineData("list[0].d", null)]
    [InlineData("a", null)]
    [InlineData("a.b.c", null)]
    [InlineData("list.c", null)]
    public void Find_Path_GivesTheText(string path, string? text)
    {
        using var document = JsonDocument.Parse("""{"a":{"b":1},"list":[{"c":null},{"c":"x"}]}""");

        MomentText.Find(document.RootElement, path).Should().Be(text);
    }
}
