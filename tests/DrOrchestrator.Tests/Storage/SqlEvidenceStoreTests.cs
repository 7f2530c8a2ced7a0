using System.Data.Common;
using System.Runtime.Versioning;
using Dapper;
using DrOrchestrator.Evidence;
using DrOrchestrator.Testing.Evidence;
using DrOrchestrator.Testing.Storage;
using Microsoft.Extensions.Time.Testing;

namespace DrOrchestrator.Tests.Storage;

public abstract class SqlEvidenceStoreTests(TemporaryDatabase temporary) : EvidenceLogContract
{
    private readonly StoredEvidence _evidence = new(temporary);

    /// <summary>What is under test, with the hands of somebody who has the database.</summary>
    protected StoredEvidence Stored => _evidence;

    protected override IEvidenceLog Log => _evidence.Store;

    protected override IEvidenceArchive Archive => _evidence.Archive;

    protected override FakeTimeProvider Time => _evidence.Time;

    protected override void Restart() => _evidence.Restart();

    /// <summary>Bytes as this database spells them.</summary>
    protected abstract string Bytes(string hex);

    /// <summary>Takes a trigger away and does what it would have refused.</summary>
    protected abstract void TamperWithout(string trigger, string table, string sql);

    public override void Dispose()
    {
        _evidence.Dispose();
        GC.SuppressFinalize(this);
    }

    [Theory]
    [InlineData("UPDATE evidence_record SET kind = 'x'", "evidence is append-only: a record is never changed")]
    [InlineData("DELETE FROM evidence_record", "evidence is append-only: a record is never deleted")]
    [InlineData("INSERT INTO evidence_record SELECT 7, header, salt, payload, leaf_hash, kind, run, system FROM evidence_record WHERE seq = 0", "evidence is gapless: only the next sequence number can be appended")]
    [InlineData("UPDATE evidence_object SET media_type = 'x'", "evidence is append-only: an object is never changed")]
    [InlineData("DELETE FROM evidence_object", "evidence is append-only: an object is never deleted")]
    [InlineData("UPDATE evidence_checkpoint SET text = ''", "evidence is append-only: a checkpoint is never changed")]
    [InlineData("DELETE FROM evidence_checkpoint", "evidence is append-only: a checkpoint is never deleted")]
    public Task Storage_ChangeOfTheLog_IsRefusedWithTheReason(string sql, string message) => ChangeIsRefused(sql, message);

    [Fact]
    public async Task AppendWithin_TransactionFails_LeavesNoGapAndNoObject()
    {
        await Log.AppendAsync(Draft("server.started"), default);
        var hash = "";
        var work = () => _evidence.Gate.WriteAsync(
            scope =>
            {
                _evidence.Store.AppendWithin(scope, Draft("run.opened", run: 1)).Should().Be(2);
                hash = _evidence.Store.KeepObjectWithin(scope, new byte[] { 1, 2 }, "text/plain");
                _evidence.Store.AppendWithin(scope, Draft("step.intent", run: 1)).Should().Be(3);
                throw new InvalidOperationException("the journal refused");
            },
            default);

        await work.Should().ThrowAsync<InvalidOperationException>().WithMessage("the journal refused");

        (await Archive.ReadObjectAsync(hash, default)).Should().BeNull();
        (await Log.AppendAsync(Draft("run.opened", run: 1), default)).Should().Be(2);
        await RestartsWith(3);
    }

    [Fact]
    public async Task AppendWithin_VeryFirstTransactionFails_BeginsTheLogInTheNext()
    {
        var work = () => _evidence.Gate.WriteAsync(
            scope =>
            {
                _evidence.Store.AppendWithin(scope, Draft("server.started"));
                throw new InvalidOperationException();
            },
            default);

        await work.Should().ThrowAsync<InvalidOperationException>();

        (await Log.AppendAsync(Draft("server.started"), default)).Should().Be(1);
        await RestartsWith(2);
    }

    [Fact]
    public async Task AppendWithin_CommitFails_LeavesMemoryAndStoreAgreeing()
    {
        await Log.AppendAsync(Draft("server.started"), default);
        _evidence.Tamper("CREATE TABLE owner (id INTEGER PRIMARY KEY); CREATE TABLE owned (id INTEGER REFERENCES owner (id) DEFERRABLE INITIALLY DEFERRED)");

        var work = () => _evidence.Gate.WriteAsync(
            scope =>
            {
                _evidence.Store.AppendWithin(scope, Draft("run.opened", run: 1));
                scope.Connection.Execute("INSERT INTO owned VALUES (1)", transaction: scope.Transaction); // found out by the commit, not by the insert
            },
            default);

        await work.Should().ThrowAsync<DbException>().Where(failure => failure.Message.Contains("foreign key", StringComparison.OrdinalIgnoreCase));
        (await Log.ReadAsync(null, 0, 10, default)).Should().HaveCount(2);
        (await Log.AppendAsync(Draft("run.opened", run: 1), default)).Should().Be(2);
        await RestartsWith(3);
    }

    [Fact]
    public async Task AppendWithin_RecordsVanishUnderARunningServer_IsRefused()
    {
        await Log.AppendAsync(Draft("server.started"), default);
        await Log.AppendAsync(Draft("server.stopped"), default);
        TamperWithout("evidence_record_no_delete", "evidence_record", "DELETE FROM evidence_record WHERE seq = 2");

        await AppendIsRefused("The evidence log is shorter than what this server has appended: it holds 2 records, 3 are on record.*");
    }

    [Fact]
    public async Task AppendAsync_NewestRecordDeletedBeforeTheStart_IsRefusedFromThenOn()
    {
        await Log.AppendAsync(Draft("server.started"), default);
        await Log.CheckpointAsync(default);
        TamperWithout("evidence_record_no_delete", "evidence_record", "DELETE FROM evidence_record WHERE seq = 1");
        Restart();

        const string Reason = "The evidence log is shorter than its newest checkpoint: it holds 1 records, 2 are on record. Nothing is appended any more.*";
        await AppendIsRefused(Reason);
        await AppendIsRefused(Reason);
        var checkpoint = () => Log.CheckpointAsync(default);
        await checkpoint.Should().ThrowAsync<EvidenceLogBrokenException>();
        (await Log.ReadAsync(null, 0, 10, default)).Should().HaveCount(1, "a broken log can still be read");
    }

    [Fact]
    public async Task AppendAsync_RecordInTheMiddleDeleted_IsRefused()
    {
        await Log.AppendAsync(Draft("server.started"), default);
        await Log.AppendAsync(Draft("server.stopped"), default);
        TamperWithout("evidence_record_no_delete", "evidence_record", "DELETE FROM evidence_record WHERE seq = 1");
        Restart();

        await AppendIsRefused("The evidence log has no record 1; the next one found is 2.*");
    }

    [Fact]
    public async Task AppendAsync_LeafRewritten_IsRefused()
    {
        await Log.AppendAsync(Draft("server.started"), default);
        await Log.CheckpointAsync(default);
        TamperWithout("evidence_record_no_update", "evidence_record", $"UPDATE evidence_record SET leaf_hash = {Bytes(new string('0', 64))} WHERE seq = 1");
        Restart();

        await AppendIsRefused("The first 2 records of the evidence log are not those of its newest checkpoint:*");
    }

    [Fact]
    public async Task AppendAsync_CheckpointRewritten_IsRefused()
    {
        await Log.CheckpointAsync(default);
        TamperWithout("evidence_checkpoint_no_update", "evidence_checkpoint", "UPDATE evidence_checkpoint SET text = replace(text, 'dro/', 'dra/')");
        Restart();

        await AppendIsRefused("The newest checkpoint of the evidence log does not carry this log's signature*");
    }

    [Fact]
    public async Task AppendAsync_EverythingDeletedButTheCheckpoint_IsRefused()
    {
        await Log.CheckpointAsync(default);
        TamperWithout("evidence_record_no_delete", "evidence_record", "DELETE FROM evidence_record");
        Restart();

        await AppendIsRefused("The evidence log is empty, but was not before.*");
    }

    [Fact]
    public async Task AppendAsync_KeyFileGone_IsRefusedAndMakesNoOther()
    {
        await Log.CheckpointAsync(default);
        var file = Path.Combine(_evidence.Folder, "evidence.key");
        File.Delete(file);
        Restart();

        await AppendIsRefused($"The key file {file} is missing, but the evidence log has records signed with it. Restore the file; nothing is appended without it.");
        File.Exists(file).Should().BeFalse();
    }

    [Fact]
    public async Task AppendAsync_KeyOfAnotherLog_IsRefused()
    {
        await Log.CheckpointAsync(default);
        await File.WriteAllTextAsync(Path.Combine(_evidence.Folder, "evidence.key"), new string('1', 64));
        Restart();

        await AppendIsRefused("*nothing is appended with another key.");
    }

    [Fact]
    public async Task AppendAsync_KeyFileDamaged_IsRefused()
    {
        await Log.CheckpointAsync(default);
        await File.WriteAllTextAsync(Path.Combine(_evidence.Folder, "evidence.key"), "abc\n");
        Restart();

        await AppendIsRefused("*is damaged: 3 characters, where 64 hex digits are expected.*");
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public async Task AppendAsync_FirstStart_MakesAKeyFileOnlyItsOwnerCanRead()
    {
        await Log.CheckpointAsync(default);

        File.GetUnixFileMode(Path.Combine(_evidence.Folder, "evidence.key")).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Directory.GetFiles(_evidence.Folder, "*.new").Should().BeEmpty();
    }

    [Fact]
    public async Task AppendAsync_OtherProcessesAppendBetween_GoesOnBehindThem()
    {
        using var second = _evidence.Second();
        await Log.AppendAsync(Draft("server.started"), default);
        (await second.Store.AppendAsync(Draft("run.opened", run: 1), default)).Should().Be(2);
        (await second.Store.AppendAsync(Draft("step.intent", run: 1), default)).Should().Be(3);
        await second.Store.CheckpointAsync(default);

        (await Log.AppendAsync(Draft("step.outcome", run: 1), default)).Should().Be(4);
        (await second.Store.AppendAsync(Draft("run.opened", run: 2), default)).Should().Be(5);
        (await Log.AppendAsync(Draft("run.opened", run: 3), default)).Should().Be(6, "what the other has opened is known here");

        await RestartsWith(7);
    }

    [Fact]
    public async Task AppendAsync_ManyAtOnceFromTwoProcesses_AreGaplessAndVerify()
    {
        await Log.AppendAsync(Draft("server.started"), default);
        using var second = _evidence.Second();

        var sequences = await AtOnce.RunAsync(20, index => (index % 2 == 0 ? Log : second.Store).AppendAsync(Draft("timeline.changed"), default));

        sequences.Order().Should().Equal(Enumerable.Range(2, 20).Select(number => (long)number));
        await RestartsWith(22);
    }

    [Fact]
    public async Task AppendAsync_NewestRecordIsAnotherThanOurs_IsRefused()
    {
        await Log.AppendAsync(Draft("server.started"), default);
        TamperWithout("evidence_record_no_update", "evidence_record", $"UPDATE evidence_record SET leaf_hash = {Bytes(new string('0', 64))} WHERE seq = 1");

        await AppendIsRefused("The first 2 records of the evidence log are not those of what this server has appended:*");
    }

    /// <summary>With a record, an object and a checkpoint there, refused with this reason.</summary>
    protected async Task ChangeIsRefused(string sql, string message)
    {
        await Log.KeepObjectAsync(new byte[] { 1 }, "text/plain", default);
        await Log.CheckpointAsync(default);

        var change = () => _evidence.Tamper(sql);

        change.Should().Throw<DbException>().WithMessage($"*{message}*");
    }

    private async Task AppendIsRefused(string message)
    {
        var append = () => Log.AppendAsync(Draft("server.started"), default);
        await append.Should().ThrowAsync<EvidenceLogBrokenException>().WithMessage(message);
    }

    /// <summary>The store alone, as a new start and its checkpoint see it, has so many records.</summary>
    protected async Task RestartsWith(long records)
    {
        await Log.CheckpointAsync(default);
        Restart();
        await Log.CheckpointAsync(default);
        (await Archive.NewestCheckpointAsync(default)).Size.Should().Be(records);
        (await Log.ReadAsync(null, 0, 100, default)).Select(record => record.Sequence).Should().Equal(Enumerable.Range(0, (int)records).Select(number => (long)number));
    }
}
