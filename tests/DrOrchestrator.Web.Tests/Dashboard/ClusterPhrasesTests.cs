using System.Text.RegularExpressions;
using DrOrchestrator.Web.Dashboard;
using DrOrchestrator.Web.Dashboard.Phrases;

namespace DrOrchestrator.Web.Tests.Dashboard;

public sealed class ClusterPhrasesTests
{
    [Theory]
    [InlineData("context 'dr' not found in /estate/kubeconfig; it has: none", "/estate/kubeconfig 中没有上下文 dr；其中有：none")]
    [InlineData("context 'dr' not found in a.yaml, b.yaml; it has: primary, lab", "a.yaml, b.yaml 中没有上下文 dr；其中有：primary, lab")]
    [InlineData("site 'dr' is not in the estate; it has: primary", "estate 中没有中心 dr；其中有：primary")]
    [InlineData("tokenFile /run/token is empty", "tokenFile /run/token 为空")]
    public void Say_WhyAClusterCannotBeAsked_IsSaidAsAWhole(string text, string said)
    {
        Phrasebook.Knows(text).Should().BeTrue();

        Regex.Replace(Phrasebook.Say(text, Language.Chinese).Markup, "<[^>]*>", "").Should().Be(said);
    }
}
