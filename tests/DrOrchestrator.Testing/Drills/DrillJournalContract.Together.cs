using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Testing.Storage;
using FluentAssertions;
using Xunit;

namespace DrOrchestrator.Testing.Drills;

/// <content>Several lines of an owner in one transaction.</content>
public abstract partial class DrillJournalContract
{
    [Fact]
    public async Task AppendAllAsync_Lines_StandInTheirOrderEachWithItsEvidence()
    {
        await OpenAsync(Ledger);
        await ClaimAsync(1);

        var given = await Journal.AppendAllAsync(1, 1, [Phase("gates"), Phase("steps"), Phase("measure")], default);
        var next = await Journal.AppendAsync(1, 1, Phase("closing"), default);

        given.Select(line => (line.Sequence, line.Epoch, (string?)line.Data["phase"])).Should().Equal((2, 1, "gates"), (3, 1, "steps"), (4, 1, "measure"));
        next.Sequence.Should().Be(5);
        Texts(await Other.ReadAsync(1, 1, default)).Should().Equal(Texts([.. given, next]));
        await EvidenceSaysTheSameAsync(run: 1);
        Reopen();
        Texts(await Journal.ReadAsync(1, 1, default)).Should().Equal(Texts([.. given, next]));
    }

    [Fact]
    public async Task AppendAllAsync_AnotherOwnerTookOver_IsRefusedWholly()
    {
        await OpenAsync(Ledger);
        await ClaimAsync(1, "a");
        await Other.ClaimAsync(1, "b", (_, _) => [], default);

        await IsStaleAsync(() => Journal.AppendAllAsync(1, 1, [Phase("gates"), Phase("steps"), Closing()], default), epoch: 1);

        (await Journal.ReadAsync(1, 0, default)).Should().ContainSingle();
        (await Evidence.ReadAsync(1, 0, 10, default)).Should().ContainSingle();
        (await Journal.RunsAsync(openOnly: true, default)).Should().Equal(1);
        (await Other.AppendAllAsync(1, 2, [Phase("steps"), Phase("measure")], default)).Select(line => line.Epoch).Should().Equal([2, 2], "the owner goes on");
    }

    [Fact]
    public async Task AppendAllAsync_OwnerStoodStillTooLong_IsRefusedWholly()
    {
        await OpenAsync(Ledger);
        await ClaimAsync(1);
        Pass(LeaseClaim.ResumeWithin + OneMicrosecond);

        await FluentActions.Awaiting(() => Journal.AppendAllAsync(1, 1, [Phase("gates"), Phase("steps")], default)).Should().ThrowExactlyAsync<LeaseLapsedException>();

        (await Journal.ReadAsync(1, 0, default)).Should().ContainSingle();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public async Task AppendAllAsync_OneLineCannotBeRecorded_LeavesNoneAndNamesIt(int bad)
    {
        await OpenAsync(Ledger);
        await ClaimAsync(1, "a");
        Pass(TimeSpan.FromSeconds(20));
        JournalDraft[] lines = [Phase("gates"), Phase("steps"), Phase("measure")];
        lines[bad] = lines[bad] with { Data = Unrecordable() };

        var refused = (await FluentActions.Awaiting(() => Journal.AppendAllAsync(1, 1, lines, default)).Should().ThrowAsync<RefusedLineException>()).Which;

        refused.Index.Should().Be(bad);
        refused.InnerException.Should().BeOfType<ArgumentException>();
        (await Journal.ReadAsync(1, 0, default)).Should().ContainSingle();
        (await Evidence.ReadAsync(1, 0, 10, default)).Should().ContainSingle();
        (await Journal.AppendAllAsync(1, 1, [.. lines.Where((_, index) => index != bad)], default)).Select(line => line.Sequence).Should().Equal(2, 3);
        await EvidenceSaysTheSameAsync(run: 1);
    }

    [Fact]
    public async Task AppendAllAsync_FromTwoRunsAndPeopleAtOnce_KeepsEachTogether()
    {
        await OpenAsync("a");
        await OpenAsync("b");
        await ClaimAsync(1);
        await Other.ClaimAsync(2, "other", (_, _) => [], default);

        var written = await AtOnce.RunAsync(12, async index => (index % 3) switch
        {
            0 => await Journal.AppendAllAsync(1, 1, [Phase("x"), Phase("y"), Phase("z")], default),
            1 => await Other.AppendAllAsync(2, 1, [Phase("x"), Phase("y"), Phase("z")], default),
            _ => await Answered(index),
        });

        foreach (var together in written.Where(lines => lines.Count > 0))
        {
            together.Select(line => line.Sequence - together[0].Sequence).Should().Equal([0, 1, 2], "nobody is between the lines of one transaction");
        }

        foreach (var run in new[] { 1, 2 })
        {
            var lines = await Journal.ReadAsync(run, 0, default);
            lines.Select(line => line.Sequence).Should().Equal(Enumerable.Range(1, lines.Count).Select(sequence => (long)sequence));
            await EvidenceSaysTheSameAsync(run);
        }

        async Task<IReadOnlyList<JournalEntry>> Answered(int index)
        {
            await Other.AppendAnswerAsync(1, Answer($"person-{index}"), _ => null, default);
            return [];
        }
    }
}
