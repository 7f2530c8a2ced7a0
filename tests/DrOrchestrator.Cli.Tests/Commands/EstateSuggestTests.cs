using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using DrOrchestrator.Testing.Kubernetes;
using Microsoft.AspNetCore.Http;

namespace DrOrchestrator.Cli.Tests.Commands;

public sealed partial class EstateSuggestTests : IAsyncLifetime, IDisposable
{
    private readonly TestFolder _folder = new();
    private FakeCluster _primary = null!;
    private FakeCluster _dr = null!;
    private string _kubeconfig = "";

    public async Task InitializeAsync()
    {
        _primary = await FakeCluster.StartAsync();
        _dr = await FakeCluster.StartAsync();
        _dr.WriteKubeconfig("token: test-token", context: "dr");
        var second = _folder.File("dr.kubeconfig", File.ReadAllText(_dr.KubeconfigPath).Replace("name: c1", "name: c2").Replace("name: u1", "name: u2").Replace("cluster: c1, user: u1", "cluster: c2, user: u2"));
        _kubeconfig = $"{_primary.KubeconfigPath}:{second}";
    }

    [Fact]
    public async Task Suggest_TwoClusters_WritesWhatRuns_AndWhatOneAloneHas()
    {
        Bank();

        var ran = await SuggestAsync("--context", "primary", "--context", "dr");

        ran.ExitCode.Should().Be(0, ran.Error);
        ran.Out.Should().Be($"""
            # A first estate, suggested by 'dro estate suggest' from what was declared in the clusters. No Secret was read, and no value of an environment variable stands here.
            # A cluster cannot know what the empty keys ask (each has '# ?' behind it): write the answers there, then 'dro check --estate FOLDER'. Keys in comments may stay away.
            estate: suggested

            sites:
              - name: primary
                role: production
                # location:
                kubeconfig: '{_kubeconfig}'
                context: primary
              - name: dr
                role: # ? same-city or remote
                # location:
                kubeconfig: '{_kubeconfig}'
                context: dr

            systems:
              # Namespace bank. That a namespace is what the business calls a system is a guess: join and part them as it does.
              #   cluster/pg: instances 3 at primary, 3 at dr; image ghcr.io/cloudnative-pg/postgresql:17; perhaps PostgreSQL, by its kind (CloudNativePG) (a guess), database app: whether its data gets to the other site is for 'recovery-points:' to say
              #   deployment/api: replicas 2 at primary, 0 at dr; image registry.example/api:1
              #   deployment/batch: replicas 1 at primary; image registry.example/batch:1; made by Batch/nightly, which sets it back
              #   statefulset/db: replicas 1 at primary; image registry.example/store:9; perhaps MySQL, by port 3306 alone (a guess): whether its data gets to the other site is for 'recovery-points:' to say
              # Only at primary: deployment/batch, statefulset/db
              - name: bank
                department: # ? which department of the business answers for it
                owner: # ? who
                bia: # which tier of JR/T 0199-2020: table 1 of its annex gives it for each impact (dro tier classify --scope S --severity V); the tier sets the limits of RTO and RPO
                  - scope: # ? what suffers while it is down: internal-support, internal-operations, financial-rights or national-stability
                    severity: # ? how much: minor, moderate or severe
                    reason: # ? why, in a sentence
                    signer: # ? who of the business signs that
                serving: primary # the first --context, which is your word: a cluster does not say it
                standbys: [dr]
                functions:
                  - name: # ? what users do with it, such as posting
                    critical: true
                # objectives: {"{ rto: 2h, rpo: 15m }"} # where the business asks for more than the tier does
                # depends-on: []

            # component and standby probes explain; what decides availability is a service probe, by the way users come in: give one 'role: service' and 'function:'.
            # Intervals and timeouts are ours: the shorter, the sooner an outage is seen and the smaller its error bar.
            probes:
              # cluster/pg at primary: a 'postgres' probe and 'databases:' need a user of its own; CloudNativePG's services are pg-rw, -ro and -r in namespace bank.
              - name: bank-api-primary
                system: bank
                site: primary
                role: component
                kind: kubernetes
                interval: 10s
                timeout: 2s
                with: {"{ check: workload-ready, namespace: bank, workload: deployment/api }"}
              - name: bank-batch-primary
                system: bank
                site: primary
                role: component
                kind: kubernetes
                interval: 10s
                timeout: 2s
                with: {"{ check: workload-ready, namespace: bank, workload: deployment/batch }"}
              - name: bank-db-set-primary
                system: bank
                site: primary
                role: component
                kind: kubernetes
                interval: 10s
                timeout: 2s
                with: {"{ check: workload-ready, namespace: bank, workload: statefulset/db }"}
              - name: bank-api-443-primary
                system: bank
                site: primary
                role: component
                kind: tcp
                interval: 10s
                timeout: 2s
                with: {"{ host: '203.0.113.7', port: 443 }"} # Service api
              # Service db at primary (ClusterIP, TCP 3306) tells no address outside of the cluster.
              - name: bank-web-primary
                system: bank
                site: primary
                role: component
                kind: http
                interval: 10s
                timeout: 2s
                with: {"{ url: 'https://bank.example/login' }"} # Ingress web; 200 is asked for unless 'expect-status:' says otherwise
              # cluster/pg at dr: a 'postgres' probe and 'databases:' need a user of its own; CloudNativePG's services are pg-rw, -ro and -r in namespace bank.
              # deployment/api at dr has 0 replicas: there is nothing to look at until a switch starts it.

            """);
        ran.Error.Should().Be("""
            suggested: systems: 1, workloads: 4, probes: 5; sites: primary, dr
            only at primary: deployment/batch in namespace bank
            only at primary: statefulset/db in namespace bank
            8 keys are empty, marked '# ?': answer them, and dro check --estate FOLDER passes. Until then it names each with its line.

            """);
    }

    [Fact]
    public async Task Suggest_ItsFile_IsRefusedForItsQuestionsAlone_AndPassesOnceTheyAreAnswered()
    {
        Bank();
        var path = Path.Combine(_folder.Path, "estate", "estate.yaml");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        (await SuggestAsync("--context", "primary", "--context", "dr", "--out", path)).Out.Should().BeEmpty();

        var asked = await Shell.RunAsync("check", "--estate", Path.GetDirectoryName(path)!);

        asked.ExitCode.Should().Be(ExitCodes.InvalidEstate);
        asked.Error.Should().EndWith($"8 problems in {Path.GetDirectoryName(path)}\n");
        var lines = File.ReadAllLines(path);
        Place().Matches(asked.Error).Select(match => lines[int.Parse(match.Groups[1].Value, null) - 1]).Should().HaveCount(8).And.OnlyContain(line => line.Contains("# ? ", StringComparison.Ordinal));

        File.WriteAllText(path, EstateAnswers.To(File.ReadAllText(path)));
        var answered = await Shell.RunAsync("check", "--estate", Path.GetDirectoryName(path)!);
        answered.Error.Should().BeEmpty();
        answered.Out.Should().StartWith("suggested is valid; sites: 2, systems: 1, probes: 5, plans: 0");
    }

    [Fact]
    public async Task Suggest_ReadsListsAlone_InPages_AndNoSecretGoesAlong()
    {
        Bank();
        var before = (await SuggestAsync("--context", "primary")).Out;
        _primary.Requests.Clear();
        _primary.Intercept = InPagesOfOne;

        var ran = await SuggestAsync("--context", "primary");

        ran.Out.Should().Be(before, "neither pages nor their order change the text");
        ran.Out.Should().NotContain("hunter2").And.NotContain("secretKeyRef").And.NotContain("vault-pass");
        _primary.Requests.Should().OnlyContain(request => request.Method == "GET" && !request.Path.Contains("secrets", StringComparison.Ordinal));
        _primary.Requests.Where(request => request.Path == "/apis/apps/v1/deployments").Select(request => request.Query).Should().Equal("?limit=500", "?limit=500&continue=1");
    }

    [Fact]
    public async Task Suggest_NamesThatYamlOrEstatesTakeOtherwise_AreMadeSafe()
    {
        foreach (var (ns, name) in new[] { ("null", "on"), ("0123", "1.5"), ("yes", "a.b"), ("yes", "a-b"), (new string('n', 63), new string('w', 63)), (new string('n', 62) + "x", "true") })
        {
            _primary.Objects.Put($"/apis/apps/v1/namespaces/{ns}/deployments/{name}", Workload(1, "x:1\n  evil: true # "));
        }

        var path = Path.Combine(_folder.Path, "named", "e.yaml");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await SuggestAsync("--context", "primary", "--out", path);

        var text = File.ReadAllText(path);
        text.Should().Contain("name: 'null'").And.Contain("namespace: '0123', workload: deployment/1.5").And.Contain("name: yes-a-b-primary").And.MatchRegex("name: yes-a-b-primary-[0-9a-f]{6}").And.Contain("x:1?  evil: true");
        File.WriteAllText(path, EstateAnswers.To(text));
        var answered = await Shell.RunAsync("check", "--estate", Path.GetDirectoryName(path)!);
        answered.Error.Should().BeEmpty();
        answered.Out.Should().Contain("systems: 5, probes: 6");
    }

    [Fact]
    public async Task Suggest_NamespacesOfTheClusterItself_AreLeftOut_UnlessNamed()
    {
        Bank();
        _primary.Objects.Put("/apis/apps/v1/namespaces/kube-system/deployments/coredns", Workload(2, "coredns:1"));

        (await SuggestAsync("--context", "primary")).Out.Should().NotContain("coredns").And.Contain("name: bank\n");
        var named = await SuggestAsync("--context", "primary", "--namespace", "kube-system");

        named.Out.Should().Contain("deployment/coredns").And.NotContain("bank");
        _primary.Requests.Should().Contain(request => request.Path == "/apis/apps/v1/namespaces/kube-system/deployments");
    }

    [Fact]
    public async Task Suggest_RightsThatAreMissing_AreNamed_AndWhatIsNotSeenIsSaid()
    {
        Bank();
        _primary.Intercept = (request, _) => request.Path.Value!.EndsWith("/ingresses", StringComparison.Ordinal) ? FakeObjects.Status(403, "Forbidden", "ingresses is forbidden") : null;

        var partial = await SuggestAsync("--context", "primary");

        const string Gap = "ingresses of all namespaces at context 'primary': 403 ingresses is forbidden. The user needs a ClusterRole with {apiGroups: [\"networking.k8s.io\"], resources: [ingresses], verbs: [list]}, or name the namespaces it may read with --namespace";
        partial.ExitCode.Should().Be(0);
        partial.Error.Should().Contain("not seen, and so not in the file: " + Gap);
        partial.Out.Should().Contain("# Not seen, and so not in here: " + Gap).And.Contain("deployment/api");

        _primary.Intercept = (_, _) => FakeObjects.Status(403, "Forbidden", "no");
        var nothing = await SuggestAsync("--context", "primary", "--namespace", "bank");

        nothing.ExitCode.Should().Be(ExitCodes.Usage);
        nothing.Out.Should().BeEmpty();
        nothing.Error.Should().Contain("nothing may be listed at context 'primary'").And.Contain("Role with {apiGroups: [\"apps\"], resources: [deployments], verbs: [list]}");
    }

    [Theory]
    [InlineData(403, "/deployments")]
    [InlineData(503, "/deployments")]
    [InlineData(503, "/statefulsets")]
    public async Task Suggest_WorkloadsThatAreNotSeenAtAnEarlierSite_LeaveWhichServesAQuestion(int status, string list)
    {
        _dr.Objects.Put("/apis/apps/v1/namespaces/bank/deployments/api", Workload(2, "registry.example/api:1"));
        _primary.Intercept = (request, _) => request.Path.Value!.EndsWith(list, StringComparison.Ordinal) ? FakeObjects.Status(status, "No", "no") : null;

        var ran = await SuggestAsync("--context", "primary", "--context", "dr");

        ran.ExitCode.Should().Be(0, ran.Error);
        ran.Out.Should().Contain("\n    serving: # ? which site: not seen at primary, where not all could be listed; found at dr\n").And.NotContain("it was found nowhere else").And.NotContain("Only at")
            .And.Contain("  # At dr, and not seen at primary, where not all could be listed: deployment/api\n").And.Contain("role: standby").And.NotContain("role: component");

        _primary.Intercept = (request, _) => request.Path.Value!.EndsWith("/ingresses", StringComparison.Ordinal) ? FakeObjects.Status(status, "No", "no") : null;
        (await SuggestAsync("--context", "primary", "--context", "dr")).Out.Should().Contain("    serving: dr # it was found nowhere else").And.Contain("  # Only at dr: deployment/api");
    }

    [Fact]
    public async Task Suggest_WhatCannotBe_SaysWhy_AndWritesNothing()
    {
        var path = _folder.File("kept.yaml", "mine");
        Bank();

        (await SuggestAsync("--context", "nowhere")).Should().Match<Ran>(ran => ran.ExitCode == ExitCodes.Usage && ran.Error.Contains("context 'nowhere' not found in", StringComparison.Ordinal) && ran.Error.Contains("it has: primary, x, dr", StringComparison.Ordinal));
        (await SuggestAsync("--context", "primary", "--context", "primary")).Error.Should().Be("dro: --context primary was given twice: a site is no standby of its own. Name another context.\n");
        (await SuggestAsync("--context", "primary", "--namespace", "No")).Error.Should().StartWith("dro: --namespace 'No' is no name of a namespace");
        (await SuggestAsync("--context", "primary", "--namespace", "empty")).Error.Should().Be("dro: no estate can be suggested: no Deployment, StatefulSet or CloudNativePG cluster runs in the namespaces empty of context 'primary'\n");
        (await SuggestAsync("--context", "primary", "--out", path)).Error.Should().Be($"dro: {path} is already there and stays as it is. Give another --out FILE, or --replace.\n");
        File.ReadAllText(path).Should().Be("mine");
        (await SuggestAsync("--context", "primary", "--out", Path.Combine(_folder.Path, "no", "e.yaml"))).Error.Should().Contain("cannot be written");

        (await SuggestAsync("--context", "primary", "--out", path, "--replace")).ExitCode.Should().Be(0);
        File.ReadAllText(path).Should().StartWith("# A first estate");
        _primary.Intercept = (_, _) => FakeObjects.Status(401, "Unauthorized", "Unauthorized");
        (await SuggestAsync("--context", "primary")).Should().Match<Ran>(ran => ran.ExitCode == ExitCodes.Usage && ran.Error.Contains("401 Unauthorized", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Suggest_ClusterThatIsGone_EndsWithExitCode1()
    {
        Bank();
        var text = File.ReadAllText(_primary.KubeconfigPath).Replace(_primary.Url.Authority, "127.0.0.1:1");
        var gone = _folder.File("gone.kubeconfig", text);

        var ran = await Shell.RunAsync("estate", "suggest", "--kubeconfig", gone, "--context", "primary");

        ran.ExitCode.Should().Be(ExitCodes.Internal);
        ran.Error.Should().StartWith("dro: a cluster does not answer, and nothing was written: context 'primary': ");
        ran.Out.Should().BeEmpty();
    }

    [Fact]
    public async Task Suggest_AsJson_IsOneDocument()
    {
        Bank();

        var ran = await SuggestAsync("--context", "primary", "--context", "dr", "--output", "json");

        var document = JsonNode.Parse(ran.Out)!;
        document["questions"]!.GetValue<int>().Should().Be(8);
        document["estate"]!.GetValue<string>().Should().StartWith("# A first estate");
        document["systems"]![0]!["workloads"]![1]!.ToJsonString().Should().Be("""{"workload":"deployment/api","replicas":{"primary":2,"dr":0},"database":null}""");
    }

    [Theory]
    [InlineData("/a/b", "/env", "/a/b")]
    [InlineData(null, "/env/one:/env/two", "/env/one:/env/two")]
    [InlineData(null, null, "/home/li/.kube/config")]
    public void Kubeconfig_ComesFromTheOption_ThenTheEnvironment_ThenHome(string? given, string? environment, string meant) =>
        Cli.Commands.EstateCommand.Kubeconfig(given, environment, "/home/li").Should().Be(meant);

    public void Dispose() => _folder.Dispose();

    public async Task DisposeAsync()
    {
        await _primary.DisposeAsync();
        await _dr.DisposeAsync();
    }

    private static JsonObject Workload(int replicas, string image, int? port = null) => new()
    {
        ["metadata"] = new JsonObject { ["annotations"] = new JsonObject { ["note"] = "vault-pass" } },
        ["spec"] = new JsonObject
        {
            ["replicas"] = replicas,
            ["template"] = new JsonObject
            {
                ["spec"] = new JsonObject
                {
                    ["containers"] = new JsonArray(new JsonObject
                    {
                        ["image"] = image,
                        ["ports"] = port is null ? null : new JsonArray(new JsonObject { ["containerPort"] = port }),
                        ["args"] = new JsonArray("--password=hunter2"),
                        ["env"] = new JsonArray(new JsonObject { ["name"] = "PASSWORD", ["value"] = "hunter2" }),
                    }),
                },
            },
        },
    };

    /// <summary>A Deployment and a CloudNativePG cluster at both sites, others at one.</summary>
    private void Bank()
    {
        var batch = Workload(1, "registry.example/batch:1");
        batch["metadata"]!["ownerReferences"] = JsonNode.Parse("""[{"kind":"Batch","name":"nightly","controller":true}]""");
        _primary.Objects.Put("/apis/apps/v1/namespaces/bank/deployments/batch", batch);
        _primary.Objects.Put("/apis/apps/v1/namespaces/bank/deployments/api", Workload(2, "registry.example/api:1"));
        _primary.Objects.Put("/apis/apps/v1/namespaces/bank/statefulsets/db", Workload(1, "registry.example/store:9", 3306));
        _primary.Objects.Put("/api/v1/namespaces/bank/services/api", JsonNode.Parse("""{"spec":{"type":"LoadBalancer","ports":[{"port":443,"protocol":"TCP"},{"port":53,"protocol":"UDP"}]},"status":{"loadBalancer":{"ingress":[{"ip":"203.0.113.7"}]}}}""")!.AsObject());
        _primary.Objects.Put("/api/v1/namespaces/bank/services/db", JsonNode.Parse("""{"spec":{"type":"ClusterIP","ports":[{"port":3306}]}}""")!.AsObject());
        _primary.Objects.Put("/apis/networking.k8s.io/v1/namespaces/bank/ingresses/web", JsonNode.Parse("""{"spec":{"tls":[{"hosts":["bank.example"]}],"rules":[{"host":"bank.example","http":{"paths":[{"path":"/login"}]}},{"host":"*.bank.example","http":{"paths":[{"path":"/"}]}}]}}""")!.AsObject());
        _dr.Objects.Put("/apis/apps/v1/namespaces/bank/deployments/api", Workload(0, "registry.example/api:1"));
        foreach (var cluster in (FakeCluster[])[_primary, _dr])
        {
            cluster.Objects.Put("/apis/postgresql.cnpg.io", JsonNode.Parse("""{"preferredVersion":{"groupVersion":"postgresql.cnpg.io/v1"}}""")!.AsObject());
            cluster.Objects.Put("/apis/postgresql.cnpg.io/v1/namespaces/bank/clusters/pg", JsonNode.Parse("""{"spec":{"instances":3,"imageName":"ghcr.io/cloudnative-pg/postgresql:17","bootstrap":{"initdb":{"database":"app"}}}}""")!.AsObject());
        }
    }

    /// <summary>The last object first, one a page.</summary>
    private (int Status, JsonNode? Body)? InPagesOfOne(HttpRequest request, string? body)
    {
        if (request.Path.Value is not "/apis/apps/v1/deployments")
        {
            return null;
        }

        var all = _primary.Objects.Under("/apis/apps/v1/namespaces/bank/deployments").Reverse().ToList();
        var page = request.Query["continue"] == "1" ? 1 : 0;
        return (200, new JsonObject { ["metadata"] = new JsonObject { ["continue"] = page == 0 ? "1" : "" }, ["items"] = new JsonArray(all[page].Object.DeepClone()) });
    }

    private Task<Ran> SuggestAsync(params string[] more) => Shell.RunAsync(["estate", "suggest", "--kubeconfig", _kubeconfig, .. more]);

    [GeneratedRegex(@"estate\.yaml:(\d+):")]
    private static partial Regex Place();
}
