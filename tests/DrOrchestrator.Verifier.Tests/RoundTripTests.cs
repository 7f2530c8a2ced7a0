using System.Text;
using System.Text.Json.Nodes;
using DrOrchestrator.Evidence;
using DrOrchestrator.Testing.Evidence;

namespace DrOrchestrator.Verifier.Tests;

/// <summary>Packs written from a real store, judged by the verifier.</summary>
public sealed class RoundTripTests : IDisposable
{
    private readonly SqliteEvidence _evidence = new();

    public void Dispose() => _evidence.Dispose();

    [Fact]
    public async Task WriteAsync_OneRun_IsVerifiedWithItsObjectsOnly()
    {
        await FillAsync();

        var (pack, info) = await WriteAsync(AuditPackScope.OfRun(1));
        var report = Packs.Verify(pack, new VerifyOptions(info.KeyFingerprint));

        report.Problem.Should().BeNull();
        report.Claims.Authentic.Should().Be(Authenticity.Authentic);
        info.Should().Be(new AuditPackInfo(AuditPackScope.OfRun(1), 8, 6, 1, pack.Length, report.Origin!, report.KeyFingerprint!));
        (report.ScopeRun, report.Records, report.Payloads, report.Objects).Should().Be((1, 8, 6, 1));
        report.Figures.Single().Outcome.Should().Be("passed");
    }

    [Fact]
    public async Task WriteAsync_Everything_IsVerified()
    {
        await FillAsync();

        var (pack, info) = await WriteAsync(AuditPackScope.Everything);
        var report = Packs.Verify(pack);

        report.Problem.Should().BeNull();
        (info.Payloads, info.Objects, report.Payloads, report.Objects).Should().Be((8, 2, 8, 2));
        report.Runs.Should().Equal(1, 2);
    }

    [Fact]
    public async Task WriteAsync_Twice_GivesTheSameBytes()
    {
        await FillAsync();

        var (one, _) = await WriteAsync(AuditPackScope.Everything);
        _evidence.Restart();
        var (other, _) = await WriteAsync(AuditPackScope.Everything);

        other.Should().Equal(one);
    }

    [Fact]
    public async Task WriteAsync_LaterPack_ContinuesTheCheckpointOfTheEarlier()
    {
        await FillAsync();
        await _evidence.Store.CheckpointAsync(default);
        var earlier = (await _evidence.Archive.NewestCheckpointAsync(default)).Checkpoint;
        await _evidence.Store.AppendAsync(new EvidenceDraft("server.stopped", "system", null, null, []), default);

        var (pack, _) = await WriteAsync(AuditPackScope.Everything);

        Packs.Verify(pack, new VerifyOptions(OutsideCheckpoint: earlier)).Claims.CompleteUpTo!.Records.Should().Be(8);
    }

    [Fact]
    public async Task WriteAsync_EmptyLog_IsAPackOfItsCreation()
    {
        var (pack, info) = await WriteAsync(AuditPackScope.Everything);

        info.Records.Should().Be(1);
        Packs.Verify(pack).Verified.Should().BeTrue();
    }

    [Fact]
    public async Task WriteAsync_MoreRecordsThanOneBatch_IsVerified()
    {
        await _evidence.Gate.WriteAsync(
            scope =>
            {
                for (var i = 0; i < 4500; i++)
                {
                    _evidence.Store.AppendWithin(scope, new EvidenceDraft("timeline.changed", "system", null, "core-ledger", new JsonObject { ["n"] = i }));
                }
            },
            default);

        var (pack, _) = await WriteAsync(AuditPackScope.Everything);

        var report = Packs.Verify(pack);
        report.Problem.Should().BeNull();
        report.Records.Should().Be(4501);
    }

    [Fact]
    public async Task WriteAsync_RunNotInTheLog_IsRefusedAndWritesNothing()
    {
        await FillAsync();
        using var output = new MemoryStream();

        var write = () => _evidence.PackWriter.WriteAsync(output, AuditPackScope.OfRun(3), default);

        await write.Should().ThrowAsync<AuditPackRefusedException>().WithMessage("Run 3 is not in the evidence log.");
        output.Length.Should().Be(0);
    }

    [Fact]
    public async Task WriteAsync_HeaderRewrittenBehindTheTriggers_IsCaughtByTheVerifier()
    {
        await FillAsync();
        _evidence.Tamper("""DROP TRIGGER evidence_record_no_update; UPDATE evidence_record SET header = CAST(replace(CAST(header AS TEXT), '"actor":"ada"', '"actor":"eve"') AS BLOB)""");

        var (pack, _) = await WriteAsync(AuditPackScope.Everything);

        Packs.Verify(pack).Problem!.Place.Should().Be("the tree over all lines");
    }

    private async Task FillAsync()
    {
        var log = _evidence.Store;
        var one = await log.KeepObjectAsync(Encoding.UTF8.GetBytes("raw output of run 1"), "text/plain", default);
        var two = await log.KeepObjectAsync(Encoding.UTF8.GetBytes("raw output of run 2"), "text/plain", default);
        await log.KeepObjectAsync(Encoding.UTF8.GetBytes("nobody names this"), "text/plain", default);
        await log.AppendAsync(new EvidenceDraft("server.started", "system", null, null, new JsonObject { ["version"] = "0.1.0" }), default);
        await log.AppendAsync(new EvidenceDraft("run.opened", "ada", 1, "core-ledger", new JsonObject { ["reason"] = "年度演练 <&> \u2028 😀" }), default);
        await log.AppendAsync(new EvidenceDraft("step.outcome", "system", 1, "core-ledger", new JsonObject { ["outputs"] = new JsonArray(new JsonObject { ["object"] = one }) }), default);
        await log.AppendAsync(new EvidenceDraft("run.measured", "system", 1, "core-ledger", new JsonObject { ["seconds"] = 1e-7, ["position"] = "9007199254740993" }), default);
        await log.AppendAsync(new EvidenceDraft("run.closed", "system", 1, "core-ledger", new JsonObject { ["outcome"] = "passed", ["object"] = new JsonObject() }), default);
        await log.AppendAsync(new EvidenceDraft("run.opened", "ada", 2, "core-ledger", new JsonObject { ["object"] = two }), default);
        await log.AppendAsync(new EvidenceDraft("timeline.changed", "system", null, "core-ledger", []), default);
    }

    private async Task<(byte[] Pack, AuditPackInfo Info)> WriteAsync(AuditPackScope scope)
    {
        using var output = new MemoryStream();
        var info = await _evidence.PackWriter.WriteAsync(output, scope, default);
        return (output.ToArray(), info);
    }
}
