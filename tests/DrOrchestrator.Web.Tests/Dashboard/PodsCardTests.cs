using DrOrchestrator.Kubernetes.Watching;
using DrOrchestrator.Web.Dashboard;
using DrOrchestrator.Web.Dashboard.Phrases;
using Microsoft.Extensions.DependencyInjection;

namespace DrOrchestrator.Web.Tests.Dashboard;

public sealed class PodsCardTests
{
    [Fact]
    public async Task FirstPage_WithSites_ShowsWhatRunsAndWhatIsNotKnown()
    {
        await using var server = await RunningServer.StartAsync(overrides: services => services.AddSingleton<ISitePods>(new FakeSitePods()));
        using var client = server.Operator();

        var english = await client.GetStringAsync("/?lang=en");
        var chinese = await client.GetStringAsync("/?lang=zh-CN");

        english.Should().ContainAll(
            "What runs at the sites",
            "<td class=\"n\">3</td><td class=\"n\">2</td><td class=\"n\">4</td>",
            "<span translate=\"no\">CrashLoopBackOff</span> × 1",
            "12 s ago",
            "<span class=\"tag none\">unknown</span>",
            "3 min 1 s ago",
            "the list was not read within 30 s",
            "&lt;ledger&gt;");
        chinese.Should().ContainAll("各中心运行情况", "12 秒前", "<span class=\"tag none\">未知</span>", "3 分 1 秒前", "容器组清单在 30 秒 内未读完");
    }

    [Fact]
    public void Render_WithoutClusters_ShowsNothing() => PodsCard.Render([], Language.English).Markup.Should().BeEmpty();

    [Theory]
    [InlineData("the list was not read within 30 s")]
    [InlineData("the watch did not begin within 15 s")]
    [InlineData("the watch ended as soon as it had begun")]
    [InlineData("the watch ended with 500 etcd event received with PrevKv=nil")]
    [InlineData("the watch was cut in the middle of an event")]
    [InlineData("a line of the watch is no event")]
    [InlineData("an event of the watch has more than 8 MiB")]
    [InlineData("the answer is no list of pods, or was cut in its middle")]
    [InlineData("the list of pods has no resourceVersion")]
    [InlineData("no connection to 10.0.0.1:6443 within 3 s")]
    [InlineData("no answer from 10.0.0.1:6443 within 5 s")]
    public void Say_OfWhatKeepsAWatchFromBeing_IsChinese(string sentence) => Phrasebook.Knows(sentence).Should().BeTrue();
}
