using System.Text;
using System.Text.Json.Nodes;
using DrOrchestrator.Evidence;
using FluentAssertions;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace DrOrchestrator.Testing.Evidence;

/// <summary>What every store of the evidence log must do.</summary>
public abstract class EvidenceLogContract : IDisposable
{
    private static readonly CancellationToken None = CancellationToken.None;

    /// <summary>The log under test; another object over the same store after <see cref="Restart"/>.</summary>
    protected abstract IEvidenceLog Log { get; }

    protected abstract IEvidenceArchive Archive { get; }

    protected abstract FakeTimeProvider Time { get; }

    /// <summary>Forgets everything in memory and opens the store again.</summary>
    protected abstract void Restart();

    public abstract void Dispose();

    [Fact]
    public async Task AppendAsync_FirstRecord_ComesAfterTheCreationOfTheLog()
    {
        (await Log.AppendAsync(Draft("server.started"), None)).Should().Be(1);

        var records = await Log.ReadAsync(null, 0, 10, None);
        records.Select(record => record.Kind).Should().Equal("log.created", "server.started");
        ((string?)records[0].Payload["origin"]).Should().MatchRegex("^dro/[0-9a-f]{8}/evidence$");
        ((string?)records[0].Payload["fingerprint"]).Should().MatchRegex("^SHA256:[A-Za-z0-9+/]{43}$");
    }

    [Fact]
    public async Task ReadAsync_AfterAppend_GivesTheRecordBack()
    {
        await Log.AppendAsync(Draft("run.opened", run: 1), None);
        await Log.AppendAsync(new EvidenceDraft("step.outcome", "ada", 1, "core-ledger", new JsonObject { ["b"] = 1.50, ["a"] = "年" }), None);

        var record = (await Log.ReadAsync(1, 2, 10, None)).Single();

        record.Should().Match<EvidenceRecord>(found => found.Sequence == 2 && found.Kind == "step.outcome" && found.Actor == "ada" && found.Run == 1 && found.System == "core-ledger");
        record.Time.Should().Be(Time.GetUtcNow());
        record.PayloadHash.Should().MatchRegex("^[0-9a-f]{64}$");
        record.Payload.ToJsonString().Should().Be("{\"a\":\"\\u5E74\",\"b\":1.5}");
    }

    [Fact]
    public async Task ReadAsync_OfOneRun_LeavesOthersOutAndKeepsToTheLimit()
    {
        await Log.AppendAsync(Draft("run.opened", run: 1), None);
        await Log.AppendAsync(Draft("run.opened", run: 2), None);
        await Log.AppendAsync(Draft("step.outcome", run: 1), None);

        (await Log.ReadAsync(1, 0, 10, None)).Select(record => record.Sequence).Should().Equal(1, 3);
        (await Log.ReadAsync(null, 1, 2, None)).Select(record => record.Sequence).Should().Equal(1, 2);
    }

    [Fact]
    public async Task AppendAsync_ByManyAtOnce_IsGapless()
    {
        var sequences = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Task.Run(() => Log.AppendAsync(Draft("timeline.changed"), None))));

        sequences.Order().Should().Equal(Enumerable.Range(1, 50).Select(number => (long)number));
    }

    [Fact]
    public async Task AppendAsync_AfterARestart_GoesOnWithTheSameOriginAndKey()
    {
        await Log.AppendAsync(Draft("server.started"), None);
        await Log.CheckpointAsync(None);
        var before = await Archive.NewestCheckpointAsync(None);

        Restart();
        (await Log.AppendAsync(Draft("server.stopped"), None)).Should().Be(2);
        await Log.CheckpointAsync(None);

        var after = await Archive.NewestCheckpointAsync(None);
        (after.Origin, after.VerifierKey, after.Size).Should().Be((before.Origin, before.VerifierKey, 3));
    }

    [Fact]
    public async Task AppendAsync_WallClockSetBackOverARestart_NeverGoesBackInTime()
    {
        await Log.AppendAsync(Draft("server.started"), None);
        Time.AdjustTime(Time.GetUtcNow() - TimeSpan.FromHours(1));
        Restart();
        await Log.AppendAsync(Draft("server.started"), None);

        var times = (await Log.ReadAsync(null, 0, 10, None)).Select(record => record.Time).ToList();
        times[2].Should().Be(times[1]);
    }

    [Fact]
    public async Task CheckpointAsync_LogDidNotGrow_SignsNoSecond()
    {
        await Log.CheckpointAsync(None);
        var first = await Archive.NewestCheckpointAsync(None);
        await Log.CheckpointAsync(None);

        first.Size.Should().Be(1);
        (await Archive.NewestCheckpointAsync(None)).Should().Be(first);
    }

    [Fact]
    public async Task NewestCheckpointAsync_NothingSigned_SaysSo()
    {
        var read = () => Archive.NewestCheckpointAsync(None);

        await read.Should().ThrowAsync<InvalidOperationException>().WithMessage("The evidence log has no checkpoint yet; sign one first.");
    }

    [Fact]
    public async Task KeepObjectAsync_SameBytesTwice_KeepsThemOnce()
    {
        var hash = await Log.KeepObjectAsync(Encoding.UTF8.GetBytes("abc"), "text/plain", None);
        var again = await Log.KeepObjectAsync(Encoding.UTF8.GetBytes("abc"), "text/plain", None);

        hash.Should().Be("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad").And.Be(again);
        (await Archive.ReadObjectAsync(hash, None)).Should().Equal(Encoding.UTF8.GetBytes("abc"));
        (await Archive.ReadObjectAsync(new string('0', 64), None)).Should().BeNull();
    }

    [Theory]
    [InlineData("Run.opened", "ada", null, "The kind 'Run.opened' is not a dotted lower-case word such as 'run.opened' (letters, digits, '-', at most 100 characters).")]
    [InlineData("step.outcome", "", null, "The record step.outcome has no actor; it is a person's id or 'system'.")]
    [InlineData("step.outcome", "ada", 0L, "The record step.outcome has the run number 0; run numbers start at 1.")]
    [InlineData("step.outcome", "ada", 1L, "The record step.outcome names run 1, which has no run.opened yet; the newest run is 0.")]
    [InlineData("run.opened", "ada", null, "A record run.opened needs its run number.")]
    [InlineData("run.opened", "ada", 2L, "Run 2 cannot be opened: run numbers are gapless and the next one is 1.")]
    public async Task AppendAsync_DraftThatBreaksTheFormat_IsRefusedAndLeavesNoGap(string kind, string actor, long? run, string message)
    {
        var append = () => Log.AppendAsync(new EvidenceDraft(kind, actor, run, null, []), None);

        await append.Should().ThrowAsync<ArgumentException>().WithMessage(message);
        (await Log.AppendAsync(Draft("server.started"), None)).Should().Be(1);
    }

    [Fact]
    public async Task AppendAsync_PayloadNamesAnObjectThatIsNotKept_IsRefused()
    {
        var missing = new string('a', 64);
        var append = () => Log.AppendAsync(Draft("step.outcome", payload: new JsonObject { ["outputs"] = new JsonArray(new JsonObject { ["object"] = missing }) }), None);

        await append.Should().ThrowAsync<ArgumentException>().WithMessage($"The payload names the object {missing}, which is not kept. Keep the object first, then append the record.");
    }

    [Fact]
    public async Task AppendAsync_PayloadTooLarge_IsRefused()
    {
        var append = () => Log.AppendAsync(Draft("step.outcome", payload: new JsonObject { ["text"] = new string('x', 1 << 20) }), None);

        await append.Should().ThrowAsync<ArgumentException>().WithMessage(
            "The payload of step.outcome has 1048587 bytes; at most 1048576 are allowed. Keep the bulk as an object and name its hash.");
    }

    protected static EvidenceDraft Draft(string kind, long? run = null, JsonObject? payload = null) => new(kind, "system", run, null, payload ?? []);
}
