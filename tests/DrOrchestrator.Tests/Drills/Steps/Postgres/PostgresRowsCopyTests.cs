using System.Diagnostics;
using DrOrchestrator.Commands;
using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Drills.Steps.Postgres;
using DrOrchestrator.Testing.Postgres;

namespace DrOrchestrator.Tests.Drills.Steps.Postgres;

/// <summary>The copy of a whole server that the host's script makes to read rows from: it is no second server, fills no disk, and does not stay.</summary>
public sealed class PostgresRowsCopyTests : IAsyncLifetime
{
    private const string Table = "public.entries/id/amount/holder";

    private PostgresServer _server = null!;
    private string _folder = null!;
    private string _fork = null!;
    private bool _sparesAsAlways;

    private string Copy => _server.DataFolder + ".dro-reading";

    public async Task InitializeAsync()
    {
        _server = await PostgresServer.StartNewAsync("autovacuum = off");
        await _server.ExecuteAsync("CREATE TABLE entries (id int PRIMARY KEY, amount int, holder text)", "CHECKPOINT");
        _fork = await _server.ScalarAsync<string>("SELECT pg_current_wal_insert_lsn()::text");
        await _server.ExecuteAsync("INSERT INTO entries VALUES (1, 10, 'ann')");
        (await AskAsync("fence", "dro-1", "20")).Should().BeOfType<HostAnswer.Said>();
        (await AskAsync("keep", "dro-1", _fork, "1")).Should().BeOfType<HostAnswer.Said>();
        _folder = await PostgresServer.NewFolderAsync("bin");
    }

    public async Task DisposeAsync()
    {
        // Nobody goes on waiting to be written to.
        await PostgresServer.RunAsync("/bin/sh", "-c", $"[ ! -p {_folder}/go ] || echo go 1<>{_folder}/go");
        await _server.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData("KILL")]
    [InlineData("TERM")]
    public async Task Rows_EndedInTheMiddle_LeavesNoCopyBehind(string signal)
    {
        using var reading = await ReadingAsync();

        var during = await StatusAsync();
        var start = () => PostgresServer.RunAsync("pg_ctl", "start", "-D", Path.Combine(Copy, "data"), "-w", "-t", "5", "-l", Path.Combine(_folder, "log"));
        await start.Should().ThrowAsync<InvalidOperationException>("the copy has no settings to start with");
        await SignalAsync(reading, signal);
        if (signal == "KILL")
        {
            var meanwhile = await StatusAsync();
            (meanwhile.Flag("busy"), meanwhile.Text("left")).Should().Be((false, ""), "the process that reads holds the copy's lock");
            Directory.Exists(Copy).Should().BeTrue();
            await PostgresServer.RunAsync("/bin/sh", "-c", $": >{_folder}/go");
        }

        await PostgresServer.UntilAsync(() => Task.FromResult(!Directory.Exists(Copy)));
        (during.Flag("busy"), during.Text("left")).Should().Be((false, ""), "a reading changes nothing: nobody waits for it");
    }

    [Theory]
    [InlineData("release dro-1 start", false, typeof(HostAnswer.Said))]
    [InlineData("release dro-1 start", true, typeof(HostAnswer.Said))]
    [InlineData("fence dro-1 20", false, typeof(HostAnswer.Said))]
    [InlineData("rebuild dro-2 dro-1 basebackup 127.0.0.1 1 postgres nobody disable two", false, typeof(HostAnswer.NotYet))]
    public async Task Rows_ChangeOfTheHostWhileTheyAreRead_EndsThemAndDoesNotWait(string change, bool isLeftAlone, Type outcome)
    {
        // Whoever began to read is dead, and what reads hears no request.
        using var reading = await ReadingAsync(isLeftAlone ? "trap '' TERM" : ":");
        if (isLeftAlone)
        {
            await SignalAsync(reading, "KILL");
        }

        var words = change.Split(' ');
        var answer = await AskAsync(words[0], words[1..]);

        answer.Should().BeOfType(outcome, answer.Reason);
        await PostgresServer.UntilAsync(() => Task.FromResult(!Directory.Exists(Copy)));
        await reading.WaitForExitAsync();
        reading.ExitCode.Should().NotBe(0);
        if (words[0] == "release")
        {
            (await _server.ScalarAsync<int>("SELECT 1")).Should().Be(1);
        }
    }

    [Fact]
    public async Task Rows_FenceThatIsSetAnewWhileTheDataAreCopied_AreNotRead()
    {
        await InsteadAsync("cp", $"/bin/cp \"$@\"; touch -a {_server.DataFolder}/global/pg_control.dro-fence.dro-1");

        var answer = await AskAsync("rows", Words());

        answer.Should().BeOfType<HostAnswer.NotYet>().Which.Reason.Should().Be("the fence was changed while the data were copied");
        Directory.Exists(Copy).Should().BeFalse();
    }

    [Fact]
    public async Task Rows_WhileOthersAreRead_AreRefused()
    {
        using var reading = await ReadingAsync();
        await InsteadAsync("flock", "shift 2; exec /usr/bin/flock -n \"$@\"");

        var answer = await AskAsync("rows", Words());

        answer.Should().BeOfType<HostAnswer.No>().Which.Reason.Should().Be("another reading is under way here");
        Directory.Exists(Copy).Should().BeTrue();
        await SignalAsync(reading, "TERM");
    }

    [Fact]
    public async Task Rows_CopyThatAPowerCutLeft_IsNamedAndGoesWithTheNextReading()
    {
        await PostgresServer.RunAsync("/bin/sh", "-c", $"mkdir -p {Copy}/data/global && : >{Copy}/data/global/pg_control");

        var (status, check) = (await StatusAsync(), await AskAsync("check"));
        var rows = await AskAsync("rows", Words());
        var (after, checkAfter) = (await StatusAsync(), await AskAsync("check"));

        status.Text("left").Should().Be(Copy);
        var bad = PostgresHostJudge.Judge(new PairBench(_server).Estate.Databases[0], check).Single(result => result.Check == "postgres-ready one copy for reading");
        (bad.Passed, bad.Value).Should().Be((false, $"{Copy} was left behind by force"));
        rows.Should().BeOfType<HostAnswer.Said>(rows.Reason);
        after.Text("left").Should().BeEmpty();
        PostgresHostJudge.Judge(new PairBench(_server).Estate.Databases[0], checkAfter).Single(result => result.Check == "postgres-ready one copy for reading").Passed.Should().BeTrue();
        Directory.Exists(Copy).Should().BeFalse();
    }

    [Fact]
    public async Task Rows_WhereTheCopyWouldLeaveTooLittleRoom_IsRefused()
    {
        var size = await SizeAsync(_server.DataFolder);

        // As much as the data, and a tenth of a GB: what it leaves free unless it is told otherwise is more.
        _sparesAsAlways = true;
        await InsteadAsync("df", $"echo head; echo /dev/x 1 1 {size + 100_000} 1% /");

        var refused = await AskAsync("rows", Words());

        refused.Should().BeOfType<HostAnswer.No>().Which.Reason.Should().Contain("there is no room for a copy of the data").And.Contain($"{size + 100_000} KiB are free");
        Directory.Exists(Copy).Should().BeFalse();
    }

    [Theory]
    [InlineData(true, typeof(HostAnswer.Said))]
    [InlineData(false, typeof(HostAnswer.No))]
    public async Task Rows_WhereTheFileSystemSharesWhatIsCopied_NeedRoomOnlyForWhatTheLogReaches(bool shares, Type outcome)
    {
        var (size, log) = (await SizeAsync(_server.DataFolder), await SizeAsync(Path.Combine(_server.DataFolder, "pg_wal")));
        await InsteadAsync("df", $"echo head; echo /dev/x 1 1 {(3 * log) + (size / 10) + 5000} 1% /");
        await InsteadAsync("cp", $"if [ \"$1\" = --reflink=always ]; then shift; {(shares ? ":" : "exit 1")}; fi; exec /bin/cp \"$@\"");

        var answer = await AskAsync("rows", Words());

        answer.Should().BeOfType(outcome, answer.Reason);
        Directory.Exists(Copy).Should().BeFalse();
    }

    [Theory]
    [InlineData("4294967294", "9", 10)]
    [InlineData("4294967294", "4294967290", 4294967294)]
    [InlineData("2", "4294967290", 0)]
    public async Task Rows_WhereTheNumbersOfTransactionsBeginAnew_KnowsWhichCameFirst(string running, string other, long next)
    {
        // The list and the log as they are around that: transactions 4294967295 and 9, behind a moment in which the next number was another.
        var list = Path.Combine(_server.DataFolder + ".dro", "dro-1", "wal-beyond-fork.txt");
        var commit = (await File.ReadAllLinesAsync(list)).Single(line => line.Contains("desc: COMMIT", StringComparison.Ordinal));
        var xid = System.Text.RegularExpressions.Regex.Match(commit, " tx: *([0-9]+),").Groups[1].Value;
        await File.WriteAllTextAsync(list, $"{commit.Replace($" {xid},", " 9,", StringComparison.Ordinal)}\n{commit.Replace($" {xid},", " 4294967295,", StringComparison.Ordinal)}\n");
        await InsteadAsync("pg_waldump", $"echo 'rmgr: Standby len (rec/tot): 50/50, tx: 0, lsn: 0/1, desc: RUNNING_XACTS nextXid {running} latestCompletedXid 1'; echo 'rmgr: Heap len (rec/tot): 50/50, tx: {other}, lsn: 0/1, desc: LOCK off 1'");

        var said = await AskAsync("rows", Words());

        said.Should().BeOfType<HostAnswer.Said>(said.Reason).Which.Facts.Number("nextXid").Should().Be(next);
    }

    [Theory]
    [InlineData(5, "public.entries/id//\n'; COPY (SELECT 1) TO PROGRAM 'id", "is no table with its key")]
    [InlineData(5, "public.entries/id//\n", "is no table with its key")]
    [InlineData(5, "public.entries/id/amount", "is no table with its key")]
    [InlineData(5, "entries/id//", "is no table with its key")]
    [InlineData(3, "-cshared_preload_libraries:x", "is no name of a database")]
    [InlineData(3, "a b", "is no plain word")]
    [InlineData(4, "0A'", "the salt is none")]
    public async Task Rows_WordThatIsMoreThanAWord_IsRefusedBeforeAnythingIsDone(int at, string word, string reason)
    {
        var words = Words();
        words[at] = word;

        var refused = await AskAsync("rows", words);

        refused.Should().BeOfType<HostAnswer.No>().Which.Reason.Should().Contain(reason);
    }

    /// <summary>Rows are being read: by a server that goes on only when it is written to.</summary>
    private async Task<Process> ReadingAsync(string first = ":")
    {
        await InsteadAsync("postgres", $"{first}; : >{_folder}/reads; read -r _ <{_folder}/go");
        await PostgresServer.RunAsync("/bin/sh", "-c", $"mkfifo {_folder}/go; chmod 666 {_folder}/go; chmod 777 {_folder}");
        var reading = Process.Start(new ProcessStartInfo("/bin/sh", Script("rows", Words())) { RedirectStandardOutput = true, Environment = { ["DRO_SPARE"] = PairEstate.Spare } })!;
        await PostgresServer.UntilAsync(() => Task.FromResult(File.Exists(Path.Combine(_folder, "reads"))));
        return reading;
    }

    private static async Task SignalAsync(Process process, string signal)
    {
        using var kill = Process.Start("/bin/kill", [$"-{signal}", $"{process.Id}"]);
        await kill.WaitForExitAsync();
        await process.WaitForExitAsync();
    }

    private string[] Words() => ["dro-1", _fork, "1", "postgres", "0a", Table];

    private string[] Script(string verb, string[] words) =>
        [Path.Combine(PostgresLab.Runbooks, "postgres-host.sh"), "--data", _server.DataFolder, "--bin", File.Exists(Path.Combine(_folder ?? "", "pg_ctl")) ? _folder! : PostgresServer.Programs, "--inside", verb, .. words];

    private async Task<System.Text.Json.Nodes.JsonObject> StatusAsync() => (await AskAsync("status")).Should().BeOfType<HostAnswer.Said>().Which.Facts;

    private async Task<HostAnswer> AskAsync(string verb, params string[] words) => HostAnswer.Of(
        verb,
        await ProgramRun.RunAsync("/bin/sh", Script(verb, words), new Dictionary<string, string> { ["PATH"] = $"{_folder}:{Environment.GetEnvironmentVariable("PATH")}", ["DRO_SPARE"] = _sparesAsAlways ? "" : PairEstate.Spare }, TimeProvider.System, default));

    private static async Task<long> SizeAsync(string folder) =>
        long.Parse((await PostgresServer.RunAsync("/usr/bin/du", "-sk", folder)).Split('\t')[0], System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>From now on the script finds PostgreSQL's programs in a folder where another one stands in the place of one of them, or of one of the system's.</summary>
    private async Task InsteadAsync(string program, string lines) => await PostgresServer.RunAsync(
        "/bin/sh", "-c", $"ln -s {PostgresServer.Programs}/* {_folder}/; rm -f {_folder}/{program}; printf '#!/bin/sh\\n%s\\n' \"$1\" >{_folder}/{program} && chmod 755 {_folder} {_folder}/{program}", "sh", lines);
}
