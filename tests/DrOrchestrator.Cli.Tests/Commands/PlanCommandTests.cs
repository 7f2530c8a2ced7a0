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
              failover.yaml:18:11: 'kind' is 'k8s.fenc'; allowed: task, approval, wait, probe, recovery-point, canary, k8s.fence, k8s.unfence, k8s.unfence-earlier, k8s.scale, k8s.rollout, k8s.job, k8s.wait, http, postgres.fence, postgres.promote, postgres.replication, postgres.divergence, postgres.rebuild, postgres.synchronous, postgres.sql, postgres.restore, postgres.restore-check, postgres.restore-remove; did you mean 'k8s.fence'? Use one of the allowed words.

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
