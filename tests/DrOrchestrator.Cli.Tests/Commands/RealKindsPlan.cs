using DrOrchestrator.Testing.Plans;

namespace DrOrchestrator.Cli.Tests.Commands;

/// <summary>A good estate whose plan is written for the kinds that the product really has.</summary>
internal static class RealKindsPlan
{
    public const string Text = """
        plan: failover
        version: "1"
        title: { en: Failover of the ledger }
        kind: failover
        modes: [live]
        systems: [ledger]
        authors: [requester]
        emergency: { scenarios: s, organisation: o, decision: d, response: r, tools: t, working-rules: w }
        recovery: { targets: t, procedure: p, manual: m, verification: { text: v, step: business-verification } }
        approvals:
          - { name: run-approval, role: approver, quorum: 1, deadline: 10m }
        gates:
          - standby-healthy: { recovery-point: ledger-replication, standby: dr }
        steady-state:
          - probe: { name: ledger-posting }
        steps:
          - name: fence-primary
            kind: k8s.fence
            site: primary
            with: { namespace: ledger, workloads: [statefulset/ledger-store] }
            mark: fenced
          - name: promote
            kind: k8s.job
            site: dr
            with: { namespace: ledger, command: [ledger, promote] }
            promotes: { system: ledger, fenced-by: fence-primary }
            mark: promoted
            timeout: 1m
          - { name: business-verification, kind: task, with: { role: business-verifier, text: Verify postings }, mark: business-verified }
        way-back:
          - { name: rejoin, kind: k8s.job, site: primary, with: { namespace: ledger, command: [ledger, rejoin] }, promotes: none }

        """;

    public static EstateFolderBuilder NewEstate() => new EstateFolderBuilder().Write("failover.yaml", Text);
}
