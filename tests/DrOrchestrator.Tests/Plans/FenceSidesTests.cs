using DrOrchestrator.Drills.Steps.Postgres;
using DrOrchestrator.Estates;
using DrOrchestrator.Estates.Loading;
using DrOrchestrator.Plans;
using DrOrchestrator.Testing.Plans;

namespace DrOrchestrator.Tests.Plans;

/// <summary>A promotion's fence is of its own system and of the side that stops being written: the proof of any other leaves two writable sides.</summary>
public sealed class FenceSidesTests : IDisposable
{
    private const string Databases = """
        databases:
          - { name: ledger-one, system: ledger, site: primary, hosts: [10.0.0.1], database: core, user: dro, host: { command: [/usr/local/bin/pg-host, l1] } }
          - { name: ledger-two, system: ledger, site: dr, hosts: [10.0.1.1], database: core, user: dro, host: { command: [/usr/local/bin/pg-host, l2] } }
          - { name: cards-one, system: cards, site: primary, hosts: [10.0.0.2], database: core, user: dro, host: { command: [/usr/local/bin/pg-host, c1] } }

        """;

    private readonly EstateFolderBuilder _folder = TwoSystems.NewFolder().Write("database.yaml", Databases);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("fenced-by: fence-ledger }", "fenced-by: fence-cards }", "both.yaml:16:123: the fence 'fence-cards' is of 'cards', and the promotion of 'ledger'; allowed: a fence of 'ledger'. Name the step that fences the old side of this promotion.")]
    [InlineData("kind: k8s.fence, system: ledger, site: primary", "kind: k8s.fence, system: ledger, site: dr", "both.yaml:16:123: the fence 'fence-ledger' is at site 'dr', where 'promote-ledger' promotes; allowed: a fence at the other site. Name the step that fences the old side of this promotion.")]
    [InlineData("kind: k8s.fence, system: ledger, site: primary, with: { workloads: [ledger] }, mark: fenced }", "kind: k8s.fence, site: primary, with: { workloads: [ledger] } }", "both.yaml:16:123: the fence 'fence-ledger' belongs to no system; allowed: a fence of 'ledger'. Give 'fence-ledger' its 'system:'.")]
    public void Load_FenceOfAnotherSide_IsRefused(string good, string bad, string expected)
    {
        // Both fences come first, so that nothing but the side is wrong.
        _folder.Replace("both.yaml", "mark: promoted, needs: [fence-ledger] }", "mark: promoted }").Replace("both.yaml", good, bad);

        _folder.LoadErrors().Select(error => error.ToString()).Should().Contain(expected);
    }

    [Fact]
    public void Load_FenceWhereTheSystemNeverServes_IsRefused()
    {
        _folder.Replace("estate.yaml", "  - { name: paper, role: remote }", "  - { name: paper, role: remote, kubeconfig: ../primary.kubeconfig, context: paper }").Replace("both.yaml", "system: ledger, site: primary", "system: ledger, site: paper");

        _folder.LoadErrors().Select(error => error.ToString()).Should().Equal(
            "both.yaml:16:123: the fence 'fence-ledger' is at site 'paper', where 'ledger' never serves; allowed: primary, dr. Name the step that fences the old side of this promotion.");
    }

    [Theory]
    [InlineData("kind: postgres.fence, with: { database: ledger-one }", null)]
    [InlineData("kind: postgres.fence, with: { database: ledger-two }", "the fence 'fence-ledger' fences 'ledger-two', the database that is promoted; allowed: a fence of another database of 'ledger'.")]
    [InlineData("kind: postgres.fence, with: { database: cards-one }", "the fence 'fence-ledger' is of 'cards', and the promotion of 'ledger'; allowed: a fence of 'ledger'.")]
    [InlineData("kind: postgres.fence, system: ledger, with: { database: cards-one }", "a step of 'ledger' that acts on the database 'cards-one' of 'cards'; allowed: cards. Correct the system or the database.")]
    [InlineData("kind: k8s.fence, system: ledger, site: primary, with: { workloads: [ledger-api] }", "the fence 'fence-ledger' ('k8s.fence') fences no database, and 'promote-ledger' promotes 'ledger-two'; allowed: a fence of another database of 'ledger'.")]
    public void Load_PromotedDatabase_NeedsAFenceOfAnotherDatabaseOfItsSystem(string fence, string? expected)
    {
        _folder.Replace("both.yaml", "kind: k8s.fence, system: ledger, site: primary, with: { workloads: [ledger] }", fence)
            .Replace("both.yaml", "name: promote-ledger, kind: k8s.job, site: dr, with: { command: [promote] }", "name: promote-ledger, kind: postgres.promote, with: { database: ledger-two }");

        var errors = Errors();

        if (expected is null)
        {
            errors.Should().BeEmpty();
        }
        else
        {
            errors.Should().Contain(error => error.Contains(expected, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Load_PromotionOfOneSystemByTheDatabaseOfAnother_IsRefused()
    {
        _folder.Replace("both.yaml", "name: promote-ledger, kind: k8s.job, site: dr, with: { command: [promote] }", "name: promote-ledger, kind: postgres.promote, with: { database: cards-one }");

        Errors().Should().Contain(error => error.Contains("it promotes 'ledger' by the database 'cards-one', which is of 'cards'", StringComparison.Ordinal));
    }

    private IReadOnlyList<string> Errors() => EstateLoader.Load(_folder.Folder, new Catalog(), null) is EstateLoadResult.Refused refused ? [.. refused.Errors.Select(error => error.ToString())] : [];

    /// <summary>The small catalogue with the kinds of PostgreSQL.</summary>
    private sealed class Catalog : IStepKindCatalog
    {
        public IReadOnlyDictionary<string, StepKindShape> Steps { get; } = SmallCatalog.Instance.Steps.Values
            .Append(new PostgresFenceStep(null!, null!, null!, null!, TimeProvider.System).Shape)
            .Append(new PostgresPromoteStep(null!, null!, null!, TimeProvider.System).Shape)
            .ToDictionary(shape => shape.Kind, StringComparer.Ordinal);

        public IReadOnlyDictionary<string, StepKindShape> Gates => SmallCatalog.Instance.Gates;

        public IReadOnlyDictionary<string, StepKindShape> SteadyState => SmallCatalog.Instance.SteadyState;
    }
}
