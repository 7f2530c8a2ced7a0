using DrOrchestrator.Drills;
using DrOrchestrator.Drills.People;
using DrOrchestrator.Drills.Steps.Postgres;
using DrOrchestrator.Estates;
using DrOrchestrator.Estates.Loading;
using DrOrchestrator.Plans;
using DrOrchestrator.Testing.Plans;

namespace DrOrchestrator.Tests.Plans;

/// <summary>A rehearsal of steps that act on databases names databases of an isolated environment, and nothing of production: no server, no way to a host, no credential.</summary>
public sealed class RehearsalDatabasesTests : IDisposable
{
    private const string Databases = """
        databases:
          - { name: pg-primary, system: ledger, site: primary, hosts: [10.0.0.1], database: core, user: dro, password: { file: prod.pw }, host: { command: [/usr/local/bin/pg-host, db1] } }
          - { name: pg-dr, system: ledger, site: dr, hosts: [10.0.1.1], database: core, user: dro, password: { file: prod.pw } }
          - { name: pg-spare, system: ledger, site: dr, hosts: [10.0.1.2], database: core, user: dro, password: { file: spare.pw }, host: { command: [/usr/local/bin/pg-host, db3] } }
          - { name: lab-one, system: copy, site: lab, hosts: [10.9.0.1], database: core, user: lab, password: { file: lab.pw }, host: { command: [/usr/local/bin/pg-host, lab1] } }
          - { name: lab-two, system: copy, site: lab, hosts: [10.9.0.2], database: core, user: lab, password: { file: lab.pw }, host: { command: [/usr/local/bin/pg-host, lab2] } }

        """;

    private const string Steps = """
          - name: fence-primary
            kind: postgres.fence
            with: { database: pg-primary }
            rehearsal: { database: lab-one }
            mark: fenced
          - name: promote
            kind: postgres.promote
            with: { database: pg-dr }
            promotes: { system: ledger, fenced-by: fence-primary }
            rehearsal: { database: lab-two }
            mark: promoted
          - name: count
            kind: postgres.sql
            with: { database: pg-dr, statement: SELECT 1, undo: none, read-only: true }
            rehearsal: { database: lab-two }
          - name: list
            kind: postgres.divergence
            with: { database: pg-primary, from: pg-dr }
            rehearsal: { database: lab-one, from: lab-two }

        """;

    private const string Copy =
        "  - { name: copy, department: Payments, owner: requester, bia: [ { scope: internal-support, severity: moderate, reason: r, signer: Wang } ], serving: lab, standbys: [paper], functions: [ { name: paying, critical: true } ] }\n";

    private readonly EstateFolderBuilder _folder = new EstateFolderBuilder().Write("database.yaml", Databases);

    public RehearsalDatabasesTests()
    {
        foreach (var file in (string[])["prod.pw", "spare.pw", "lab.pw"])
        {
            _folder.Write(file, "secret");
        }

        _folder.Replace("estate.yaml", "  - { name: paper, role: remote }\n", "  - { name: paper, role: remote }\n  - { name: lab, role: remote }\n").Replace("estate.yaml", "endpoints:\n", Copy + "endpoints:\n");
        var plan = File.ReadAllText(Path.Combine(_folder.Folder, "failover.yaml"));
        var (first, next) = (plan.IndexOf("  - name: fence-primary", StringComparison.Ordinal), plan.IndexOf("  - { name: business-verification", StringComparison.Ordinal));
        _folder.Write("failover.yaml", string.Concat(plan.AsSpan(0, first), Steps, plan.AsSpan(next, plan.IndexOf("way-back:", StringComparison.Ordinal) - next)))
            .Replace("failover.yaml", "modes: [live, tabletop]", "modes: [live, rehearsal]");
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Of_PlanWithDatabasesOfItsOwn_ActsOnThemAtTheirSite()
    {
        var plan = Load().Should().BeOfType<EstateLoadResult.Loaded>().Subject.Plans["failover"];

        var rehearsal = Rehearsals.Of(plan);

        rehearsal.Steps.Where(step => step.Parameters.Has("database")).Select(step => $"{step.Name}: {step.Parameters.Text("database")} at {step.Site}").Should().Equal(
            "fence-primary: lab-one at lab", "promote: lab-two at lab", "count: lab-two at lab", "list: lab-one at lab");
    }

    [Theory]
    [InlineData("rehearsal: { database: lab-one }", "rehearsal: { patience: 3s }", "step 'fence-primary': its rehearsal acts on database 'pg-primary', which step 'fence-primary' names live")]
    [InlineData("rehearsal: { database: lab-two }\n    mark", "rehearsal: { timeout: 3s }\n    mark", "unknown key 'timeout' in the parameters of 'postgres.promote'")]
    [InlineData("rehearsal: { database: lab-two }\n    mark", "rehearsal: { database: pg-dr }\n    mark", "step 'promote': its rehearsal acts on database 'pg-dr', which step 'promote' names live")]
    [InlineData("rehearsal: { database: lab-one }", "rehearsal: { database: pg-spare }", "step 'fence-primary': its rehearsal acts on database 'pg-spare', which is of system 'ledger', as databases of production are")]
    [InlineData("rehearsal: { database: lab-one }", "rehearsal: { site: lab, database: lab-one, patience: 1s }", null)]
    [InlineData("rehearsal: { database: lab-one }", "rehearsal: { site: lab }", "step 'fence-primary': its rehearsal acts on database 'pg-primary', which step 'fence-primary' names live")]
    [InlineData("rehearsal: { database: lab-one }", "rehearsal: { site: dr, database: lab-one }", "the site of the rehearsal is 'dr', and its database 'lab-one' is at 'lab'")]
    [InlineData("rehearsal: { database: lab-one, from: lab-two }", "rehearsal: { database: lab-one }", "step 'list': its rehearsal acts on database 'pg-dr', which step 'promote' names live")]
    [InlineData("    rehearsal: { database: lab-one, from: lab-two }\n", "", "step 'list': it has an effect, and names nothing that it acts on in a rehearsal")]
    public void Load_StepThatNamesADatabaseOfProduction_IsRefused(string good, string bad, string? expected)
    {
        _folder.Replace("failover.yaml", good, bad);

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

    [Theory]
    [InlineData("site: lab, hosts: [10.9.0.1]", "site: lab, hosts: [10.0.0.1]", "which has the address of 'pg-primary', a database of production")]
    [InlineData("pg-host, lab1]", "pg-host, db1]", "which has the way to the host of 'pg-primary', a database of production")]
    [InlineData("user: lab, password: { file: lab.pw }, host: { command: [/usr/local/bin/pg-host, lab1]", "user: lab, password: { file: prod.pw }, host: { command: [/usr/local/bin/pg-host, lab1]", "which has the credential of 'pg-primary', a database of production")]
    [InlineData("pg-host, lab1]", "pg-host, db3]", "which has the way to the host of 'pg-spare', a database of production")]
    public void Load_IsolatedDatabaseThatSharesWithProduction_IsRefused(string good, string bad, string expected)
    {
        _folder.Replace("database.yaml", good, bad);

        Errors().Should().Contain(error => error.Contains($"step 'fence-primary': its rehearsal acts on database 'lab-one', {expected}", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("primary", "data-db-0", false)]
    [InlineData("primary", "data-db-1", true)]
    [InlineData("dr", "data-db-0", true)]
    public void Load_IsolatedDatabaseWhoseJobsWorkOnAClaimOfProduction_IsRefused(string context, string claim, bool isIsolated)
    {
        const string Job = "{ job: { namespace: bank, workload: statefulset/db, claim: CLAIM, data: pgdata, image: i } }";
        _folder.Replace("estate.yaml", "  - { name: lab, role: remote }\n", $"  - {{ name: lab, role: remote, kubeconfig: ../primary.kubeconfig, context: {context} }}\n");
        _folder.Replace("database.yaml", "{ command: [/usr/local/bin/pg-host, db1] }", Job.Replace("CLAIM", "data-db-0", StringComparison.Ordinal));
        _folder.Replace("database.yaml", "{ command: [/usr/local/bin/pg-host, lab1] }", Job.Replace("CLAIM", claim, StringComparison.Ordinal));

        if (isIsolated)
        {
            Errors().Should().BeEmpty();
        }
        else
        {
            Errors().Should().Contain(error => error.Contains("its rehearsal acts on database 'lab-one', which has the way to the host of 'pg-primary', a database of production", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Load_ServerThatARecoveryPointOfProductionWatches_IsRefused()
    {
        _folder.Replace(
            "estate.yaml",
            "recovery-points:\n",
            "recovery-points:\n  - { name: lag, system: ledger, kind: postgres, interval: 1s, timeout: 900ms, with: { sites: { primary: { hosts: [10.0.0.1], database: core, user: m }, dr: { hosts: [10.9.0.2], database: core, user: m } } } }\n");

        Errors().Should().Contain(error => error.Contains("its rehearsal acts on database 'lab-two', the server that recovery point 'lag' watches", StringComparison.Ordinal));
    }

    [Fact]
    public void Judge_DatabaseThatHasBecomeProductionsSinceThePlanWasRead_IsRefusedAtTheStart()
    {
        var (estate, plans) = Load().Should().BeOfType<EstateLoadResult.Loaded>().Subject;
        var today = estate with { Sites = [.. estate.Sites.Select(site => site.Name is "lab" ? site with { Role = SiteRole.Production } : site)] };
        var request = new StartRequest("failover", RunMode.Rehearsal, "", estate.FindPerson("requester")!);

        StartRules.Judge(request, plans["failover"], estate, new Catalog(), plans.Values).Should().BeNull();
        StartRules.Judge(request, plans["failover"], today, new Catalog(), plans.Values)!.Code.Should().Be("rehearsal-target");
    }

    [Fact]
    public void Problems_DatabaseThatAnotherPlanNamesLive_IsProductions()
    {
        var (estate, plans) = Load().Should().BeOfType<EstateLoadResult.Loaded>().Subject;
        var plan = plans["failover"];
        var other = plan with { Name = "other", Steps = [.. plan.Steps.Where(step => step.Name == "fence-primary").Select(step => Rehearsals.Of(plan).Steps.Single(one => one.Name == step.Name))] };

        var problems = Rehearsals.Problems(plan, estate, new Catalog(), [plan, other]);

        Rehearsals.Problems(plan, estate, new Catalog(), [plan]).Should().BeEmpty();
        problems.Should().Contain(problem => problem.Found == "its rehearsal acts on database 'lab-one', which step 'fence-primary' of plan 'other' names live");
    }

    private IReadOnlyList<string> Errors() => Load() is EstateLoadResult.Refused refused ? [.. refused.Errors.Select(error => error.ToString())] : [];

    private EstateLoadResult Load() => EstateLoader.Load(_folder.Folder, new Catalog(), null);

    /// <summary>The small catalogue with the kinds of PostgreSQL.</summary>
    private sealed class Catalog : IStepKindCatalog
    {
        public IReadOnlyDictionary<string, StepKindShape> Steps { get; } = SmallCatalog.Instance.Steps.Values
            .Append(new PostgresFenceStep(null!, null!, null!, null!, TimeProvider.System).Shape)
            .Append(new PostgresPromoteStep(null!, null!, null!, TimeProvider.System).Shape)
            .Append(new PostgresSqlStep(null!, TimeProvider.System).Shape)
            .Append(new PostgresDivergenceStep(null!, null!, null!).Shape)
            .ToDictionary(shape => shape.Kind, StringComparer.Ordinal);

        public IReadOnlyDictionary<string, StepKindShape> Gates => SmallCatalog.Instance.Gates;

        public IReadOnlyDictionary<string, StepKindShape> SteadyState => SmallCatalog.Instance.SteadyState;
    }
}
