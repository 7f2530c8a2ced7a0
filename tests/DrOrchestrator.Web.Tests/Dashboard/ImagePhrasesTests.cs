using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Gates;
using DrOrchestrator.Web.Dashboard.Phrases;
using k8s.Models;

namespace DrOrchestrator.Web.Tests.Dashboard;

public sealed class ImagePhrasesTests
{
    private const string Image = "registry.dr/bank/api:7";

    [Fact]
    public void Say_OfWhatTheGateWrites_KnowsEverySentence()
    {
        var node = new V1Node { Status = new V1NodeStatus { Conditions = [new V1NodeCondition { Type = "Ready", Status = "True" }], Images = [new V1ContainerImage { Names = [Image, "registry.dr/bank/api@sha256:aa"] }] } };
        var empty = new V1Node { Status = new V1NodeStatus { Conditions = node.Status.Conditions } };
        var results = (from nodes in (V1Node[][])[[node], [node, empty]]
                       from registries in (string[][])[[], ["registry.dr"], ["other"]]
                       from policy in (string[])["Always", "IfNotPresent", "Never"]
                       from elsewhere in (string?[]?[])[null, ["sha256:aa"], ["sha256:bb"], [null]]
                       from image in (string[])[Image, "registry.dr/bank/new:1"]
                       select new ImagesJudge("dr", elsewhere is null ? null : "primary", registries, nodes).Judge(new AskedImage("ns/deployment/api main", image, policy, elsewhere))).ToList();
        var judge = new ImagesJudge("dr", null, [], []);
        results.AddRange([judge.JudgeSecrets("ns/deployment/api", ["a", "b"], []), judge.JudgeSecrets("ns/deployment/api", ["a", "b"], ["a"])]);

        results.Should().Contain(result => result.Passed).And.Contain(result => !result.Passed);
        results.SelectMany(result => (string[])[result.Check, result.Value, result.Limit, result.Source, result.Remedy]).Where(text => text.Length > 0 && !Phrasebook.Knows(text)).Distinct().Should().BeEmpty();
    }

    [Theory]
    [InlineData("images-known dr ledger/deployment/api imagePullSecrets", "镜像可用：dr ledger/deployment/api 拉取凭据")]
    [InlineData("See that the API of each site answers and that the kubeconfig's user may read the workloads, pods and the Secrets by which they pull, and list nodes.", "请确认各中心的 API 有应答，且所用账号有权读取工作负载、容器组及其拉取凭据，并列出节点。")]
    public void Say_OfTheGate_SpeaksChinese(string said, string chinese) => ChineseText.Of(said).Should().Be(chinese);
}
