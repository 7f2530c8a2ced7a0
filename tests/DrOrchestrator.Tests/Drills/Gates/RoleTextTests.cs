using DrOrchestrator.Drills.Gates;

namespace DrOrchestrator.Tests.Drills.Gates;

public class RoleTextTests
{
    [Fact]
    public void Of_NamesThatYamlWouldTakeForNumbersOrTruth_AreText() =>
        RoleText.Of("dro-p", "123", [new NeededRight("dr", "123", "apps", "deployments", "get", "true"), new NeededRight("dr", "123", "apps", "deployments", "get", "1.5")]).Should().Be(
            """{apiVersion: rbac.authorization.k8s.io/v1, kind: Role, metadata: {name: dro-p, namespace: "123"}, rules: [{apiGroups: ["apps"], resources: [deployments], verbs: [get], resourceNames: ["true", "1.5"]}]}""");
}
