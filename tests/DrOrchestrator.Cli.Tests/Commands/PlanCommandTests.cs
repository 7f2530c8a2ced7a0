using System.Text.Json.Nodes;
using DrOrchestrator.Cli.Client;
using DrOrchestrator.Cli.Commands;

namespace DrOrchestrator.Cli.Tests.Commands;

public class PlanCommandTests
{
    [Fact]
    public async Task Plan_OfAnEstate_ShowsWhatARunWouldDo()
    {
        using var estate = RealKindsPlan.NewEstate();

        var ran = await Shell.RunAsync("plan", "failover", "--estate", estate.Folder);

        ran.Should().Be(new Ran(
            ExitCodes.Fine,
            """
            failover  version 1  Failover of the ledger
              approval run-approval: 1 of approver (chen) within 10m

            The switch
              STEP                   KIND       SITE     TIMEOUT  MARK
              fence-primary          k8s.fence  primary  30s      fenced
              promote !              k8s.job    dr       1m       promoted
              business-verification  task                30s      business-verified
              promote: asks approver (chen)
              business-verification: asks business-verifier (verifier)

            The way back
              STEP      KIND     SITE     TIMEOUT  MARK
              rejoin !  k8s.job  primary  30s
              rejoin: asks approver (chen)

            What would change
              fence-primary: hold statefulset/ledger-store in ledger at primary at 0 and prove that every pod has ended
              promote: run ledger promote as a Job in ledger at dr
              rejoin: run ledger rejoin as a Job in ledger at primary

              ! cannot be taken back

            """,
            ""));
    }

    /// <summary>No cluster is behind this estate: each step says so, and the plan is shown all the same.</summary>
    [Theory]
    [InlineData("en", "\nWhat the clusters say now (server-side dry run; nothing was written)\n  fence-primary (k8s.fence, primary)\n    statefulsets/ledger-store is refused: ")]
    [InlineData("zh-CN", "\n各集群目前的答复（服务器端试运行，未写入任何内容）\n  fence-primary (k8s.fence, primary)\n    statefulsets/ledger-store 被拒绝：")]
    public async Task Plan_TriedAtNoCluster_SaysSoOfEachStep(string language, string said)
    {
        using var estate = RealKindsPlan.NewEstate();

        var ran = await Shell.RunAsync("plan", "failover", "--estate", estate.Folder, "--dry-run", "--lang", language);

        ran.ExitCode.Should().Be(ExitCodes.Fine);
        ran.Out.Should().StartWith("failover  version 1").And.Contain(said);
        var json = JsonNode.Parse((await Shell.RunAsync("plan", "failover", "--estate", estate.Folder, "--dry-run", "--output", "json")).Out)!;
        json["dryRun"]!.AsArray().Select(step => (step!["step"]!.ToString(), step["objects"]![0]!["answer"]!.ToString())).Should().Equal(("fence-primary", "refused"), ("promote", "refused"), ("rejoin", "refused"));
    }

    [Fact]
    public async Task Plan_DryRunOfAServersPlan_SaysThatTheEstateIsNeeded()
    {
        var ran = await Shell.RunAsync("plan", "failover", "--dry-run", "--data", "nowhere");

        (ran.ExitCode, ran.Error.Contains("name its folder with --estate", StringComparison.Ordinal)).Should().Be((ExitCodes.Usage, true));
    }

    /// <summary>A step that starts a program, by <c>dro plan</c> and <c>dro check</c>: which one the server must allow, and that without a way back it cannot be taken back.</summary>
    [Fact]
    public async Task Plan_WithACommand_SaysWhichProgramsTheServerMustAllow()
    {
        using var estate = RealKindsPlan.NewEstate().Replace(
            "failover.yaml",
            "  - { name: business-verification,",
            "  - { name: route, kind: command, with: { program: /opt/bank/route, args: [--to, dr, --to, all], values: [ticket], observe: /opt/bank/route-is } }\n"
            + "  - { name: say, kind: command, with: { program: /opt/bank/say, args: [\"${steps.route.ticket}\"], undo: none } }\n  - { name: business-verification,");

        var planned = await Shell.RunAsync("plan", "failover", "--estate", estate.Folder);
        var checkedAs = await Shell.RunAsync("check", "--estate", estate.Folder);

        planned.Out.Should().Contain("  program /opt/bank/route: the server must be started with --allow-command /opt/bank/route\n")
            .And.Contain("  route !                command")
            .And.Contain("  say                    command")
            .And.Contain("  route: run /opt/bank/route --to dr --to all on the orchestrator's machine\n");
        checkedAs.Out.Should().Contain("  plans start programs; the server needs --allow-command /opt/bank/route --allow-command /opt/bank/route-is --allow-command /opt/bank/say\n");
    }

    [Fact]
    public async Task Plan_WithABadCommand_SaysWhere()
    {
        using var estate = RealKindsPlan.NewEstate().Replace(
            "failover.yaml",
            "  - { name: business-verification,",
            "  - { name: route, kind: command, with: { program: route.sh, values: [ticket] } }\n"
            + "  - { name: say, kind: command, with: { program: /opt/bank/say, args: [\"${steps.route.tickt}\"], undo: none } }\n  - { name: business-verification,");

        var ran = await Shell.RunAsync("check", "--estate", estate.Folder);

        ran.Error.Should().Contain(": 'program' is 'route.sh'; allowed: the full path of a program.")
            .And.Contain(": ${steps.route.tickt}: 'command' has no output 'tickt'; allowed: exitCode, ticket; did you mean 'ticket'?");
    }

    [Fact]
    public async Task Plan_UnknownName_SaysWhichThereAre()
    {
        using var estate = RealKindsPlan.NewEstate();

        var ran = await Shell.RunAsync("plan", "failback", "--estate", estate.Folder);

        ran.Should().Be(new Ran(ExitCodes.Usage, "", "dro: The estate has no plan 'failback'; it has: failover\n"));
    }

    [Fact]
    public async Task Plan_OfABadEstate_ListsItsProblems()
    {
        using var estate = RealKindsPlan.NewEstate().Replace("failover.yaml", "kind: k8s.fence", "kind: k8s.fenc");

        var ran = await Shell.RunAsync("plan", "failover", "--estate", estate.Folder);

        ran.Should().Be(new Ran(ExitCodes.InvalidEstate, "", $"""
            dro: the estate in {estate.Folder} is not valid:
              failover.yaml:18:11: 'kind' is 'k8s.fenc'; allowed: task, approval, wait, probe, recovery-point, canary, k8s.fence, k8s.unfence, k8s.unfence-earlier, k8s.scale, k8s.patch, k8s.apply, k8s.rollout, k8s.job, k8s.wait, k8s.exec, k8s.namespace, k8s.namespace-remove, cnpg.demote, cnpg.follow, http, postgres.fence, postgres.promote, postgres.replication, postgres.divergence, postgres.rebuild, postgres.synchronous, postgres.sql, postgres.restore, postgres.restore-check, postgres.restore-remove, command, dns, notify; did you mean 'k8s.fence'? Use one of the allowed words.

            """));
    }

    [Fact]
    public void Plan_AsAServerTellsIt_IsReadWhole()
    {
        const string Told = """
            {"name":"both","version":"2","title":{"en":"Both"},"approvals":["run-approval: 1 of approver (chen) within 10m"],"procedure":["1 ledger (priority 3)","2 cards (priority 3) after ledger"],
             "steps":[{"name":"promote","kind":"k8s.job","site":"dr","needs":[],"mark":"promoted","pointOfNoReturn":true,"timeout":60,"wayBack":false,"answers":"approver (chen)","system":"ledger","description":"run promote","changes":true}]}
            """;
        var text = new StringWriter();

        PlanText.Write(text, ApiClient.Read<PlanView>(JsonNode.Parse(Told)!));

        text.ToString().Should().Be(
            """
            both  version 2  Both
              approval run-approval: 1 of approver (chen) within 10m
              procedure 1 ledger (priority 3)
              procedure 2 cards (priority 3) after ledger

            The switch
              STEP       SYSTEM  KIND     SITE  TIMEOUT  MARK
              promote !  ledger  k8s.job  dr    1m       promoted
              promote: asks approver (chen)

            What would change
              promote: run promote

              ! cannot be taken back

            """);
    }
}
