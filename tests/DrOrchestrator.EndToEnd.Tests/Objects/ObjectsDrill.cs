using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.EndToEnd.Harness;
using DrOrchestrator.EndToEnd.Kill;
using DrOrchestrator.Verifier;
using k8s;
using k8s.Models;

namespace DrOrchestrator.EndToEnd.Objects;

/// <summary>How the objects of the drill stand.</summary>
internal sealed record Standing(string? Primary, string? Mode, string? Side, int Replicas);

/// <summary>
/// A whole run that applies manifests, runs commands in a pod, scales, waits, starts a Job and patches, and comes back, by <c>dro serve</c> that dies on the way (SIGKILL) and is started again at
/// once. What ran is read from files that the commands themselves write; what was written, from the wire.
/// </summary>
/// <param name="There">How the objects stood while people looked, between way out and way back.</param>
/// <param name="Ran">A line of each time that a command began.</param>
internal sealed record ObjectsDrill(RunView View, IReadOnlyList<RunEvent> Events, Standing There, Standing Back, IReadOnlyList<string> Ran, IReadOnlyList<string> Landed, IReadOnlyList<Kill> Kills, IReadOnlyList<int> Exits, VerificationReport Pack)
{
    public const string App = "app";

    private const string Plan = "objects";
    private const string Settings = "settings";
    private const string Side = "example.org/side";
    private const string Asked = "business-verification";

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(4);

    /// <summary>
    /// Of what is applied: before its first request, between the first and the second, and behind both. Of commands: one that can be observed before it is sent and while it runs, one when it has
    /// ended and nobody has heard of it, and so one of which nobody can tell.
    /// </summary>
    public static IReadOnlyList<Kill> Deaths { get; } =
    [
        new($"POST configmaps/{Settings}", KillPlace.Before), new($"POST configmaps/{Settings}", KillPlace.Behind),
        new($"PATCH deployments/{App}", KillPlace.Behind),
        new("exec drain", KillPlace.Before), new("exec drain", KillPlace.Within),
        new("exec stamp", KillPlace.Behind),
        new("exec word", KillPlace.Behind),
    ];

    /// <summary>Also before and behind each write that follows: two patches, two scales, and what is applied on the way back.</summary>
    public static IReadOnlyList<Kill> MoreDeaths { get; } =
    [
        .. Deaths,
        new($"PATCH deployments/{App}", KillPlace.Before), new($"PATCH deployments/{App}", KillPlace.Behind),
        new("POST jobs", KillPlace.Before), new("POST jobs", KillPlace.Behind),
        new($"PATCH configmaps/{Settings}", KillPlace.Before), new($"PATCH configmaps/{Settings}", KillPlace.Behind),
        new($"PATCH configmaps/{Settings}", KillPlace.Before), new($"PATCH configmaps/{Settings}", KillPlace.Behind),
        new($"PATCH deployments/{App}", KillPlace.Before), new($"PATCH deployments/{App}", KillPlace.Behind),
        new($"PATCH configmaps/{Settings}", KillPlace.Before), new($"PATCH configmaps/{Settings}", KillPlace.Behind),
        new($"PATCH deployments/{App}", KillPlace.Before), new($"PATCH deployments/{App}", KillPlace.Behind),
    ];

    /// <summary>The Deployment whose pod commands run in, and which is there before.</summary>
    /// <param name="command">Of its container.</param>
    /// <param name="node">Where its pods run; null for anywhere.</param>
    public static V1Deployment Deployment(string command, string? node)
    {
        var labels = new Dictionary<string, string> { ["app"] = App };
        return new V1Deployment
        {
            ApiVersion = "apps/v1",
            Kind = "Deployment",
            Metadata = new V1ObjectMeta { Name = App },
            Spec = new V1DeploymentSpec
            {
                Replicas = 1,
                Selector = new V1LabelSelector { MatchLabels = labels },
                Template = new V1PodTemplateSpec
                {
                    Metadata = new V1ObjectMeta { Labels = labels },
                    Spec = new V1PodSpec
                    {
                        NodeSelector = node is null ? null : new Dictionary<string, string> { ["kubernetes.io/hostname"] = node },
                        TerminationGracePeriodSeconds = 5,
                        Containers = [new V1Container { Name = App, Image = "registry.example/app:1", Command = [command] }],
                    },
                },
            },
        };
    }

    /// <param name="client">Of the cluster behind <paramref name="api"/>.</param>
    public static async Task<ObjectsDrill> CarryAsync(string folder, KillingApi api, IKubernetes client, string ns)
    {
        string world = Directory.CreateDirectory(Path.Combine(folder, "world")).FullName;
        LabPeople people = OneSiteEstate.Write(folder, api.Kubeconfig, new Dictionary<string, string> { [Plan] = Text(ns, world) });
        File.WriteAllText(Path.Combine(folder, "estate", "there.yaml"), Manifests("dr"));
        File.WriteAllText(Path.Combine(folder, "estate", "back.yaml"), Manifests("home"));
        string ran = Path.Combine(world, "ran");
        api.Begins = word => Patience.UntilAsync($"{word} has begun", Patience.Start, () => File.Exists(ran) && File.ReadAllLines(ran).Contains(word.Split(' ')[1]));

        // It ends only once the next process has asked what became of it, and was told that it still runs.
        api.Passed = word => File.AppendAllText(Path.Combine(world, word == "exec drained" && api.Done.Contains(new Kill("exec drain", KillPlace.Within)) ? "go" : "other"), "");
        await using ServerProcess server = await ServerProcess.StartAsync(Path.Combine(folder, "estate"), Path.Combine(folder, "server"));
        api.Victim = () => server.ProcessId;
        long run;
        using (ApiClient requester = server.Client(people.Requester))
        {
            run = await requester.StartAsync(Plan);
        }

        Standing? there = null;
        bool looked = false;
        await using var personas = new Personas(server, people, item => item.Name == Asked && !Volatile.Read(ref looked));
        await using var supervisor = new Supervisor(server);
        DrillRun drill = await DrillRun.FollowAsync(
            server,
            people,
            run,
            async happened =>
            {
                if (happened.Kind == JournalKinds.Asked && happened.Step == Asked)
                {
                    there = await StandingAsync(client, ns);
                    Volatile.Write(ref looked, true);
                }
            },
            Limit);
        string pack = Path.Combine(folder, "pack.zip");
        using ApiClient anybody = server.Client();
        await anybody.ExportAsync(run, pack);
        await using FileStream file = File.OpenRead(pack);
        return new ObjectsDrill(
            drill.View,
            drill.Events,
            there ?? new Standing(null, null, null, -1),
            await StandingAsync(client, ns),
            File.ReadAllLines(ran),
            api.Landed,
            api.Done,
            [.. supervisor.Exits],
            PackVerifier.Verify(file, new VerifyOptions(await anybody.FingerprintAsync())));
    }

    /// <summary>It went there and came back, each effect was once, and only of what nobody can tell a person was asked.</summary>
    public void ShouldHavePassed(IReadOnlyList<Kill> deaths)
    {
        View.Outcome.Should().Be("passed", $"{View.Failure} {View.WaitingFor}");
        View.Steps.Should().OnlyContain(step => step.Attempts == 1, "a crash is no failed step");
        Kills.Should().Equal(deaths);
        Exits.Should().HaveCount(deaths.Count).And.OnlyContain(code => code == Supervisor.Killed);
        There.Should().Be(new Standing("dr", "sync", "dr", 2));
        Back.Should().Be(new Standing("home", "home", "home", 1));
        Ran.Should().Equal(["drain", "stamp", "word"], "each command ran once");
        Landed.Where(word => !word.StartsWith("exec ", StringComparison.Ordinal) || Ran.Contains(word[5..])).Should().Equal(
            $"POST configmaps/{Settings}",
            $"PATCH deployments/{App}",
            "exec drain",
            "exec stamp",
            "exec word",
            $"PATCH deployments/{App}",
            "POST jobs",
            $"PATCH configmaps/{Settings}",
            $"PATCH configmaps/{Settings}",
            $"PATCH deployments/{App}",
            $"PATCH configmaps/{Settings}",
            $"PATCH deployments/{App}");
        Events.Where(e => e.Kind == JournalKinds.Asked && e.Text.Contains("Nobody can tell", StringComparison.Ordinal)).Should().ContainSingle().Which.Step.Should().Be("word");
        Pack.Problem.Should().BeNull();
        Pack.Verified.Should().BeTrue();
        Pack.Figures.Should().ContainSingle().Which.Outcome.Should().Be("passed");
    }

    private static async Task<Standing> StandingAsync(IKubernetes client, string ns)
    {
        V1ConfigMap? settings = (await client.CoreV1.ListNamespacedConfigMapAsync(ns)).Items.SingleOrDefault(map => map.Metadata.Name == Settings);
        V1Deployment app = await client.AppsV1.ReadNamespacedDeploymentAsync(App, ns);
        return new Standing(
            settings?.Data.TryGetValue("primary", out string? primary) == true ? primary : null,
            settings?.Data.TryGetValue("mode", out string? mode) == true ? mode : null,
            app.Metadata.Annotations?.TryGetValue(Side, out string? side) == true ? side : null,
            app.Spec.Replicas ?? 1);
    }

    /// <summary>One object that is not there, one that is.</summary>
    private static string Manifests(string side) => $$"""
        apiVersion: v1
        kind: ConfigMap
        metadata: { name: {{Settings}} }
        data: { primary: {{side}} }
        ---
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: {{App}}, annotations: { {{Side}}: {{side}} } }

        """;

    private static string Text(string ns, string world) => $$"""
        plan: {{Plan}}
        version: "1"
        title: { en: Objects and commands there and back, zh-CN: 对象与命令的切换与回切 }
        kind: component-switch
        modes: [live]
        systems: [ledger]
        authors: [requester]
        emergency: { scenarios: s, organisation: o, decision: d, response: r, tools: t, working-rules: w }
        recovery: { targets: t, procedure: p, manual: m, verification: { text: v, step: {{Asked}} } }
        approvals:
          - { name: run-approval, role: approver, quorum: 1, deadline: 10m }
        gates: [ rights: ]
        steps:
          - { name: apply, kind: k8s.apply, site: dr, timeout: 60s, with: { namespace: {{ns}}, manifest: there.yaml } }
          - name: drain
            kind: k8s.exec
            site: dr
            promotes: none
            timeout: 60s
            with:
              namespace: {{ns}}
              workload: deployment/{{App}}
              command: [sh, -c, "echo $0 >> {{world}}/ran; until [ -e {{world}}/go ]; do sleep 0.05; done; touch {{world}}/drained", drain]
              observe: [sh, -c, "[ -e {{world}}/drained ] && exit 0; grep -qs drain {{world}}/ran && exit 2; exit 1", drained]
              cannot-happen: ["1"]
              still-may: ["2"]
          - name: stamp
            kind: k8s.exec
            site: dr
            promotes: none
            timeout: 60s
            with:
              namespace: {{ns}}
              workload: deployment/{{App}}
              command: [sh, -c, "echo $0 >> {{world}}/ran", stamp]
              observe: [grep, -qs, stamp, {{world}}/ran]
              cannot-happen: ["1"]
          - name: word
            kind: k8s.exec
            site: dr
            promotes: none
            timeout: 60s
            with:
              namespace: {{ns}}
              workload: deployment/{{App}}
              command: [sh, -c, "echo $0 >> {{world}}/ran", word]
          - { name: scale, kind: k8s.scale, site: dr, timeout: 30s, with: { namespace: {{ns}}, workload: deployment/{{App}}, replicas: 2 } }
          - { name: rollout, kind: k8s.rollout, site: dr, timeout: 60s, with: { namespace: {{ns}}, workload: deployment/{{App}} } }
          - { name: check, kind: k8s.job, site: dr, promotes: none, timeout: 60s, with: { namespace: {{ns}}, image: "registry.example/check:1", command: ["echo checked"] } }
          - { name: patch, kind: k8s.patch, site: dr, timeout: 30s, with: { namespace: {{ns}}, api: v1, resource: configmaps/{{Settings}}, patch: { data: { mode: sync } } } }
          - name: {{Asked}}
            kind: task
            with: { role: business-verifier, text: "Does it serve?" }
            mark: business-verified
            timeout: 10m
        way-back:
          - { name: patch-back, kind: k8s.patch, site: dr, timeout: 30s, with: { namespace: {{ns}}, api: v1, resource: configmaps/{{Settings}}, patch: { data: { mode: home } } } }
          - { name: scale-back, kind: k8s.scale, site: dr, timeout: 30s, with: { namespace: {{ns}}, workload: deployment/{{App}}, replicas: 1 } }
          - { name: apply-back, kind: k8s.apply, site: dr, timeout: 60s, with: { namespace: {{ns}}, manifest: back.yaml, force: true } }
          - { name: rollout-back, kind: k8s.rollout, site: dr, timeout: 60s, with: { namespace: {{ns}}, workload: deployment/{{App}} } }

        """;
}
