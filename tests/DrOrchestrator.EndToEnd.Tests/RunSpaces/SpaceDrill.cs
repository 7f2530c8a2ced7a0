using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.EndToEnd.Harness;
using DrOrchestrator.EndToEnd.Kill;

namespace DrOrchestrator.EndToEnd.RunSpaces;

/// <summary>
/// A whole run that makes a namespace for itself, works in it and removes it, by a server that dies on the way and is started again at once. The namespace's isolation is not proved here: what a
/// pod reaches has no meaning where none runs.
/// </summary>
/// <param name="Kills">Steps at which the host has killed itself, in order.</param>
/// <param name="Pack">What the audit pack says, a line of JSON for each record.</param>
internal sealed record SpaceDrill(RunView View, IReadOnlyList<int> Exits, IReadOnlyList<string> Kills, IReadOnlyList<string> Pack)
{
    public const string Plan = "run-space";

    public static readonly string[] Steps = ["space", "work", "business-verification", "space-gone"];

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(4);

    /// <summary>In the evidence log's id and run, what each name of it begins with; the namespace is called that and <c>-space</c>.</summary>
    public string Namespace => $"{View.Mark}-space";

    /// <param name="kubeconfig">With the context <c>dr</c>.</param>
    /// <param name="order">Where the host is to kill itself; null for nowhere.</param>
    /// <param name="begin">Called with the server before the run begins.</param>
    public static async Task<SpaceDrill> CarryAsync(string folder, string kubeconfig, KillOrder? order, bool asksForRights, Action<ServerProcess>? begin = null)
    {
        LabPeople people = OneSiteEstate.Write(folder, kubeconfig, new Dictionary<string, string> { [Plan] = PlanText(asksForRights) });
        string kills = Path.Combine(folder, "kills");
        var environment = new Dictionary<string, string?>();
        if (order is not null)
        {
            environment["DRO_KILL_BOUNDARY"] = order.Boundary;
            environment["DRO_KILL_STEPS"] = string.Join(',', order.Steps ?? Steps);
            environment["DRO_KILLS_FILE"] = kills;
        }

        await using ServerProcess server = await ServerProcess.StartAsync(Path.Combine(folder, "estate"), Path.Combine(folder, "server"), Path.Combine(AppContext.BaseDirectory, "DrOrchestrator.TestHost"), environment);
        begin?.Invoke(server);
        long run;
        using (ApiClient api = server.Client(people.Requester))
        {
            run = await api.StartAsync(Plan);
        }

        await using var personas = new Personas(server, people);
        await using var supervisor = new Supervisor(server);
        DrillRun drill = await DrillRun.FollowAsync(server, people, run, within: Limit);
        await Patience.UntilAsync("the server is there", Patience.Start, async () =>
        {
            try
            {
                using ApiClient api = server.Client();
                await api.ExportAsync(run, Path.Combine(folder, "pack.zip"));
                return true;
            }
            catch (Exception e) when (NoAnswer.Is(e))
            {
                return false;
            }
        });
        return new SpaceDrill(drill.View, [.. supervisor.Exits], File.Exists(kills) ? File.ReadAllLines(kills) : [], PackedMarkers.ReadPayloads(Path.Combine(folder, "pack.zip")));
    }

    /// <summary>It went all the way, no step was tried twice, nothing is left to do, and the end of the namespace is in evidence.</summary>
    public void ShouldHavePassed()
    {
        View.Outcome.Should().Be("passed", $"{View.Failure} {View.WaitingFor}");
        View.Steps.Should().OnlyContain(step => step.Attempts == 1, "a crash is no failed step");
        View.Duties.Should().BeEmpty();
        Exits.Should().OnlyContain(code => code == Supervisor.Killed);
        Pack.Should().ContainSingle(line => line.Contains("\"gone\":true", StringComparison.Ordinal) && line.Contains(Namespace, StringComparison.Ordinal));
    }

    private static string PlanText(bool asksForRights) => $$"""
        plan: {{Plan}}
        version: "1"
        title: { en: Work in a namespace of the run's own, zh-CN: 在运行自建的命名空间中作业 }
        kind: restore
        modes: [live]
        systems: [ledger]
        authors: [requester]
        emergency: { scenarios: s, organisation: o, decision: d, response: r, tools: t, working-rules: w }
        recovery: { targets: t, procedure: p, manual: m, verification: { text: v, step: business-verification } }
        approvals:
          - { name: run-approval, role: approver, quorum: 1, deadline: 10m }
        {{(asksForRights ? "gates: [ rights: ]" : "")}}
        steps:
          - { name: space, kind: k8s.namespace, site: dr, timeout: 60s, with: { prove: none } }
          - name: work
            kind: k8s.job
            site: dr
            with: { namespace: "${steps.space.namespace}", image: "registry.example/restore:1", command: [restore, checked] }
            promotes: none
            timeout: 60s
          - name: business-verification
            kind: task
            with: { role: business-verifier, text: "Does it hold what it should?" }
            mark: business-verified
            timeout: 10m
        way-back:
          - { name: space-gone, kind: k8s.namespace-remove, site: dr, timeout: 60s, with: { made-by: space } }

        """;
}
