using DrOrchestrator.Web.Dashboard;

namespace DrOrchestrator.Web.Tests.Dashboard;

public sealed class FiguresTests
{
    [Theory]
    [InlineData(0, "0 s")]
    [InlineData(0.0004, "0.4 ms")]
    [InlineData(0.42, "0.42 s")]
    [InlineData(12.34, "12.3 s")]
    [InlineData(120, "2 min")]
    [InlineData(250, "4 min 10 s")]
    [InlineData(14400, "4 h")]
    [InlineData(32520, "9 h 2 min")]
    [InlineData(273600, "3 d 4 h")]
    [InlineData(-5, "-5 s")]
    public void Span_OfAnyLength_ReadsShort(double seconds, string text) => Figures.Seconds(seconds, Language.English).Should().Be(text);

    [Theory]
    [InlineData(0.0004, "0.4 毫秒")]
    [InlineData(12.34, "12.3 秒")]
    [InlineData(120, "2 分钟")]
    [InlineData(250, "4 分 10 秒")]
    [InlineData(32520, "9 小时 2 分钟")]
    [InlineData(273600, "3 天 4 小时")]
    [InlineData(-5, "-5 秒")]
    public void Span_InChinese_HasChineseUnits(double seconds, string text) => Figures.Seconds(seconds, Language.Chinese).Should().Be(text);

    [Theory]
    [InlineData(100, "100%")]
    [InlineData(99.99999, "99.9999%")]
    [InlineData(99.897, "99.897%")]
    [InlineData(0, "0%")]
    public void Percent_BelowAHundred_IsNeverRoundedUpToIt(double percent, string text) => Figures.Percent(percent).Should().Be(text);

    [Fact]
    public void Html_OfValues_EscapesAllButMarkup()
    {
        var inner = Html.Of($"<b>{"a<b"}</b>");

        Html.Of($"<p>{inner}{"<i>"}{7L}{"账务"}</p>").Markup.Should().Be("<p><b>a&lt;b</b>&lt;i&gt;7账务</p>");
    }
}
