using DrOrchestrator.Plans;
using DrOrchestrator.Testing.Plans;

namespace DrOrchestrator.Tests.Plans;

/// <summary>Guardrails, what a step is verified by, and what a rehearsal acts on, as plans say them.</summary>
public sealed class CheckReaderTests : IDisposable
{
    private const string Wait = "- { name: wait-a, kind: wait, with: { for: 1s } }";

    private readonly EstateFolderBuilder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Load_Guardrails_HasExactlyTheDeclaredValues()
    {
        Add(
            """
            guardrails:
              - { probe: { name: ledger-posting }, then: pause, from: promote, to: move-traffic, every: 2s }
              - { standby-healthy: , then: abort }
            """);

        var plan = _folder.LoadGood().Plans["failover"];

        plan.Guardrails.Select(rail => (rail.Check.Kind, rail.Then, rail.Every, rail.From, rail.To)).Should().Equal(
            ("probe", GuardrailAction.Pause, TimeSpan.FromSeconds(2), "promote", "move-traffic"),
            ("standby-healthy", GuardrailAction.Abort, TimeSpan.FromSeconds(5), null, null));
        PlanPreview.Guardrails(plan).Should().Equal(
            "probe name=ledger-posting: a breach pauses; every 2s from promote to move-traffic", "standby-healthy: a breach aborts; every 5s from the beginning to the end");
    }

    [Theory]
    [InlineData("- { probe: { name: ledger-posting } }", "failover.yaml:45:5: a guardrail without 'then'; allowed: pause, abort. Add 'then:'.")]
    [InlineData("- { then: stop, standby-healthy: }", "failover.yaml:45:13: 'then' is 'stop'; allowed: pause, abort. Use one of the allowed words.")]
    [InlineData("- { then: abort }", "failover.yaml:45:5: a guardrail with 0 checks; allowed: exactly one check beside 'then', 'every', 'from' and 'to'. Begin a new list item for each check.")]
    [InlineData("- { then: abort, standby-health: }", "failover.yaml:45:20: there is no check of a guardrail 'standby-health'; allowed: probe, targets-exist, standby-healthy; did you mean 'standby-healthy'? Use one of the allowed words.")]
    [InlineData("- { then: abort, every: 2h, standby-healthy: }", "failover.yaml:45:27: 'every' is '2h'; allowed: 1s to 1h. Choose a value in range.")]
    [InlineData("- { then: abort, from: promot, standby-healthy: }", "failover.yaml:45:26: there is no step 'promot'; allowed: fence-primary, promote, wait-a, wait-b, move-traffic, business-verification, rejoin, unfence; did you mean 'promote'? Declare the step or correct the name.")]
    [InlineData("- { then: abort, probe: { name: ledger-postin } }", "failover.yaml:45:35: there is no probe 'ledger-postin'; allowed: ledger-posting, dr-store; did you mean 'ledger-posting'? Declare the probe or correct the name.")]
    public void Load_GuardrailWithOneThingWrong_ReportsExactlyThat(string item, string expected)
    {
        Add($"guardrails:\n  {item}");

        _folder.LoadErrors().Select(error => error.ToString()).Should().Equal(expected);
    }

    [Fact]
    public void Load_GatesWithResume_AreThoseThatHoldBehindTheFirstEffect()
    {
        const string Gate = "  - standby-healthy:";
        _folder.Replace("failover.yaml", Gate, $"{Gate}\n    resume: true");

        var gates = _folder.LoadGood().Plans["failover"].Gates;

        gates.Select(gate => (gate.Kind, gate.Resume)).Should().Contain(("standby-healthy", true)).And.OnlyContain(gate => gate.Resume == (gate.Kind == "standby-healthy"));
    }

    [Fact]
    public void Load_Verify_HasTheDeclaredChecks()
    {
        _folder.Replace("failover.yaml", Wait, "- { name: wait-a, kind: wait, with: { for: 1s }, verify: [ { probe: { name: ledger-posting } }, { standby-healthy: } ] }");

        var plan = _folder.LoadGood().Plans["failover"];

        plan.Steps.Single(step => step.Name == "wait-a").Verify.Select(PlanPreview.Check).Should().Equal("probe name=ledger-posting", "standby-healthy");
    }

    [Fact]
    public void Load_VerifyByAnUnknownCheck_IsRefusedWithItsPlace()
    {
        _folder.Replace("failover.yaml", Wait, "- { name: wait-a, kind: wait, with: { for: 1s }, verify: [ { prob: { name: ledger-posting } } ] }");

        _folder.LoadErrors().Select(error => error.ToString()).Should().Equal(
            "failover.yaml:33:68: there is no check of 'verify' 'prob'; allowed: probe, targets-exist, standby-healthy; did you mean 'probe'? Use one of the allowed words.");
    }

    private void Add(string keys)
    {
        File.AppendAllText(Path.Combine(_folder.Folder, "failover.yaml"), keys + "\n");
    }
}
