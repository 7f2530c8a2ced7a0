namespace DrOrchestrator.EndToEnd.Conformance;

/// <summary>Moves the app from one cluster to the other and back, with Jobs in between, as a plan of a bank would.</summary>
internal static class MovePlan
{
    public const string Name = "move-app";

    /// <summary>Whole, with its way back.</summary>
    public static string Text(string ns) => $$"""
        plan: {{Name}}
        version: "1"
        title: { en: Move the app to the other cluster and back, zh-CN: 应用切换与回切 }
        kind: failover
        modes: [live, real]
        systems: [app]
        authors: [requester]
        emergency: { scenarios: s, organisation: o, decision: d, response: r, tools: t, working-rules: w }
        recovery: { targets: t, procedure: p, manual: m, verification: { text: v, step: business-verification } }
        approvals:
          - { name: run-approval, role: approver, quorum: 1, deadline: 10m }
        gates:
          - rights:
          - capacity: { site: dr }
          - field-managers:
          - images-known: { site: dr, from: primary, registries: [{{RealPair.Registry}}] }
          - single-points-of-failure: { site: dr }
          - targets-exist: { site: dr, namespace: {{ns}}, workloads: [deployment/app] }
          - fence-provable: { site: primary, namespace: {{ns}}, workloads: [deployment/app] }
        steps:
          - name: decide
            kind: approval
            with: { role: approver, text: "Switch the app?" }
            mark: decided
            timeout: 10m
          - name: fence-primary
            kind: k8s.fence
            site: primary
            with: { namespace: {{ns}}, workloads: [deployment/app] }
            mark: fenced
            timeout: 30s
          - name: promote-dr
            kind: k8s.job
            site: dr
            with: { namespace: {{ns}}, image: "registry.example/tool:1", command: [promote, '{"role":"primary","epoch":2}'] }
            promotes: { system: app, fenced-by: fence-primary }
            mark: promoted
            timeout: 30s
          - name: start-dr
            kind: k8s.scale
            site: dr
            with: { namespace: {{ns}}, workload: deployment/app, replicas: 2 }
            timeout: 10s
          - name: ready-dr
            kind: k8s.rollout
            site: dr
            with: { namespace: {{ns}}, workload: deployment/app }
            mark: technically-confirmed
            timeout: 30s
          - name: business-verification
            kind: task
            with: { role: business-verifier, text: "Does the app serve?" }
            mark: business-verified
            timeout: 10m

        """;

    /// <summary>For plans that come home.</summary>
    public static string WayBack(string ns) => $$"""
        way-back:
          - name: rejoin-primary
            kind: k8s.job
            site: primary
            with: { namespace: {{ns}}, image: "registry.example/tool:1", command: [rejoin, '{"role":"standby","epoch":2}'] }
            promotes: none
            timeout: 30s
          - name: fence-dr
            kind: k8s.fence
            site: dr
            with: { namespace: {{ns}}, workloads: [deployment/app] }
            timeout: 30s
          - name: promote-primary
            kind: k8s.job
            site: primary
            with: { namespace: {{ns}}, image: "registry.example/tool:1", command: [promote, '{"role":"primary","epoch":3}'] }
            promotes: { system: app, fenced-by: fence-dr }
            timeout: 30s
          - name: lift-primary
            kind: k8s.unfence
            site: primary
            with: { namespace: {{ns}}, fence: fence-primary, rejoined-by: rejoin-primary, workloads: { deployment/app: 2 } }
            timeout: 20s
          - name: ready-primary
            kind: k8s.rollout
            site: primary
            with: { namespace: {{ns}}, workload: deployment/app }
            timeout: 30s
          - name: rejoin-dr
            kind: k8s.job
            site: dr
            with: { namespace: {{ns}}, image: "registry.example/tool:1", command: [rejoin, '{"role":"standby","epoch":3}'] }
            promotes: none
            timeout: 30s
          - name: lift-dr
            kind: k8s.unfence
            site: dr
            with: { namespace: {{ns}}, fence: fence-dr, rejoined-by: rejoin-dr, workloads: { deployment/app: 0 } }
            timeout: 20s

        """;
}
