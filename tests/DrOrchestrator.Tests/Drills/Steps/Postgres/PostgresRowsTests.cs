using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Steps.Postgres;
using DrOrchestrator.Evidence;
using DrOrchestrator.Testing.Postgres;
using Npgsql;

namespace DrOrchestrator.Tests.Drills.Steps.Postgres;

/// <summary>Rows that an asynchronous failover loses, named by key from a copy of the old data, over two real servers.</summary>
public sealed class PostgresRowsTests : IAsyncLifetime
{
    private const string With = """{ "database": "one", "from": "two", "tables": { "public.entries": { "key": ["side", "id"], "show": ["amount"], "hash": ["holder"] }, "public.quiet": { "key": ["id"] } } }""";

    private PostgresServer _one = null!;
    private PostgresServer _two = null!;
    private PairBench _bench = null!;

    private string KeyFile => Path.Combine(Path.GetDirectoryName(_one.DataFolder)!, "evidence.key");

    public async Task InitializeAsync()
    {
        _one = await PostgresServer.StartNewAsync("autovacuum = off");
        await _one.ExecuteAsync(
            "CREATE TABLE entries (side text, id bigint, amount numeric(12,2), holder text, note text, PRIMARY KEY (side, id))",
            "INSERT INTO entries SELECT 'a', n, n * 10, 'holder ' || n, E'two\\nlines' FROM generate_series(1, 40) n",
            "CREATE TABLE quiet (id int PRIMARY KEY)",
            "INSERT INTO quiet VALUES (1), (2)",
            "CHECKPOINT");
        _two = await _one.AddStandbyAsync("two");
        await PostgresServer.UntilAsync(async () => await _one.ScalarAsync<long>("SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming'") == 1);
        _bench = new PairBench(_one, _two);
        new EvidenceKeyFile(KeyFile).Create();
    }

    public async Task DisposeAsync() => await _one.DisposeAsync();

    [Fact]
    public async Task Execute_RowsThatOnlyOneSideHas_AreNamedByKeyExactly()
    {
        // One transaction has deleted before the fork what it commits behind it, and one is never committed.
        await using var early = await OpenAsync("BEGIN", "DELETE FROM entries WHERE id = 9");
        await using var open = await OpenAsync("BEGIN", "DELETE FROM entries WHERE id = 10");
        await LosingAsync();
        await ThenAsync(early, "COMMIT");
        await _one.ExecuteAsync(
            "INSERT INTO entries SELECT 'a', n, 5, 'new ' || n, 'n' FROM generate_series(100, 119) n",
            "UPDATE entries SET amount = amount + 1 WHERE id = 3",
            "UPDATE entries SET amount = amount + 1 WHERE id = 3",
            "UPDATE entries SET note = 'only a note' WHERE id = 4",
            "DELETE FROM entries WHERE id = 5",
            "UPDATE entries SET amount = 0 WHERE id = 6",
            "DELETE FROM entries WHERE id = 6",
            "UPDATE entries SET id = 700 WHERE id = 7",
            "INSERT INTO entries VALUES ('a', 120, 1, 'h', 'gone again')",
            "DELETE FROM entries WHERE id = 120",
            "UPDATE entries SET amount = amount WHERE id = 8",
            "DO $$ BEGIN INSERT INTO entries VALUES ('b', 1, 1, 'h', 'n'); BEGIN DELETE FROM entries WHERE id = 11; RAISE EXCEPTION 'no'; EXCEPTION WHEN OTHERS THEN NULL; END; BEGIN DELETE FROM entries WHERE id = 12; EXCEPTION WHEN OTHERS THEN NULL; END; END $$");
        await FailedOverAsync();
        await _two.ExecuteAsync("INSERT INTO entries VALUES ('a', 100, 6, 'other', 'n'), ('c', 1, 1, 'theirs', 'n')");

        var (outputs, list) = await DoneAsync();

        var entries = list["tables"]![0]!;
        Keys(entries, "onlyOld").Should().BeEquivalentTo([.. Enumerable.Range(101, 19).Select(n => $"a {n}"), "a 700", "b 1"]);
        Keys(entries, "onlyNew").Should().BeEquivalentTo("a 5", "a 6", "a 7", "a 9", "a 12");
        Keys(entries, "differ").Should().BeEquivalentTo("a 3", "a 4", "a 100");
        entries["same"]!.GetValue<int>().Should().Be(1, "8 was written with what it had");
        var third = entries["differ"]!.AsArray().Single(row => row!["key"]!["id"]!.ToString() == "3")!;
        (third["old"]!["amount"]!.ToString(), third["new"]!["amount"]!.ToString(), third["changedOnNewSide"]!.GetValue<bool>()).Should().Be(("32.00", "30.00", false));
        entries["differ"]!.AsArray().Single(row => row!["key"]!["id"]!.ToString() == "100")!["changedOnNewSide"]!.GetValue<bool>().Should().BeTrue();
        list["tables"]![1]!.ToJsonString().Should().Contain("\"onlyOld\":[],\"onlyNew\":[],\"differ\":[]");
        (outputs["onlyOld"]!.GetValue<int>(), outputs["onlyNew"]!.GetValue<int>(), outputs["differ"]!.GetValue<int>()).Should().Be((21, 5, 3));
        (outputs["rowsComplete"]!.GetValue<bool>(), outputs["rowsGaps"]!.ToString()).Should().Be((true, ""));
        list.ToJsonString().Should().NotContain("holder 3").And.NotContain("lines", "only keys and what is declared leave the host").And.Contain("holder (HMAC-SHA-256)");
        Directory.Exists(_one.DataFolder + ".dro-reading").Should().BeFalse("the copy is thrown away");
        File.Exists(Path.Combine(_one.DataFolder, "global", "pg_control")).Should().BeFalse("the old side is fenced as before");
    }

    [Fact]
    public async Task Execute_RowDeletedThereAndChangedHereSince_IsAGapAndNotComplete()
    {
        await LosingAsync();
        await _one.ExecuteAsync("DELETE FROM entries WHERE id = 5", "UPDATE entries SET amount = 1 WHERE id = 6");
        await FailedOverAsync();
        await _two.ExecuteAsync("UPDATE entries SET amount = 2 WHERE id IN (5, 6)");

        var (outputs, list) = await DoneAsync();

        Keys(list["tables"]![0]!, "differ").Should().Equal("a 6");
        outputs["rowsComplete"]!.GetValue<bool>().Should().BeFalse();
        outputs["rowsGaps"]!.ToString().Should().Be("1 rows of public.entries that the old side deleted or gave another key have been changed on the new side since: their keys are not known");
    }

    [Theory]
    [InlineData("TRUNCATE entries", "was rewritten or emptied on one side since the fork")]
    [InlineData("INSERT INTO entries SELECT 'm', n, 1, 'h', 'n' FROM generate_series(1, 5001) n", "public.entries has more than 5000 rows of transactions that only the old side has")]
    public async Task Execute_MoreThanCanBeFollowed_IsNotComplete(string statement, string gap)
    {
        await LosingAsync();
        await _one.ExecuteAsync(statement);
        await FailedOverAsync();

        var (outputs, _) = await DoneAsync();

        outputs["rowsComplete"]!.GetValue<bool>().Should().BeFalse();
        outputs["rowsGaps"]!.ToString().Should().Contain(gap);
    }

    [Fact]
    public async Task Execute_TransactionsThatWroteElsewhereToo_AreNotComplete()
    {
        await _one.ExecuteAsync(
            "CREATE TABLE fees (id serial PRIMARY KEY, amount int)", "CREATE TABLE long (id int PRIMARY KEY, text text)", "CREATE TABLE parent (id int PRIMARY KEY)", "INSERT INTO parent VALUES (1)", "CREATE SEQUENCE voucher",
            "CREATE TABLE dro_marker (marker text PRIMARY KEY)", "CREATE MATERIALIZED VIEW sums AS SELECT count(*) FROM entries", "CREATE DATABASE other", "SELECT lo_create(77)", "CHECKPOINT");
        await using var toOther = new NpgsqlConnection(_one.ConnectionTo("other"));
        await toOther.OpenAsync();
        await ThenAsync(toOther, "CREATE TABLE t (id int)");
        await using var open = await OpenAsync("BEGIN", "INSERT INTO parent VALUES (2)");
        await LosingAsync();
        await _one.ExecuteAsync("INSERT INTO entries VALUES ('a', 100, 1, 'h', 'n')", "INSERT INTO dro_marker VALUES ('m')", "REFRESH MATERIALIZED VIEW sums", "ANALYZE", "CREATE TEMP TABLE passing AS SELECT 1");
        await _one.ExecuteAsync(
            "INSERT INTO fees (amount) VALUES (1)", "INSERT INTO long SELECT 1, string_agg(md5(n::text), '') FROM generate_series(1, 1000) n", "SELECT 1 FROM parent WHERE id = 1 FOR UPDATE", "SELECT nextval('voucher')",
            "CREATE TABLE made AS SELECT 1", "CREATE TABLE gone (id int)", "INSERT INTO gone VALUES (1)", "DROP TABLE gone", "SELECT lo_put(77, 0, 'x')");
        await ThenAsync(toOther, "INSERT INTO t VALUES (1)");
        await FailedOverAsync();

        var (outputs, list) = await DoneAsync();

        Keys(list["tables"]![0]!, "onlyOld").Should().Equal("a 100");
        var rest = list["notCompared"]!;
        rest["tables"]!.AsArray().Select(name => name!.ToString()).Should().Equal("public.fees", "public.long", "public.made", "public.voucher");
        (rest["largeObjects"]!.GetValue<bool>(), rest["databases"]!.ToJsonString(), rest["goneFiles"]!.GetValue<int>()).Should().Be((true, """["other"]""", 1));
        (outputs["rowsComplete"]!.GetValue<bool>(), list["complete"]!.GetValue<bool>()).Should().Be((false, false));
        outputs["rowsGaps"]!.ToString().Should().StartWith("transactions that only the old side has wrote to tables that are not compared: public.fees, public.long, public.made, public.voucher; ");
    }

    [Fact]
    public async Task Execute_CopyThatCannotBeReadToItsEnd_FailsAndListsNothing()
    {
        await LosingAsync();
        await _one.ExecuteAsync("DELETE FROM entries WHERE id = 5", "SELECT pg_switch_wal()", "DELETE FROM entries WHERE id = 6");
        await FailedOverAsync();
        var step = Step();
        await step.ExecuteAsync(Context("""{ "database": "one", "from": "two" }"""), await step.PrepareAsync(Context("""{ "database": "one", "from": "two" }"""), default), default);
        var newest = Directory.GetFiles(Path.Combine(_one.DataFolder, "pg_wal")).Where(file => Path.GetFileName(file).Length == 24).Max(StringComparer.Ordinal)!;
        var last = File.ReadLines(Path.Combine(_one.DataFolder + ".dro", "dro-7-fence", "wal-beyond-fork.txt")).Last();
        File.Delete(newest);
        var shorter = await SaidAsync();
        File.Delete(Path.Combine(_one.DataFolder, "global", "pg_filenode.map"));

        var dead = await SaidAsync();

        last.Should().Contain("COMMIT");
        shorter.Should().Contain("the copy has replayed its log up to");
        dead.Should().Contain("the copy cannot be read: ").And.Contain("FATAL");
    }

    [Fact]
    public async Task Execute_LogAsNewerVersionsWriteIt_SaysTheSame()
    {
        await LosingAsync();
        await _one.ExecuteAsync("INSERT INTO entries VALUES ('a', 100, 1, 'h', 'n')", "UPDATE entries SET amount = 1 WHERE id = 3", "DELETE FROM entries WHERE id = 3", "DELETE FROM entries WHERE id = 5");
        await FailedOverAsync();
        var (_, first) = await DoneAsync();
        var log = Path.Combine(_one.DataFolder + ".dro", "dro-7-fence", "wal-beyond-fork.txt");
        var newer = Regex.Replace(await File.ReadAllTextAsync(log), "desc: INSERT off ([0-9]+) flags (0x[0-9]+)", "desc: INSERT off: $1, flags: $2");
        newer = Regex.Replace(newer, "desc: DELETE off ([0-9]+) flags 0x00 KEYS_UPDATED ", "desc: DELETE xmax: 9, off: $1, infobits: [KEYS_UPDATED], flags: 0x00");
        await File.WriteAllTextAsync(log, Regex.Replace(
            newer, "desc: HOT_UPDATE off ([0-9]+) xmax ([0-9]+) flags (0x[0-9]+) ; new off ([0-9]+) xmax 0", "desc: HOT_UPDATE old_xmax: $2, old_off: $1, old_infobits: [], flags: $3, new_xmax: 0, new_off: $4"));

        var (_, again) = await DoneAsync();

        (await File.ReadAllTextAsync(log)).Should().Contain("old_off: ").And.Contain("DELETE xmax: ").And.Contain("INSERT off: ");
        Keys(again["tables"]![0]!, "onlyNew").Should().BeEquivalentTo("a 3", "a 5");
        WithoutDigests(again).Should().Be(WithoutDigests(first));

        // Each list has its own salt.
        static string WithoutDigests(JsonObject list) => Regex.Replace(list.ToJsonString(), "\"[0-9a-f]{32,64}\"", "\"\"");
    }

    [Fact]
    public async Task Execute_HashedColumn_IsRecordedUnderAKeyOfTheRunThatTheEvidencesKeyGives()
    {
        await LosingAsync();
        await _one.ExecuteAsync("INSERT INTO entries VALUES ('a', 100, 1, '110101199001011234', 'n'), ('a', 101, 1, NULL, 'n')", "UPDATE entries SET amount = 1 WHERE id = 3");
        await FailedOverAsync();
        var context = Context(With);
        var step = Step();
        var intent = await step.PrepareAsync(context, default);

        var (first, again, other) = (await ListAsync(context), await ListAsync(context), await ListAsync(context with { RunMark = "dro-8" }));

        string[] digests = [HolderOf(first), HolderOf(again), HolderOf(other)];
        digests.Should().OnlyHaveUniqueItems("each list has its own salt, and each run its own key");
        var seed = Convert.FromHexString((await File.ReadAllTextAsync(KeyFile)).Trim());
        foreach (var (list, run, digest) in new[] { (first, "dro-7", digests[0]), (again, "dro-7", digests[1]), (other, "dro-8", digests[2]) })
        {
            var salted = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{list["salt"]}110101199001011234")));
            digest.Should().Be(Convert.ToHexStringLower(HMACSHA256.HashData(HMACSHA256.HashData(seed, Encoding.UTF8.GetBytes($"{run} reconciliation")), Encoding.UTF8.GetBytes(salted))), "who holds the key can look a value up");
            list.ToJsonString().Should().NotContain(salted).And.NotContain("1101011990");
        }

        Row(first, "onlyOld", "101")["old"]!["holder (HMAC-SHA-256)"].Should().BeNull("nothing is no value");
        var changed = Row(first, "differ", "3");
        changed["old"]!["holder (HMAC-SHA-256)"]!.ToString().Should().Be(changed["new"]!["holder (HMAC-SHA-256)"]!.ToString(), "what is the same on both sides shows as the same");

        async Task<JsonObject> ListAsync(StepContext of) =>
            JsonNode.Parse((await step.ExecuteAsync(of, intent, default)).Should().BeOfType<StepOutcome.Done>().Which.Objects!.Single(raw => raw.Name == "reconciliation-rows.json").Content)!.AsObject();
        static JsonNode Row(JsonObject list, string which, string id) => list["tables"]![0]![which]!.AsArray().Single(row => row!["key"]!["id"]!.ToString() == id)!;
        static string HolderOf(JsonObject list) => Row(list, "onlyOld", "100")["old"]!["holder (HMAC-SHA-256)"]!.ToString();
    }

    [Fact]
    public async Task Execute_AskedAgainBehindTheRebuild_ReadsTheDataThatWereKept()
    {
        await LosingAsync();
        await _one.ExecuteAsync("INSERT INTO entries VALUES ('a', 100, 1, 'h', 'n')", "DELETE FROM entries WHERE id = 5");
        await FailedOverAsync();
        await _two.ExecuteAsync("CHECKPOINT");
        var step = Step();
        var intent = await step.PrepareAsync(Context(With), default);
        (await step.ExecuteAsync(Context(With), intent, default)).Should().BeOfType<StepOutcome.Done>();

        // Refused while some process of the same account has just begun or is ending, whosever it is.
        await PostgresServer.UntilAsync(async () =>
            await _bench.Hosts.AskAsync(_bench.Estate.Databases[0], default, "rebuild", "dro-7-rebuild", "dro-7-fence", "basebackup", "127.0.0.1", $"{_two.Port}", "postgres", "postgres", "disable", "one") is HostAnswer.Said);

        // As whoever takes the run over finds it: the intent is there, and no outcome.
        var done = (await step.ExecuteAsync(Context(With), intent, default)).Should().BeOfType<StepOutcome.Done>().Which;

        var list = JsonNode.Parse(done.Objects!.Single(raw => raw.Name == "reconciliation-rows.json").Content)!;
        Keys(list["tables"]![0]!, "onlyOld").Should().Equal("a 100");
        Keys(list["tables"]![0]!, "onlyNew").Should().Equal("a 5");
        (done.Outputs["rowsComplete"]!.GetValue<bool>(), done.Outputs["rowsGaps"]!.ToString()).Should().Be((true, ""));
        (await _one.ScalarAsync<bool>("SELECT pg_is_in_recovery()")).Should().BeTrue("the standby serves as before");
        var kept = Path.Combine(_one.DataFolder + ".dro", "dro-7-fence", "data", "global");
        (File.Exists(Path.Combine(kept, "pg_control")), File.Exists(Path.Combine(kept, "pg_control.dro-fence.dro-7-fence"))).Should().Be((false, true), "what is kept stays fenced");
        Directory.Exists(_one.DataFolder + ".dro-reading").Should().BeFalse();
    }

    [Fact]
    public async Task Execute_RoleThatMayNotReadTheTable_SaysWhichGrantIsMissing()
    {
        await _one.ExecuteAsync(await File.ReadAllTextAsync(Path.Combine(PostgresLab.Runbooks, "postgres-roles.sql")), "CREATE ROLE dro LOGIN IN ROLE dro_watch, dro_switch", "CREATE TABLE done (id int)");
        await PostgresServer.UntilAsync(() => _two.ScalarAsync<bool>("SELECT to_regclass('done') IS NOT NULL"));
        _bench = new PairBench(_one, _two, user: "dro");
        await LosingAsync();
        await _one.ExecuteAsync("DELETE FROM entries WHERE id = 5");
        await FailedOverAsync();

        var (refused, kept) = await FailedAsync();
        await _two.ExecuteAsync("GRANT SELECT ON public.entries, public.quiet TO dro_switch");
        var (outputs, _) = await DoneAsync();

        refused.Should().Contain("missing: GRANT SELECT ON public.entries, public.quiet TO dro_switch");
        kept.Should().Contain(raw => raw.Name == "reconciliation.json", "what the host has listed stays on record though the rows are not there");
        (outputs["onlyNew"]!.GetValue<int>(), outputs["rowsGaps"]!.ToString()).Should().Be((1, ""));
    }

    [Fact]
    public async Task Execute_ServerWithLogicalAndManySlots_IsReadAllTheSame()
    {
        await _one.ConfigureAsync("wal_level = logical", "max_replication_slots = 20");
        await _one.StopAsync();
        await _one.StartAsync();
        await _one.ExecuteAsync("SELECT pg_create_logical_replication_slot('cdc', 'pgoutput')", "SELECT pg_create_physical_replication_slot('p' || n, true) FROM generate_series(1, 12) n", "CHECKPOINT");
        await PostgresServer.UntilAsync(async () => await _one.ScalarAsync<long>("SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming'") == 1);
        await LosingAsync();
        await _one.ExecuteAsync("INSERT INTO entries VALUES ('a', 100, 1, 'h', 'n')", "DELETE FROM entries WHERE id = 5");
        await FailedOverAsync();

        var (outputs, list) = await DoneAsync();

        Keys(list["tables"]![0]!, "onlyOld").Should().Equal("a 100");
        Keys(list["tables"]![0]!, "onlyNew").Should().Equal("a 5");
        (outputs["rowsComplete"]!.GetValue<bool>(), outputs["rowsGaps"]!.ToString()).Should().Be((true, ""));
        Directory.GetDirectories(Path.Combine(_one.DataFolder, "pg_replslot")).Should().HaveCount(13, "the data themselves are not touched");
    }

    /// <summary>From now on the standby gets nothing more.</summary>
    private async Task LosingAsync()
    {
        // Flushed with what others have written and not committed.
        await _one.ExecuteAsync("SELECT pg_logical_emit_message(true, 'test', 'flush')");
        var written = await _one.ScalarAsync<string>("SELECT pg_current_wal_flush_lsn()::text");
        await PostgresServer.UntilAsync(() => _two.ScalarAsync<bool>($"SELECT pg_last_wal_replay_lsn() >= '{written}'"));
        await PostgresServer.SignalAsync("STOP", await _one.BackendAsync("walsender"));
    }

    private async Task FailedOverAsync()
    {
        // Not waited for: the sender that stands still lives until the fence ends it.
        await PostgresServer.SignalAsync("KILL", _one.Postmaster());
        (await _bench.Hosts.AskAsync(_bench.Estate.Databases[0], default, "fence", "dro-7-fence", "1")).Should().BeOfType<HostAnswer.Said>();
        await _two.ExecuteAsync("SELECT pg_promote()");
    }

    private PostgresDivergenceStep Step() => new(_bench.Hosts, _bench.Sessions, new RowMask(new EvidenceKeyFile(KeyFile)));

    private StepContext Context(string with) => _bench.Context("postgres.divergence", with, timeoutSeconds: 60);

    private async Task<(JsonObject Outputs, JsonObject List)> DoneAsync()
    {
        var step = Step();
        var done = (await step.ExecuteAsync(Context(With), await step.PrepareAsync(Context(With), default), default)).Should().BeOfType<StepOutcome.Done>().Which;
        return (done.Outputs, JsonNode.Parse(done.Objects!.Single(raw => raw.Name == "reconciliation-rows.json").Content)!.AsObject());
    }

    private async Task<string> SaidAsync() => (await FailedAsync()).Reason;

    private async Task<(string Reason, IReadOnlyList<RawOutput> Kept)> FailedAsync()
    {
        var step = Step();
        var failed = (await step.ExecuteAsync(Context(With), await step.PrepareAsync(Context(With), default), default)).Should().BeOfType<StepOutcome.Failed>().Which;
        return (failed.Reason, failed.Objects ?? []);
    }

    private static IEnumerable<string> Keys(JsonNode table, string which) => table[which]!.AsArray().Select(row => $"{row!["key"]!["side"]} {row["key"]!["id"]}");

    private async Task<NpgsqlConnection> OpenAsync(params string[] statements)
    {
        var connection = new NpgsqlConnection(_one.ConnectionString);
        await connection.OpenAsync();
        await ThenAsync(connection, statements);
        return connection;
    }

    private static async Task ThenAsync(NpgsqlConnection connection, params string[] statements)
    {
        foreach (var statement in statements)
        {
            await using var command = new NpgsqlCommand(statement, connection);
            await command.ExecuteNonQueryAsync();
        }
    }
}
