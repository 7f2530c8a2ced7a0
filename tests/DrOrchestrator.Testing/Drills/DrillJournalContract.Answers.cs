using System.Text.Json.Nodes;
using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Testing.Storage;
using FluentAssertions;
using Xunit;

namespace DrOrchestrator.Testing.Drills;

/// <content>What people say, judged where it is written.</content>
public abstract partial class DrillJournalContract
{
    private static readonly AnswerResult AlreadyAnswered = new(false, "already-answered", "chen was first");

    [Fact]
    public async Task AppendAnswerAsync_LetIn_IsALineOfThePersonAndOfNoOwner()
    {
        await OpenAsync(Ledger);
        await ClaimAsync(1);
        await ClaimAsync(1);

        (await Journal.AppendAnswerAsync(1, Answer("chen"), _ => null, default)).Should().Be(new AnswerResult(true, "accepted", "on record"));

        var line = (await Other.ReadAsync(1, 1, default)).Single();
        (line.Sequence, line.Epoch, line.Actor, line.Kind, Text(line.Data)).Should().Be((2, 0, "chen", JournalKinds.Answered, """{"confirmed":true,"item":"approval"}"""));
    }

    [Fact]
    public async Task AppendAnswerAsync_Refused_GivesTheReasonBackAndLeavesNothing()
    {
        await OpenAsync(Ledger);

        (await Journal.AppendAnswerAsync(1, Answer("li-wei"), _ => AlreadyAnswered, default)).Should().Be(AlreadyAnswered);

        (await Journal.ReadAsync(1, 0, default)).Should().ContainSingle();
        (await Evidence.ReadAsync(1, 0, 10, default)).Should().ContainSingle();
    }

    [Fact]
    public async Task AppendAnswerAsync_Judge_SeesEveryLineOfItsRunAndNoOther()
    {
        await OpenAsync("a");
        await OpenAsync("b");
        await Other.ClaimAsync(1, "other", (_, _) => [Phase("gates"), Phase("steps")], default);
        string[] seen = [];

        await Journal.AppendAnswerAsync(
            1,
            Answer("chen"),
            lines =>
            {
                seen = [.. Texts(lines)];
                return null;
            },
            default);

        seen.Should().HaveCount(3).And.Equal(Texts((await Journal.ReadAsync(1, 0, default)).Take(3)));
    }

    [Fact]
    public async Task AppendAnswerAsync_JudgeThrows_LeavesNothing()
    {
        await OpenAsync(Ledger);

        var answer = () => Journal.AppendAnswerAsync(1, Answer("chen"), _ => throw new InvalidOperationException("the fold failed"), default);
        await answer.Should().ThrowAsync<InvalidOperationException>().WithMessage("the fold failed");

        (await Journal.ReadAsync(1, 0, default)).Should().ContainSingle();
        (await Journal.AppendAnswerAsync(1, Answer("chen"), _ => null, default)).Accepted.Should().BeTrue();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task AppendAnswerAsync_TwoAtOnce_AcceptsExactlyOne(bool fromTwoProcesses)
    {
        await OpenAsync(Ledger);
        using var bothJudged = new Barrier(2); // met only where two answers are judged against the same lines; waited for in vain otherwise

        var answers = await AtOnce.RunAsync(2, index => (fromTwoProcesses && index == 1 ? Other : Journal).AppendAnswerAsync(
            1,
            Answer($"person-{index}"),
            lines =>
            {
                if (lines.Any(line => line.Kind == JournalKinds.Answered))
                {
                    return AlreadyAnswered;
                }

                bothJudged.SignalAndWait(TimeSpan.FromSeconds(1));
                return null;
            },
            default));

        answers.Where(answer => answer.Accepted).Should().ContainSingle();
        answers.Should().ContainSingle(answer => answer == AlreadyAnswered);
        (await Journal.ReadAsync(1, 0, default)).Where(line => line.Kind == JournalKinds.Answered).Should().ContainSingle();
    }

    private static JournalDraft Answer(string person) => new(JournalKinds.Answered, person, new JsonObject { ["item"] = "approval", ["confirmed"] = true });
}
