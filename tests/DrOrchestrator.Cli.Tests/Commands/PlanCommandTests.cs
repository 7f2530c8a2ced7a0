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
              failover.yaml:18:11: 'kind' is 'k8s.fenc'; allowed: task, approval, wait, probe, recovery-point, canary, k8s.fence, k8s.unfence, k8s.scale, k8s.rollout, k8s.job, k8s.wait, http, postgres.fence, postgres.promote, postgres.replication, ... (20 in all); did you mean 'k8s.fence'? Use one of the allowed words.

            """));
    }
}
