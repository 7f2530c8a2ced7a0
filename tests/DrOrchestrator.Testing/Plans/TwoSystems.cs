namespace DrOrchestrator.Testing.Plans;

/// <summary>A good estate with two systems, <c>cards</c> that depends on <c>ledger</c>, and a plan that switches both.</summary>
public static class TwoSystems
{
    private const string Ledger = "    objectives: { rto: 2h, rpo: 1h }\n";

    private const string Cards = """
          - name: cards
            department: Cards
            owner: requester
            bia: [ { scope: internal-operations, severity: severe, reason: "Cards are refused", signer: Wang } ]
            serving: primary
            standbys: [dr]
            functions: [ { name: authorise, critical: true } ]
            depends-on: [ledger]

        """;

    /// <summary>The plan, by the kinds of <see cref="SmallCatalog"/>.</summary>
    public const string Plan = """
        plan: both
        version: "1"
        kind: failover
        modes: [live]
        systems: [cards, ledger]
        authors: [requester]
        emergency: { scenarios: s, organisation: o, decision: d, response: r, tools: t, working-rules: w }
        recovery: { targets: t, procedure: p, manual: m, verification: { text: v, step: verify } }
        approvals:
          - { name: run-approval, role: approver, deadline: 10m }
        steps:
          - { name: decide, kind: task, with: { role: approver, text: Decide }, mark: decided }
          - parallel:
              - { name: fence-ledger, kind: k8s.fence, system: ledger, site: primary, with: { workloads: [ledger] }, mark: fenced }
              - { name: fence-cards, kind: k8s.fence, system: cards, site: primary, with: { workloads: [cards] }, mark: fenced }
          - { name: promote-ledger, kind: k8s.job, site: dr, with: { command: [promote] }, promotes: { system: ledger, fenced-by: fence-ledger }, mark: promoted, needs: [fence-ledger] }
          - { name: healthy-ledger, kind: wait, system: ledger, with: { for: 1s }, mark: application-healthy }
          - { name: promote-cards, kind: k8s.job, site: dr, with: { command: [promote] }, promotes: { system: cards, fenced-by: fence-cards }, mark: promoted, needs: [fence-cards] }
          - { name: healthy-cards, kind: wait, system: cards, with: { for: 1s }, mark: application-healthy, needs: [promote-cards, healthy-ledger] }
          - { name: verify, kind: task, with: { role: business-verifier, text: Verify both }, mark: business-verified }

        """;

    /// <summary>A folder with both.</summary>
    public static EstateFolderBuilder NewFolder()
    {
        var folder = new EstateFolderBuilder();
        folder.Replace("estate.yaml", Ledger, Ledger + Cards).Replace("estate.yaml", "plans: [failover.yaml]", "plans: [failover.yaml, both.yaml]");
        return folder.Write("both.yaml", Plan);
    }
}
