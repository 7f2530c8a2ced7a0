using System.Security.Cryptography;
using System.Text;
using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Duties;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.EndToEnd.Harness;
using DrOrchestrator.Testing.Postgres;

namespace DrOrchestrator.EndToEnd.Postgres;

/// <summary>
/// The lab's primary stands still, or is cut off with its host, and comes back in every way it can. A writer attached to both servers all the time, past everything, says whether two
/// sides ever took writes.
/// </summary>
[Collection(nameof(OneAtATime))]
public sealed class OldSideTests
{
    private const string Frozen = "failover-of-a-frozen-primary";
    private const string Cut = "failover-of-a-site-that-is-cut-off";

    [PostgresFact]
    public Task Primary_FrozenThenWokenThenStartedWithItsOldData_NeverTakesAWriteBesideTheNewOne() => WorkFolder.UseAsync(async folder =>
    {
        await using LabProcess lab = await LabProcess.StartAsync(Path.Combine(folder, "lab"), "--postgres");
        Shipped(Frozen).EndingBefore("application-healthy-back").AddTo(lab);
        await using ServerProcess server = await StartAsync(lab, folder);
        await using BothSidesWriter outside = await BothSidesWriter.StartAsync(lab);
        string? refusal = null;

        DrillRun run = await DrillRun.ToEndAsync(server, lab.People, Frozen, async happened =>
        {
            switch (happened)
            {
                case { Kind: JournalKinds.Intent, Step: "detect" }:
                    await lab.FaultAsync("freeze-primary", "primary", active: true);
                    break;
                case { Kind: JournalKinds.Outcome, Step: "count-loss" }:
                    await lab.FaultAsync("freeze-primary", "primary", active: false);
                    refusal = await StartOldAsync(lab);
                    await outside.WaitForAsync("dr", 20);
                    break;
            }
        });

        run.View.Outcome.Should().Be("switched-not-returned", run.View.Failure);
        refusal.Should().Contain("could not start server", "somebody at the host starts it, with the data it had");
        TurnsOf(outside.Committed).Should().Equal("primary", "dr");
        run.View.UnfencedBehind.Should().BeEmpty();
    });

    [PostgresFact]
    public Task Site_CutOffWithItsHost_PromotedOverTheWordOfTwo_IsFencedAtOnceWhenItAnswers() => WorkFolder.UseAsync(async folder =>
    {
        await using LabProcess lab = await LabProcess.StartAsync(Path.Combine(folder, "lab"), "--postgres");
        Shipped(Cut).Replace("modes: [live]", "modes: [live, real]").WithTimeout("fence-primary", "5s").EndingBefore().AddTo(lab);
        string second = AddApprover(lab);
        await using ServerProcess server = await StartAsync(lab, folder);
        await using BothSidesWriter outside = await BothSidesWriter.StartAsync(lab);
        using ApiClient api = server.Client(lab.People.Requester);
        await SteadyState.WaitAsync(api);
        long id = await api.StartAsync(Cut, "The production site does not answer", mode: "real");
        DrillRun run;
        await using (new Personas(server, lab.People))
        await using (new Personas(server, lab.People with { Approver = second }, item => item.Kind != "break-glass"))
        {
            run = await DrillRun.FollowAsync(server, lab.People, id, happened => happened is { Kind: JournalKinds.Intent, Step: "detect" } ? lab.FaultAsync("cut", "primary", active: true) : Task.CompletedTask);
        }

        await outside.WaitForAsync("primary", 20);
        IReadOnlyList<RunView> whileDark = await api.RunsAsync();
        await lab.FaultAsync("cut", "primary", active: false);
        await Patience.UntilAsync("the duty has acted", Patience.Start, async () => (await api.RunsAsync()).Any(later => later is { FenceDuty: not null, ClosedAt: not null }));
        TimeSpan fenced = outside.Now;
        string refusal = await StartOldAsync(lab);
        await outside.WaitForAsync("dr", 50);
        RunView duty = (await api.RunsAsync()).First(later => later.FenceDuty is not null);

        // Nothing could keep a site that nobody reaches from taking writes of its own clients; the record says so, who decided, and what is left to do.
        run.View.Outcome.Should().Be("switched-not-returned", run.View.Failure);
        run.View.UnfencedBehind.Should().Equal("fence-primary");
        run.View.Duties.Should().Contain("fence primary the moment it answers");
        OverrideView decided = run.View.Overrides.Should().ContainSingle(one => one.Kind == "break-glass").Subject;
        decided.People.Should().BeEquivalentTo("approver", "approver-2");
        decided.Text.Should().Contain("without a fence").And.Contain("the old side at primary may still write, and two sides may diverge");
        run.View.ToBeReviewed.Should().BeTrue();
        whileDark.Should().ContainSingle("the duty waits while the old side is dark");

        // And it acts: from then on the old side takes nothing, whoever starts it.
        (duty.FenceDuty, duty.Outcome).Should().Be((new FenceDuty(run.View.Id, "fence-primary"), "passed"), duty.Failure);
        refusal.Should().Contain("could not start server");
        outside.Committed.Where(row => row.Site == "primary" && row.CommittedAt > fenced).Should().BeEmpty();
    });

    /// <summary>The shipped story without its own fault.</summary>
    private static PlanText Shipped(string name) => PlanText.Quickstart(name, AuditedPostgresDrill.Plan).Without("strike").Without("lift-strike");

    private static Task<ServerProcess> StartAsync(LabProcess lab, string folder) =>
        ServerProcess.StartAsync(lab.Estate, Path.Combine(folder, "server"), more: [.. lab.HostPrograms.SelectMany(program => new[] { "--allow-command", program })]);

    /// <summary>As a person at its host would; returns what is said of it.</summary>
    private static async Task<string> StartOldAsync(LabProcess lab)
    {
        string data = Directory.GetDirectories(Path.Combine(lab.Folder, "primary", "volumes"), "pgdata", SearchOption.AllDirectories).Single();
        try
        {
            await PostgresServer.RunAsync("pg_ctl", "start", "-D", data, "-w", "-t", "10", "-l", "/dev/null");
            return "it started";
        }
        catch (InvalidOperationException refused)
        {
            return refused.Message;
        }
    }

    private static List<string> TurnsOf(IEnumerable<CommittedRow> rows)
    {
        var turns = new List<string>();
        foreach (CommittedRow row in rows.Where(row => turns.Count == 0 || turns[^1] != row.Site))
        {
            turns.Add(row.Site);
        }

        return turns;
    }

    /// <summary>A second approver: breaking the glass takes two.</summary>
    /// <returns>The file with the token.</returns>
    private static string AddApprover(LabProcess lab)
    {
        string token = "dro_" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(20));
        string file = Path.Combine(lab.Folder, "approver-2.token");
        File.WriteAllText(file, token);
        lab.EditEstate(
            "\ncalendars:\n",
            $"  - {{ id: approver-2, name: Second approver, department: Risk, roles: [approver], token-sha256: {Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)))}, simulated: true }}\n\ncalendars:\n");
        return file;
    }
}
