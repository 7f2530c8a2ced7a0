using System.Text.Json.Nodes;
using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Gates;
using DrOrchestrator.Drills.Steps.Postgres;
using DrOrchestrator.Plans;
using DrOrchestrator.Storage;
using DrOrchestrator.Testing.Postgres;
using Npgsql;

namespace DrOrchestrator.Tests.Drills.Steps.Postgres;

/// <summary>The shipped <c>postgres-roles.sql</c> over real servers: what each kind needs is in it, and what is missing is told.</summary>
public sealed class PostgresRolesTests
{
    private const string Replication = """{ "database": "two", "primary": "one", "until": "caught-up" }""";
    private const string Synchronous = """{ "database": "one", "standby": "two" }""";
    private const string Sql = """{ "database": "one", "statement": "INSERT INTO entries VALUES (2)", "undo": "DELETE FROM entries WHERE id = 2" }""";
    private const string Fence = """{ "database": "one", "clean": "true" }""";
    private const string Divergence = """{ "database": "one", "from": "two" }""";
    private const string Rebuild = """{ "database": "one", "from": "two", "method": "rewind", "replication-user": "dro_replication" }""";

    [Fact]
    public async Task Roles_NoSuperuserAndNothingElse_DoAllThatTheKindsDo()
    {
        await using var one = await StartAsync("dro_watch, dro_switch, dro_record");
        var two = await StandbyAsync(one, "synchronous_standby_names = 'one'");
        var bench = new PairBench(one, two, user: "dro");

        var rights = await RightsAsync(bench);
        await DoneAsync(new PostgresReplicationStep(bench.Sessions, TimeProvider.System), bench.Context("postgres.replication", Replication));
        var synchronous = new PostgresSynchronousStep(bench.Sessions, TimeProvider.System);
        await UndoneAsync(synchronous, bench.Context("postgres.synchronous", Synchronous));
        await UndoneAsync(new PostgresSqlStep(bench.Sessions, TimeProvider.System), bench.Context("postgres.sql", Sql));
        var fenced = await DoneAsync(bench.Fence, bench.Context("postgres.fence", Fence, "fence"));
        bench.Outputs["fence"] = fenced;
        await DoneAsync(bench.Promote, bench.Context("postgres.promote", """{ "database": "two" }""", fencedBy: "fence"));
        await DoneAsync(new PostgresDivergenceStep(bench.Hosts, bench.Sessions, new RowMask(null)), bench.Context("postgres.divergence", Divergence));
        await DoneAsync(new PostgresRebuildStep(bench.Hosts, bench.Sessions), bench.Context("postgres.rebuild", Rebuild, timeoutSeconds: 60));

        rights.Should().HaveCount(2).And.OnlyContain(result => result.Passed && result.Value == "granted");
        (await two.ScalarAsync<bool>("SELECT rolsuper OR rolreplication OR rolcreatedb OR rolcreaterole OR rolbypassrls FROM pg_roles WHERE rolname = 'dro'")).Should().BeFalse();
        (await two.ScalarAsync<bool>("SELECT has_schema_privilege('dro', 'public', 'CREATE') OR pg_has_role('dro', 'pg_read_all_data', 'USAGE') OR pg_has_role('dro', 'pg_read_server_files', 'USAGE')")).Should().BeFalse();
    }

    [Fact]
    public async Task Kinds_WithoutOneOfTheirRights_SayWhichGrantIsMissing()
    {
        await using var one = await StartAsync("dro_watch, dro_switch, dro_record");
        var two = await StandbyAsync(one);
        var bench = new PairBench(one, two, user: "dro");

        async Task<string> WithoutAsync(string revoke, string grant, IStepKind kind, string with)
        {
            await one.ExecuteAsync(revoke);
            await ArrivedAsync(one, two);
            var said = await SaidAsync(kind, bench.Context(kind.Shape.Kind, with, timeoutSeconds: 2));
            await one.ExecuteAsync(grant);
            return said;
        }

        var replication = await WithoutAsync("REVOKE pg_monitor FROM dro_watch", "GRANT pg_monitor TO dro_watch", new PostgresReplicationStep(bench.Sessions, TimeProvider.System), Replication);
        var unseen = await WithoutAsync("REVOKE pg_monitor FROM dro_watch", "GRANT pg_monitor TO dro_watch", new PostgresSynchronousStep(bench.Sessions, TimeProvider.System), Synchronous);
        var names = await WithoutAsync(
            "REVOKE ALTER SYSTEM ON PARAMETER synchronous_standby_names FROM dro_switch", "GRANT ALTER SYSTEM ON PARAMETER synchronous_standby_names TO dro_switch",
            new PostgresSynchronousStep(bench.Sessions, TimeProvider.System), Synchronous);
        var reload = await WithoutAsync("REVOKE EXECUTE ON FUNCTION pg_reload_conf() FROM dro_switch", "GRANT EXECUTE ON FUNCTION pg_reload_conf() TO dro_switch", new PostgresSynchronousStep(bench.Sessions, TimeProvider.System), Synchronous);
        var marker = await WithoutAsync("REVOKE INSERT ON dro_marker FROM dro_record", "GRANT INSERT ON dro_marker TO dro_record", new PostgresSqlStep(bench.Sessions, TimeProvider.System), Sql);
        var checkpoint = await WithoutAsync("REVOKE pg_checkpoint FROM dro_switch", "GRANT pg_checkpoint TO dro_switch", bench.Fence, Fence);
        var promote = await WithoutAsync(
            "REVOKE EXECUTE ON FUNCTION pg_promote(boolean, integer) FROM dro_switch", "GRANT EXECUTE ON FUNCTION pg_promote(boolean, integer) TO dro_switch", bench.Promote, """{ "database": "two" }""");
        await one.ExecuteAsync("REVOKE EXECUTE ON FUNCTION pg_read_file(text, bigint, bigint, boolean) FROM dro_switch");
        await ArrivedAsync(one, two);
        await bench.Hosts.AskAsync(bench.Estate.Databases[0], default, "fence", "dro-7-fence", "20");
        await two.ExecuteAsync("SELECT pg_promote()");
        var divergence = await SaidAsync(new PostgresDivergenceStep(bench.Hosts, bench.Sessions, new RowMask(null)), bench.Context("postgres.divergence", Divergence));
        await two.ExecuteAsync("GRANT EXECUTE ON FUNCTION pg_read_file(text, bigint, bigint, boolean) TO dro_switch", "REVOKE pg_checkpoint FROM dro_switch");
        var rebuild = await SaidAsync(new PostgresRebuildStep(bench.Hosts, bench.Sessions), bench.Context("postgres.rebuild", Rebuild));

        replication.Should().Contain("missing: GRANT pg_monitor TO dro_watch");
        unseen.Should().Contain("missing: GRANT pg_monitor TO dro_watch");
        names.Should().Contain("missing: GRANT ALTER SYSTEM ON PARAMETER synchronous_standby_names TO dro_switch");
        reload.Should().Contain("missing: GRANT EXECUTE ON FUNCTION pg_catalog.pg_reload_conf() TO dro_switch");
        marker.Should().Contain("missing: the table dro_marker with GRANT SELECT, INSERT ON dro_marker TO dro_record");
        checkpoint.Should().Contain("missing: GRANT pg_checkpoint TO dro_switch");
        promote.Should().Contain("missing: GRANT EXECUTE ON FUNCTION pg_catalog.pg_promote(boolean, integer) TO dro_switch");
        divergence.Should().Contain("missing: GRANT EXECUTE ON FUNCTION pg_catalog.pg_read_file(text, bigint, bigint, boolean) TO dro_switch");
        rebuild.Should().Contain("missing: GRANT pg_checkpoint TO dro_switch");
    }

    [Fact]
    public async Task Gate_RoleThatOnlyWatches_NamesEveryGrantThatThePlanNeeds()
    {
        await using var one = await StartAsync("dro_watch");
        var bench = new PairBench(one, one, user: "dro");

        var results = await RightsAsync(bench);

        results[0].Passed.Should().BeFalse();
        results[0].Value.Should().Be("missing: EXECUTE on pg_reload_conf(); EXECUTE on pg_stat_file(text, boolean); ALTER SYSTEM on synchronous_standby_names; pg_checkpoint");
        results[0].Remedy.Should().Contain("GRANT ALTER SYSTEM ON PARAMETER synchronous_standby_names TO dro_switch").And.NotContain("pg_promote");
        results[1].Value.Should().Contain("EXECUTE on pg_promote(boolean, integer)").And.NotContain("pg_checkpoint", "the standby is promoted, not fenced");
    }

    /// <summary>Met first in the failback otherwise, when the old data are fenced or gone.</summary>
    [Fact]
    public async Task Gate_TablesAndWhoFollows_AreAskedForBeforehand()
    {
        await using var one = await StartAsync("dro_watch, dro_switch, dro_record");
        await one.ExecuteAsync("CREATE SCHEMA books", "CREATE TABLE books.fees (id int PRIMARY KEY)", "CREATE ROLE follower LOGIN");
        var bench = new PairBench(one, one, user: "dro");
        PlanStep[] steps =
        [
            bench.Context("postgres.divergence", """{ "database": "one", "from": "two", "tables": { "public.entries": { "key": ["id"] }, "books.fees": { "key": ["id"] }, "public.absent": { "key": ["id"] } } }""").Step,
            bench.Context("postgres.rebuild", Rebuild.Replace("dro_replication", "follower", StringComparison.Ordinal)).Step,
        ];

        var missing = await RightsAsync(bench, steps);
        await one.ExecuteAsync("GRANT USAGE ON SCHEMA books TO dro_switch", "GRANT SELECT ON books.fees TO dro_switch", "ALTER ROLE follower REPLICATION", "GRANT dro_rewind TO follower", "CREATE TABLE absent (id int)", "GRANT SELECT ON absent TO dro_switch");
        var granted = await RightsAsync(bench, steps);

        missing[0].Passed.Should().BeTrue("nothing is read of the fenced one by SQL");
        missing[1].Value.Should().Be("missing: SELECT on books.fees; SELECT on public.absent; REPLICATION of follower; what pg_rewind reads, by follower");
        missing[1].Remedy.Should().Contain("GRANT USAGE ON SCHEMA books TO dro_switch; GRANT SELECT ON books.fees TO dro_switch").And.Contain("ALTER ROLE follower REPLICATION; GRANT dro_rewind TO follower");
        granted.Should().OnlyContain(result => result.Passed);
    }

    [Theory]
    [InlineData("must be superuser to execute ALTER SYSTEM command", "ALTER ROLE dro SUPERUSER (PostgreSQL 14 and older grant ALTER SYSTEM to nobody else)")]
    [InlineData("must be superuser to do CHECKPOINT", "GRANT pg_checkpoint TO dro_switch (PostgreSQL 14 and older: ALTER ROLE dro SUPERUSER)")]
    [InlineData("permission denied to execute CHECKPOINT command", "GRANT pg_checkpoint TO dro_switch (PostgreSQL 14 and older: ALTER ROLE dro SUPERUSER)")]
    [InlineData("对函数 pg_promote 权限不够", "GRANT EXECUTE ON FUNCTION pg_catalog.pg_promote(boolean, integer) TO dro_switch")]
    [InlineData("permission denied for table accounts", "")]
    public void RemedyOf_RefusalsOfOtherVersionsAndLanguages_NamesWhatIsNeeded(string message, string remedy) =>
        DatabaseRight.RemedyOf(new PostgresException(message, "ERROR", "ERROR", "42501")).Should().Be(remedy.Length == 0 ? "" : $"; missing: {remedy}; see postgres-roles.sql");

    [Fact]
    public void At_PostgreSql14_AsksForASuperuserWhereNothingElseCanBeGranted()
    {
        DatabaseRight.All.Select(right => right.At(14).Holds).Should().NotContain(holds => holds.Contains("has_parameter_privilege", StringComparison.Ordinal) || holds.Contains("pg_checkpoint", StringComparison.Ordinal));
        DatabaseRight.SetNames.At(14).Grant.Should().StartWith("ALTER ROLE dro SUPERUSER");
        DatabaseRight.SetNames.At(15).Should().BeSameAs(DatabaseRight.SetNames);
    }

    [Fact]
    public async Task Store_RoleThatOwnsItsDatabaseAndNothingElse_IsMigrated()
    {
        await using var server = await PostgresServer.StartNewAsync();
        await server.ExecuteAsync("CREATE ROLE dro_store LOGIN", "CREATE DATABASE dro OWNER dro_store", "REVOKE ALL ON DATABASE dro FROM PUBLIC");
        using var database = new PostgresDatabase($"Host=127.0.0.1;Port={server.Port};Username=dro_store;Database=dro;Pooling=false");

        var migrate = () => new Migrator(database).Run();

        migrate.Should().NotThrow();
    }

    private static async Task<PostgresServer> StartAsync(string roles)
    {
        var server = await PostgresServer.StartNewAsync("wal_log_hints = on");
        var script = await File.ReadAllTextAsync(Path.Combine(PostgresLab.Runbooks, "postgres-roles.sql"));
        await server.ExecuteAsync(script, script, $"CREATE ROLE dro LOGIN IN ROLE {roles}", "CREATE ROLE dro_replication LOGIN REPLICATION IN ROLE dro_rewind",
            "CREATE TABLE entries (id int PRIMARY KEY)", "GRANT SELECT, INSERT, DELETE ON entries TO dro_record");
        return server;
    }

    private static async Task<PostgresServer> StandbyAsync(PostgresServer primary, params string[] settings)
    {
        var standby = await primary.AddStandbyAsync("two", settings);
        await PostgresServer.UntilAsync(async () => await primary.ScalarAsync<long>("SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming'") == 1);
        return standby;
    }

    private static async Task ArrivedAsync(PostgresServer primary, PostgresServer standby)
    {
        var written = await primary.ScalarAsync<string>("SELECT pg_current_wal_lsn()::text");
        await PostgresServer.UntilAsync(() => standby.ScalarAsync<bool>($"SELECT pg_last_wal_replay_lsn() >= '{written}'"));
    }

    private static async Task<JsonObject> DoneAsync(IStepKind kind, StepContext context)
    {
        var intent = await kind.PrepareAsync(context, default);
        return (await kind.ExecuteAsync(context, intent, default)).Should().BeOfType<StepOutcome.Done>(kind.Shape.Kind).Which.Outputs;
    }

    private static async Task UndoneAsync(IReversibleStepKind kind, StepContext context)
    {
        var intent = await kind.PrepareAsync(context, default);
        (await kind.ExecuteAsync(context, intent, default)).Should().BeOfType<StepOutcome.Done>(kind.Shape.Kind);
        (await kind.ObserveAsync(context, intent, default)).Answer.Should().Be(ObservedAnswer.Happened);
        (await kind.UndoAsync(context, intent, null, default)).Should().BeOfType<StepOutcome.Done>(kind.Shape.Kind);
    }

    private static async Task<string> SaidAsync(IStepKind kind, StepContext context)
    {
        try
        {
            return await kind.ExecuteAsync(context, await kind.PrepareAsync(context, default), default) switch
            {
                StepOutcome.Failed failed => failed.Reason,
                StepOutcome.Unknown unknown => unknown.Reason,
                var outcome => outcome.ToString(),
            };
        }
        catch (StepFailedException refused)
        {
            return refused.Message;
        }
    }

    private static async Task<IReadOnlyList<GateResult>> RightsAsync(PairBench bench, params PlanStep[] more)
    {
        var steps = new[]
        {
            bench.Context("postgres.fence", Fence), bench.Context("postgres.promote", """{ "database": "two" }"""), bench.Context("postgres.synchronous", Synchronous),
        }.Select(context => context.Step);
        var gate = new PostgresReadyGate(bench.Sessions, bench.Hosts, TimeProvider.System);
        var results = await gate.CheckAsync(StepBench.Parameters("""{ "primary": "one", "standby": "two" }"""), StepBench.Plan with { Steps = [.. steps, .. more] }, bench.Estate, default);
        return [.. results.Where(result => result.Check.EndsWith(" rights", StringComparison.Ordinal))];
    }
}
