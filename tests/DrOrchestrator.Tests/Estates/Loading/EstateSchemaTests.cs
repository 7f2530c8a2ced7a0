using System.Text;
using System.Text.Json.Nodes;
using DrOrchestrator.Estates.Loading;
using DrOrchestrator.Testing.Plans;

namespace DrOrchestrator.Tests.Estates.Loading;

/// <summary>The schema for editors against the loader. Besides: every estate that any test loads as good is held against it too (<see cref="EstateFolderBuilder.LoadGood"/>).</summary>
public sealed class EstateSchemaTests : IDisposable
{
    private static readonly JsonObject Schema = EstateSchema.Of();

    private readonly EstateFolderBuilder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void GoodEstates_AreValid()
    {
        PlanSchemaJudge.Problems(Schema, EstateFolderBuilder.GoodEstate).Should().BeEmpty();
        PlanSchemaJudge.Problems(Schema, Encoding.UTF8.GetString(EstateSchema.SampleBytes())).Should().BeEmpty();
        PlanSchemaJudge.Problems(Schema, "people:\n  - { id: a, name: A, department: D, roles: [viewer] }\n").Should().BeEmpty("a part of an estate is a file of its own");
    }

    [Fact]
    public void Sample_IsAGoodEstate_ButForTheFilesAndPlansThatItNames()
    {
        _folder.Write("estate.yaml", EstateSchema.SampleBytes());
        File.Delete(Path.Combine(_folder.Folder, "failover.yaml"));

        var problems = _folder.LoadErrors().Select(error => error.ToString()).Where(error => !error.Contains("there is no file", StringComparison.Ordinal) && !error.Contains("there is no plan", StringComparison.Ordinal));

        problems.Should().BeEmpty("else a reader might have turned back before it asked for everything");
    }

    [Theory]
    [InlineData("role: same-city", "role: same-town")]
    [InlineData("kind: tcp", "kind: tpc")]
    [InlineData("kind: positions,", "kind: position,")]
    [InlineData("standbys: [dr]", "standby: [dr]")]
    [InlineData("owner: requester", "owners: requester")]
    [InlineData("scope: financial-rights", "scope: finances")]
    [InlineData("    serving: primary\n", "")]
    [InlineData("interval: 250ms", "intervals: 250ms")]
    [InlineData("host: 127.0.0.1, port: 4321", "host: 127.0.0.1, ports: 4321")]
    [InlineData("roles: [operator]", "roles: operator")]
    [InlineData("kind: drill-overdue", "kind: drill-overdo")]
    [InlineData("bcm: { lead-department: Risk }", "bcm: { lead: Risk }")]
    [InlineData("estate: sandbox", "estat: sandbox")]
    public void SpoiledEstate_IsNotValid(string good, string spoiled)
    {
        EstateFolderBuilder.GoodEstate.Should().Contain(good);

        PlanSchemaJudge.Problems(Schema, EstateFolderBuilder.GoodEstate.Replace(good, spoiled, StringComparison.Ordinal)).Should().NotBeEmpty();
    }

    [Fact]
    public void Keys_AreThoseThatTheLoaderAsksFor()
    {
        _folder.Write("estate.yaml", "unknown: 1\n" + EstateFolderBuilder.GoodEstate
            .Replace("- { name: dr, role", "- { unknown: 1, name: dr, role", StringComparison.Ordinal)
            .Replace("    title: { en", "    unknown: 1\n    title: { unknown: 1, en", StringComparison.Ordinal)
            .Replace("{ scope:", "{ unknown: 1, scope:", StringComparison.Ordinal)
            .Replace("{ name: posting,", "{ unknown: 1, name: posting,", StringComparison.Ordinal)
            .Replace("{ rto:", "{ unknown: 1, rto:", StringComparison.Ordinal)
            .Replace("- { name: front-door,", "- { unknown: 1, name: front-door,", StringComparison.Ordinal)
            .Replace("- { name: dr-store,", "- { unknown: 1, name: dr-store,", StringComparison.Ordinal)
            .Replace("with: { host:", "with: { unknown: 1, host:", StringComparison.Ordinal)
            .Replace("- { name: ledger-replication,", "- { unknown: 1, name: ledger-replication,", StringComparison.Ordinal)
            .Replace("- { id: chen,", "- { unknown: 1, id: chen,", StringComparison.Ordinal)
            .Replace("bcm: { lead", "bcm: { unknown: 1, lead", StringComparison.Ordinal));

        var asked = _folder.LoadErrors().Where(error => error.Found.StartsWith("unknown key", StringComparison.Ordinal)).ToDictionary(error => error.Found.Split(" in ", 2)[1], error => error.Allowed.Split(", "));

        asked.Should().HaveCount(13);
        foreach (var (what, keys) in asked)
        {
            var schema = what is "a part of an estate" ? Schema : Schema["definitions"]![string.Concat(what.Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-')).Trim('-')]!;
            schema["properties"]!.AsObject().Select(property => property.Key).Should().Contain(keys.Where(key => !key.StartsWith("...", StringComparison.Ordinal)), what);
            if (!keys[^1].StartsWith("...", StringComparison.Ordinal))
            {
                schema["properties"]!.AsObject().Should().HaveCount(keys.Length, what);
            }
        }
    }
}
