using System.Text.Json.Nodes;
using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Sandbox.Kubernetes.Kubelet;
using DrOrchestrator.Testing.Postgres;
using Microsoft.Extensions.DependencyInjection;

namespace DrOrchestrator.Tests.Drills.Steps.Restores;

/// <summary>The shipped restore check, carried by the real engine: a good backup passes, a spoiled one fails the run, and nothing of either is left.</summary>
public sealed class RestoreRunbookTests
{
    [Fact]
    public async Task RestoreCheck_OfAGoodBackupThenOfASpoiledOne_PassesThenFails_AndLeavesNothing()
    {
        var backups = await PostgresServer.NewFolderAsync("backups");
        var scratch = await PostgresServer.NewFolderAsync("scratch");
        var port = FreePorts.Take();
        try
        {
            await using var lab = await PostgresLab.StartAsync(plans: ["restore-check.yaml"], write: folder => File.WriteAllText(Path.Combine(folder, "restore.yaml"), $$"""
                restore-places:
                  - { name: ledger-scratch, system: ledger, site: dr, hosts: [127.0.0.1], port: {{port}}, database: postgres, user: postgres, sslmode: disable, host: { command: ["{{PostgresLab.HostProgram}}", --scratch, "{{scratch}}", --backups, "{{backups}}", --port, "{{port}}", --bin, "{{PostgresServer.Programs}}"] } }
                recovery-points:
                  - { name: ledger-backups, system: ledger, kind: files, interval: 50ms, timeout: 1s, with: { standby: dr, folder: "{{backups}}", name: '.*\.json', manifest: represents } }
                calendars:
                  - { name: ledger-restore, kind: restore-check, plan: restore-check, mode: live, requester: requester, cron: "0 0 3 ? * SUN", time-zone: Asia/Shanghai }

                """));
            await lab.Primary.ExecuteAsync(
                "CREATE TABLE postings (number int PRIMARY KEY, written_at timestamptz NOT NULL)", "INSERT INTO postings SELECT n, now() - interval '10 minutes' FROM generate_series(1, 50) n");
            var began = TimeProvider.System.GetUtcNow();
            await PostgresServer.RunAsync("pg_basebackup", "-h", "127.0.0.1", "-p", $"{lab.Primary.Port}", "-U", "postgres", "-D", Path.Combine(backups, "base-1"), "-c", "fast");
            await File.WriteAllTextAsync(Path.Combine(backups, "base-1.json"), new JsonObject { ["represents"] = began.AddSeconds(-1).ToString("O") }.ToJsonString());

            var good = await lab.EndOfAsync(await lab.StartRunAsync("restore-check"));
            await PostgresServer.RunAsync("/bin/sh", "-c", $"f=$(find {backups}/base-1/base -type f -size +8k | head -n 1); truncate -s 8192 \"$f\"");
            var spoiled = await lab.EndOfAsync(await lab.StartRunAsync("restore-check"));

            good.Outcome.Should().Be("passed", good.Failure);
            var outputs = (await EntriesAsync(lab, good.Id)).Where(line => line.Kind == JournalKinds.Outcome).ToDictionary(line => line.Step!, line => line.Data["outputs"]!);
            outputs["look-inside"]["checks"]!["postings"]!.ToJsonString().Should().Be("""{"restored":"50","source":"50"}""");
            outputs["restore"]["claimed"].Should().NotBeNull("the recovery point's claim was held against what could be restored");
            outputs["remove"]["folder"]!.ToString().Should().Be("absent");
            spoiled.Outcome.Should().Be("failed");
            spoiled.Failure.Should().Contain("the backup base-1 does not match its manifest");
            Directory.EnumerateFileSystemEntries(scratch).Should().BeEmpty();
        }
        finally
        {
            Directory.Delete(backups, recursive: true);
            Directory.Delete(scratch, recursive: true);
        }
    }

    private static Task<IReadOnlyList<JournalEntry>> EntriesAsync(PostgresLab lab, long run) => lab.Engine.GetRequiredService<IDrillJournal>().ReadAsync(run, 0, default);
}
