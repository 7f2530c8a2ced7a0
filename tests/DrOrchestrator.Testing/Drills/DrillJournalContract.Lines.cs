using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Drills.Results;
using DrOrchestrator.Testing.Storage;
using FluentAssertions;
using Xunit;

namespace DrOrchestrator.Testing.Drills;

/// <content>A line, its evidence, its objects and what it says of serving: one transaction.</content>
public abstract partial class DrillJournalContract
{
    [Fact]
    public async Task AppendAsync_Line_IsGivenBackAsItWillBeRead()
    {
        await OpenAsync(Ledger);
        await ClaimAsync(1);
        Pass(TimeSpan.FromMicroseconds(1_234_567));
        var data = new JsonObject { ["sequence"] = 5L, ["seconds"] = 1.25, ["note"] = "切换 ✓", ["none"] = null, ["list"] = new JsonArray(1, "two") };

        var given = await Journal.AppendAsync(1, 1, new JournalDraft(JournalKinds.Outcome, "system", data, "promote", 2), default);
        data["note"] = "changed afterwards";

        (given.Sequence, given.At, given.Epoch, given.Actor, given.Kind, given.Step, given.Attempt).Should().Be((2, Time.GetUtcNow(), 1, "system", JournalKinds.Outcome, "promote", 2));
        Text(given.Data).Should().Be("""{"list":[1,"two"],"none":null,"note":"切换 ✓","seconds":1.25,"sequence":5}""");
        given.Data["sequence"]!.GetValue<int>().Should().Be(5, "a kind sees the same values now as after a crash");
        Texts(await Journal.ReadAsync(1, 1, default)).Should().Equal(Texts([given]));
    }

    [Fact]
    public async Task AppendAsync_ManyAtOnceOfTheOwner_AreGaplessAndInTheSameOrderInTheEvidence()
    {
        await OpenAsync(Ledger);
        await ClaimAsync(1);

        var lines = await AtOnce.RunAsync(30, index => Journal.AppendAsync(1, 1, Phase($"phase-{index}"), default));

        lines.Select(line => line.Sequence).Order().Should().Equal(Enumerable.Range(2, 30).Select(sequence => (long)sequence));
        Texts(await Journal.ReadAsync(1, 1, default)).Should().Equal(Texts(lines.OrderBy(line => line.Sequence)));
        await EvidenceSaysTheSameAsync(run: 1);
    }

    [Fact]
    public async Task EveryLine_OfWhateverMaking_HasExactlyOneEvidenceRecord()
    {
        await Journal.OpenAsync("li-wei", [Ledger], new JsonObject { ["plan"] = "switchover" }, [new RawOutput("plan.yaml", "application/yaml", [1, 2])], default);
        await Other.OpenAsync("wang", ["payments", "cards"], [], [], default);
        await Journal.ClaimAsync(1, "this", (_, _) => [Phase("gates"), Phase("steps")], default);
        await Other.AppendAnswerAsync(1, Answer("chen"), _ => null, default);
        await Journal.AppendAnswerAsync(1, Answer("zhao"), _ => AlreadyAnswered, default);
        await Journal.AppendAsync(1, 1, new JournalDraft(JournalKinds.Intent, "system", new JsonObject { ["uid"] = "7" }, "promote", 1), default);
        await FluentActions.Awaiting(() => Journal.AppendAsync(1, 1, Phase("steps") with { Data = Unrecordable() }, default)).Should().ThrowAsync<ArgumentException>();
        await Journal.AppendAsync(1, 1, Closing(), default);

        await EvidenceSaysTheSameAsync(run: 1);
        await EvidenceSaysTheSameAsync(run: 2);
        var records = await Evidence.ReadAsync(1, 0, 100, default);
        records.Select(record => record.Kind).Should().Equal("run.opened", "run.phase", "run.phase", "run.answered", "step.intent", "run.closed");
        records[0].System.Should().Be(Ledger);
        ((string?)records[^1].Payload["outcome"]).Should().Be("passed", "the evidence format promises it at the top of the closing record");
        (await Evidence.ReadAsync(null, 0, 100, default)).Select(record => record.Sequence).Should().Equal(Enumerable.Range(0, 8).Select(sequence => (long)sequence));
    }

    [Fact]
    public async Task AppendAsync_EvidenceFails_LeavesNoLineNoObjectAndNoServingSite()
    {
        await OpenAsync(Ledger);
        await ClaimAsync(1);
        var raw = new RawOutput("log", "text/plain", [7, 7, 7]);

        var append = () => Journal.AppendAsync(1, 1, Phase("steps") with { Data = Unrecordable(), Objects = [raw], Serving = new ServingChange(Ledger, "dr") }, default);
        await append.Should().ThrowAsync<ArgumentException>().WithMessage($"The payload names the object {NeverKept}, which is not kept.*");

        (await Journal.ReadAsync(1, 0, default)).Should().ContainSingle();
        (await Archive.ReadObjectAsync(HashOf(raw.Content), default)).Should().BeNull();
        (await Journal.ServingSitesAsync(default)).Should().BeEmpty();
        ServingSites.ServingSiteOf(Ledger).Should().NotBe("dr");
        (await Journal.AppendAsync(1, 1, Phase("steps"), default)).Sequence.Should().Be(2);
        await EvidenceSaysTheSameAsync(run: 1);
    }

    [Fact]
    public async Task AppendAsync_EvidenceFails_DoesNotRenewTheLease()
    {
        await OpenAsync(Ledger);
        await ClaimAsync(1);
        Pass(TimeSpan.FromSeconds(30));

        await FluentActions.Awaiting(() => Journal.AppendAsync(1, 1, Phase("steps") with { Data = Unrecordable() }, default)).Should().ThrowAsync<ArgumentException>();

        (await ClaimAsync(1)).Gap.Should().Be(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task Objects_OfOpeningAndOfLines_AreKeptByHashAndNamedInTheirLine()
    {
        var plan = new RawOutput("plan.yaml", "application/yaml", Encoding.UTF8.GetBytes("plan: switchover"));
        var log = new RawOutput("log", "text/plain", Encoding.UTF8.GetBytes("promoted"));
        await Journal.OpenAsync("li-wei", [Ledger], [], [plan], default);
        await ClaimAsync(1);
        await Journal.AppendAsync(1, 1, new JournalDraft(JournalKinds.Outcome, "system", new JsonObject { ["outcome"] = "passed" }, "promote", 1, [log, plan]), default);

        var lines = await Journal.ReadAsync(1, 0, default);
        Text(lines[0].Data["objects"]).Should().Be($"[{Named(plan)}]");
        Text(lines[1].Data["objects"]).Should().Be($"[{Named(log)},{Named(plan)}]");
        foreach (var raw in new[] { plan, log })
        {
            (await Archive.ReadObjectAsync(HashOf(raw.Content), default)).Should().Equal(raw.Content);
        }
    }

    [Fact]
    public async Task ServingSitesAsync_AfterMoves_TellsTheNewestOfEachSystemAlsoAfterAReopen()
    {
        await OpenAsync(Ledger, "cards");
        (await Journal.ServingSitesAsync(default)).Should().BeEmpty();
        await Journal.ClaimAsync(1, "this", (_, _) => [Phase("steps") with { Serving = new ServingChange("cards", "dr") }], default);
        await Journal.AppendAsync(1, 1, Phase("steps") with { Serving = new ServingChange(Ledger, "dr") }, default);
        await Journal.AppendAsync(1, 1, Phase("way-back") with { Serving = new ServingChange(Ledger, "primary") }, default);

        (ServingSites.ServingSiteOf(Ledger), ServingSites.ServingSiteOf("cards")).Should().Be(("primary", "dr"));
        var expected = new Dictionary<string, string> { [Ledger] = "primary", ["cards"] = "dr" };
        (await Other.ServingSitesAsync(default)).Should().BeEquivalentTo(expected);
        Reopen();
        (await Journal.ServingSitesAsync(default)).Should().BeEquivalentTo(expected);
    }

    [Fact]
    public async Task ServingSitesAsync_LineWasRefused_KeepsTheSiteOfBefore()
    {
        await OpenAsync(Ledger);
        await ClaimAsync(1, "a");
        await Journal.AppendAsync(1, 1, Phase("steps") with { Serving = new ServingChange(Ledger, "dr") }, default);
        await Other.ClaimAsync(1, "b", (_, _) => [], default);

        await IsStaleAsync(() => Journal.AppendAsync(1, 1, Phase("way-back") with { Serving = new ServingChange(Ledger, "primary") }, default), epoch: 1);

        (await Journal.ServingSitesAsync(default))[Ledger].Should().Be("dr");
        ServingSites.ServingSiteOf(Ledger).Should().Be("dr");
    }

    private async Task EvidenceSaysTheSameAsync(long run)
    {
        var lines = await Journal.ReadAsync(run, 0, default);
        var records = await Evidence.ReadAsync(run, 0, 1000, default);
        records.Select(
            record => $"{record.Payload["journal"]} {record.Time:O} epoch {record.Payload["epoch"]} {record.Actor} {record.Kind} "
                + $"{record.Payload["step"]}#{record.Payload["attempt"] ?? 0} {Text(record.Payload["data"])}")
            .Should().Equal(Texts(lines));
    }

    private static string HashOf(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content));

    private static string Named(RawOutput raw) => $$"""{"mediaType":"{{raw.MediaType}}","name":"{{raw.Name}}","object":"{{HashOf(raw.Content)}}"}""";
}
