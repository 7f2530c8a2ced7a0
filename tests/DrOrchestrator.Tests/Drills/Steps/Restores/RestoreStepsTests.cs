using System.Globalization;
using System.Text.Json.Nodes;
using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Testing.Postgres;
using DrOrchestrator.Time;

namespace DrOrchestrator.Tests.Drills.Steps.Restores;

/// <summary>Real base backups, restored by the product's own script into real servers, looked into and removed.</summary>
public sealed class RestoreStepsTests
{
    private const string Checks = """
        {"postings":{"sql":"SELECT count(*) FROM postings WHERE written_at <= $1","as-source":true},"not-empty":{"sql":"SELECT count(*) FROM postings","at-least":20}}
        """;

    private const string Newest = ""","newest":"SELECT max(written_at) FROM postings","newest-within":"5m" """;

    [Fact]
    public async Task RestoreCheckRemove_OfAWholeBackup_IsMeasuredComparedWithTheSourceAndProvedGone()
    {
        await using var bench = await RestoreBench.StartAsync();
        var before = TimeProvider.System.GetUtcNow().AddSeconds(-1);
        await bench.BackUpAsync();
        bench.Claimed = before;
        await bench.Source.ExecuteAsync("INSERT INTO postings VALUES (1000, now() + interval '1 minute')");

        var (outcome, intent, context) = await bench.RestoreAsync("""{"place":"scratch","recovery-point":"backups","at-most":"1h"}""");
        var restored = outcome.Should().BeOfType<StepOutcome.Done>((outcome as StepOutcome.Failed)?.Reason).Which.Outputs;
        var again = (await bench.Restoring.ExecuteAsync(context, intent, default)).Should().BeOfType<StepOutcome.Done>().Which.Outputs;
        var observed = await bench.Restoring.ObserveAsync(context, intent, default);
        var looked = await bench.CheckAsync(Checks, Newest);
        var removed = (await bench.RemoveAsync()).Should().BeOfType<StepOutcome.Done>().Which.Outputs;
        var after = await bench.Restoring.ObserveAsync(context, intent, default);

        restored["backup"]!.ToString().Should().Be("base-1");
        restored["verified"]!.GetValue<bool>().Should().BeTrue();
        DateTimeOffset.Parse(restored["represents"]!.ToString(), CultureInfo.InvariantCulture).Should().BeOnOrAfter(before.AddSeconds(-1)).And.BeOnOrBefore(intent.Moment("asked")!.Value);
        again["backup"]!.ToString().Should().Be("base-1", "the same mark is the same restore");
        observed.Answer.Should().Be(ObservedAnswer.Happened);
        var checks = looked.Should().BeOfType<StepOutcome.Done>((looked as StepOutcome.Failed)?.Reason).Which;
        checks.Outputs["checks"]!.ToJsonString().Should().Be("""{"postings":{"restored":"20","source":"20"},"not-empty":{"restored":"20"}}""");
        checks.Objects!.Should().ContainSingle().Which.Name.Should().Be("restore-checks.json");
        removed.ToJsonString().Should().Be("""{"mark":"dro-7-restore-1","processes":0,"folder":"absent","port":"refused"}""");
        after.Answer.Should().Be(ObservedAnswer.CannotHappenAnyMore);
        Directory.EnumerateFileSystemEntries(bench.Scratch).Should().BeEmpty();
    }

    [Theory]
    [InlineData("truncated", "the backup base-1 does not match its manifest: \"base/*\" has size *")]
    [InlineData("changed", "the backup base-1 does not match its manifest: checksum mismatch for file \"base/*")]
    [InlineData("missing", "the backup base-1 does not match its manifest: \"base/*\" is present in the manifest but not on disk")]
    [InlineData("no-manifest", "the backup base-1 has no backup_manifest: nothing shows that it is whole")]
    [InlineData("no-label", "there is no base backup in *")]
    [InlineData("no-time", "of which moment the backup base-1 is cannot be told: its label has no START TIME*")]
    [InlineData("no-log", "the backup base-1 does not match its manifest: *could not find any WAL file*")]
    public async Task Restore_OfABackupThatIsNotWhole_IsRefusedInItsOwnWordsAndLeavesNothing(string damage, string reason)
    {
        await using var bench = await RestoreBench.StartAsync();
        await bench.BackUpAsync();
        await DamageAsync(bench, damage);

        var (outcome, _, _) = await bench.RestoreAsync();

        outcome.Should().BeOfType<StepOutcome.Failed>().Which.Reason.Should().Match(reason);
        Directory.EnumerateFileSystemEntries(bench.Scratch).Should().BeEmpty();
    }

    [Fact]
    public async Task Restore_TooOldOrOlderThanTheRecoveryPointClaims_FailsAndIsRemoved()
    {
        await using var bench = await RestoreBench.StartAsync(settings: "log_timezone = 'Asia/Shanghai'");
        await bench.BackUpAsync();
        var label = Path.Combine(bench.Backups, "base-1", "backup_label");
        await PostgresServer.RunAsync("/bin/sed", "-i", "s/^START TIME: .*/START TIME: 2026-01-02 03:04:05 CST/", label);
        await PostgresServer.RunAsync("/bin/rm", Path.Combine(bench.Backups, "base-1", "backup_manifest"));
        bench.From = ["--fetch", $"cp -R {Path.Combine(bench.Backups, "base-1")}/."];

        var (tooOld, _, _) = await bench.RestoreAsync("""{"place":"scratch","at-most":"24h"}""");
        bench.Claimed = new DateTimeOffset(2026, 1, 3, 0, 0, 0, TimeSpan.Zero);
        var (notClaimed, _, _) = await bench.RestoreAsync("""{"place":"scratch","recovery-point":"backups"}""");

        tooOld.Should().BeOfType<StepOutcome.Failed>().Which.Reason.Should().Match("the newest backup fetched is of 2026-01-01T19:04:05*Z: * would be lost, 1d is allowed", "CST is China's here, by the server's log_timezone");
        notClaimed.Should().BeOfType<StepOutcome.Failed>().Which.Reason.Should().Match("the recovery point claims a backup of 2026-01-03T00:00:00*, the newest that can be restored, fetched, is of 2026-01-01T19:04:05*");
        Directory.EnumerateFileSystemEntries(bench.Scratch).Should().BeEmpty("what does not do is not left standing");
    }

    /// <summary>As pgBackRest writes it: without hot_standby the server would pause there, which is to end.</summary>
    [Fact]
    public async Task Restore_WithATargetInItsSettings_GoesToTheEndOfTheLogItHas()
    {
        await using var bench = await RestoreBench.StartAsync();
        await bench.BackUpAsync();
        await PostgresServer.RunAsync("/bin/sh", "-c", "echo \"recovery_target = 'immediate'\" >> \"$1/postgresql.auto.conf\"", "sh", Path.Combine(bench.Backups, "base-1"));
        bench.More = ["--wal", "false"];

        var (outcome, _, _) = await bench.RestoreAsync();

        outcome.Should().BeOfType<StepOutcome.Done>((outcome as StepOutcome.Failed)?.Reason);
        (await bench.RemoveAsync()).Should().BeOfType<StepOutcome.Done>();
    }

    [Fact]
    public async Task Check_ContentThatIsNotThere_SaysEachAndKeepsTheAnswers()
    {
        await using var bench = await RestoreBench.StartAsync();
        await bench.BackUpAsync();

        // A posting of before the backup that the backup has not: lost by whoever made it.
        await bench.Source.ExecuteAsync("INSERT INTO postings VALUES (500, now() - interval '30 seconds' - interval '1 minute')");
        await bench.RestoreAsync();

        var failed = (await bench.CheckAsync(
            """{"postings":{"sql":"SELECT count(*) FROM postings WHERE written_at <= $1","as-source":true},"fixed":{"sql":"SELECT 1","expect":"2"},"least":{"sql":"SELECT 3","at-least":4}}""",
            ""","newest":"SELECT max(written_at) - interval '1 day' FROM postings" """)).Should().BeOfType<StepOutcome.Failed>().Which;

        failed.Reason.Should().Match("the restored data are not what they should be: postings: restored is '20', the source has '21'; fixed: it says '1', '2' is expected; least: it says '3', at least 4 is expected; "
            + "the newest row is of *, * before *, the moment the backup claims; 5m is allowed");
        failed.Objects!.Should().ContainSingle();
    }

    [Fact]
    public async Task Check_OfAnotherServerAtThatPort_IsRefused()
    {
        await using var bench = await RestoreBench.StartAsync();
        await bench.BackUpAsync();
        await bench.RestoreAsync();
        bench.Outputs["restore"]["mark"] = "dro-6-restore-1";

        (await bench.CheckAsync(Checks)).Should().BeOfType<StepOutcome.Failed>().Which.Reason.Should().Match("the server at scratch (127.0.0.1:*) works in '*dro-7-restore-1/data', not in the folder of dro-6-restore-1: it is another one");
    }

    [Fact]
    public async Task Restore_WhileSomethingListensAtItsPort_IsRefused()
    {
        await using var bench = await RestoreBench.StartAsync();
        await bench.BackUpAsync();
        bench.More = ["--port", $"{bench.Source.Port}"];

        var (outcome, _, _) = await bench.RestoreAsync();
        bench.More = [];

        outcome.Should().BeOfType<StepOutcome.Failed>().Which.Reason.Should().Contain("listens on port").And.Contain("already");
    }

    [Fact]
    public async Task Restored_AndNeverRemoved_GoesByItself()
    {
        await using var bench = await RestoreBench.StartAsync();
        await bench.BackUpAsync();
        bench.More = ["--at-most", "2"];

        var (outcome, _, _) = await bench.RestoreAsync();

        outcome.Should().BeOfType<StepOutcome.Done>((outcome as StepOutcome.Failed)?.Reason);
        await LabSite.UntilAsync(() => Task.FromResult(!Directory.Exists(Path.Combine(bench.Scratch, "dro-7-restore-1"))));
    }

    [Fact]
    public async Task Restore_FetchedWithRestic_IsTheSameCheck()
    {
        await using var bench = await RestoreBench.StartAsync();
        if (!File.Exists("/usr/bin/restic"))
        {
            // The way of --fetch is tried above with a plain copy; this says that it is restic's too.
            return;
        }

        await bench.BackUpAsync();
        var (repository, password) = (Path.Combine(bench.Backups, "repository"), Path.Combine(bench.Backups, "password"));
        await PostgresServer.RunAsync("/bin/sh", "-c", $"echo secret > {password}; export XDG_CACHE_HOME={bench.Backups}/cache; restic -q -r {repository} -p {password} init && cd {bench.Backups}/base-1 && restic -q -r {repository} -p {password} backup .");
        await File.WriteAllTextAsync(Path.Combine(bench.Scratch, "fetch.sh"), $"exec restic -q --no-cache -r {repository} -p {password} restore latest --target \"$1\"\n");
        bench.From = ["--fetch", $"sh {Path.Combine(bench.Scratch, "fetch.sh")}"];

        var (outcome, _, _) = await bench.RestoreAsync();

        outcome.Should().BeOfType<StepOutcome.Done>((outcome as StepOutcome.Failed)?.Reason).Which.Outputs["verified"]!.GetValue<bool>().Should().BeTrue("its manifest came with it");
        (await bench.CheckAsync(Checks)).Should().BeOfType<StepOutcome.Done>();
    }

    private static async Task DamageAsync(RestoreBench bench, string damage)
    {
        var backup = Path.Combine(bench.Backups, "base-1");
        var command = damage switch
        {
            "truncated" => $"f=$(find {backup}/base -type f -size +8k | head -n 1); truncate -s 8192 \"$f\"",
            "changed" => $"f=$(find {backup}/base -type f -size +8k | head -n 1); printf X | dd of=\"$f\" bs=1 seek=100 conv=notrunc 2>/dev/null",
            "missing" => $"f=$(find {backup}/base -type f -size +8k | head -n 1); rm \"$f\"",
            "no-manifest" => $"rm {backup}/backup_manifest",
            "no-label" => $"rm {backup}/backup_label",
            "no-time" => $"sed -i '/^START TIME/d' {backup}/backup_label",
            _ => $"rm {backup}/pg_wal/0*",
        };
        await PostgresServer.RunAsync("/bin/sh", "-c", command);
    }
}
