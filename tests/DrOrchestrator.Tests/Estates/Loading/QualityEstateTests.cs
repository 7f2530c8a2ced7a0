using DrOrchestrator.Estates;
using DrOrchestrator.Testing.Plans;

namespace DrOrchestrator.Tests.Estates.Loading;

/// <summary>What a system declares of quality, products and statements, and what an institution tightens.</summary>
public sealed class QualityEstateTests
{
    private const string Quality = """
            qos:
              source: QoS baseline 2026
              signer: Wang
              review-by: 2027-06-30
              forecast: { availability: 99.95%, latency: { quantile: p99, at-most: 300ms }, throughput: 1200, functions: posting, users: 200000, regions: east, hours: 24x7 }
              targets: { availability: 99.9%, throughput: 800.5, agreed-with: Payments }
            products: [ { name: PostgreSQL 16, tier: 6, proof: doc 3 } ]
            attestations:
              - { statement: raised-ceiling, owner: requester, reviewer: chen, source: decision 9, from: 2026-01-01, until: 2026-12-31, value: 5s }

        """;

    [Fact]
    public void Load_Quality_IsReadWithItsFigures()
    {
        var system = Estate(Quality).FindSystem("ledger")!;

        system.Qos.Should().BeEquivalentTo(new QosPlan(
            new QosFigures(99.95m, TimeSpan.FromMilliseconds(300), 0.99, 1200),
            new Dictionary<string, string> { ["functions"] = "posting", ["users"] = "200000", ["regions"] = "east", ["hours"] = "24x7" },
            new QosFigures(99.9m, null, 0.95, 800.5),
            "Payments",
            "QoS baseline 2026",
            "Wang",
            new DateOnly(2027, 6, 30)));
        system.Products.Should().Equal(new ProductUse("PostgreSQL 16", 6, "doc 3"));
        system.Attested(AttestedStatement.RaisedCeiling, new DateTimeOffset(2026, 12, 31, 23, 0, 0, TimeSpan.Zero))!.Value.Should().Be(TimeSpan.FromSeconds(5));
        system.Attested(AttestedStatement.RaisedCeiling, new DateTimeOffset(2027, 1, 1, 0, 0, 0, TimeSpan.Zero)).Should().BeNull();
        system.Attested(AttestedStatement.ServiceTimeBasis, new DateTimeOffset(2026, 6, 1, 0, 0, 0, TimeSpan.Zero)).Should().BeNull();
    }

    [Fact]
    public void Local_LastDayOfAStatement_EndsAtTheEstatesMidnight()
    {
        var estate = Estate(Quality, "time-zone: Asia/Shanghai\n");
        var (system, midnight) = (estate.FindSystem("ledger")!, new DateTimeOffset(2026, 12, 31, 16, 0, 0, TimeSpan.Zero));

        system.Attested(AttestedStatement.RaisedCeiling, estate.Local(midnight.AddSeconds(-1))).Should().NotBeNull();
        system.Attested(AttestedStatement.RaisedCeiling, estate.Local(midnight)).Should().BeNull();
    }

    [Fact]
    public void Load_Overlay_TightensTheLimitsOfEverySystem()
    {
        var estate = Estate("", "overlays: [ { name: bank, source: regulation 7, downtime: 4h, availability: 99.99% } ]\n");

        estate.FindSystem("ledger")!.Classify().Limits.Should().BeEquivalentTo(new
        {
            YearlyDowntime = TimeSpan.FromHours(4), DowntimeSource = "overlay bank: regulation 7", AvailabilityPercent = 99.99m, Rto = TimeSpan.FromHours(2), RtoSource = "the system's own objective (BIA)",
        });
    }

    [Theory]
    [InlineData("review-by: 2027-06-30", "review-by: soon", "'review-by' is 'soon'; allowed: a day such as 2027-06-30.")]
    [InlineData("99.95%", "99.95", "'availability' is '99.95'; allowed: a percentage such as 99.95%.")]
    [InlineData("reviewer: chen", "reviewer: requester", "'requester' reviews an own statement; allowed: another person than 'owner'.")]
    [InlineData("reviewer: chen", "reviewer: chan", "there is no person 'chan'; allowed: requester, chen, verifier; did you mean 'chen'?")]
    [InlineData("owner: requester, reviewer", "owner: li, reviewer", "there is no person 'li'; allowed: requester, chen, verifier.")]
    [InlineData("until: 2026-12-31", "until: 2027-12-31", "'until' is 2027-12-31; allowed: 2026-01-01 to 2027-01-01, 12 months at most.")]
    [InlineData("statement: raised-ceiling", "statement: raised-cieling", "did you mean 'raised-ceiling'?")]
    [InlineData(", users: 200000", "", "a forecast without 'users'; allowed: a text.")]
    [InlineData("availability: 99.9%, throughput: 800.5, ", "", "targets without a figure; allowed: availability, latency, throughput.")]
    [InlineData("tier: 6,", "tier: 7,", "'tier' is '7'; allowed: a whole number from 1 to 6.")]
    public void Load_SpoiledQuality_SaysWhatAndWhere(string good, string bad, string message)
    {
        using var folder = new EstateFolderBuilder();
        folder.Write("estate.yaml", With(Quality.Replace(good, bad, StringComparison.Ordinal)));

        folder.Load().Should().BeOfType<DrOrchestrator.Estates.Loading.EstateLoadResult.Refused>().Which.Errors.Should().Contain(error => error.ToString().Contains(message));
    }

    [Theory]
    [InlineData("ledger", true)]
    [InlineData("other", false)]
    public void Load_SynchronousCommitStatedWhereItIsMeasured_IsRefusedWithItsPlace(string measured, bool refused)
    {
        using var folder = new EstateFolderBuilder();
        folder.Write("estate.yaml", With(Quality.Replace("raised-ceiling", "synchronous-commit", StringComparison.Ordinal).Replace(", value: 5s", "", StringComparison.Ordinal))
            .Replace("recovery-points:\n", $"recovery-points:\n  - {{ name: pg, system: {measured}, kind: postgres }}\n", StringComparison.Ordinal));

        var errors = folder.Load().Should().BeOfType<DrOrchestrator.Estates.Loading.EstateLoadResult.Refused>().Which.Errors.Select(error => error.ToString());

        errors.Any(error => System.Text.RegularExpressions.Regex.IsMatch(error, "estate.yaml:\\d+:\\d+: 'synchronous-commit' is stated where a recovery point of kind postgres measures it")).Should().Be(refused);
    }

    [Fact]
    public void ServiceTimePolicyOf_ASystem_IsItsOwnElseTheEstates()
    {
        const string OfTheEstate = "attestations:\n  - { statement: service-time-basis, owner: requester, reviewer: chen, source: policy 5, from: 2026-01-01, until: 2026-12-31 }\n";
        var during = new DateTimeOffset(2026, 6, 1, 0, 0, 0, TimeSpan.Zero);
        var estate = Estate(Quality, OfTheEstate);
        var own = Estate(Quality.Replace("raised-ceiling", "service-time-basis", StringComparison.Ordinal).Replace(", value: 5s", "", StringComparison.Ordinal), OfTheEstate);

        estate.ServiceTimePolicyOf(estate.FindSystem("ledger")!, during)!.Source.Should().Be("policy 5");
        estate.ServiceTimePolicyOf(estate.FindSystem("ledger")!, during.AddYears(1)).Should().BeNull();
        own.ServiceTimePolicyOf(own.FindSystem("ledger")!, during)!.Source.Should().Be("decision 9");
        DrOrchestrator.Compliance.ServiceTimePolicies.Of(estate, estate.FindSystem("ledger")!, during).Should().Be("policy 5 of the whole estate, approved by Chen");
        DrOrchestrator.Compliance.ServiceTimePolicies.Of(own, own.FindSystem("ledger")!, during).Should().Be("decision 9, approved by Chen");
        DrOrchestrator.Compliance.ClauseFindings.Of(estate, estate.FindSystem("ledger")!, [], during.AddYears(1)).Should().Contain(finding => finding.Text == "the statement service-time-basis ended on 2026-12-31");
    }

    [Theory]
    [InlineData("2026-01-01/2026-12-31", null)]
    [InlineData("2025-06-01/2026-05-31 2026-06-01/2026-12-31", null)]
    [InlineData("2026-03-01/2026-12-31 2025-06-01/2026-05-31", null)]
    [InlineData("2026-01-02/2026-12-31", "2026-01-02")]
    [InlineData("2026-12-01/2027-11-30", "2026-12-01")]
    [InlineData("2025-06-01/2026-05-31 2026-06-02/2026-12-31", "2026-06-02")]
    [InlineData("2025-06-01/2026-05-31", "none")]
    public void OfWindow_ServiceTimePolicy_DecidesOnlyWhereItSpeaksForEveryDay(string terms, string? since)
    {
        var statements = terms.Split(' ').Select(term => term.Split('/').Select(day => DateOnly.Parse(day, System.Globalization.CultureInfo.InvariantCulture)).ToList())
            .Select(term => new Attestation(AttestedStatement.ServiceTimeBasis, "requester", "chen", "policy 5", term[0], term[1], null)).ToList();
        var (from, now) = (new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.FromHours(8)), new DateTimeOffset(2026, 12, 1, 0, 30, 0, TimeSpan.FromHours(8)));
        var estate = Estate(Quality, "");
        var bare = estate.FindSystem("ledger")! with { Attestations = [] };

        // The estate's, its own, and its own before the estate's.
        foreach (var (ofTheEstate, own) in new[] { (statements, []), ([], statements), (statements.Skip(1).ToList(), statements.Take(1).ToList()) })
        {
            var (policy, note) = DrOrchestrator.Compliance.ServiceTimePolicies.OfWindow(estate with { Attestations = ofTheEstate }, bare with { Attestations = own }, from, now);

            (policy is not null, note?[^13..^3]).Should().Be((since is null, since is null or "none" ? null : since));
        }
    }

    [Theory]
    [InlineData("service-time-basis", "raised-ceiling, value: 5s", "'raised-ceiling' is stated for the whole estate; allowed: service-time-basis. State it under the system it is for.")]
    [InlineData("reviewer: chen", "reviewer: wang", "there is no person 'wang'; allowed: requester, chen, verifier.")]
    [InlineData("reviewer: chen", "reviewer: requester", "'requester' reviews an own statement")]
    public void Load_SpoiledPolicyOfTheEstate_SaysWhatAndWhere(string good, string bad, string message)
    {
        using var folder = new EstateFolderBuilder();
        folder.Write("estate.yaml", With("") + "attestations:\n  - { statement: service-time-basis, owner: requester, reviewer: chen, source: policy 5, from: 2026-01-01, until: 2026-12-31 }\n".Replace(good, bad, StringComparison.Ordinal));

        folder.Load().Should().BeOfType<DrOrchestrator.Estates.Loading.EstateLoadResult.Refused>().Which.Errors.Should().ContainSingle().Which.ToString().Should().Contain(message);
    }

    [Fact]
    public void Load_StatementsWhereNobodyIsDeclared_TakeAnyName()
    {
        using var folder = new EstateFolderBuilder();
        var estate = With(Quality.Replace("reviewer: chen", "reviewer: Wang Wei", StringComparison.Ordinal));
        folder.Write("estate.yaml", estate[..estate.IndexOf("people:", StringComparison.Ordinal)]);
        File.Delete(Path.Combine(folder.Folder, "failover.yaml"));

        folder.Load().Should().BeOfType<DrOrchestrator.Estates.Loading.EstateLoadResult.Loaded>().Which.Estate.Systems[0].Attestations[0].Reviewer.Should().Be("Wang Wei");
    }

    [Fact]
    public void Load_OverlayWithoutALimit_IsRefused()
    {
        using var folder = new EstateFolderBuilder();
        folder.Write("estate.yaml", EstateFolderBuilder.GoodEstate + "overlays: [ { name: bank, source: regulation 7 } ]\n");

        folder.Load().Should().BeOfType<DrOrchestrator.Estates.Loading.EstateLoadResult.Refused>().Which.Errors.Should().ContainSingle().Which.ToString().Should().Contain("an overlay without a limit");
    }

    private static string With(string quality) => EstateFolderBuilder.GoodEstate.Replace("    objectives: { rto: 2h, rpo: 1h }\n", "    objectives: { rto: 2h, rpo: 1h }\n" + quality, StringComparison.Ordinal);

    private static Estate Estate(string quality, string more = "")
    {
        using var folder = new EstateFolderBuilder();
        folder.Write("estate.yaml", With(quality) + more);
        return folder.Load().Should().BeOfType<DrOrchestrator.Estates.Loading.EstateLoadResult.Loaded>().Subject.Estate;
    }
}
