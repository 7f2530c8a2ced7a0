using System.Globalization;
using System.Runtime.Versioning;
using DrOrchestrator.Commands;
using DrOrchestrator.Estates;
using DrOrchestrator.RecoveryPoints;
using DrOrchestrator.RecoveryPoints.Moments;
using DrOrchestrator.Testing.Postgres;
using DrOrchestrator.Time;

namespace DrOrchestrator.Tests.RecoveryPoints.Moments;

/// <summary>pgbackrest and restic as installed, with real repositories; and what their output may hold that is not easily made.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class ProgramMomentReaderTests
{
    private const string PgBackRest = "/usr/bin/pgbackrest";
    private const string Restic = "/usr/bin/restic";

    private static readonly ProcessClock Clock = new(TimeProvider.System);
    private static readonly MomentPrograms Programs = new(new AllowedCommands([PgBackRest, Restic]), Clock);

    [Fact]
    public async Task PgBackRest_RealRepository_RepresentsTheBeginningOfTheBackup()
    {
        var folder = await PostgresServer.NewFolderAsync("br");
        var config = Path.Combine(folder, "pgbackrest.conf");
        await using var server = await PostgresServer.StartNewAsync(
            $"unix_socket_directories = '{folder}'", "archive_mode = on", $"archive_command = '{PgBackRest} --config={config} --stanza=main archive-push %p'");
        try
        {
            string[] lines =
            [
                "[global]", $"repo1-path={folder}/repo", $"log-path={folder}/log", $"lock-path={folder}/lock", "compress-type=none", "start-fast=y", "repo1-retention-full=2", "log-level-file=off",
                "[main]", $"pg1-path={server.DataFolder}", string.Create(CultureInfo.InvariantCulture, $"pg1-port={server.Port}"), $"pg1-socket-path={folder}", "pg1-user=postgres",
            ];
            await PostgresServer.RunAsync("/bin/sh", "-c", "printf '%s\\n' \"$2\" > \"$1\"", "sh", config, string.Join('\n', lines));

            // The server itself reads one of its own: what somebody else's account may change is not handed to a program.
            var own = Path.Combine(AppContext.BaseDirectory, $"pgbackrest-{Guid.NewGuid():N}.conf");
            File.Copy(config, own);
            var settings = new PgBackRestPointSettings("dr", PgBackRest, "main", own, null, null, 16);
            Reason(await ReadAsync(settings with { Config = config })).Should().MatchRegex("may write|belongs to somebody else");

            (await ReadAsync(settings)).Should().BeOfType<MomentResult.Empty>().Which.Reason.Should().Contain("main");
            await PostgresServer.RunAsync(PgBackRest, $"--config={config}", "--stanza=main", "stanza-create");
            (await ReadAsync(settings)).Should().BeOfType<MomentResult.Empty>().Which.Reason.Should().Be("pgbackrest says of stanza main: no valid backups");

            var before = await NowAsync(server);
            await PostgresServer.RunAsync(PgBackRest, $"--config={config}", "--stanza=main", "--type=full", "backup");
            var after = await NowAsync(server);
            var read = (await ReadAsync(settings)).Should().BeOfType<MomentResult.Read>().Which;

            read.Represents.Should().BeOnOrAfter(before).And.BeBefore(after);
            read.What.Should().MatchRegex(@"^backup \d{8}-\d{6}F$");
            read.Notes.Should().HaveCount(2).And.Contain(note => note.StartsWith("the archive reaches segment 0000000100000000"));
            (await ReadAsync(settings with { Log = "ledger-log" })).Should().BeOfType<MomentResult.Read>().Which.LogEnd!.Epoch.Should().Be(1);
            (await ReadAsync(settings with { Stanza = "other" })).Should().BeOfType<MomentResult.Empty>();
        }
        finally
        {
            await server.StopAsync("immediate");
            Directory.GetFiles(AppContext.BaseDirectory, "pgbackrest-*.conf").ToList().ForEach(File.Delete);
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [InlineData("""[]""", "pgbackrest knows no stanza main")]
    [InlineData("""[{"name":"main","status":{"code":99,"message":"other"},"backup":[],"archive":[]}]""", "pgbackrest says of stanza main: other")]
    [InlineData("""[{"name":"main","status":{"code":0,"message":"ok"},"backup":[],"archive":[]}]""", "stanza main has no backup")]
    [InlineData("""[{"name":"main","status":{"code":0,"message":"ok"},"archive":[],"backup":[{"error":true,"label":"A","database":{"id":1},"timestamp":{"start":1,"stop":2}}]}]""", "every backup of stanza main has page checksum errors")]
    [InlineData("""{"name":"main"}""", "the output of pgbackrest is not that of 'info --output=json': *")]
    [InlineData("WARN: something", "the output of pgbackrest is not that of 'info --output=json': *")]
    public void PgBackRest_NothingThatCounts_SaysWhy(string output, string reason) =>
        Reason(PgBackRestMomentReader.Read(output, new PgBackRestPointSettings("dr", PgBackRest, "main", null, null, null, 16), Clock.Now)).Should().Match(reason);

    [Fact]
    public void PgBackRest_SeveralBackupsAndArchives_TakesTheNewestGoodOneAndItsOwnArchive()
    {
        const string Output = """
            [{"name":"main","status":{"code":0,"message":"ok"},
              "archive":[{"database":{"id":1,"repo-key":1},"id":"14-1","max":"0000000900000000000000FF"},
                         {"database":{"id":2,"repo-key":1},"id":"15-2","max":"0000000200000001000000FE"}],
              "backup":[{"label":"OLD","error":null,"database":{"id":1,"repo-key":1},"timestamp":{"start":1772200000,"stop":1772200100}},
                        {"label":"GOOD","error":false,"database":{"id":2,"repo-key":1},"timestamp":{"start":1772352000,"stop":1772352600}},
                        {"label":"BAD","error":true,"database":{"id":2,"repo-key":1},"timestamp":{"start":1772355000,"stop":1772355600}}]}]
            """;

        var read = (MomentResult.Read)PgBackRestMomentReader.Read(Output, new PgBackRestPointSettings("dr", PgBackRest, "main", null, null, "ledger-log", 16), Clock.Now);

        read.Represents.Should().Be(DateTimeOffset.FromUnixTimeSeconds(1772352000));
        read.What.Should().Be("backup GOOD");
        read.LogEnd.Should().Be(new LogEnd("ledger-log", 2, 0x1_FF00_0000));
    }

    [Fact]
    public async Task Restic_RealRepository_RepresentsTheBeginningOfTheNewestSnapshotThatFits()
    {
        var folder = Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, "work", Guid.NewGuid().ToString("N"))).FullName;
        try
        {
            var (password, repository) = (Path.Combine(folder, "password"), Path.Combine(folder, "repo"));
            await File.WriteAllTextAsync(password, "not-to-be-seen\n");
            var settings = new ResticPointSettings("dr", Restic, repository, new SecretReference.File(password), [], null, null, new Dictionary<string, SecretReference>());

            Reason(await ReadAsync(settings)).Should().StartWith("/usr/bin/restic ended with ").And.NotContain("not-to-be-seen");
            await RunResticAsync("init");
            Reason(await ReadAsync(settings)).Should().Be("the repository has no snapshot that fits");
            await RunResticAsync("backup", "--time", "2026-03-01 02:00:00", "--tag", "ledger", password);
            await RunResticAsync("backup", "--time", "2026-03-02 02:00:00", "--tag", "cards", password);

            (await ReadAsync(settings)).Should().BeOfType<MomentResult.Read>().Which.Represents.Should().Be(new DateTimeOffset(2026, 3, 2, 2, 0, 0, TimeSpan.Zero));
            (await ReadAsync(settings with { Tags = ["ledger"] })).Should().BeOfType<MomentResult.Read>().Which.Represents.Should().Be(new DateTimeOffset(2026, 3, 1, 2, 0, 0, TimeSpan.Zero));
            (await ReadAsync(settings with { Path = password })).Should().BeOfType<MomentResult.Read>();
            Reason(await ReadAsync(settings with { Host = "elsewhere" })).Should().Be("the repository has no snapshot that fits");
            await File.WriteAllTextAsync(password, "wrong\n");
            Reason(await ReadAsync(settings)).Should().StartWith("/usr/bin/restic ended with ").And.NotContain("not-to-be-seen");
            File.Delete(password);
            Reason(await ReadAsync(settings)).Should().StartWith("the password of the repository is missing: the file ");

            async Task RunResticAsync(params string[] arguments) => (await ProgramRun.RunAsync(
                Restic,
                arguments,
                new Dictionary<string, string> { ["RESTIC_REPOSITORY"] = repository, ["RESTIC_PASSWORD"] = "not-to-be-seen", ["RESTIC_CACHE_DIR"] = Path.Combine(folder, "cache"), ["TZ"] = "UTC" },
                TimeProvider.System,
                default)).Should().BeOfType<ProgramResult.Ended>().Which.ExitCode.Should().Be(0);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task PgBackRest_ConfigurationThatOthersMayWrite_IsAskedBeforeEveryRun()
    {
        var config = Path.Combine(AppContext.BaseDirectory, $"config-{Guid.NewGuid():N}");
        var settings = new PgBackRestPointSettings("dr", PgBackRest, "main", config, null, null, 16);
        Reason(await ReadAsync(settings)).Should().Be($"there is no configuration file {config}");
        try
        {
            await File.WriteAllTextAsync(config, $"[global]\nrepo1-path={config}-repo\nlog-level-file=off\n[main]\npg1-path=/none\n");
            File.SetUnixFileMode(config, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            (await ReadAsync(settings)).Should().BeOfType<MomentResult.Empty>();

            File.SetUnixFileMode(config, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherWrite);

            Reason(await ReadAsync(settings)).Should().Be($"everybody may write {config}; take that right away");
            File.CreateSymbolicLink(config + "-link", config);
            Reason(await ReadAsync(settings with { Config = config + "-link" })).Should().Be($"{config}-link is a link to {config}; name the file itself");
        }
        finally
        {
            File.Delete(config);
            File.Delete(config + "-link");
        }
    }

    [Fact]
    public async Task Program_NotAllowedByTheServer_IsNotStarted()
    {
        var settings = new ResticPointSettings("dr", "/usr/bin/env", "r", new SecretReference.Env("PATH"), [], null, null, new Dictionary<string, SecretReference>());

        Reason(await ReadAsync(settings)).Should().StartWith("the program /usr/bin/env is not allowed by this server");
    }

    [Theory]
    [InlineData("null", "the repository has no snapshot that fits")]
    [InlineData("[{}]", "the output of restic is not that of 'snapshots --json': *")]
    [InlineData("Fatal", "the output of restic is not that of 'snapshots --json': *")]
    public void Restic_OtherOutput_SaysWhy(string output, string reason) => Reason(ResticMomentReader.Read(output, Clock.Now)).Should().Match(reason);

    private static string Reason(MomentResult result) => result switch
    {
        MomentResult.Empty empty => empty.Reason,
        MomentResult.Failed failed => failed.Reason,
        _ => $"{result}",
    };

    private static async Task<DateTimeOffset> NowAsync(PostgresServer server) =>
        DateTimeOffset.FromUnixTimeSeconds(await server.ScalarAsync<long>("SELECT floor(extract(epoch FROM clock_timestamp()))::bigint"));

    private static Task<MomentResult> ReadAsync(MomentSettings settings)
    {
        IMomentReader reader = settings is ResticPointSettings ? new ResticMomentReader(Programs, Clock) : new PgBackRestMomentReader(Programs, Clock);
        return reader.ReadAsync(new RecoveryPointDefinition("x", "s", TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(60), settings), default);
    }
}
