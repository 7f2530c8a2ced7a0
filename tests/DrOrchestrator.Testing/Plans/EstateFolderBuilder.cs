using DrOrchestrator.Estates;
using DrOrchestrator.Estates.Loading;

namespace DrOrchestrator.Testing.Plans;

/// <summary>A folder with a good estate and a good plan, to be spoiled one file at a time; removed when disposed.</summary>
public sealed class EstateFolderBuilder : IDisposable
{
    /// <summary>A good estate.</summary>
    public const string GoodEstate = """
        estate: sandbox
        sandbox: true
        sites:
          - { name: primary, role: production, location: lab, kubeconfig: ../primary.kubeconfig, context: primary }
          - { name: dr, role: same-city, kubeconfig: ../primary.kubeconfig, context: dr }
          - { name: paper, role: remote }
        systems:
          - name: ledger
            title: { en: Core ledger, zh-CN: 核心账务 }
            department: Payments
            owner: requester
            bia: [ { scope: financial-rights, severity: moderate, reason: "Customers cannot pay", signer: Wang } ]
            serving: primary
            standbys: [dr]
            functions: [ { name: posting, critical: true }, { name: report } ]
            objectives: { rto: 2h, rpo: 1h }
        endpoints:
          - { name: front-door, url: "http://127.0.0.1:1234", token-file: ../admin.token }
        probes:
          - name: ledger-posting
            system: ledger
            role: service
            function: posting
            kind: http
            interval: 250ms
            timeout: 1s
            with: { url: "http://127.0.0.1:1234/ledger/entries", method: POST, headers: { Content-Type: application/json }, body: '{"id":"{{nonce}}"}', expect-status: [201, 200], body-contains: position, fresh-connection: true }
          - { name: dr-store, system: ledger, site: dr, role: standby, kind: tcp, interval: 1s, timeout: 500ms, confirmations: 3, with: { host: 127.0.0.1, port: 4321 } }
        recovery-points:
          - { name: ledger-replication, system: ledger, kind: positions, interval: 250ms, timeout: 1s, with: { sites: { primary: "http://127.0.0.1:1/status", dr: "http://127.0.0.1:2/status" } } }
        people:
          - { id: requester, name: Li Wei, department: IT, roles: [operator], token-sha256: AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA, simulated: true }
          - { id: chen, name: Chen, department: IT, roles: [approver, viewer] }
          - { id: verifier, name: Zhao, department: Payments, roles: [business-verifier] }
        calendars:
          - { name: overdue, kind: drill-overdue, system: ledger, plan: failover, cron: "0 0 8 * * ?", time-zone: Asia/Shanghai, within: 365d }
        plans: [failover.yaml]
        bcm: { lead-department: Risk }

        """;

    /// <summary>A good plan for it.</summary>
    public const string GoodPlan = """
        plan: failover
        version: "1"
        title: { en: Failover of the ledger }
        kind: failover
        modes: [live, tabletop]
        systems: [ledger]
        authors: [requester]
        emergency: { scenarios: s, organisation: o, decision: d, response: r, tools: t, working-rules: w }
        recovery: { targets: t, procedure: p, manual: m, verification: { text: v, step: business-verification } }
        approvals:
          - { name: run-approval, role: approver, quorum: 1, deadline: 10m }
        gates:
          - targets-exist: { workloads: [StatefulSet/ledger-store] }
          - standby-healthy:
        steady-state:
          - probe: { name: ledger-posting }
        steps:
          - name: fence-primary
            kind: k8s.fence
            title: { en: Fence, zh-CN: 隔离 }
            site: primary
            with: { workloads: [ledger-store] }
            mark: fenced
          - name: promote
            kind: k8s.job
            site: dr
            with: { command: [ledger, promote, "--proof=${steps.fence-primary.proof}"] }
            promotes: { system: ledger, fenced-by: fence-primary }
            mark: promoted
            timeout: 1m
            on-failure: stop
          - parallel:
              - { name: wait-a, kind: wait, with: { for: 1s } }
              - { name: wait-b, kind: wait, with: { for: 2s }, needs: [fence-primary] }
          - name: move-traffic
            kind: http
            with: { endpoint: front-door, method: PUT, path: /route, status: "${steps.promote.epoch}", follow: false, accept: [a, b], body: { site: dr, epoch: "${steps.promote.epoch}", n: 3, r: 1.5, on: true, off: null, s: "4" } }
            point-of-no-return: true
            retries: 2
          - { name: business-verification, kind: task, with: { role: business-verifier, text: Verify postings }, mark: business-verified }
        way-back:
          - { name: rejoin, kind: k8s.job, site: primary, with: { command: [rejoin] }, promotes: none }
          - { name: unfence, kind: k8s.unfence, site: primary, with: { fence: fence-primary } }

        """;

    private static readonly System.Text.Json.Nodes.JsonObject Schema = EstateSchema.Of();

    public EstateFolderBuilder()
    {
        Root = Path.Combine(AppContext.BaseDirectory, "work", $"estate-{Guid.NewGuid():N}");
        Directory.CreateDirectory(Folder);
        Directory.CreateDirectory(Shipped);
        File.WriteAllText(Path.Combine(Root, "primary.kubeconfig"), "{}");
        File.WriteAllText(Path.Combine(Root, "admin.token"), "t");
        Write("estate.yaml", GoodEstate).Write("failover.yaml", GoodPlan);
    }

    public string Root { get; }

    public string Folder => Path.Combine(Root, "estate");

    public string Shipped => Path.Combine(Root, "runbooks");

    public EstateFolderBuilder Write(string name, string content)
    {
        File.WriteAllText(Path.Combine(Folder, name), content);
        return this;
    }

    public EstateFolderBuilder Write(string name, byte[] content)
    {
        File.WriteAllBytes(Path.Combine(Folder, name), content);
        return this;
    }

    /// <summary>Replaces a text that must be there.</summary>
    public EstateFolderBuilder Replace(string name, string old, string text)
    {
        var content = File.ReadAllText(Path.Combine(Folder, name));
        return content.Contains(old, StringComparison.Ordinal)
            ? Write(name, content.Replace(old, text, StringComparison.Ordinal))
            : throw new ArgumentException($"'{old}' is not in {name}", nameof(old));
    }

    public EstateLoadResult Load() => EstateLoader.Load(Folder, SmallCatalog.Instance, Shipped);

    /// <summary>What is wrong; empty when it loads.</summary>
    public IReadOnlyList<EstateError> LoadErrors() => Load() is EstateLoadResult.Refused refused ? refused.Errors : [];

    public EstateLoadResult.Loaded LoadGood() => Load() switch
    {
        EstateLoadResult.Loaded loaded => ValidForEditors(loaded),
        EstateLoadResult.Refused refused => throw new InvalidOperationException(string.Join(Environment.NewLine, refused.Errors)),
        var other => throw new InvalidOperationException(other.ToString()),
    };

    /// <summary>What the loader takes, the schema for editors must take: each good estate of each test is one more case for that.</summary>
    private EstateLoadResult.Loaded ValidForEditors(EstateLoadResult.Loaded loaded)
    {
        foreach (var file in Directory.GetFiles(Folder, "*.y*ml").Where(file => loaded.Plans.Values.All(plan => plan.File != Path.GetFileName(file))))
        {
            if (PlanSchemaJudge.Problems(Schema, File.ReadAllText(file)) is [var first, ..])
            {
                throw new InvalidOperationException($"{Path.GetFileName(file)} is good for the loader and not for its schema: {first}");
            }
        }

        return loaded;
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
