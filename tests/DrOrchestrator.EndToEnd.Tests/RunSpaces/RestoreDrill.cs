using System.IO.Compression;
using System.Text;
using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.EndToEnd.Harness;
using DrOrchestrator.EndToEnd.Kill;

namespace DrOrchestrator.EndToEnd.RunSpaces;

/// <summary>A whole restore check in a namespace of its run by the shipped plan, and a run behind it whose gate asks for one.</summary>
/// <param name="Pack">What the audit pack says, a line of JSON for each record.</param>
/// <param name="Log">Lines of the restore's log as the pack has them.</param>
/// <param name="Next">The run behind it.</param>
internal sealed record RestoreDrill(string Folder, RunView View, IReadOnlyList<string> Pack, IReadOnlyList<string> Log, RunView Next)
{
    public const string Plan = "restore-check-namespace";

    private const string NextPlan = "asks-for-one";

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    /// <summary>Of the run.</summary>
    public string Namespace => $"{View.Mark}-space";

    private string Server => Path.Combine(Folder, "server");

    /// <param name="kubeconfig">With the context <c>dr</c>.</param>
    /// <param name="lab">The namespace that has the Secrets.</param>
    /// <param name="storage">A storage class; null for none.</param>
    public static async Task<RestoreDrill> CarryAsync(string folder, string kubeconfig, RestoreGround ground, string lab, string? storage, bool asksForRights)
    {
        LabPeople people = OneSiteEstate.Write(folder, kubeconfig, new Dictionary<string, string> { [Plan] = ground.Plan(lab, storage, asksForRights), [NextPlan] = NextText });
        await using ServerProcess server = await ServerProcess.StartAsync(Path.Combine(folder, "estate"), Path.Combine(folder, "server"));
        using ApiClient api = server.Client(people.Requester);
        await using var personas = new Personas(server, people);
        RunView view = (await DrillRun.FollowAsync(server, people, await api.StartAsync(Plan), within: Limit)).View;
        RunView next = (await DrillRun.FollowAsync(server, people, await api.StartAsync(NextPlan), within: Limit)).View;
        string pack = Path.Combine(folder, "pack.zip");
        using (ApiClient reader = server.Client())
        {
            await reader.ExportAsync(view.Id, pack);
        }

        return new RestoreDrill(folder, view, PackedMarkers.ReadPayloads(pack), [.. PackedMarkers.ReadObjects(pack, "job.log").SelectMany(lines => lines)], next);
    }

    /// <summary>It passed, says what it restored, counts as a restore check, and left nothing; its Secrets stand nowhere.</summary>
    public void ShouldHavePassed(RestoreGround ground)
    {
        View.Outcome.Should().Be("passed", $"{View.Failure} {View.WaitingFor} {string.Join('\n', Log)}");
        View.Steps.Should().OnlyContain(step => step.Attempts == 1);
        View.Duties.Should().BeEmpty();
        Log.Should().Contain("opened with [secret ledger-backups/REPO_KEY]").And.Contain("check not-empty: t").And.Contain("check no-posting-twice: 0");
        Pack.Should().Contain(line => line.Contains("\"backup\":\"nightly\"", StringComparison.Ordinal) && line.Contains("\"checks\":4", StringComparison.Ordinal) && line.Contains("\"restoreSeconds\"", StringComparison.Ordinal));
        Pack.Should().ContainSingle(line => line.Contains("\"gone\":true", StringComparison.Ordinal) && line.Contains(Namespace, StringComparison.Ordinal));
        Next.Outcome.Should().Be("passed", $"it counts as a restore check: {Next.Failure} {Next.WaitingFor}");
        Holding(ground.Key).Should().BeEmpty("a secret is nowhere");
        Holding(ground.PullSecret[^40..^6]).Should().BeEmpty("a secret is nowhere");
        Holding("no-posting-twice").Should().NotBeEmpty("this reads all that there is");
    }

    /// <summary>Files of the data folder and entries of the pack that have a text in them, or its Base64.</summary>
    private List<string> Holding(string text)
    {
        string packed = Path.Combine(Folder, "unpacked");
        if (!Directory.Exists(packed))
        {
            ZipFile.ExtractToDirectory(Path.Combine(Folder, "pack.zip"), packed);
        }

        byte[][] forms = [Encoding.UTF8.GetBytes(text), Encoding.UTF8.GetBytes(Convert.ToBase64String(Encoding.UTF8.GetBytes(text)).TrimEnd('=')[..^1])];
        return [.. ((string[])[Server, packed]).SelectMany(folder => Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)).Where(file => File.ReadAllBytes(file) is var bytes && forms.Any(form => bytes.AsSpan().IndexOf(form) >= 0))];
    }

    private const string NextText = $$"""
        plan: {{NextPlan}}
        version: "1"
        title: { en: Asks for a restore check, zh-CN: 要求已有恢复验证 }
        kind: restore
        modes: [live]
        systems: [ledger]
        authors: [requester]
        emergency: { scenarios: s, organisation: o, decision: d, response: r, tools: t, working-rules: w }
        recovery: { targets: t, procedure: p, manual: m, verification: { text: v, step: business-verification } }
        gates: [ backups-verified: { within: 1d } ]
        steps:
          - { name: business-verification, kind: task, with: { role: business-verifier, text: "Well?" }, timeout: 10m }

        """;
}
