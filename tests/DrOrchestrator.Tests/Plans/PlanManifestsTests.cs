using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Drills.Steps;
using DrOrchestrator.Drills.Steps.Objects;
using DrOrchestrator.Estates;
using DrOrchestrator.Estates.Loading;
using DrOrchestrator.Evidence;
using DrOrchestrator.Kubernetes;
using DrOrchestrator.Plans;
using DrOrchestrator.Testing.Plans;

namespace DrOrchestrator.Tests.Plans;

public sealed class PlanManifestsTests : IDisposable
{
    private const string Map = "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: settings }\ndata: { primary: dr }\n";
    private const string App = "apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: a }\nspec:\n  template:\n    spec:\n      containers:\n";

    private readonly EstateFolderBuilder _folder = new();
    private readonly ClusterConnections _connections = new(TimeProvider.System);

    public void Dispose()
    {
        _connections.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("app.yaml")]
    [InlineData("manifests/app.yaml")]
    public void Load_AManifestBesideThePlan_IsPartOfThePlan(string file)
    {
        var plan = Load(file, Map);

        plan.Manifests[file].Documents.Should().ContainSingle().Which.ToString().Should().Be("ConfigMap settings");
        var own = Convert.ToHexStringLower(SHA256.HashData(plan.Source.Span));
        plan.Hash.Should().Be(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{own}  plan\n{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Map)))}  {file}\n"))));
        Load(file, Map.Replace("dr", "lab", StringComparison.Ordinal)).Hash.Should().NotBe(plan.Hash, "another content is another plan, and another approval");
    }

    [Theory]
    [InlineData("../app.yaml", "'../app.yaml' is no file beside the plan")]
    [InlineData("/etc/app.yaml", "'/etc/app.yaml' is no file beside the plan")]
    [InlineData("./app.yaml", "'./app.yaml' is no file beside the plan")]
    [InlineData("app.json", "'app.json' is no file beside the plan")]
    [InlineData("absent.yaml", "there is no file 'absent.yaml' beside the plan")]
    [InlineData("linked.yaml", "'linked.yaml' leads out of the plan's folder")]
    [InlineData("out/app.yaml", "'out/app.yaml' leads out of the plan's folder")]
    public void Load_APathThatIsNotBesideThePlan_IsRefused(string file, string said)
    {
        var outside = Directory.CreateDirectory(_folder.Folder + "-outside").FullName;
        File.WriteAllText(Path.Combine(outside, "app.yaml"), Map);
        Directory.CreateSymbolicLink(Path.Combine(_folder.Folder, "out"), outside);
        if (file == "linked.yaml")
        {
            File.CreateSymbolicLink(Path.Combine(_folder.Folder, file), Path.Combine(outside, "app.yaml"));
        }

        try
        {
            Errors(file).Should().ContainSingle().Which.Found.Should().Be(said);
        }
        finally
        {
            Directory.Delete(outside, recursive: true);
        }
    }

    [Theory]
    [InlineData("kind: ConfigMap\nmetadata: { name: a }", 1, "document 1 has no apiVersion")]
    [InlineData("apiVersion: v1\nkind: ConfigMap\nmetadata: { generateName: a- }", 1, "document 1 has no metadata.name (generateName makes another object each time)")]
    [InlineData(Map + "---\n- a", 6, "document 2 is a list")]
    [InlineData(Map + "---\n" + Map, 6, "document 2 (ConfigMap settings) is the same object as document 1, at line 1")]
    [InlineData("apiVersion: v1\nkind: List\nmetadata: { name: a }\nitems: []", 1, "document 1 (List a): a list of objects")]
    [InlineData("apiVersion: v1\nkind: Secret\nmetadata: { name: a }", 1, "document 1 (Secret a): a Secret, which would be kept with every run")]
    [InlineData("apiVersion: v1\nkind: Namespace\nmetadata: { name: a }", 1, "document 1 (Namespace a): it belongs to the whole cluster")]
    [InlineData("apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a, finalizers: [x] }", 1, "document 1 (ConfigMap a): metadata.finalizers")]
    [InlineData("apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a, labels: { n: 1 } }", 1, "document 1 (ConfigMap a): metadata.labels that are no texts")]
    [InlineData("apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a, annotations: { drorchestrator.io/fence: held } }", 1, "document 1 (ConfigMap a): annotations of drorchestrator.io/")]
    [InlineData("apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\ndata: { db.password: x }", 1, "document 1 (ConfigMap a): '/data/db.password' holds a secret by its name, and would be kept with every run")]
    [InlineData(App + "      - { name: c, image: i, command: [sh, -c, \"PGPASSWORD=hunter2 psql\"] }", 1, "document 1 (Deployment a): '/spec/template/spec/containers/0/command' has a value at 'PGPASSWORD', which by its name holds a secret")]
    [InlineData(App + "      - { name: c, image: i, args: [--token, hunter2] }", 1, "document 1 (Deployment a): '/spec/template/spec/containers/0/args' has a value at '--token', which by its name holds a secret")]
    [InlineData(App + "      - { name: c, image: i, env: [{ name: OPTS, value: \"-Ddb.password=hunter2\" }] }", 1, "document 1 (Deployment a): '/spec/template/spec/containers/0/env/0/value' has a value at '-Ddb.password', which by its name holds a secret")]
    [InlineData(App + "      - { name: c, image: i, lifecycle: { preStop: { exec: { command: [app, --password=hunter2] } } } }", 1, "document 1 (Deployment a): '/spec/template/spec/containers/0/lifecycle/preStop/exec/command' has a value at '--password', which by its name holds a secret")]
    [InlineData("apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a, namespace: other }", 1, "document 1 (ConfigMap a): it names the namespace 'other', and the step at line 18 acts in 'ledger'")]
    [InlineData("apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: a }\nspec: { paused: yes }", 4, "'yes' without quotes, which is one thing in YAML 1.1 and another in YAML 1.2")]
    [InlineData("apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\nmode: 0644", 4, "'0644' without quotes, which is one thing in YAML 1.1 and another in YAML 1.2")]
    [InlineData("# nothing\n---\n# nothing", 0, "0 documents")]
    [InlineData("a: &x 1\nb: *x", 1, "an anchor (&)")]
    public void Load_ADocumentThatCannotBeApplied_IsSaidWithNumberAndLine(string manifest, int line, string said)
    {
        _folder.Write("app.yaml", manifest);

        Errors("app.yaml").Should().Contain(error => error.File == "app.yaml" && error.Line == line && error.Found == said);
    }

    /// <summary>What a container takes from its own environment or a file is no secret of the manifest.</summary>
    [Fact]
    public void Load_CommandsThatReadTheirSecretThemselves_AreTaken()
    {
        var manifest = App + "      - { name: c, image: i, command: [sh, -c, \"psql password=$PGPASSWORD\"], args: [--token-file=/run/x, \"--password=$(PW)\"], env: [{ name: OPTS, value: \"-Xmx1g --verbose\" }] }\n"
            + "---\napiVersion: v1\nkind: ConfigMap\nmetadata: { name: c }\ndata: { command: \"--password=example\" }\n";

        Load("app.yaml", manifest).Manifests["app.yaml"].Documents.Should().HaveCount(2);
    }

    [Fact]
    public void Load_AMillionBytes_IsRefused()
    {
        _folder.Write("app.yaml", Map + new string('#', 1024 * 1024));

        Errors("app.yaml").Should().ContainSingle().Which.Allowed.Should().Be("up to 1 MiB");
    }

    [Fact]
    public void Load_WhatWasKeptWithARun_NeedsNoFile()
    {
        var plan = Load("app.yaml", Map);
        _folder.Write("app.yaml", Map.Replace("dr", "lab", StringComparison.Ordinal));
        var estate = EstateLoader.Load(_folder.Folder, Catalog(), null).Should().BeOfType<EstateLoadResult.Loaded>().Which.Estate;

        var kept = PlanLoader.Load(plan.Source.ToArray(), plan.File, estate, Catalog(), new Dictionary<string, byte[]> { ["app.yaml"] = plan.Manifests["app.yaml"].Source.ToArray() });

        var read = kept.Should().BeOfType<PlanLoadResult.Loaded>().Which.Plan;
        (read.Hash, read.Manifests["app.yaml"].Hash).Should().Be((plan.Hash, plan.Manifests["app.yaml"].Hash));
        PlanLoader.Load(plan.Source.ToArray(), plan.File, estate, Catalog(), new Dictionary<string, byte[]>()).Should().BeOfType<PlanLoadResult.Refused>()
            .Which.Errors.Should().ContainSingle().Which.Found.Should().Be("the file 'app.yaml' was not kept with the plan");
    }

    /// <summary>What a run was opened with and approved for is what it goes on with, whatever became of the files: also another server has nothing but what was kept.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Find_OfARunWhoseManifestWasChangedSince_GivesWhatWasKept(bool isKept)
    {
        var opened = Load("app.yaml", Map);
        var changed = Load("app.yaml", Map.Replace("dr", "lab", StringComparison.Ordinal));
        var estate = EstateLoader.Load(_folder.Folder, Catalog(), null).Should().BeOfType<EstateLoadResult.Loaded>().Which.Estate;
        var archive = new Kept();
        var objects = new JsonArray([.. RunPlans.TextsOf(isKept ? opened : changed).Select(text => new JsonObject { ["name"] = text.Name, ["object"] = archive.Keep(text.Content) })]);
        var line = new JsonObject { ["plan"] = "failover", ["planFile"] = opened.File, ["planHash"] = opened.Hash, ["planVersion"] = "1", ["mode"] = "live", ["systems"] = new JsonArray("ledger"), ["authors"] = new JsonArray("requester"), ["objects"] = objects };
        var run = new DrillRun(7, [new JournalEntry(1, DateTimeOffset.UnixEpoch, 0, "requester", JournalKinds.Opened, null, 0, line)]);
        var plans = new RunPlans(new PlanLibrary(new Dictionary<string, Plan> { ["failover"] = changed }), new EstateHolder(estate), Catalog(), archive);

        var (plan, unreadable) = await plans.FindAsync(run, default);

        if (isKept)
        {
            unreadable.Should().BeNull();
            plan.Manifests["app.yaml"].Documents[0].Value["data"]!["primary"]!.ToString().Should().Be("dr");
        }
        else
        {
            unreadable.Should().Contain("which is not kept with the run");
            plan.Steps.Should().BeEmpty();
        }
    }

    private Plan Load(string file, string manifest)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(_folder.Folder, file))!);
        _folder.Write(file, manifest);
        _folder.Write("failover.yaml", WithStep(file));
        var loaded = EstateLoader.Load(_folder.Folder, Catalog(), null);
        return loaded.Should().BeOfType<EstateLoadResult.Loaded>(string.Join('\n', (loaded as EstateLoadResult.Refused)?.Errors ?? [])).Which.Plans["failover"];
    }

    private IReadOnlyList<EstateError> Errors(string file)
    {
        _folder.Write("failover.yaml", WithStep(file));
        return EstateLoader.Load(_folder.Folder, Catalog(), null).Should().BeOfType<EstateLoadResult.Refused>().Which.Errors;
    }

    private static string WithStep(string file) => EstateFolderBuilder.GoodPlan.Replace(
        "steps:\n", $"steps:\n  - {{ name: settings, kind: k8s.apply, site: dr, with: {{ namespace: ledger, manifest: \"{file}\" }} }}\n", StringComparison.Ordinal);

    private WithApply Catalog() => new(new K8sApplyStep(_connections, TimeProvider.System).Shape);

    private sealed class WithApply(StepKindShape shape) : IStepKindCatalog
    {
        public IReadOnlyDictionary<string, StepKindShape> Steps { get; } = SmallCatalog.Instance.Steps.Append(KeyValuePair.Create(shape.Kind, shape)).ToDictionary(StringComparer.Ordinal);

        public IReadOnlyDictionary<string, StepKindShape> Gates => SmallCatalog.Instance.Gates;

        public IReadOnlyDictionary<string, StepKindShape> SteadyState => SmallCatalog.Instance.SteadyState;
    }

    private sealed class Kept : IEvidenceArchive
    {
        private readonly Dictionary<string, byte[]> _objects = [];

        public string Keep(byte[] content)
        {
            var hash = Convert.ToHexStringLower(SHA256.HashData(content));
            _objects[hash] = content;
            return hash;
        }

        public Task<byte[]?> ReadObjectAsync(string hash, CancellationToken cancellationToken) => Task.FromResult(_objects.GetValueOrDefault(hash));

        public Task<SealedLog> NewestCheckpointAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<IReadOnlyList<byte[]>> ReadHeadersAsync(long from, long to, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<IReadOnlyList<StoredPayload>> ReadPayloadsAsync(long from, long to, long? run, CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
