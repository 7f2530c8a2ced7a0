using DrOrchestrator.Drills.Steps.Namespaces;
using DrOrchestrator.Web.Dashboard;
using Microsoft.Extensions.DependencyInjection;

namespace DrOrchestrator.Web.Tests.Dashboard;

public sealed class LeftNamespacesCardTests
{
    private static readonly LeftNamespacesFound Found = new(
        [
            new("lab", "dro-log1-7-space", "uid-1", "log1", 7, "restore", "live", Samples.Start, LeftNamespaces.Left, null) { IsOwn = true },
            new("lab", "dro-log2-3-space", "uid-2", "log2", 3, "restore", "live", Samples.Start, LeftNamespaces.Expired, null) { IsOwn = false },
            new("lab", "dro-log1-6-space", "uid-3", "log1", 6, "restore", "live", Samples.Start, LeftNamespaces.Ending, "what is in it is still ending") { IsOwn = true },
            new("lab", "dro-log2-4-space", "uid-4", "log2", 4, "restore", "live", Samples.Start, LeftNamespaces.Ending, "its end was not asked for yet") { IsOwn = false },
            new("lab", "dro-9-space", "uid-5", "", 9, "restore", "live", Samples.Start, LeftNamespaces.Expired, null) { IsOwn = false },
        ],
        [new("dr", "no answer within 10s")]);

    [Fact]
    public async Task FirstPage_WithLeftovers_NamesThemAndTheWordThatRemovesEach()
    {
        await using var server = await RunningServer.StartAsync(overrides: services => services.AddSingleton<ILeftNamespaceSight>(new Sight(new LeftNamespaceSight(Found, Samples.Start))));
        using var client = server.Operator();

        var english = await client.GetStringAsync("/?lang=en");
        var chinese = await client.GetStringAsync("/?lang=zh-CN");

        english.Should().ContainAll(
            "Namespaces that runs left behind",
            "<a href=\"/drills/7\">#7</a>",
            "<code>dro namespace remove lab dro-log1-7-space --uid uid-1 --reason …</code>",
            "<code>dro namespace remove lab dro-log2-3-space --uid uid-2 --reason … --of-log log2</code>",
            "<code>dro namespace remove lab dro-9-space --uid uid-5 --reason … --of-log &quot;&quot;</code>",
            "what is in it is still ending",
            "not seen: no answer within 10s").And.NotContain("/drills/3\"").And.NotContain("/drills/4\"").And.NotContain("/drills/9\"").And.NotContain("--uid uid-3");
        chinese.Should().ContainAll("运行遗留的命名空间", "运行已结束", "已过期", "属于证据日志", "其中的内容仍在结束", "未能查看：10 秒 内没有应答");
        ChinesePagesTests.EnglishIn(chinese).Should().BeEmpty();
    }

    [Fact]
    public void Render_NothingLeftOrNothingLookedAt_ShowsNothing()
    {
        LeftNamespacesCard.Render(new LeftNamespaceSight(new LeftNamespacesFound([], []), Samples.Start), Language.English).Markup.Should().BeEmpty();
        LeftNamespacesCard.Render(LeftNamespaceSight.Nothing, Language.English).Markup.Should().BeEmpty();
    }

    [Fact]
    public void Render_LookTooLongAgo_SaysThatNobodyKnows()
    {
        var sight = new LeftNamespaceSight(null, Samples.Start);

        LeftNamespacesCard.Render(sight, Language.English).Markup.Should().Contain("The clusters could not be looked at since").And.NotContain("<table>");
        LeftNamespacesCard.Render(sight, Language.Chinese).Markup.Should().Contain("是否有遗留不明");
    }

    private sealed class Sight(LeftNamespaceSight sight) : ILeftNamespaceSight
    {
        public LeftNamespaceSight Read() => sight;
    }
}
