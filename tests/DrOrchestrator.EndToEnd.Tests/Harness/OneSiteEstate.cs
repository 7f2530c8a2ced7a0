namespace DrOrchestrator.EndToEnd.Harness;

/// <summary>An estate with one system and one cluster, of the site <c>dr</c>, in which its plans act, and three people.</summary>
internal static class OneSiteEstate
{
    /// <param name="kubeconfig">With the context <c>dr</c>.</param>
    /// <param name="plans">By name.</param>
    public static LabPeople Write(string folder, string kubeconfig, IReadOnlyDictionary<string, string> plans)
    {
        string estate = Directory.CreateDirectory(Path.Combine(folder, "estate")).FullName;
        var people = LabPeople.Make(folder);
        File.WriteAllText(Path.Combine(estate, "kubeconfig"), kubeconfig);
        File.WriteAllText(Path.Combine(estate, "estate.yaml"), $$"""
            estate: one-site
            sites:
              - { name: primary, role: production, location: A }
              - { name: dr, role: remote, location: B, kubeconfig: kubeconfig, context: dr }
            systems:
              - name: ledger
                title: { en: The ledger, zh-CN: 账务 }
                department: IT
                owner: requester
                bia: [ { scope: financial-rights, severity: moderate, reason: "Customers cannot pay", signer: Wang } ]
                serving: primary
                standbys: [dr]
                functions: [ { name: posting, critical: true } ]
                objectives: { rto: 2h, rpo: 1h }
            people:
              - { id: requester, name: Requester, department: IT, roles: [operator], token-sha256: {{LabPeople.Hash(people.Requester)}} }
              - { id: approver, name: Approver, department: Risk, roles: [approver, operator], token-sha256: {{LabPeople.Hash(people.Approver)}} }
              - { id: verifier, name: Verifier, department: Operations, roles: [business-verifier, approver], token-sha256: {{LabPeople.Hash(people.BusinessVerifier)}} }
            plans: [{{string.Join(", ", plans.Keys.Select(name => name + ".yaml"))}}]
            bcm: { lead-department: Risk }

            """);
        foreach ((string name, string text) in plans)
        {
            File.WriteAllText(Path.Combine(estate, name + ".yaml"), text);
        }

        return people;
    }
}
