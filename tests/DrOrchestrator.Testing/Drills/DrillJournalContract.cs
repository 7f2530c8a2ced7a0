using System.Text;
using System.Text.Json.Nodes;
using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Drills.Results;
using DrOrchestrator.Estates;
using DrOrchestrator.Evidence;
using DrOrchestrator.Testing.Storage;
using FluentAssertions;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace DrOrchestrator.Testing.Drills;

/// <summary>What every <see cref="IDrillJournal"/> must keep. This part: opening, reading and closing; the other files: leases, answers, and lines with their evidence.</summary>
public abstract partial class DrillJournalContract : IDisposable
{
    private const string Ledger = "core-ledger";

    private static readonly string NeverKept = new('a', 64);

    /// <summary>The journal under test, empty; another object over the same store after <see cref="Reopen"/>.</summary>
    protected abstract IDrillJournal Journal { get; }

    /// <summary>The same store as a second process opens it: connections and memory of its own.</summary>
    protected abstract IDrillJournal Other { get; }

    /// <summary>The evidence that <see cref="Journal"/> writes to.</summary>
    protected abstract IEvidenceLog Evidence { get; }

    protected abstract IEvidenceArchive Archive { get; }

    /// <summary>What <see cref="Journal"/> tells its process of serving sites.</summary>
    protected abstract IServingSites ServingSites { get; }

    protected abstract FakeTimeProvider Time { get; }

    /// <summary>Time passes: in this process and wherever the store has a clock.</summary>
    protected abstract void Pass(TimeSpan time);

    /// <summary>Forgets everything in memory and opens the store again.</summary>
    protected abstract void Reopen();

    public abstract void Dispose();

    [Fact]
    public async Task OpenAsync_FirstLine_IsWhatWasAskedForAndTheLogItStandsIn()
    {
        var opened = new JsonObject { ["plan"] = "switchover", ["reason"] = "年度演练" };

        (await Journal.OpenAsync("li-wei", [Ledger], opened, [], default)).Should().Be(new OpenResult(1, null, null));

        var line = (await Journal.ReadAsync(1, 0, default)).Single();
        (line.Sequence, line.At, line.Epoch, line.Actor, line.Kind, line.Step, line.Attempt).Should().Be((1, Time.GetUtcNow(), 0, "li-wei", JournalKinds.Opened, null, 0));
        var origin = (string)(await Evidence.ReadAsync(null, 0, 1, default))[0].Payload["origin"]!;
        Text(line.Data).Should().Be($$"""{"log":"{{origin.Split('/')[1]}}","plan":"switchover","reason":"年度演练"}""");
        opened.ContainsKey("log").Should().BeFalse("what the caller handed in is the caller's");
    }

    [Fact]
    public async Task OpenAsync_RefusedAndFailedOpeningsBetween_NumbersRunsGaplessly()
    {
        await OpenAsync("a");
        (await Journal.OpenAsync("li-wei", ["a"], [], [], default)).Run.Should().BeNull();
        await FluentActions.Awaiting(() => Journal.OpenAsync("li-wei", ["b"], Unrecordable(), [], default)).Should().ThrowAsync<ArgumentException>();
        (await Other.OpenAsync("li-wei", ["b"], [], [], default)).Run.Should().Be(2, "what failed has left neither a number nor a lock");
        Reopen();

        (await OpenAsync("c")).Should().Be(3);
        (await Journal.RunsAsync(openOnly: false, default)).Should().Equal(1, 2, 3);
    }

    [Fact]
    public async Task OpenAsync_ManyAtOnceFromTwoProcesses_GivesEachANumberOfItsOwn()
    {
        var opened = await AtOnce.RunAsync(12, index => (index % 2 == 0 ? Journal : Other).OpenAsync("li-wei", [$"system-{index}"], [], [], default));

        opened.Select(result => result.Run).Order().Should().Equal(Enumerable.Range(1, 12).Select(number => (long?)number));
    }

    [Fact]
    public async Task OpenAsync_OneOfItsSystemsIsLocked_NamesTheHolderAndLocksNone()
    {
        await OpenAsync("x");
        await OpenAsync("b");

        (await Journal.OpenAsync("li-wei", ["a", "b", "c"], [], [], default)).Should().Be(new OpenResult(null, 2, "b"));
        (await Other.OpenAsync("li-wei", ["b"], [], [], default)).Should().Be(new OpenResult(null, 2, "b"), "a lock holds in every process");

        (await Journal.RunsAsync(openOnly: false, default)).Should().Equal(1, 2);
        (await Journal.OpenAsync("li-wei", ["a", "c"], [], [], default)).Should().Be(new OpenResult(3, null, null));
        (await Journal.OpenAsync("li-wei", ["c"], [], [], default)).Should().Be(new OpenResult(null, 3, "c"), "a run locks all its systems");
    }

    [Fact]
    public async Task OpenAsync_SameSystemFromTwoProcessesAtOnce_LetsOneIn()
    {
        var opened = await AtOnce.RunAsync(8, index => (index % 2 == 0 ? Journal : Other).OpenAsync("li-wei", [Ledger], [], [], default));

        opened.Where(result => result.Run is not null).Should().ContainSingle().Which.Run.Should().Be(1);
        opened.Where(result => result.Run is null).Should().HaveCount(7).And.OnlyContain(result => result.HeldBy == 1 && result.LockedSystem == Ledger);
    }

    [Fact]
    public async Task TakeLocksAsync_OneOfItsSystemsIsLocked_TakesNoneAndAllOnceItIsFree()
    {
        await OpenAsync("b");
        await ClaimAsync(1);
        (await Journal.OpenAsync("li-wei", [], [], [], default)).Run.Should().Be(2, "a run that takes its locks later is opened without");
        await ClaimAsync(2);

        (await Journal.TakeLocksAsync(2, 1, ["a", "b"], default)).Should().Be(new OpenResult(null, 1, "b"));
        (await Other.OpenAsync("li-wei", ["a"], [], [], default)).Run.Should().Be(3, "none of them was taken");
        await ClaimAsync(3);
        await Journal.AppendAsync(1, 1, Closing(), default);
        await Journal.AppendAsync(3, 1, Closing(), default);

        (await Journal.TakeLocksAsync(2, 1, ["a", "b"], default)).Should().Be(new OpenResult(2, null, null));
        (await Journal.TakeLocksAsync(2, 1, ["a", "b"], default)).Run.Should().Be(2, "they are its own");
        (await Other.OpenAsync("li-wei", ["b"], [], [], default)).HeldBy.Should().Be(2);
        (await Journal.ReadAsync(2, 0, default)).Select(line => line.Kind).Should().Contain(JournalKinds.Locked);
    }

    [Fact]
    public async Task TakeLocksAsync_ByAFormerOwner_IsRefused()
    {
        await OpenAsync("b");
        await ClaimAsync(1);
        await ClaimAsync(1);

        await FluentActions.Awaiting(() => Journal.TakeLocksAsync(1, 1, ["a"], default)).Should().ThrowAsync<StaleEpochException>();
        (await Other.OpenAsync("li-wei", ["a"], [], [], default)).HeldBy.Should().BeNull();
    }

    [Fact]
    public async Task AppendAsync_ClosingLine_ReleasesTheLocksOfThatRunOnly()
    {
        await OpenAsync("a", "b");
        await OpenAsync("c");
        await ClaimAsync(1);

        await Journal.AppendAsync(1, 1, Closing(), default);

        (await Journal.RunsAsync(openOnly: true, default)).Should().Equal(2);
        (await Other.RunsAsync(openOnly: false, default)).Should().Equal(1, 2);
        (await Journal.OpenAsync("li-wei", ["c"], [], [], default)).HeldBy.Should().Be(2);
        (await Other.OpenAsync("li-wei", ["b", "a"], [], [], default)).Run.Should().Be(3);
        (await Journal.ReadAsync(1, 0, default)).Select(line => line.Kind).Should().Equal([JournalKinds.Opened, JournalKinds.Closed], "a closed run stays on record");
    }

    [Fact]
    public async Task AppendAsync_ClosingLineFails_KeepsTheRunOpenAndItsLocks()
    {
        await OpenAsync(Ledger);
        await ClaimAsync(1);

        await FluentActions.Awaiting(() => Journal.AppendAsync(1, 1, Closing() with { Data = Unrecordable() }, default)).Should().ThrowAsync<ArgumentException>();

        (await Journal.RunsAsync(openOnly: true, default)).Should().Equal(1);
        (await Journal.OpenAsync("li-wei", [Ledger], [], [], default)).HeldBy.Should().Be(1);
    }

    [Fact]
    public async Task ReadAsync_AfterASequence_GivesTheLaterLinesOfThatRunInOrder()
    {
        await OpenAsync("a");
        await OpenAsync("b");
        await ClaimAsync(1);
        await ClaimAsync(2);
        foreach (var phase in new[] { "gates", "steps", "measure" })
        {
            await Journal.AppendAsync(2, 1, Phase("of-another-run"), default);
            await Journal.AppendAsync(1, 1, Phase(phase), default);
        }

        (await Journal.ReadAsync(1, 2, default)).Select(line => (line.Sequence, (string?)line.Data["phase"])).Should().Equal((3, "steps"), (4, "measure"));
        (await Journal.ReadAsync(1, 4, default)).Should().BeEmpty();
        (await Journal.ReadAsync(99, 0, default)).Should().BeEmpty();
    }

    [Fact]
    public async Task ReadAsync_LinesOfAnotherProcess_AreThereAtOnceAndAfterAReopen()
    {
        await OpenAsync("a");
        await Other.OpenAsync("wang", ["b"], [], [], default);
        await Other.ClaimAsync(1, "other", (_, _) => [Phase("gates")], default);
        await Journal.ClaimAsync(2, "this", (_, _) => [Phase("steps")], default);
        await Other.AppendAsync(1, 1, Phase("measure"), default);

        foreach (var run in new[] { 1, 2 })
        {
            var seen = Texts(await Journal.ReadAsync(run, 0, default));
            Texts(await Other.ReadAsync(run, 0, default)).Should().Equal(seen).And.HaveCount(4 - run);
            Reopen();
            Texts(await Journal.ReadAsync(run, 0, default)).Should().Equal(seen);
        }
    }

    private async Task<long> OpenAsync(params string[] systems) => (await Journal.OpenAsync("li-wei", systems, [], [], default)).Run!.Value;

    private Task<LeaseClaim> ClaimAsync(long run, string owner = "this") => Journal.ClaimAsync(run, owner, (_, _) => [], default);

    private static JournalDraft Phase(string phase) => new(JournalKinds.Phase, "system", new JsonObject { ["phase"] = phase });

    private static JournalDraft Closing() => new(JournalKinds.Closed, "system", new JsonObject { ["outcome"] = "passed" });

    /// <summary>Data that no evidence record may have: the append of the evidence fails, and with it everything that goes with it.</summary>
    private static JsonObject Unrecordable() => new() { ["object"] = NeverKept };

    /// <summary>Stores differ in how they spell JSON, never in what it says.</summary>
    private static string Text(JsonNode? node) => Encoding.UTF8.GetString(CanonicalJson.Serialize(node));

    private static IEnumerable<string> Texts(IEnumerable<JournalEntry> lines) =>
        lines.Select(line => $"{line.Sequence} {line.At:O} epoch {line.Epoch} {line.Actor} {line.Kind} {line.Step}#{line.Attempt} {Text(line.Data)}");
}
