using DrOrchestrator.Estates;
using DrOrchestrator.Probes;
using DrOrchestrator.Probes.Prometheus;
using DrOrchestrator.Time;
using Microsoft.Extensions.Time.Testing;

namespace DrOrchestrator.Tests.Probes;

public sealed class ProbeStoriesTests
{
    private static readonly DateTimeOffset T0 = new(2026, 3, 1, 8, 0, 0, TimeSpan.Zero);
    private readonly ProbeStories _stories = new();

    private IProbeStories Kept => _stories;

    [Fact]
    public void Take_EqualFailuresInARow_AreOneStoryOfTheFirst()
    {
        Take(1, "refused", "resolved");
        Take(2, "refused", "resolved later");
        Take(3, "refused");

        var story = Kept.Failures("p").Should().ContainSingle().Subject;
        story.Count.Should().Be(3);
        story.First.StartedAt.Should().Be(T0.AddSeconds(1));
        story.First.Notes!.Single().Text.Should().Be("resolved");
        story.Last.StartedAt.Should().Be(T0.AddSeconds(3));
    }

    [Fact]
    public void Take_AGoodResultBetween_BeginsAnotherStory()
    {
        Take(1, "refused");
        Take(2, null);
        Take(3, "refused");

        Kept.Failures("p").Select(story => (story.First.StartedAt - T0).TotalSeconds).Should().Equal(3, 1);
    }

    [Fact]
    public void Take_ManyDifferentFailures_KeepsTheNewest()
    {
        for (var i = 0; i < 1000; i++)
        {
            Take(i, $"reason {i}");
        }

        Kept.Failures("p").Select(story => story.First.Reason).Should().Equal(Enumerable.Range(990, ProbeStories.MostKept).Reverse().Select(i => $"reason {i}"));
    }

    [Fact]
    public void Take_ThousandsOfGoodResultsLater_TheStoryIsStillThere()
    {
        Take(1, "refused", "resolved");
        for (var i = 2; i < 5000; i++)
        {
            Take(i, null);
        }

        Kept.Failures("p").Should().ContainSingle().Which.First.Notes.Should().HaveCount(1);
    }

    [Fact]
    public void KeepOnly_AProbeGone_IsForgotten()
    {
        Take(1, "refused");

        _stories.KeepOnly([]);

        Kept.Failures("p").Should().BeEmpty();
    }

    [Fact]
    public void Note_MoreThanFit_KeepsTheFirstAndStaysBounded()
    {
        var look = new Look(new ProcessClock(new FakeTimeProvider(T0)), default);
        for (var i = 0; i < 1000; i++)
        {
            look.Note(Story.Read, i);
        }

        look.End("p", Finding.Down("x"), tellAlways: false).Notes!.Select(note => note.Text).Should().HaveCount(40).And.StartWith("read 0 bytes of the answer");
    }

    [Fact]
    public void End_ASecretWasUsed_IsNowhereInReasonAndNotes()
    {
        var look = new Look(new ProcessClock(new FakeTimeProvider(T0)), default);
        look.Hide("hunter2");
        look.Note(Story.Connected, "hunter2.example");

        var result = look.End("p", Finding.Down("HTTP 500: you said hunter2"), tellAlways: false);

        result.Reason.Should().Be("HTTP 500: you said ***");
        result.Notes!.Single().Text.Should().Be("connected to ***.example");
    }

    [Fact]
    public void End_ASecretWasCutInTwo_ItsBeginningIsNowhereEither()
    {
        var look = new Look(new ProcessClock(new FakeTimeProvider(T0)), default);
        look.Hide("hunter2hunter2");
        var told = new string('x', 90) + "hunter2hunter2";
        look.Note(Story.Connected, told);

        var result = look.End("p", PrometheusJudge.CouldNotLook(told), tellAlways: false);

        result.Reason.Should().Be("could not look: Prometheus: " + new string('x', 90) + "***\u2026");
        result.Notes!.Single().Text.Should().Be("connected to " + new string('x', 90) + "***\u2026");
    }

    [Fact]
    public void OneLine_HalfOfAPair_IsReplaced()
    {
        ProbeFailures.OneLine("a\ud83db").Should().Be("a\ufffdb");
        ProbeFailures.OneLine("a\ude00b").Should().Be("a\ufffdb");
        ProbeFailures.OneLine("a\ud83d").Should().Be("a\ufffd");
        ProbeFailures.OneLine("a\ud83d\ude00b").Should().Be("a\ud83d\ude00b");
    }

    [Fact]
    public void OneLine_PairAcrossTheEnd_IsNotCutInTwo()
    {
        var line = ProbeFailures.OneLine(new string('x', 98) + string.Concat(Enumerable.Repeat("\ud83d\ude00", 5)));

        line.Should().Be(new string('x', 98) + "\u2026");
    }

    [Fact]
    public async Task AcceptAsync_AResult_IsKeptAndPassedOn()
    {
        var sink = new Next();
        var definition = new ProbeDefinition("p", "s", null, ProbeRole.Component, null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1), 1, new TcpProbeSettings("h", 1));

        await new StoryKeepingSink(_stories, sink).AcceptAsync(definition, Result(1, "refused"), default);

        sink.Taken.Should().Be(1);
        Kept.Failures("p").Should().HaveCount(1);
    }

    private static ProbeResult Result(int second, string? failure, params string[] notes) =>
        new("p", failure is null ? ProbeOutcome.Up : ProbeOutcome.Down, T0.AddSeconds(second), T0.AddSeconds(second), failure ?? "HTTP 200")
        {
            Notes = failure is null ? null : [.. notes.Select(note => new ProbeNote(TimeSpan.Zero, note))],
        };

    private void Take(int second, string? failure, params string[] notes) => _stories.Take(Result(second, failure, notes));

    private sealed class Next : IProbeResultSink
    {
        public int Taken { get; private set; }

        public ValueTask AcceptAsync(ProbeDefinition probe, ProbeResult result, CancellationToken cancellationToken)
        {
            Taken++;
            return ValueTask.CompletedTask;
        }
    }
}
