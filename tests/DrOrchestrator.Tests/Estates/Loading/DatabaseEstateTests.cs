using DrOrchestrator.Drills.Steps.Postgres;
using DrOrchestrator.Estates;
using DrOrchestrator.Estates.Loading;
using DrOrchestrator.Plans;
using DrOrchestrator.Testing.Plans;

namespace DrOrchestrator.Tests.Estates.Loading;

/// <summary><c>databases:</c> of an estate and what steps of plans may say of them: one change that spoils a good folder, and everything that must then be reported.</summary>
public sealed class DatabaseEstateTests
{
    private const string Databases = """
        databases:
          - { name: pg-primary, system: ledger, site: primary, hosts: [10.0.0.1], database: core, user: dro, host: { command: [/usr/local/bin/pg-host, --data, /var/lib/pg] } }
          - { name: pg-dr, system: ledger, site: dr, hosts: [10.0.1.1], port: 5433, database: core, user: dro, standby-name: dr_one }

        """;

    private const string Steps = """
          - name: fence-primary
            kind: postgres.fence
            with: { database: pg-primary, patience: 3s }
            mark: fenced
          - name: promote
            kind: postgres.promote
            with: { database: pg-dr, when-partner-lost: degrade }
            promotes: { system: ledger, fenced-by: fence-primary }
            mark: promoted
            timeout: 1m
            on-failure: stop

        """;

    public static TheoryData<string, string, string, string[]> Cases => new()
    {
        {
            "UnknownSite",
            "site: dr, hosts",
            "site: paper, hosts",
            ["database.yaml:3:42: 'paper' is no site of the system 'ledger'; allowed: primary, dr. Name the site where this server runs."]
        },
        {
            "TwoHosts",
            "site: dr, hosts: [10.0.1.1]",
            "site: dr, hosts: [10.0.1.1, db3]",
            ["database.yaml:3:53: 'hosts' of a database holds 2 hosts; allowed: exactly one host. Declare each server as a database of its own; only a probe may have several hosts."]
        },
        {
            "ProgramWithoutFullPath",
            "[/usr/local/bin/pg-host,",
            "[pg-host,",
            ["database.yaml:2:120: 'command' begins with 'pg-host'; allowed: the full path of a program, then its arguments. Write the program's full path; the server must allow it with --allow-command."]
        },
        {
            "ExecWithEveryKeyWrong",
            "{ command: [/usr/local/bin/pg-host, --data, /var/lib/pg] }",
            "{ exec: { namespace: Bank, pod: db 0, container: /, data: pgdata, programs: ../bin, workload: x } }",
            [
                "database.yaml:2:129: 'namespace' is 'Bank'; allowed: a name of the cluster: lower-case letters, digits, dots and hyphens, up to 63 characters. Correct the value.",
                "database.yaml:2:140: 'pod' is 'db 0'; allowed: a name of the cluster: lower-case letters, digits, dots and hyphens, up to 63 characters. Correct the value.",
                "database.yaml:2:157: 'container' is '/'; allowed: a name of the cluster: lower-case letters, digits, dots and hyphens, up to 63 characters. Correct the value.",
                "database.yaml:2:166: 'data' is 'pgdata'; allowed: the full path of the data folder in the container, such as /var/lib/postgresql/data/pgdata. Correct the value.",
                "database.yaml:2:184: 'programs' is '../bin'; allowed: the full path of a folder in the container. Correct the value.",
                "database.yaml:2:192: unknown key 'workload' in the container in the server's pod; allowed: namespace, pod, container, data, programs. Correct the key or remove it.",
            ]
        },
        {
            "ThreeWays",
            "{ command: [/usr/local/bin/pg-host, --data, /var/lib/pg] }",
            "{ command: [/bin/x], exec: { namespace: bank, pod: db-0, container: dro, data: /d/pg }, job: { namespace: bank, workload: statefulset/db, claim: c, data: pg, image: i } }",
            ["database.yaml:2:119: 'host' with 'command' and 'job' and 'exec'; allowed: one of command, job, exec. Remove all but one."]
        },
        {
            "JobWithEveryKeyWrong",
            "{ command: [/usr/local/bin/pg-host, --data, /var/lib/pg] }",
            "{ job: { namespace: Bank, workload: daemonset/db, claim: data db, data: /, image: '', programs: bin, run-as: 0, password-secret: /, volume: x } }",
            [
                "database.yaml:2:128: 'namespace' is 'Bank'; allowed: a name of the cluster: lower-case letters, digits, dots and hyphens, up to 63 characters. Correct the value.",
                "database.yaml:2:144: 'workload' is 'daemonset/db'; allowed: deployment/NAME, statefulset/NAME. Correct the value.",
                "database.yaml:2:165: 'claim' is 'data db'; allowed: a name of the cluster: lower-case letters, digits, dots and hyphens, up to 63 characters. Correct the value.",
                "database.yaml:2:180: 'data' is '/'; allowed: the path of the data folder below the root of the volume, such as pgdata. Correct the value.",
                "database.yaml:2:190: 'image' is empty; allowed: a container image. Write a value.",
                "database.yaml:2:204: 'programs' is 'bin'; allowed: the full path of a folder in the image. Correct the value.",
                "database.yaml:2:217: 'run-as' is '0'; allowed: a whole number from 1 to 2147483647. Correct the value.",
                "database.yaml:2:237: 'password-secret' is '/'; allowed: a name of the cluster: lower-case letters, digits, dots and hyphens, up to 63 characters. Correct the value.",
                "database.yaml:2:240: unknown key 'volume' in the Job on the server's volume; allowed: namespace, workload, claim, data, image, programs, run-as, password-secret. Correct the key or remove it.",
            ]
        },
        {
            "JobWithoutItsKeys",
            "{ command: [/usr/local/bin/pg-host, --data, /var/lib/pg] }",
            "{ job: { data: a/../b } }",
            [
                "database.yaml:2:115: the Job on the server's volume without 'claim'; allowed: a name of the cluster: lower-case letters, digits, dots and hyphens, up to 63 characters. Add 'claim:'.",
                "database.yaml:2:115: the Job on the server's volume without 'image'; allowed: a container image. Add 'image:'.",
                "database.yaml:2:115: the Job on the server's volume without 'namespace'; allowed: a name of the cluster: lower-case letters, digits, dots and hyphens, up to 63 characters. Add 'namespace:'.",
                "database.yaml:2:115: the Job on the server's volume without 'workload'; allowed: deployment/NAME, statefulset/NAME. Add 'workload:'.",
                "database.yaml:2:123: 'data' is 'a/../b'; allowed: the path of the data folder below the root of the volume, such as pgdata. Correct the value.",
            ]
        },
        {
            "JobBesideACommand",
            "{ command: [/usr/local/bin/pg-host, --data, /var/lib/pg] }",
            "{ command: [/usr/local/bin/pg-host], job: { namespace: bank, workload: statefulset/db, claim: c, data: pgdata, image: i } }",
            [
                "database.yaml:2:119: 'host' with 'command' and 'job'; allowed: one of command, job, exec. Remove one of the two.",
            ]
        },
        {
            "PasswordWrittenOut",
            "user: dro, standby-name: dr_one",
            "user: dro, password: secret",
            ["database.yaml:3:114: 'password' has its secret written out; allowed: { env: NAME } or { file: path relative to the estate's folder }. Put the secret into a file or an environment variable and name that."]
        },
        {
            "UnknownDatabase",
            "with: { database: pg-dr, when",
            "with: { database: pg-drr, when",
            ["failover.yaml:24:23: there is no database 'pg-drr'; allowed: pg-primary, pg-dr; did you mean 'pg-dr'? Declare the database or correct the name."]
        },
        {
            "NoWayToTheHost",
            "with: { database: pg-primary, patience: 3s }",
            "with: { database: pg-dr, patience: 3s }",
            [
                "failover.yaml:20:23: the database 'pg-dr' has no way to its own host, which 'postgres.fence' needs; allowed: a database with 'host:'. Give the database 'host: { command: [...] }', or for a server in Kubernetes 'host: { job: {...} }' or 'host: { exec: {...} }'.",
                "failover.yaml:25:44: the fence 'fence-primary' fences 'pg-dr', the database that is promoted; allowed: a fence of another database of 'ledger'. Name the step that fences the old side of this promotion.",
            ]
        },
        {
            "PromotionThatIsNone",
            "promotes: { system: ledger, fenced-by: fence-primary }",
            "promotes: none",
            ["failover.yaml:25:15: 'postgres.promote' makes a site writable, whatever the plan says; allowed: { system: ..., fenced-by: ... }. Name the system and the step that fences the old side."]
        },
        {
            "OtherSite",
            "kind: postgres.promote\n",
            "kind: postgres.promote\n    site: primary\n",
            ["failover.yaml:24:11: 'site' is 'primary', and the database 'pg-dr' is at 'dr'; allowed: dr. Correct the site or remove it."]
        },
        {
            "TierThatMustSay",
            "severity: moderate",
            "severity: severe",
            ["failover.yaml:24:11: 'postgres.promote' without 'when-partner-lost' for a system of tier 5 or above; allowed: stall, degrade. Add 'when-partner-lost:'; what commits do without a standby: stall keeps synchronous_standby_names, degrade empties it."]
        },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Load_OneThingWrong_ReportsExactlyThat(string name, string good, string bad, string[] expected)
    {
        using var folder = Folder();
        foreach (var file in (string[])["estate.yaml", "database.yaml", "failover.yaml"])
        {
            folder.Write(file, File.ReadAllText(Path.Combine(folder.Folder, file)).Replace(good, bad, StringComparison.Ordinal));
        }

        if (name is "TierThatMustSay")
        {
            folder.Replace("failover.yaml", ", when-partner-lost: degrade", "").Replace("estate.yaml", "rto: 2h, rpo: 1h", "rto: 10m, rpo: 1s");
        }

        Load(folder).Should().BeOfType<EstateLoadResult.Refused>().Subject.Errors.Select(error => error.ToString()).Should().Equal(expected, name);
    }

    [Fact]
    public void Load_GoodDatabases_AreReadAndStepsActAtTheirSite()
    {
        using var folder = Folder();

        var loaded = Load(folder).Should().BeOfType<EstateLoadResult.Loaded>().Subject;

        loaded.Estate.Databases.Select(database => (database.Name, database.Site, database.Target.Port, database.StandbyName)).Should().Equal(("pg-primary", "primary", 5432, "pg-primary"), ("pg-dr", "dr", 5433, "dr_one"));
        loaded.Estate.Databases[0].Host.Should().BeOfType<DatabaseHost.Command>().Which.Arguments.Should().Equal("--data", "/var/lib/pg");
        loaded.Plans["failover"].Steps.Take(2).Select(step => step.Site).Should().Equal("primary", "dr");
    }

    [Fact]
    public void Load_JobAsTheWay_IsReadAndNeedsASiteWithACluster()
    {
        using var folder = Folder();
        folder.Replace("database.yaml", "{ command: [/usr/local/bin/pg-host, --data, /var/lib/pg] }", "{ job: { namespace: bank, workload: statefulset/db, claim: data-db-0, data: pgdata, image: 'postgres:17', run-as: 999 } }");

        Load(folder).Should().BeOfType<EstateLoadResult.Loaded>().Subject.Estate.Databases[0].Host.Should().Be(new DatabaseHost.Job("bank", "statefulset/db", "data-db-0", "pgdata", "postgres:17") { RunAs = 999 });
        folder.Replace("estate.yaml", "kubeconfig: ../primary.kubeconfig, context: primary }", "}");

        Load(folder).Should().BeOfType<EstateLoadResult.Refused>().Subject.Errors.Select(error => error.ToString()).Should().Contain(
            "database.yaml:2:115: 'job' at site 'primary', which has no Kubernetes context; allowed: a site with 'kubeconfig' and 'context'. Give the site its kubeconfig and context, or use 'command'.");
    }

    [Fact]
    public void Load_ExecAsTheWay_IsReadAndNeedsASiteWithACluster()
    {
        using var folder = Folder();
        folder.Replace("database.yaml", "{ command: [/usr/local/bin/pg-host, --data, /var/lib/pg] }", "{ exec: { namespace: bank, pod: db-0, container: dro, data: /var/lib/postgresql/data/pgdata } }");

        Load(folder).Should().BeOfType<EstateLoadResult.Loaded>().Subject.Estate.Databases[0].Host.Should().Be(new DatabaseHost.Exec("bank", "db-0", "dro", "/var/lib/postgresql/data/pgdata"));
        folder.Replace("estate.yaml", "kubeconfig: ../primary.kubeconfig, context: primary }", "}");

        Load(folder).Should().BeOfType<EstateLoadResult.Refused>().Subject.Errors.Select(error => error.ToString()).Should().Contain(
            "database.yaml:2:116: 'exec' at site 'primary', which has no Kubernetes context; allowed: a site with 'kubeconfig' and 'context'. Give the site its kubeconfig and context, or use 'command'.");
    }

    [Fact]
    public void Load_DatabaseOfASystemThePlanDoesNotLock_IsRefused()
    {
        using var folder = Folder();
        folder.Replace("estate.yaml", "endpoints:\n", "  - { name: cards, department: Payments, owner: requester, bia: [ { scope: financial-rights, severity: moderate, reason: r, signer: Wang } ], serving: primary, standbys: [dr], functions: [ { name: paying, critical: true } ] }\nendpoints:\n")
            .Replace("database.yaml", "name: pg-dr, system: ledger", "name: pg-dr, system: cards");

        Load(folder).Should().BeOfType<EstateLoadResult.Refused>().Subject.Errors.Select(error => error.ToString()).Should().Contain(
            "failover.yaml:24:23: the database 'pg-dr' is of the system 'cards', which the plan does not lock; allowed: ledger. Add the system to 'systems:', or name another database.");
    }

    private static EstateLoadResult Load(EstateFolderBuilder folder) => EstateLoader.Load(folder.Folder, new Catalog(), null);

    private static EstateFolderBuilder Folder()
    {
        var folder = new EstateFolderBuilder().Write("database.yaml", Databases);
        var plan = File.ReadAllText(Path.Combine(folder.Folder, "failover.yaml"));
        var (first, next) = (plan.IndexOf("  - name: fence-primary", StringComparison.Ordinal), plan.IndexOf("  - parallel:", StringComparison.Ordinal));
        return folder.Write("failover.yaml", string.Concat(plan.AsSpan(0, first), Steps, plan.AsSpan(next)).Replace("status: \"${steps.promote.epoch}\", ", "", StringComparison.Ordinal).Replace("${steps.promote.epoch}", "${steps.promote.lsn}", StringComparison.Ordinal));
    }

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
