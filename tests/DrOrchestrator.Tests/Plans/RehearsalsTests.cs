using DrOrchestrator.Drills;
using DrOrchestrator.Drills.People;
using DrOrchestrator.Plans;
using DrOrchestrator.Testing.Plans;

namespace DrOrchestrator.Tests.Plans;

/// <summary>A plan that offers a rehearsal names what each effect acts on in it, and nothing of production.</summary>
public sealed class RehearsalsTests : IDisposable
{
    private readonly EstateFolderBuilder _folder = new();

    public RehearsalsTests()
    {
        _folder.Replace("estate.yaml", "  - { name: paper, role: remote }\n", "  - { name: paper, role: remote }\n  - { name: lab, role: remote, kubeconfig: ../primary.kubeconfig, context: lab }\n");
        _folder.Replace("estate.yaml", "  - { name: front-door, url", "  - { name: lab-door, url: \"http://127.0.0.1:9\" }\n  - { name: front-door, url");
        _folder.Replace("failover.yaml", "modes: [live, tabletop]", "modes: [live, tabletop, rehearsal]");
        Rehearse("fence-primary", "    with: { workloads: [ledger-store] }\n", "site: lab");
        Rehearse("promote", "    timeout: 1m\n", "site: lab");
        Rehearse("move-traffic", "    retries: 2\n", "endpoint: lab-door");
        _folder.Replace("failover.yaml", "with: { command: [rejoin] }, promotes: none", "with: { command: [rejoin] }, promotes: none, rehearsal: skip");
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Of_PlanWithTargets_ActsOnThemAndOnNothingElse()
    {
        var plan = _folder.LoadGood().Plans["failover"];

        var rehearsal = Rehearsals.Of(plan);

        rehearsal.AllSteps.Where(step => step.Site is not null).Select(step => $"{step.Name} at {step.Site}").Should().Equal("fence-primary at lab", "promote at lab", "rejoin at primary", "unfence at primary");
        var move = rehearsal.Steps.Single(step => step.Name == "move-traffic");
        move.Parameters.Text("endpoint").Should().Be("lab-door");
        move.Parameters.Text("path").Should().Be("/route");
        plan.Steps.Single(step => step.Name == "move-traffic").Parameters.Text("endpoint").Should().Be("front-door", "the plan itself is what it was");
        PlanPreview.Rehearsal(move).Should().Be("endpoint=lab-door");
    }

    [Theory]
    [InlineData("rehearsal: { site: lab }\n    mark: fenced", "mark: fenced", "step 'fence-primary': it has an effect, and names nothing that it acts on in a rehearsal; allowed: rehearsal: skip, or rehearsal: { site: ..., namespace: ..., endpoint: ... }. Give it a target of its own, or leave it out.")]
    [InlineData("rehearsal: { site: lab }\n    mark: fenced", "rehearsal: { site: primary, workloads: [other] }\n    mark: fenced", "step 'fence-primary': its rehearsal acts on site 'primary', which is production; allowed: a site that is no production. Name an isolated site.", "step 'fence-primary': its rehearsal acts on site 'primary', as step 'fence-primary' does live; allowed: another site or namespace. Name an isolated namespace.")]
    [InlineData("rehearsal: { site: lab }\n    mark: fenced", "rehearsal: { site: dr }\n    mark: fenced", "step 'fence-primary': its rehearsal acts on site 'dr', as step 'promote' does live; allowed: another site or namespace. Name an isolated namespace.")]
    [InlineData("rehearsal: { endpoint: lab-door }", "rehearsal: { path: /other }", "step 'move-traffic': its rehearsal uses endpoint 'front-door', the address that step 'move-traffic' uses live; allowed: an endpoint with an address and a credential of its own. Name an endpoint of the isolated environment.")]
    [InlineData("rehearsal: { endpoint: lab-door }", "rehearsal: later", "'rehearsal' is 'later'; allowed: skip, or a mapping with 'site' and parameters that take the place of the step's own. Leave the step out, or name what it acts on instead.", "step 'move-traffic': it has an effect, and names nothing that it acts on in a rehearsal; allowed: rehearsal: skip, or rehearsal: { site: ..., namespace: ..., endpoint: ... }. Give it a target of its own, or leave it out.")]
    [InlineData("rehearsal: { endpoint: lab-door }", "rehearsal: { endpont: lab-door }", "unknown key 'endpont' in the parameters of 'http'; allowed: endpoint, method, path, body, status, follow, accept, site; did you mean 'endpoint'? Correct the key or remove it.", "step 'move-traffic': its rehearsal uses endpoint 'front-door', the address that step 'move-traffic' uses live; allowed: an endpoint with an address and a credential of its own. Name an endpoint of the isolated environment.")]
    [InlineData("rehearsal: { site: lab }\n    on-failure", "rehearsal: skip\n    on-failure", "step 'promote': a rehearsal leaves it out, but 'move-traffic' uses what it returns. Leave 'move-traffic' out too, or give it the value under 'rehearsal:'.")]
    [InlineData("rehearsal: { site: lab }\n    on-failure", "rehearsal: { site: paper }\n    on-failure", "the site 'paper' of the rehearsal has no Kubernetes, which 'k8s.job' needs. Give the site 'kubeconfig' and 'context', or name another.")]
    public void Load_RehearsalThatWouldTouchProduction_IsRefused(string good, string bad, params string[] expected)
    {
        _folder.Replace("failover.yaml", good, bad);

        var errors = _folder.LoadErrors().Select(error => error.ToString()).ToList();

        errors.Select(error => error[(error.IndexOf(": ", StringComparison.Ordinal) + 2)..]).Should().BeEquivalentTo(expected);
        errors.Should().OnlyContain(error => error.StartsWith("failover.yaml:", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("kubeconfig: ../primary.kubeconfig, context: primary }")]
    [InlineData("kubeconfig: \"../lab.kubeconfig:../primary.kubeconfig\", context: primary }")]
    public void Load_RehearsalWithTheCredentialOfProduction_IsRefused(string reached)
    {
        _folder.Replace("estate.yaml", "kubeconfig: ../primary.kubeconfig, context: lab }", reached);

        _folder.LoadErrors().Select(error => error.ToString()).Should().Contain(error => error.Contains("its rehearsal uses the credential of site 'primary', which is production", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("live, tabletop", "failover.yaml:42:16: step 'move-traffic': its rehearsal uses endpoint 'lab-door', the address that step 'move-traffic' of plan 'branches' uses live; allowed: an endpoint with an address and a credential of its own. Name an endpoint of the isolated environment.")]
    [InlineData("tabletop")]
    public void Load_WhatAnotherPlanActsOnLive_IsRefused(string modes, params string[] expected)
    {
        var other = EstateFolderBuilder.GoodPlan.Replace("plan: failover", "plan: branches", StringComparison.Ordinal).Replace("endpoint: front-door", "endpoint: lab-door", StringComparison.Ordinal);
        _folder.Write("branches.yaml", other.Replace("modes: [live, tabletop]", $"modes: [{modes}]", StringComparison.Ordinal)).Replace("estate.yaml", "plans: [failover.yaml]", "plans: [branches.yaml, failover.yaml]");

        _folder.LoadErrors().Select(error => error.ToString()).Should().Equal(expected);
    }

    [Fact]
    public void Judge_WhatAnotherPlanActsOnLiveByNow_IsRefusedAtTheStart()
    {
        var (estate, plans) = _folder.LoadGood();
        var plan = plans["failover"];
        var request = new StartRequest("failover", RunMode.Rehearsal, "", estate.FindPerson("requester")!);
        var other = plan with { Name = "branches", Steps = Rehearsals.Of(plan).Steps };

        StartRules.Judge(request, plan, estate, SmallCatalog.Instance, [plan]).Should().BeNull();
        StartRules.Judge(request, plan, estate, SmallCatalog.Instance, [plan, other])!.Detail.Should().Contain("as step 'fence-primary' of plan 'branches' does live");
    }

    [Theory]
    [InlineData("ledger", RunMode.Live, true)]
    [InlineData("ledger", RunMode.Real, true)]
    [InlineData("ledger", RunMode.Tabletop, false)]
    [InlineData("copy", RunMode.Live, false)]
    [InlineData("unknown", RunMode.Live, true)]
    public void ActingLive_OtherPlans_AreThoseOfSystemsThatProductionServes(string system, RunMode mode, bool acts)
    {
        var (estate, plans) = _folder.LoadGood();
        var copy = estate with { Systems = [.. estate.Systems, estate.Systems[0] with { Name = "copy", Serving = "lab" }] };

        Rehearsals.ActingLive(plans["failover"], [plans["failover"], plans["failover"] with { Name = "other", Modes = [mode], Systems = [system] }], copy).Should().HaveCount(acts ? 1 : 0, "and never the plan itself");
    }

    [Theory]
    [InlineData("10.0.0.53", "::ffff:10.0.0.53", true)]
    [InlineData("[::1]", "0:0:0:0:0:0:0:1", true)]
    [InlineData("DB1.bank.test", "db1.bank.test.", true)]
    [InlineData("10.0.0.53", "10.0.0.54", false)]
    public void IsSame_TwoWaysToWriteAHost_AreOne(string one, string other, bool same) => Addresses.IsSame(one, other).Should().Be(same);

    private void Rehearse(string step, string after, string target)
    {
        var text = File.ReadAllText(Path.Combine(_folder.Folder, "failover.yaml"));
        var at = text.IndexOf(after, text.IndexOf($"name: {step}\n", StringComparison.Ordinal), StringComparison.Ordinal) + after.Length;
        _folder.Write("failover.yaml", text.Insert(at, $"    rehearsal: {{ {target} }}\n"));
    }
}
