using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Gates;
using DrOrchestrator.Drills.Steps.Dns;
using DrOrchestrator.Estates;
using DrOrchestrator.Plans;
using DrOrchestrator.Tests.Drills.Steps;

namespace DrOrchestrator.Tests.Drills.Gates;

/// <summary>A key of production is one in whatever file it stands.</summary>
public sealed class SecretsOfItsOwnTests : IDisposable
{
    private readonly string _folder = Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, "work", $"secrets-{Guid.NewGuid():N}")).FullName;

    public SecretsOfItsOwnTests()
    {
        Have("live", "c2VjcmV0");
        Have("lab", "b3RoZXI=");
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Compare_AnotherSecret_Passes() => Compare("lab").Should().BeEquivalentTo(new { Check = $"rehearsal-powerless secret file:{At("lab")}", Passed = true, Value = "a secret of its own", Remedy = "" });

    [Fact]
    public void Compare_CopyOfTheKey_IsTheKey()
    {
        Have("copy", "  c2VjcmV0 \nsecond line\n");

        var result = Compare("copy");

        (result.Passed, result.Value).Should().Be((false, $"it is the secret in file:{At("live")}, which step 'move' of plan 'cards' uses live"));
        result.ToString().Should().NotContain("c2VjcmV0");
    }

    [Theory]
    [InlineData("c2VjcmV0MQ", "c2VjcmV0MQ==", true)]
    [InlineData("c2Vj cmV0 MQ==", "c2VjcmV0MQ==", true)]
    [InlineData("c2VjcmV0MR==", "c2VjcmV0MQ==", true)]
    [InlineData("c2VjcmV0Mg==", "c2VjcmV0MQ==", false)]
    [InlineData("no key!", "no, key", false)]
    public void Compare_KeyWrittenInAnotherWay_IsTheKey(string own, string live, bool isSame)
    {
        Have("own", own);
        Have("live", live);

        Compare("own").Passed.Should().Be(!isSame);
    }

    [Fact]
    public void Compare_LinkToTheKey_IsTheKey()
    {
        File.CreateSymbolicLink(At("link"), At("live"));

        Compare("link").Passed.Should().BeFalse();
    }

    [Theory]
    [InlineData("lab", "absent", true, "a secret of its own")]
    [InlineData("lab", "gone/absent", true, "a secret of its own")]
    [InlineData("lab", "empty", false, "unknown: the file FOLDER/empty is empty")]
    [InlineData("lab", "round/key", false, "unknown: the file FOLDER/round/key cannot be read (IOException)")]
    [InlineData("lab", "astray", false, "unknown: the file FOLDER/astray cannot be read (FileNotFoundException)")]
    [InlineData("absent", "live", false, "unknown: the file FOLDER/absent cannot be read (FileNotFoundException)")]
    public void Compare_OneThatCannotBeRead_PassesOnlyWhereProductionsIsNowhere(string own, string live, bool passes, string value)
    {
        // A folder in which nobody can look (here: for everybody, the administrator of the machine included), and a link into what is not mounted.
        Have("empty", "");
        File.CreateSymbolicLink(At("round"), At("round"));
        File.CreateSymbolicLink(At("astray"), At("away"));

        var result = Compare(own, live);

        (result.Passed, result.Value).Should().Be((passes, value.Replace("FOLDER", _folder, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Try_RehearsalWithACopyOfTheKeyOfAnotherPlan_DoesNotPass()
    {
        Have("copy", "c2VjcmV0");
        var kinds = new StepKinds([new DnsStep(TimeProvider.System)]);
        var (plan, other) = (Moving("plan", "lab-own", "copy"), Moving("cards", "live", null));
        var proof = new RehearsalProof(null, null!, new StepKindCatalog(kinds, new GateKinds([]), new SteadyStateKinds([])), new Nowhere(), new PlanLibrary(new Dictionary<string, Plan> { ["plan"] = plan, ["cards"] = other }), TimeProvider.System);

        var results = await proof.TryAsync(Rehearsals.Of(plan), plan, Estate.None, default);

        results[^1].Should().BeEquivalentTo(new { Check = "rehearsal-powerless untried", Passed = true, Value = "not tried at production: move (dns)" });
        results.Should().Contain(result => !result.Passed && result.Value == $"it is the secret in file:{At("live")}, which step 'move' of plan 'cards' uses live");
    }

    private Plan Moving(string name, string key, string? rehearsed) => StepBench.Plan with
    {
        Name = name,
        Systems = ["ledger"],
        Steps =
        [
            new PlanStep("move", "dns", new Dictionary<string, string>(), null, StepBench.Parameters($$"""{"server":"10.0.0.53","zone":"bank.test","name":"pay.bank.test","type":"A","values":["10.2.0.7"],"key-name":"k","key-file":"{{At(key)}}"}"""), [], null, null, false, TimeSpan.FromSeconds(5), 0, null)
            {
                Rehearsal = rehearsed is null ? null : new RehearsalTarget(false, null, StepBench.Parameters($$"""{"key-file":"{{At(rehearsed)}}"}""")),
            },
        ],
    };

    private GateResult Compare(string own, string live = "live") => SecretsOfItsOwn.Compare(
        [new UsedSecret("step 'move'", new SecretReference.File(At(own)), IsKey: true)], [new UsedSecret("step 'move' of plan 'cards'", new SecretReference.File(At(live)), IsKey: true)]).Should().ContainSingle().Which;

    private void Have(string name, string text) => File.WriteAllText(At(name), text);

    private string At(string name) => Path.Combine(_folder, name);

    private sealed class Nowhere : IServingSites
    {
        public string ServingSiteOf(string system) => "primary";
    }
}
