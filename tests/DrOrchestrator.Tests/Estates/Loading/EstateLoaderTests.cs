using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using DrOrchestrator.Estates;
using DrOrchestrator.Testing.Plans;
using DrOrchestrator.Tiers;

namespace DrOrchestrator.Tests.Estates.Loading;

public sealed class EstateLoaderTests : IDisposable
{
    private readonly EstateFolderBuilder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Load_GoodEstate_HasExactlyTheDeclaredValues()
    {
        var estate = _folder.LoadGood().Estate;

        var kubeconfig = Path.Combine(_folder.Root, "primary.kubeconfig");
        estate.Name.Should().Be("sandbox");
        estate.IsSandbox.Should().BeTrue();
        estate.Folder.Should().Be(_folder.Folder);
        estate.Sites.Should().Equal(
            new Site("primary", SiteRole.Production, "lab", kubeconfig, "primary"),
            new Site("dr", SiteRole.SameCity, null, kubeconfig, "dr"),
            new Site("paper", SiteRole.Remote, null, null, null));
        estate.Endpoints.Should().Equal(new ServiceEndpoint("front-door", new Uri("http://127.0.0.1:1234"), Path.Combine(_folder.Root, "admin.token")));
        estate.Continuity.Should().Be(new ContinuityOrganisation("Risk", null));
        estate.Plans.Should().Equal(new PlanFile("failover.yaml", Path.Combine(_folder.Folder, "failover.yaml")));
        estate.Calendars.Should().Equal(new CalendarEntry("overdue", "drill-overdue", "ledger", "failover", "0 0 8 * * ?", "Asia/Shanghai", TimeSpan.FromDays(365)));
        estate.People.Should().BeEquivalentTo(
            [
                new Person("requester", "Li Wei", "IT", [PersonRole.Operator], new string('a', 64), true),
                new Person("chen", "Chen", "IT", [PersonRole.Approver, PersonRole.Viewer], null, false),
                new Person("verifier", "Zhao", "Payments", [PersonRole.BusinessVerifier], null, false),
            ],
            options => options.WithStrictOrdering());
    }

    [Fact]
    public void Load_PersonWithTrainingsAndAbsences_NewestTrainingComesFirst()
    {
        _folder.Replace("estate.yaml", "{ id: chen, name: Chen, department: IT, roles: [approver, viewer] }", "{ id: chen, name: Chen, department: IT, roles: [approver, viewer], trainings: [ { passed: 2025-06-01 }, { passed: 2026-06-01, record: HR-114 } ], absences: [ { from: 2026-11-27, to: 2026-11-30 } ] }");

        var chen = _folder.LoadGood().Estate.FindPerson("chen")!;

        chen.Trainings.Should().Equal(new Training(new DateOnly(2026, 6, 1), "HR-114"), new Training(new DateOnly(2025, 6, 1), null));
        chen.Absences.Should().Equal(new Absence(new DateOnly(2026, 11, 27), new DateOnly(2026, 11, 30)));
    }

    [Fact]
    public void Load_GoodSystem_HasExactlyTheDeclaredValues()
    {
        var system = _folder.LoadGood().Estate.Systems.Should().ContainSingle().Subject;

        system.Should().BeEquivalentTo(new ProtectedSystem(
            "ledger",
            new Dictionary<string, string> { ["en"] = "Core ledger", ["zh-CN"] = "核心账务" },
            "Payments",
            "requester",
            [new ImpactRating(ImpactScope.FinancialRights, Severity.Moderate, "Customers cannot pay", "Wang")],
            "primary",
            ["dr"],
            [new BusinessFunction("posting", true), new BusinessFunction("report", false)],
            TimeSpan.FromHours(2),
            TimeSpan.FromHours(1),
            false,
            []));
        system.Classify().Limits!.Rto.Should().Be(TimeSpan.FromHours(2));
    }

    [Fact]
    public void Load_GoodProbes_HaveExactlyTheDeclaredValues()
    {
        var estate = _folder.LoadGood().Estate;

        estate.Probes[0].Should().BeEquivalentTo(
            new ProbeDefinition(
                "ledger-posting",
                "ledger",
                null,
                ProbeRole.Service,
                "posting",
                TimeSpan.FromMilliseconds(250),
                TimeSpan.FromSeconds(1),
                2,
                new HttpProbeSettings(
                    new Uri("http://127.0.0.1:1234/ledger/entries"),
                    "POST",
                    new Dictionary<string, string> { ["Content-Type"] = "application/json" },
                    "{\"id\":\"{{nonce}}\"}",
                    [201, 200],
                    "position",
                    true)),
            options => options.RespectingRuntimeTypes());
        estate.Probes[1].Should().Be(new ProbeDefinition(
            "dr-store", "ledger", "dr", ProbeRole.Standby, null, TimeSpan.FromSeconds(1), TimeSpan.FromMilliseconds(500), 3, new TcpProbeSettings("127.0.0.1", 4321)));
        estate.RecoveryPoints.Should().ContainSingle().Which.Should().BeEquivalentTo(
            new RecoveryPointDefinition(
                "ledger-replication",
                "ledger",
                TimeSpan.FromMilliseconds(250),
                TimeSpan.FromSeconds(1),
                new PositionsSettings(new Dictionary<string, Uri> { ["primary"] = new("http://127.0.0.1:1/status"), ["dr"] = new("http://127.0.0.1:2/status") })),
            options => options.RespectingRuntimeTypes());
    }

    [Fact]
    public void Load_SectionsOverSeveralFiles_Concatenate()
    {
        _folder.Write("a-first.yml", "probes:\n  - { name: front, system: ledger, role: component, kind: http, interval: 1h, timeout: 1m, with: { url: 'https://x.example' } }\n");

        var estate = _folder.LoadGood().Estate;

        estate.Probes.Select(probe => probe.Name).Should().Equal("front", "ledger-posting", "dr-store");
        estate.Probes[0].Settings.Should().BeEquivalentTo(
            new HttpProbeSettings(new Uri("https://x.example"), "GET", new Dictionary<string, string>(), null, [200], null, false));
    }

    [Fact]
    public void Load_PlanOnlyAmongShippedRunbooks_IsFoundThere()
    {
        File.Move(Path.Combine(_folder.Folder, "failover.yaml"), Path.Combine(_folder.Shipped, "failover.yaml"));

        var loaded = _folder.LoadGood();

        loaded.Plans.Keys.Should().Equal("failover");
        loaded.Estate.Plans[0].Path.Should().Be(Path.Combine(_folder.Shipped, "failover.yaml"));
    }

    [Fact]
    public void Load_PlanInBothFolders_TakesTheEstatesOwn()
    {
        File.WriteAllText(Path.Combine(_folder.Shipped, "failover.yaml"), "nonsense");

        _folder.LoadGood().Estate.Plans[0].Path.Should().Be(Path.Combine(_folder.Folder, "failover.yaml"));
    }

    [Fact]
    public void Hash_IsOverNamesLengthsAndBytesInOrder()
    {
        _folder.Write("a.yml", "endpoints: []\n");
        using var expected = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var name in (string[])["a.yml", "estate.yaml", "failover.yaml"])
        {
            var bytes = File.ReadAllBytes(Path.Combine(_folder.Folder, name));
            var length = new byte[8];
            BinaryPrimitives.WriteInt64BigEndian(length, bytes.Length);
            expected.AppendData([.. Encoding.UTF8.GetBytes(name), 0, .. length, .. bytes]);
        }

        _folder.LoadGood().Estate.Hash.Should().Be(Convert.ToHexStringLower(expected.GetHashAndReset()));
    }

    [Fact]
    public void Hash_OfAPlanChangedByOneByte_Changes()
    {
        var before = _folder.LoadGood();
        _folder.Replace("failover.yaml", "scenarios: s", "scenarios: S");

        var after = _folder.LoadGood();

        after.Estate.Hash.Should().NotBe(before.Estate.Hash);
        after.Plans["failover"].Hash.Should().NotBe(before.Plans["failover"].Hash);
    }
}
