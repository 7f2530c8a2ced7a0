using System.Text.Json.Nodes;

namespace DrOrchestrator.Cli.Tests.Commands;

public class CheckCommandTests
{
    [Fact]
    public async Task Check_GoodEstate_SaysWhatIsInIt()
    {
        using var estate = RealKindsPlan.NewEstate();

        var ran = await Shell.RunAsync("check", "--estate", estate.Folder);

        ran.Should().Be(new Ran(
            ExitCodes.Fine,
            """
            sandbox is valid; sites: 3, systems: 1, probes: 2, plans: 1
              hash e51d0f0f5289ba0255900faf56c3dd19c3e2afd75880dd1e1e46500f55ee15fe

            """,
            """
            warning: estate.yaml:32:5: nobody is named as the local operator: whoever asks for a run with the data folder's token could approve it with a token of their own. Add 'local-operator: PERSON' with who uses operator.token.
            warning: failover.yaml:1:7: only requester could ask for a run. Give the role operator to more people.
            warning: failover.yaml:11:33: only chen could approve: with chen away nobody can run it. Give the role to more people.

            """));
    }

    [Fact]
    public async Task Check_ShippedPlan_IsGoodForTheKindsOfTheProduct()
    {
        using var estate = RealKindsPlan.NewEstate()
            .Replace("estate.yaml", "plans: [failover.yaml]", "plans: [failover.yaml, quickstart-failover.yaml]")
            .Replace("estate.yaml", "- { name: front-door,", "- { name: front-door-admin, url: \"http://127.0.0.1:1235\" }\n  - { name: faults, url: \"http://127.0.0.1:1236\" }\n  - { name: front-door,");

        var ran = await Shell.RunAsync("check", "--estate", estate.Folder, "--output", "json");

        ran.Error.Should().BeEmpty();
        ran.ExitCode.Should().Be(ExitCodes.Fine);
        var document = JsonNode.Parse(ran.Out)!;
        document["valid"]!.GetValue<bool>().Should().BeTrue();
        document["plans"]!.AsArray().Select(plan => plan!.GetValue<string>()).Should().Equal("failover", "quickstart-failover");
    }

    [Fact]
    public async Task Check_BadEstate_ListsEveryProblemWithItsPlace()
    {
        using var estate = RealKindsPlan.NewEstate()
            .Replace("estate.yaml", "kind: tcp", "kind: tpc")
            .Replace("failover.yaml", "kind: k8s.fence", "kind: k8s.fenc")
            .Replace("failover.yaml", "mark: promoted", "mark: promotd");

        var ran = await Shell.RunAsync("check", "--estate", estate.Folder);

        ran.Should().Be(new Ran(ExitCodes.InvalidEstate, "", $"""
            estate.yaml:28:70: 'kind' is 'tpc'; allowed: http, tcp, dns, icmp, postgres, kubernetes, prometheus, command; did you mean 'tcp'? Use one of the allowed words.
            failover.yaml:18:11: 'kind' is 'k8s.fenc'; allowed: task, approval, wait, probe, recovery-point, canary, k8s.fence, k8s.unfence, k8s.unfence-earlier, k8s.scale, k8s.patch, k8s.apply, k8s.rollout, k8s.job, k8s.wait, k8s.exec, k8s.namespace, k8s.namespace-remove, cnpg.demote, cnpg.follow, http, postgres.fence, postgres.promote, postgres.replication, postgres.divergence, postgres.rebuild, postgres.synchronous, postgres.sql, postgres.restore, postgres.restore-check, postgres.restore-remove, command, dns, notify; did you mean 'k8s.fence'? Use one of the allowed words.
            failover.yaml:27:11: 'mark' is 'promotd'; allowed: detected, declared, decided, fenced, promoted, application-healthy, traffic-moved, technically-confirmed, business-verified; did you mean 'promoted'? Use one of the allowed words.
            3 problems in {estate.Folder}

            """));
    }

    [Fact]
    public async Task Check_EmptyFolder_SaysSo()
    {
        using var folder = new TestFolder();

        var ran = await Shell.RunAsync("check", "--estate", folder.Path);

        ran.Should().Be(new Ran(ExitCodes.InvalidEstate, "", $"""
            {folder.Path}: the folder holds no *.yaml or *.yml file. Write the estate there, or name another folder.
            1 problem in {folder.Path}

            """));
    }
}
