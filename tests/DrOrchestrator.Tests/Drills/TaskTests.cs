using System.Text;
using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Drills.People;
using DrOrchestrator.Evidence;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace DrOrchestrator.Tests.Drills;

/// <summary>Tasks for people: owner, due time, attachment.</summary>
public sealed class TaskTests : IAsyncDisposable
{
    private readonly DrillBench _bench = new();
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 11, 22, 8, 0, 0, TimeSpan.Zero));

    public TaskTests() => _bench.Time = _clock;

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Fact]
    public async Task Carry_ATaskWithAnOwner_NamesWhoIsWaitedForWithTheDepartment()
    {
        var run = await OpenAsync("""{"role":"operator","text":"call them","owner":"chen"}""");

        (await _bench.ShowAsync(run)).WaitingFor.Should().Be("task 'task' by operator, owner chen of IT");
        (await _bench.Drills.PendingAsync(null, default)).Single().Should().BeEquivalentTo(new { Owner = "chen", Department = "IT", Overdue = false, Quorum = 1 });
    }

    [Fact]
    public async Task Carry_ATaskOfADepartment_NamesTheDepartment()
    {
        var run = await OpenAsync("""{"role":"operator","text":"call them","owner":"Payments"}""");

        (await _bench.ShowAsync(run)).WaitingFor.Should().Be("task 'task' by operator, owner Payments");
    }

    [Fact]
    public async Task Carry_ATaskPastItsDueMoment_ShowsAndWaitsOnUntilItsTimeout()
    {
        var run = await OpenAsync("""{"role":"operator","text":"call them","owner":"chen","due":"15m"}""");
        var woken = _bench.Later[^1];

        _clock.Advance(TimeSpan.FromMinutes(15) - TimeSpan.FromMilliseconds(1));
        await _bench.CarryAsync(run);
        var before = await OverdueAsync(run);
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        await _bench.CarryAsync(run);
        await _bench.CarryAsync(run);
        var view = await _bench.ShowAsync(run);
        var item = (await _bench.Drills.PendingAsync(null, default)).Single();
        var accepted = await _bench.Drills.AnswerAsync(run, "task", DrillBench.Colleague, true, null, default);
        await _bench.CarryAsync(run);

        woken.Delay.Should().Be(TimeSpan.FromMinutes(15), "the run is looked at again when the task is due");
        before.Should().BeEmpty();
        (await OverdueAsync(run)).Should().Equal("OVERDUE: task was due at 2026-11-22T08:15:00.000000Z, by chen");
        view.Outcome.Should().Be("waiting");
        item.Overdue.Should().BeTrue();
        accepted.Code.Should().Be("accepted");
        (await _bench.ShowAsync(run)).Outcome.Should().Be("passed");
    }

    [Fact]
    public async Task Carry_ATaskPastItsTimeout_FailsClosed()
    {
        var run = await OpenAsync("""{"role":"operator","text":"call them","due":"15m"}""");

        _clock.Advance(TimeSpan.FromHours(1));
        await _bench.CarryAsync(run);

        (await _bench.ShowAsync(run)).Failure.Should().Be("step 'task' failed: task 'task' was not given by operator before its deadline of 1h");
    }

    [Fact]
    public async Task Answer_ToATaskThatNeedsAFile_IsTakenWithOneOnlyAndKeepsIt()
    {
        var run = await OpenAsync("""{"role":"operator","text":"reconcile the books","attachment":"required"}""");
        var content = Encoding.UTF8.GetBytes("账务核对：无差异\n");

        var without = await _bench.Drills.AnswerAsync(run, "task", DrillBench.Colleague, true, null, default);
        var with = await _bench.Drills.AnswerAsync(run, "task", DrillBench.Colleague, true, "done", Attachments.Of("../核对 结果.txt", content), default);
        await _bench.CarryAsync(run);

        without.Code.Should().Be("attachment-missing");
        with.Code.Should().Be("accepted");
        var view = await _bench.ShowAsync(run);
        view.Outcome.Should().Be("passed");
        var kept = view.Answers.Single().Attachment!;
        (kept.Name, kept.MediaType).Should().Be(("核对_结果.txt", "text/plain"));
        (await _bench.Process.GetRequiredService<IEvidenceArchive>().ReadObjectAsync(kept.Sha256, default)).Should().Equal(content);
        (await _bench.EntriesAsync(run)).Single(entry => entry.Kind == JournalKinds.Outcome).Data["outputs"]!["attachmentSha256"]!.GetValue<string>().Should().Be(kept.Sha256);
    }

    [Fact]
    public async Task Answer_ToAQuestionThatTakesNoFile_RefusesOne()
    {
        var run = await OpenAsync("""{"role":"operator","text":"call them"}""");

        var answer = await _bench.Drills.AnswerAsync(run, "task", DrillBench.Colleague, true, null, Attachments.Of("a.txt", [65]), default);

        answer.Should().Be(new AnswerResult(false, "attachment-refused", "'task' takes no attachment."));
    }

    [Theory]
    [InlineData("script.exe", "MZ", "*no type that is taken; allowed: .pdf, .png*")]
    [InlineData("report.pdf", "not a pdf", "*does not begin as a .pdf does.")]
    [InlineData("notes.txt", "a\0b", "*does not begin as a .txt does.")]
    [InlineData("empty.txt", "", "*has 0 bytes*")]
    public void Judge_AFileThatIsNotWhatItSays_IsRefused(string name, string content, string detail)
    {
        var question = new Question("task", "task", "task", "operator", 1, "?", _clock.GetUtcNow(), null, []) { Attachment = Question.AttachmentOptional };

        Attachments.Judge(question, Attachments.Of(name, Encoding.UTF8.GetBytes(content)))!.Detail.Should().Match(detail);
    }

    [Fact]
    public void Judge_AFileOverTheLimit_IsRefused()
    {
        var question = new Question("task", "task", "task", "operator", 1, "?", _clock.GetUtcNow(), null, []) { Attachment = Question.AttachmentOptional };
        var largest = new byte[Attachments.Largest];
        largest.AsSpan().Fill((byte)'a');

        Attachments.Judge(question, Attachments.Of("a.txt", largest)).Should().BeNull();
        Attachments.Judge(question, Attachments.Of("a.txt", [.. largest, (byte)'a']))!.Code.Should().Be("attachment-refused");
    }

    [Theory]
    [InlineData("/etc/passwd", "passwd")]
    [InlineData(@"C:\tmp\..\x.PDF", "x.PDF")]
    [InlineData("..", "file")]
    [InlineData(".hidden.txt", "hidden.txt")]
    [InlineData("-rf.txt", "rf.txt")]
    [InlineData("a\u202egnp.exe", "a_gnp.exe")]
    [InlineData("<b>\"'\r\n.png", "_b_____.png")]
    public void SafeName_OfAHostileName_IsAPlainOne(string name, string safe) => Attachments.SafeName(name).Should().Be(safe);

    private async Task<IReadOnlyList<string>> OverdueAsync(long run) =>
        [.. (await _bench.EntriesAsync(run)).Where(entry => entry.Kind == JournalKinds.Overdue).Select(entry => RunStory.Tell(entry).Text)];

    private async Task<long> OpenAsync(string with)
    {
        _bench.Step("task", "task", with: with, timeout: TimeSpan.FromHours(1));
        var run = await _bench.OpenAsync();
        await _bench.CarryAsync(run);
        return run;
    }
}
