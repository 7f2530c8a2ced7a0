using DrOrchestrator.EndToEnd.Harness;

namespace DrOrchestrator.EndToEnd.Wire;

/// <summary>A plan of the lab's estate that names a version which no server has served for years, at both sites.</summary>
internal static class OldKinds
{
    private const string Name = "old-kinds";

    /// <summary>What <c>dro plan --dry-run</c> says of it.</summary>
    public static async Task<string> TryAsync(LabProcess lab, string folder)
    {
        await File.WriteAllTextAsync(Path.Combine(lab.Estate, Name + ".yaml"), $$"""
            plan: {{Name}}
            version: "1"
            title: { en: Of old kinds }
            kind: failover
            modes: [live]
            systems: [ledger]
            authors: [requester]
            emergency: { scenarios: s, organisation: o, decision: d, response: r, tools: t, working-rules: w }
            recovery: { targets: t, procedure: p, manual: m, verification: { text: v, step: verify } }
            approvals:
              - { name: run-approval, role: approver, quorum: 1, deadline: 10m }
            steps:
              - { name: at-primary, kind: k8s.patch, site: primary, with: { namespace: ledger, api: autoscaling/v2beta2, resource: horizontalpodautoscalers/api, patch: { spec: { maxReplicas: 3 } } }, timeout: 10s }
              - { name: at-dr, kind: k8s.patch, site: dr, with: { namespace: ledger, api: autoscaling/v2beta2, resource: horizontalpodautoscalers/api, patch: { spec: { maxReplicas: 3 } } }, timeout: 10s }
              - { name: verify, kind: task, with: { role: business-verifier, text: Verify postings }, timeout: 10m, mark: business-verified }
            """);
        lab.EditEstate("plans: [", $"plans: [{Name}.yaml, ");
        await using Child dro = Child.Start(Child.Dro, ["plan", Name, "--estate", lab.Estate, "--dry-run"], Path.Combine(folder, "old-kinds.log"));
        int code = await dro.WaitAsync(Patience.Start);
        string said = await dro.ReadLogAsync();
        code.Should().Be(0, said);
        return said;
    }
}
