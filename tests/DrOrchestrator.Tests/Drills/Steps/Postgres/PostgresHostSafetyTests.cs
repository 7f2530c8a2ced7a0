using System.Diagnostics;
using System.Globalization;
using DrOrchestrator.Commands;
using DrOrchestrator.Drills.Steps.Postgres;
using DrOrchestrator.Testing.Postgres;

namespace DrOrchestrator.Tests.Drills.Steps.Postgres;

/// <summary>What the script on a server's own host must not get wrong: it decides whether a second server may accept writes, and what is told to be lost.</summary>
public sealed class PostgresHostSafetyTests
{
    [RootFact]
    public async Task Status_ServerBehindAnotherMountWithItsOwnMemory_IsRunningAndIsFenced()
    {
        await using var server = await PostgresServer.StartNewAsync();
        var elsewhere = await PostgresServer.NewFolderAsync("mount");
        await server.StopAsync();

        // As in a container: the same folder under another name, and shared memory of its own.
        await RunAsync("unshare", "-m", "-i", "--propagation", "private", "/bin/sh", "-c",
            $"mount --bind {server.DataFolder} {elsewhere} && exec setpriv --reuid=postgres --regid=postgres --init-groups {PostgresServer.Programs}/pg_ctl start -D {elsewhere} -w -s -l {server.LogFile}.inside >/dev/null 2>&1 </dev/null");
        var before = Status(await AskAsync(server, "status"));
        var fenced = await AskAsync(server, "fence", "dro-1", "20");

        before.Running.Should().BeTrue("it works in that very folder, whatever it calls it");
        Status(fenced).Should().Match<HostStatus>(status => status.IsHeldBy("dro-1") && status.State == "shut down", "its own postmaster was asked to end");
        Directory.Delete(elsewhere, recursive: true);
    }

    [RootFact]
    public async Task Status_FromAContainerWhoseProcess1IsTheServer_IsRefused()
    {
        await using var server = await PostgresServer.StartNewAsync();
        await server.StopAsync();
        var folder = await PostgresServer.NewFolderAsync("container");
        var script = $"sh {Path.Combine(PostgresLab.Runbooks, "postgres-host.sh")} --inside --supervised --data {server.DataFolder} --bin {PostgresServer.Programs} status";

        // Process 1 of a namespace of its own is a program of that name at work in the data folder. It ends when it is written to, after the script has.
        await RunAsync("unshare", "--fork", "--pid", "--mount-proc", "/bin/sh", "-c",
            $"cp /bin/cat {folder}/postgres; mkfifo {folder}/end; {script} >{folder}/before; (until [ \"$(readlink /proc/1/exe)\" = {folder}/postgres ]; do sleep 0.01; done; {script} >{folder}/during; : >{folder}/end) & cd {server.DataFolder}; exec {folder}/postgres {folder}/end");

        (await File.ReadAllTextAsync(Path.Combine(folder, "before"))).Should().Contain("\"running\":false").And.Contain("\"sees\":\"container\"");
        (await File.ReadAllTextAsync(Path.Combine(folder, "during"))).Should().Contain("\"refused\":true").And.Contain("the server is process 1 of this container");
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Status_TimelineOfAServerThatWasPromotedAndCrashedBeforeItsCheckpoint_IsTheNewOne()
    {
        await using var old = await PostgresServer.StartNewAsync();
        var server = await old.AddStandbyAsync("next");
        var checkpointer = await server.BackendAsync("checkpointer");

        // The checkpoint behind a promotion may take minutes: here it never begins.
        await PostgresServer.SignalAsync("STOP", checkpointer);
        await server.ExecuteAsync("SELECT pg_promote()", "CREATE TABLE t (n int)", "INSERT INTO t VALUES (1)");
        await PostgresServer.SignalAsync("KILL", server.Postmaster());
        var fenced = Status(await AskAsync(server, "fence", "dro-1", "0"));

        fenced.IsHeldBy("dro-1").Should().BeTrue();
        fenced.Timeline.Should().Be(2, "its rows are on the second timeline, whatever its last checkpoint says");
    }

    [Fact]
    public async Task Keep_LogThatCannotBeReadToItsEnd_FailsAndIsTriedAgain()
    {
        await using var server = await PostgresServer.StartNewAsync("wal_keep_size = 64MB");
        await server.ExecuteAsync("CREATE TABLE t (n int)");
        var fork = await server.ScalarAsync<string>("SELECT pg_current_wal_insert_lsn()::text");
        await server.ExecuteAsync("INSERT INTO t VALUES (1)", "INSERT INTO t VALUES (2)", "SELECT pg_switch_wal()", "INSERT INTO t VALUES (3)");
        var end = Status(await AskAsync(server, "fence", "dro-1", "20")).End!.Value.ToString();
        var segments = Directory.GetFiles(Path.Combine(server.DataFolder, "pg_wal"), "0000000100000000*").Order(StringComparer.Ordinal).ToList();
        var strangers = await ProgramsAsync(without: "pg_waldump", instead: "exit 1");

        var withoutProgram = await AskWithAsync(strangers, server, "keep", "dro-1", fork, "1");
        await PostgresServer.RunAsync("/bin/mv", segments[0], server.DataFolder + "/aside");
        var withoutFork = await AskAsync(server, "keep", "dro-1", fork, "1");
        await PostgresServer.RunAsync("/bin/mv", server.DataFolder + "/aside", segments[0]);
        await PostgresServer.RunAsync("/bin/mv", segments[1], server.DataFolder + "/aside");
        var withoutMiddle = await AskAsync(server, "keep", "dro-1", fork, "1");
        await PostgresServer.RunAsync("/bin/mv", server.DataFolder + "/aside", segments[1]);
        var whole = await AskAsync(server, "keep", "dro-1", fork, "1");
        var nothing = await AskAsync(server, "fence", "dro-2", "0", "any", "dro-1");
        var atEnd = await AskAsync(server, "keep", "dro-2", end, "1");

        withoutProgram.Should().BeOfType<HostAnswer.Silent>().Which.Reason.Should().Contain("cannot be listed");
        withoutFork.Should().BeOfType<HostAnswer.Silent>().Which.Reason.Should().Contain("at the fork").And.Contain("not there any more");
        withoutMiddle.Should().BeOfType<HostAnswer.Silent>().Which.Reason.Should().Contain("cannot be listed");
        var facts = whole.Should().BeOfType<HostAnswer.Said>(whole.Reason).Subject.Facts;
        facts["commits"]!.GetValue<int>().Should().Be(3);
        facts["oldEnd"]!.GetValue<string>().Should().Be(end);
        Status(nothing).IsHeldBy("dro-2").Should().BeTrue("the fence that stood is taken over");
        var none = atEnd.Should().BeOfType<HostAnswer.Said>(atEnd.Reason).Subject.Facts;
        (none["commits"]!.GetValue<int>(), none["oldEnd"]!.GetValue<string>()).Should().Be((0, end));
        Directory.Delete(strangers, recursive: true);
    }

    [Fact]
    public async Task Keep_TransactionPreparedBeforeAndCommittedBeyondTheFork_IsListedByItsOwnNumber()
    {
        await using var server = await PostgresServer.StartNewAsync("max_prepared_transactions = 5");
        await server.ExecuteAsync("CREATE TABLE t (n int)");
        await PreparedAsync(server, "first");
        await PreparedAsync(server, "second");
        var numbers = await server.ScalarAsync<string>("SELECT string_agg(transaction::text, ' ' ORDER BY gid) FROM pg_prepared_xacts");
        var fork = await server.ScalarAsync<string>("SELECT pg_current_wal_insert_lsn()::text");

        // By sessions without a transaction of their own: the records name none in their heads.
        await server.ExecuteAsync("COMMIT PREPARED 'first'", "INSERT INTO t VALUES (3)", "COMMIT PREPARED 'second'");
        await AskAsync(server, "fence", "dro-1", "20");
        var kept = await AskAsync(server, "keep", "dro-1", fork, "1");

        var facts = kept.Should().BeOfType<HostAnswer.Said>(kept.Reason).Subject.Facts;
        facts["commits"]!.GetValue<int>().Should().Be(3);
        var listed = facts["reconciliation"]!.AsArray();
        listed.Select(one => one!["xid"]!.ToString()).Should().Contain(numbers.Split(' ')).And.OnlyHaveUniqueItems();
        listed.Select(one => one!["at"]!.ToString()).Should().OnlyContain(at => at.StartsWith("20", StringComparison.Ordinal));
    }

    /// <summary>Its coordinator has been told that it is prepared, and may have decided: whoever goes on without it has lost it as surely as a commit.</summary>
    [Fact]
    public async Task Keep_TransactionPreparedBeyondTheForkAndNotEnded_IsListed()
    {
        const string Odd = "branch 7, desc: COMMIT 2\"x: 2";
        await using var server = await PostgresServer.StartNewAsync("max_prepared_transactions = 5");
        await server.ExecuteAsync("CREATE TABLE t (n int)");
        await PreparedAsync(server, "before");
        var fork = await server.ScalarAsync<string>("SELECT pg_current_wal_insert_lsn()::text");

        await PreparedAsync(server, Odd);
        await PreparedAsync(server, "rolled back");
        await PreparedAsync(server, "committed");
        var number = await server.ScalarAsync<string>($"SELECT transaction::text FROM pg_prepared_xacts WHERE gid = '{Odd}'");
        await server.ExecuteAsync("ROLLBACK PREPARED 'rolled back'", "COMMIT PREPARED 'committed'");
        await AskAsync(server, "fence", "dro-1", "20");
        var kept = await AskAsync(server, "keep", "dro-1", fork, "1");

        var facts = kept.Should().BeOfType<HostAnswer.Said>(kept.Reason).Subject.Facts;
        (facts["commits"]!.GetValue<int>(), facts["prepared"]!.GetValue<int>(), facts["complete"]!.GetValue<bool>()).Should().Be((1, 1, true), "the one of before the fork waits at the new primary, too");
        var listed = facts["undecided"]!.AsArray().Should().ContainSingle().Subject!;
        (listed["xid"]!.ToString(), listed["gid"]!.ToString()).Should().Be((number, Odd.Replace('"', '?')));
        listed["at"]!.ToString().Should().StartWith("20");
        LogSequence.Parse(listed["lsn"]!.ToString()).Should().NotBeNull();
    }

    [Fact]
    public async Task Fence_CleanOfAServerThatTakesLonger_ForcesNothing()
    {
        await using var server = await PostgresServer.StartNewAsync();
        await server.AddStandbyAsync("two");
        var sender = await server.BackendAsync("walsender");

        // A server ends only once its senders have: this one does not.
        await PostgresServer.SignalAsync("STOP", sender);
        var early = await AskAsync(server, "fence", "dro-1", "0", "clean");
        var meanwhile = Status(await AskAsync(server, "status"));
        await PostgresServer.SignalAsync("CONT", sender);
        var late = await AskAsync(server, "fence", "dro-1", "60", "clean");

        early.Should().BeOfType<HostAnswer.NotYet>().Which.Reason.Should().Contain("nothing was forced");
        meanwhile.Should().Match<HostStatus>(status => status.Running && !status.Fenced);
        Status(late).Should().Match<HostStatus>(status => status.IsHeldBy("dro-1") && status.End != null);
    }

    /// <summary>Killed, and somebody still has its memory whom no look at processes finds: behind its lock file, which a fence of a supervised server removes, nothing would tell of him.</summary>
    [Fact]
    public async Task Fence_OfAKilledServerWhoseMemorySomebodyStillHas_IsNoFence()
    {
        await using var server = await PostgresServer.StartNewAsync();
        var folder = await PostgresServer.NewFolderAsync("said");
        var memory = int.Parse(File.ReadAllLines(Path.Combine(server.DataFolder, "postmaster.pid"))[6].Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
        using (SharedMemory.Attach(memory))
        {
            await server.StandStillAsync();
            await RunAsync("/bin/sh", "-c", $"sh {Path.Combine(PostgresLab.Runbooks, "postgres-host.sh")} --inside --supervised --data {server.DataFolder} --bin {PostgresServer.Programs} fence dro-1 1 >{folder}/said; echo $? >>{folder}/said");
        }

        (await File.ReadAllTextAsync(Path.Combine(folder, "said"))).Should().Contain("processes of the server live on").And.EndWith("\n11\n");
        File.Exists(Path.Combine(server.DataFolder, "global", "pg_control")).Should().BeTrue("nothing was renamed");
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>As a kubelet or a service manager does, on a machine so busy that no look finds the moment between.</summary>
    [Fact]
    public async Task Fence_OfAServerThatIsStartedAgainAtOnce_EndsBoth()
    {
        await using var server = await PostgresServer.StartNewAsync();
        var first = server.Postmaster();
        await server.StandStillAsync();
        var slow = await PostgresServer.NewFolderAsync("slow");
        await PostgresServer.RunAsync("/bin/sh", "-c", $"printf '#!/bin/sh\nexec /bin/sleep 1\n' >{slow}/sleep && chmod 755 {slow} {slow}/sleep");
        var again = PostgresServer.RunAsync("/bin/sh", "-c", $"while kill -0 {first} 2>/dev/null; do :; done; for n in 1 2 3 4 5; do {PostgresServer.Programs}/postgres -D {server.DataFolder}; done 2>&1; exit 1");

        var fenced = await AskByAsync(["/usr/bin/env", $"PATH={slow}:/usr/sbin:/usr/bin:/sbin:/bin", "/bin/sh"], PostgresServer.Programs, server, server.StartCommand, "fence", ["dro-1", "1"]);

        Status(fenced).Should().Match<HostStatus>(status => status.IsHeldBy("dro-1") && !status.Running);
        await ((Func<Task>)(() => again)).Should().ThrowAsync<InvalidOperationException>("what came after it was killed, or found nothing to start on");
        Directory.Delete(slow, recursive: true);
    }

    [Fact]
    public async Task Release_FencedAnewWhileItWaits_IsRefused()
    {
        await using var server = await PostgresServer.StartNewAsync();
        await AskAsync(server, "fence", "dro-1", "20");
        var slow = await PostgresServer.NewFolderAsync("slow");
        await PostgresServer.RunAsync("/bin/sh", "-c", $"mkfifo {slow}/go && printf '#!/bin/sh\nread _ <{slow}/go\nexec /bin/sync \"$@\"\n' >{slow}/sync && chmod 755 {slow} {slow}/sync && chmod 666 {slow}/go");

        // Another attempt of the same step fences it, under the same mark, and is at work with the lock; a release that was sent late waits behind it.
        var fencing = AskByAsync(["/usr/bin/env", $"PATH={slow}:/usr/sbin:/usr/bin:/sbin:/bin", "/bin/sh"], PostgresServer.Programs, server, server.StartCommand, "fence", ["dro-1", "20"]);
        await PostgresServer.UntilAsync(async () => Status(await AskAsync(server, "status")).Busy);
        var late = AskAsync(server, "release", "dro-1", "start");
        await HostLock.UntilWaitedForAsync(server);
        await File.WriteAllTextAsync(Path.Combine(slow, "go"), "\n");
        var fenced = await fencing;
        var refused = await late;
        var inTime = await AskAsync(server, "release", "dro-1", "start");

        Status(fenced).IsHeldBy("dro-1").Should().BeTrue();
        refused.Should().BeOfType<HostAnswer.No>(refused.Reason).Which.Reason.Should().Be("it was fenced anew while this waited");
        Status(inTime).Running.Should().BeTrue("whoever asks now knows of that fence");
        Directory.Delete(slow, recursive: true);
    }

    [Fact]
    public async Task Rebuild_KilledWhileAnotherProgramWritesForIt_IsStillUnderWay()
    {
        await using var server = await PostgresServer.StartNewAsync();
        var end = Status(await AskAsync(server, "fence", "dro-1", "20")).End!.Value.ToString();
        (await AskAsync(server, "keep", "dro-1", end, "1")).Should().BeOfType<HostAnswer.Said>();
        var strangers = await ProgramsAsync(without: "pg_basebackup", instead: "echo $$ >${0%%/*}/writing.new; mv ${0%%/*}/writing.new ${0%%/*}/writing; exec sleep 60");
        await PostgresServer.RunAsync("/bin/chmod", "777", strangers);
        using var script = Process.Start(
            new ProcessStartInfo("/bin/sh", [Path.Combine(PostgresLab.Runbooks, "postgres-host.sh"), "--data", server.DataFolder, "--bin", strangers, "--inside", "rebuild", "dro-9", "dro-1", "basebackup", "127.0.0.1", "1", "d", "u", "disable", "old"])
            { RedirectStandardOutput = true })!;
        var writing = Path.Combine(strangers, "writing");
        await PostgresServer.UntilAsync(() => Task.FromResult(File.Exists(writing)));
        var program = int.Parse(await File.ReadAllTextAsync(writing), System.Globalization.CultureInfo.InvariantCulture);

        // As a time limit does that ends what it has started, and nothing of what that has: the script, and the part of it that waits for the program.
        foreach (var part in PartsDownTo(program, script.Id))
        {
            Process.GetProcessById(part).Kill();
        }

        await script.WaitForExitAsync();
        var meanwhile = Status(await AskAsync(server, "status"));
        await PostgresServer.RunAsync("/bin/kill", "-KILL", $"{program}");
        await PostgresServer.UntilAsync(async () => !Status(await AskAsync(server, "status")).Busy);

        meanwhile.Busy.Should().BeTrue("a second rebuild would take the folder away under it");
        Directory.Delete(strangers, recursive: true);
    }

    [Theory]
    [InlineData("rewind")]
    [InlineData("basebackup")]
    public async Task Rebuild_CutOffBetweenItsMoves_GoesOn_AndTheServersOwnFilesStayItsOwn(string method)
    {
        await using var old = await PostgresServer.StartNewAsync("wal_log_hints = on", "wal_keep_size = 64MB");
        await PostgresServer.RunAsync("/bin/sh", "-c", $"echo mine >{old.DataFolder}/server.crt; mkdir {old.DataFolder}/conf.d; echo '# mine' >{old.DataFolder}/conf.d/own.conf");
        var next = await old.AddStandbyAsync("next");
        await PostgresServer.RunAsync("/bin/sh", "-c", $"echo theirs >{next.DataFolder}/server.crt; echo '# theirs' >{next.DataFolder}/conf.d/own.conf");
        await PostgresServer.SignalAsync("STOP", await old.BackendAsync("walsender"));
        await old.ExecuteAsync("CREATE TABLE only_here (n int)");
        await AskAsync(old, "fence", "dro-1", "0");
        await next.ExecuteAsync("SELECT pg_promote()", "CHECKPOINT");
        var fork = Divergence.ForkOf(await next.ScalarAsync<string>("SELECT pg_read_file('pg_wal/00000002.history')"), 1)!.Value.ToString();
        string[] words = ["dro-9", "dro-1", method, "127.0.0.1", $"{next.Port}", "postgres", "postgres", "disable", "old"];
        (await AskAsync(old, "keep", "dro-1", fork, "1")).Should().BeOfType<HostAnswer.Said>();

        // What a power cut between the two moves leaves: the start fails, and then the new data stand beside, under no name that anything knows.
        var notStarted = await AskWithAsync(PostgresServer.Programs, old, start: "exit 1", "rebuild", words);
        await PostgresServer.RunAsync("/bin/mv", old.DataFolder, old.DataFolder + ".dro-new");
        var between = await AskWithAsync(null, old, "status");
        var again = await AskWithAsync(null, old, "rebuild", words);

        notStarted.Should().BeOfType<HostAnswer.NotYet>();
        Status(between).Should().Match<HostStatus>(status => !status.Running && status.Rebuilt == "dro-9");
        Status(again).Should().Match<HostStatus>(status => status.Running && status.Standby && status.Rebuilt == "dro-9");
        (await PostgresServer.RunAsync("/bin/cat", old.DataFolder + "/server.crt", old.DataFolder + "/conf.d/own.conf")).Should().Be("mine\n# mine\n");
    }

    [Fact]
    public async Task Check_WithoutPgWaldump_SaysSoBeforeItIsNeeded()
    {
        await using var server = await PostgresServer.StartNewAsync();
        var strangers = await ProgramsAsync(without: "pg_waldump", instead: "exit 127");

        var good = await AskAsync(server, "check");
        var bad = await AskWithAsync(strangers, server, "check");

        var whole = new PairBench(server).Estate.Databases[0];
        PostgresHostJudge.Judge(whole, good).Should().HaveCount(9).And.OnlyContain(result => result.Passed);
        PostgresHostJudge.Judge(whole, bad).Where(result => !result.Passed).Select(result => result.Check).Should().Equal("postgres-ready one pg_waldump");
        var little = good.Should().BeOfType<HostAnswer.Said>().Subject.Facts;
        little["freeKilobytes"] = 1;
        PostgresHostJudge.Judge(whole, new HostAnswer.Said(little)).Where(result => !result.Passed).Select(result => result.Check).Should().Equal("postgres-ready one room");
        PostgresHostJudge.Judge(whole, new HostAnswer.No("no verb")).Should().ContainSingle(result => !result.Passed);
        Directory.Delete(strangers, recursive: true);
    }

    private static async Task PreparedAsync(PostgresServer server, string name)
    {
        await using var connection = new Npgsql.NpgsqlConnection(server.ConnectionString);
        await connection.OpenAsync();
        foreach (var statement in (string[])["BEGIN", "INSERT INTO t VALUES (1)", $"PREPARE TRANSACTION '{name}'"])
        {
            await using var command = new Npgsql.NpgsqlCommand(statement, connection);
            await command.ExecuteNonQueryAsync();
        }
    }

    private static HostStatus Status(HostAnswer answer) => HostStatus.From(answer.Should().BeOfType<HostAnswer.Said>(answer.Reason).Subject.Facts);

    private static Task<HostAnswer> AskAsync(PostgresServer server, string verb, params string[] words) => AskWithAsync(PostgresServer.Programs, server, server.StartCommand, verb, words);

    private static Task<HostAnswer> AskWithAsync(string? programs, PostgresServer server, string verb, params string[] words) => AskWithAsync(programs, server, server.StartCommand, verb, words);

    /// <param name="programs">Folder of PostgreSQL's programs; null where the script finds it.</param>
    private static Task<HostAnswer> AskWithAsync(string? programs, PostgresServer server, string start, string verb, string[] words) => AskByAsync(["/bin/sh"], programs, server, start, verb, words);

    private static async Task<HostAnswer> AskByAsync(string[] shell, string? programs, PostgresServer server, string start, string verb, string[] words) => HostAnswer.Of(
        verb,
        await ProgramRun.RunAsync(
            shell[0],
            [.. shell[1..], Path.Combine(PostgresLab.Runbooks, "postgres-host.sh"), "--data", server.DataFolder, .. programs is null ? [] : new[] { "--bin", programs }, "--inside", "--start", start, verb, .. words],
            new Dictionary<string, string>(),
            TimeProvider.System,
            default));

    /// <summary>A folder like that of PostgreSQL's programs, with another one in the place of one of them.</summary>
    private static async Task<string> ProgramsAsync(string without, string instead)
    {
        var folder = await PostgresServer.NewFolderAsync("bin");
        await PostgresServer.RunAsync("/bin/sh", "-c", $"ln -s {PostgresServer.Programs}/* {folder}/ && rm {folder}/{without} && printf '#!/bin/sh\n{instead}\n' >{folder}/{without} && chmod 755 {folder} {folder}/{without}");
        return folder;
    }

    /// <summary>The script and the parts of it that are processes of their own, down to the program that it has started.</summary>
    private static List<int> PartsDownTo(int program, int script)
    {
        var parts = new List<int>();
        for (var at = program; at != script;)
        {
            var stat = File.ReadAllText($"/proc/{at}/stat");
            parts.Add(at = int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture));
        }

        return parts;
    }

    private static async Task RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments))!;
        await process.WaitForExitAsync();
        process.ExitCode.Should().Be(0);
    }
}
