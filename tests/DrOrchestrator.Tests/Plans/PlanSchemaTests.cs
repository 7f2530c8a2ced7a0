using System.Text.Json.Nodes;
using DrOrchestrator.Plans;
using DrOrchestrator.Testing.Plans;

namespace DrOrchestrator.Tests.Plans;

/// <summary>The schema for editors against the loader, which is the language: whatever the one takes the other takes, key by key.</summary>
public sealed class PlanSchemaTests : IDisposable
{
    private readonly EstateFolderBuilder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void GoodPlan_IsValid_WithAndWithoutTheNamesOfItsEstate()
    {
        var estate = _folder.LoadGood().Estate;

        PlanSchemaJudge.Problems(PlanSchema.Of(SmallCatalog.Instance, estate), EstateFolderBuilder.GoodPlan).Should().BeEmpty();
        PlanSchemaJudge.Problems(PlanSchema.Of(SmallCatalog.Instance, null), EstateFolderBuilder.GoodPlan).Should().BeEmpty();
    }

    [Theory]
    [InlineData("kind: failover\n", "kind: fail-over\n")]
    [InlineData("modes: [live, tabletop]", "modes: []")]
    [InlineData("authors: [requester]", "autors: [requester]")]
    [InlineData("organisation: o, ", "")]
    [InlineData("kind: k8s.fence", "kind: k8s.fense")]
    [InlineData("with: { workloads: [ledger-store] }", "with: { workload: ledger-store }")]
    [InlineData("with: { workloads: [ledger-store] }", "with: {}")]
    [InlineData("timeout: 1m", "timeout: 1 minute")]
    [InlineData("retries: 2", "retries: 11")]
    [InlineData("promotes: none", "promotes: nothing")]
    [InlineData(", promotes: none }", " }")]
    [InlineData("deadline: 10m", "deadline: soon")]
    [InlineData("  - standby-healthy:\n", "  - { standby-healthy: , targets-exist: { workloads: [a] } }\n")]
    [InlineData("method: PUT", "method: PATCH")]
    [InlineData("follow: false", "follow: maybe")]
    [InlineData("status: \"${steps.promote.epoch}\"", "status: \"${promote.epoch}\"")]
    public void SpoiledPlan_IsNotValid(string good, string spoiled)
    {
        var text = EstateFolderBuilder.GoodPlan;
        text.Should().Contain(good);

        PlanSchemaJudge.Problems(PlanSchema.Of(SmallCatalog.Instance, null), text.Replace(good, spoiled, StringComparison.Ordinal)).Should().NotBeEmpty();
    }

    [Theory]
    [InlineData("systems: [ledger]", "systems: [legder]")]
    [InlineData("authors: [requester]", "authors: [nobody]")]
    [InlineData("site: dr", "site: moon")]
    [InlineData("probe: { name: ledger-posting }", "probe: { name: ledger-postings }")]
    [InlineData("endpoint: front-door,", "endpoint: back-door,")]
    public void NameThatTheEstateHasNot_IsNotValid_OnlyWithTheEstate(string good, string spoiled)
    {
        var text = EstateFolderBuilder.GoodPlan.Replace(good, spoiled, StringComparison.Ordinal);
        text.Should().NotBe(EstateFolderBuilder.GoodPlan);

        PlanSchemaJudge.Problems(PlanSchema.Of(SmallCatalog.Instance, _folder.LoadGood().Estate), text).Should().NotBeEmpty();
        PlanSchemaJudge.Problems(PlanSchema.Of(SmallCatalog.Instance, null), text).Should().BeEmpty();
    }

    [Fact]
    public void Keys_AreThoseThatTheLoaderAsksFor()
    {
        var schema = PlanSchema.Of(SmallCatalog.Instance, null);
        _folder.Write("failover.yaml", EstateFolderBuilder.GoodPlan
            .Replace("plan: failover\n", "plan: failover\nunknown: 1\n", StringComparison.Ordinal)
            .Replace("mark: fenced\n", "mark: fenced\n    unknown: 1\n", StringComparison.Ordinal)
            .Replace("emergency: {", "emergency: { unknown: 1,", StringComparison.Ordinal)
            .Replace("recovery: {", "recovery: { unknown: 1,", StringComparison.Ordinal)
            .Replace("{ name: run-approval,", "{ unknown: 1, name: run-approval,", StringComparison.Ordinal));

        var asked = _folder.LoadErrors().Where(error => error.Found.StartsWith("unknown key", StringComparison.Ordinal)).ToDictionary(error => error.Found.Split(" in ")[1], error => error.Allowed.Split(", "));

        asked["a plan"].Should().BeEquivalentTo(Keys(schema));
        asked["a step"].Should().BeEquivalentTo(Keys(schema["definitions"]!["step"]!));
        asked["the emergency part (7.5 a, contents 1 to 6)"].Should().BeEquivalentTo(Keys(schema["properties"]!["emergency"]!));
        asked["the recovery part (7.5 a, contents 7 to 11)"].Should().BeEquivalentTo(Keys(schema["properties"]!["recovery"]!));
        asked["an approval"].Should().BeEquivalentTo(Keys(schema["properties"]!["approvals"]!["items"]!));
    }

    private static IEnumerable<string> Keys(JsonNode schema) => schema["properties"]!.AsObject().Select(property => property.Key);
}
