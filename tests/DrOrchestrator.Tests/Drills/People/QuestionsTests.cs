using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Carrying;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Drills.People;
using DrOrchestrator.Estates;
using DrOrchestrator.Plans;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace DrOrchestrator.Tests.Drills.People;

/// <summary>A word that was taken in time counts, whoever took it.</summary>
public sealed class QuestionsTests : IAsyncDisposable
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 22, 8, 0, 0, TimeSpan.Zero));
    private readonly DrillBench _bench;

    public QuestionsTests() => _bench = new DrillBench { Time = _time }.Step("one");

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Theory]
    [InlineData(true, typeof(StageResult.Done))]
    [InlineData(false, typeof(StageResult.Failed))]
    public async Task AskAsync_AnswerTakenInTimeByAnotherProcessAtTheDeadline_Counts(bool confirmed, Type expected)
    {
        var session = await SessionAsync();
        (await AskAsync(session)).Should().BeOfType<StageResult.Waits>();
        _time.Advance(TimeSpan.FromMinutes(2));
        var answer = new JournalDraft(JournalKinds.Answered, "chen", new() { ["item"] = "go", ["confirmed"] = confirmed, ["note"] = "no room", ["settles"] = confirmed });
        _bench.Journal!.BehindNextRead = journal => journal.AppendAnswerAsync(session.Run, answer, _ => null, default);

        var result = await AskAsync(session);

        result.Should().BeOfType(expected);
        (result as StageResult.Failed)?.Reason.Should().Be("approval 'go' was refused by chen: no room");
    }

    [Fact]
    public async Task AskAsync_NobodyInTime_FailsClosed()
    {
        var session = await SessionAsync();
        await AskAsync(session);
        _time.Advance(TimeSpan.FromMinutes(1));

        (await AskAsync(session)).Should().BeOfType<StageResult.Failed>().Which.Reason.Should().Be("approval 'go' was not given by approver before its deadline of 1m");
    }

    private static Task<StageResult> AskAsync(RunSession session) => Questions.AskAsync(session, "approval", "go", null, "approver", 1, "May it?", TimeSpan.FromMinutes(1), default);

    private async Task<RunSession> SessionAsync()
    {
        var run = await _bench.OpenAsync();
        var claim = await _bench.Reading.ClaimAsync(run, "this", (_, _) => [], default);
        var state = new DrillRun(run, await _bench.EntriesAsync(run));
        var services = _bench.Process;
        return new RunSession(
            run, claim.Epoch, services.GetRequiredService<PlanLibrary>().All["plan"], services.GetRequiredService<EstateHolder>().Current, state, _bench.Reading, services.GetRequiredService<RunSignals>(), _time, LeaseProof.Now(_time));
    }
}
