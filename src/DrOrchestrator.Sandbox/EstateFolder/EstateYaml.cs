namespace DrOrchestrator.Sandbox.EstateFolder;

/// <summary>The text of a lab's estate.</summary>
internal static class EstateYaml
{
    public static string Of(EstateFacts facts) => Of(facts, facts.Lab.Postgres is null ? StoreYaml.Of(facts) : DatabaseYaml.Of(facts));

    public static string Interval(EstateFacts facts) => Duration(facts.ProbeInterval);

    public static string Duration(TimeSpan duration) => FormattableString.Invariant($"{duration.TotalMilliseconds}ms");

    public static string Text(Uri url) => url.ToString().TrimEnd('/');

    private static string Of(EstateFacts facts, KeepingYaml keeping) => $$$"""
        # The estate of this lab, written when the lab was first started. Everything in it listens on 127.0.0.1.
        estate: sandbox
        sandbox: true

        sites:
          - { name: primary, role: production, location: lab, kubeconfig: {{{facts.PrimaryKubeconfig}}}, context: primary }
          - { name: dr, role: same-city, location: lab, kubeconfig: {{{facts.DrKubeconfig}}}, context: dr }

        systems:
          - name: ledger
            title: { en: Core ledger, zh-CN: 核心账务 }
            department: 运营管理部
            owner: {{{EstateWriter.Requester}}}
            bia:
              - { scope: financial-rights, severity: moderate, reason: "Postings of customers stop while the ledger is down; amounts can be settled afterwards.", signer: {{{EstateWriter.BusinessVerifier}}} }
            serving: primary
            standbys: [dr]
            functions:
              - { name: posting, critical: true }

        endpoints:
          - { name: front-door-admin, url: "{{{Text(facts.Lab.AdminUrl)}}}", token-file: tokens/front-door-admin.token }
          - { name: front-door, url: "{{{Text(facts.Lab.FrontDoorUrl)}}}" }
          - { name: faults, url: "{{{Text(facts.Lab.ControlUrl)}}}", token-file: tokens/faults.token }
        {{{keeping.Endpoints}}}
        probes:
          # A committed write by the way users come in, each on a connection of its own: the only thing that decides availability.
          - name: ledger-posting
            system: ledger
            role: service
            function: posting
            kind: http
            interval: {{{Interval(facts)}}}
            timeout: 1s
            confirmations: 2
            with:
              url: "{{{Text(facts.Lab.FrontDoorUrl)}}}/ledger/entries"
              method: POST
              headers: { Content-Type: application/json }
              body: '{"id":"probe-{{nonce}}","kind":"probe","sentAt":"2026-01-01T00:00:00Z","amount":0}'
              expect-status: [201]
              fresh-connection: true
        {{{keeping.Probes}}}

        {{{keeping.RecoveryPoints}}}

        # Personas: they answer approvals and tasks through the same API as people, and every record of theirs says "simulated".
        people:
          - { id: {{{EstateWriter.Requester}}}, name: Lab requester, department: 信息科技部, roles: [operator], token-sha256: {{{facts.RequesterHash}}}, simulated: true, trainings: [ { passed: {{{facts.TrainedOn:yyyy-MM-dd}}}, record: LAB } ] }
          - { id: {{{EstateWriter.Approver}}}, name: Lab approver, department: 风险管理部, roles: [approver], token-sha256: {{{facts.ApproverHash}}}, simulated: true, trainings: [ { passed: {{{facts.TrainedOn:yyyy-MM-dd}}}, record: LAB } ] }
          - { id: {{{EstateWriter.BusinessVerifier}}}, name: Lab business verifier, department: 运营管理部, roles: [business-verifier], token-sha256: {{{facts.VerifierHash}}}, simulated: true, trainings: [ { passed: {{{facts.TrainedOn:yyyy-MM-dd}}}, record: LAB } ] }

        calendars:
          - { name: ledger-drill-overdue, kind: drill-overdue, system: ledger, plan: {{{keeping.Plan}}}, cron: "0 0 8 * * ?", time-zone: Asia/Shanghai, within: 365d }

        plans: [{{{keeping.Plan}}}.yaml]

        """;
}

/// <summary>What an estate says of that in which the ledger is kept: pieces of YAML, not indented.</summary>
/// <param name="Plan">Name of the plan; its file has the same.</param>
internal sealed record KeepingYaml(string Endpoints, string Probes, string RecoveryPoints, string Plan);
