using DrOrchestrator.Availability;
using DrOrchestrator.Storage;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace DrOrchestrator.Tests.Storage;

public sealed class PromptReadsTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);
    private readonly FakeTimeProvider _time = new();
    private readonly PromptReads _reads;
    private readonly TaskCompletionSource<int> _hanging = new();

    public PromptReadsTests() => _reads = new PromptReads(_time, Patience, NullLogger<PromptReads>.Instance);

    [Fact]
    public async Task AskAsync_DatabaseHangs_ThrowsAfterThePatienceAndKeepsNobodyElse()
    {
        var first = Ask("runs", () => _hanging.Task);
        first.IsCompleted.Should().BeFalse();
        _time.Advance(Patience);
        await first.Invoking(read => read).Should().ThrowAsync<RecordsAwayException>().WithMessage("the database does not answer within 3 s");

        var asked = 0;
        await FluentActions.Awaiting(() => Ask("runs", () => Task.FromResult(asked++))).Should().ThrowAsync<RecordsAwayException>();
        await FluentActions.Awaiting(() => Ask("alerts", () => Task.FromResult(asked++))).Should().ThrowAsync<RecordsAwayException>("who asks for something else would hang too");
        asked.Should().Be(0);
    }

    [Fact]
    public async Task AskAsync_OverdueReadEndsAtLast_IsOfUseAndTheNextIsAsked()
    {
        var kept = 0;
        var first = Ask("runs", async () => kept = await _hanging.Task);
        _time.Advance(Patience);
        await FluentActions.Awaiting(() => first).Should().ThrowAsync<RecordsAwayException>();

        _hanging.SetResult(7);

        await EventuallyAsync(async () => await Ask("runs", () => Task.FromResult(8)) == 8);
        kept.Should().Be(7);
    }

    [Fact]
    public async Task AskAsync_ManyOfOneKind_AreAskedOneByOne()
    {
        var (now, most) = (0, 0);
        var all = Enumerable.Range(0, 20).Select(_ => Ask("runs", async () =>
        {
            most = Math.Max(most, Interlocked.Increment(ref now));
            await Task.Yield();
            return Interlocked.Decrement(ref now);
        })).ToList();

        await Task.WhenAll(all);

        most.Should().Be(1);
    }

    [Fact]
    public async Task AskAsync_ManyBehindOneThatHangs_AreAllToldAndNoneIsAsked()
    {
        var asked = 0;
        var all = Enumerable.Range(0, 20).Select(_ => Ask("runs", () =>
        {
            asked++;
            return _hanging.Task;
        })).ToList();
        await EventuallyAsync(() => Task.FromResult(asked == 1));

        _time.Advance(Patience);

        foreach (var one in all)
        {
            await FluentActions.Awaiting(() => one).Should().ThrowAsync<RecordsAwayException>();
        }

        asked.Should().Be(1);
    }

    [Fact]
    public async Task AskAsync_NothingStandsForIt_IsWaitedForLonger()
    {
        var read = _reads.AskAsync("runs", () => _hanging.Task, hasFallback: false, default);
        _time.Advance(Patience);
        read.IsCompleted.Should().BeFalse("a first answer may take its time");

        _hanging.SetResult(7);

        (await read).Should().Be(7);
    }

    [Fact]
    public async Task AskAsync_CallerLeaves_TheReadGoesOnAndIsNoFailure()
    {
        using var leaving = new CancellationTokenSource();
        var kept = 0;
        var read = _reads.AskAsync("runs", async () => kept = await _hanging.Task, hasFallback: true, leaving.Token);

        await leaving.CancelAsync();
        await FluentActions.Awaiting(() => read).Should().ThrowAsync<OperationCanceledException>();
        _hanging.SetResult(7);

        await EventuallyAsync(async () => await Ask("runs", () => Task.FromResult(8)) == 8 && kept == 7);
    }

    [Fact]
    public async Task AskAsync_DatabaseOfThisProcess_IsWaitedForAsLongAsItTakes()
    {
        var reads = new PromptReads(_time, null, NullLogger<PromptReads>.Instance);
        var read = reads.AskAsync("runs", () => _hanging.Task, hasFallback: true, default);
        _time.Advance(TimeSpan.FromHours(1));

        _hanging.SetResult(7);

        (await read).Should().Be(7);
    }

    public static TheoryData<Exception, bool> Failures => new()
    {
        { new DatabaseAwayException("away"), true },
        { new SqliteException("database is locked", 5), true },
        { new SqliteException("disk I/O error", 10), true },
        { new SqliteException("no such column: reson", 1), false },
        { new InvalidOperationException("ours"), false },
        { new TimeoutException("of something else"), false },
    };

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task AskAsync_Failure_IsToldAsAwayOnlyWhereItIsTheDatabases(Exception failure, bool isAway)
    {
        foreach (var reads in new[] { _reads, new PromptReads(_time, null, NullLogger<PromptReads>.Instance) })
        {
            var thrown = (await FluentActions.Awaiting(() => reads.AskAsync<int>("runs", () => throw failure, hasFallback: true, default)).Should().ThrowAsync<Exception>()).Which;

            thrown.Should().BeOfType(isAway ? typeof(RecordsAwayException) : failure.GetType());
        }
    }

    /// <summary>Whoever waits for real here waits for ever.</summary>
    private Task<int> Ask(string kind, Func<Task<int>> ask) => _reads.AskAsync(kind, ask, hasFallback: true, default).WaitAsync(TimeSpan.FromSeconds(30), TimeProvider.System);

    /// <summary>An overdue read ends on a thread of the pool.</summary>
    private static async Task EventuallyAsync(Func<Task<bool>> holds)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (true)
        {
            try
            {
                if (await holds())
                {
                    return;
                }
            }
            catch (RecordsAwayException)
            {
                // Not yet.
            }

            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, limit.Token);
        }
    }
}
