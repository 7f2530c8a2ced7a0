using System.Threading.Channels;
using DrOrchestrator.Calendars;
using DrOrchestrator.Time;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace DrOrchestrator.Tests.Calendars;

public sealed class EngineSightTests : IAsyncDisposable
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private readonly CountingTime _time = new();
    private readonly ProcessClock _clock;
    private readonly Channel<TaskCompletionSource<EngineCondition>> _questions = Channel.CreateUnbounded<TaskCompletionSource<EngineCondition>>();
    private readonly CancellationTokenSource _stopping = new();
    private readonly EngineSight _sight;
    private readonly Task _watching;
    private int _beats;

    public EngineSightTests()
    {
        _clock = new ProcessClock(_time);
        _sight = new EngineSight("workers", AskAsync, _clock, NullLogger.Instance);
        _watching = _sight.WatchAsync(_stopping.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _watching;
        _stopping.Dispose();
    }

    [Fact]
    public async Task Read_BeforeTheFirstAnswer_IsStartingAndThenNotKnown()
    {
        await QuestionAsync();
        _sight.Read().Should().Be((EngineCondition.Starting, (DateTimeOffset?)null));

        _time.Advance(EngineSight.ValidFor + Second);

        _sight.Read().Should().Be((EngineCondition.Unknown, (DateTimeOffset?)null));
    }

    [Fact]
    public async Task Read_NoAnswerAnyMore_IsTheLastUntilThatExpiresAndNothingPilesUp()
    {
        var seenAt = _clock.Now;
        await AnswerAsync(await QuestionAsync(), EngineCondition.Running);
        _sight.Read().Should().Be((EngineCondition.Running, (DateTimeOffset?)seenAt));

        await NextBeatAsync();
        await QuestionAsync();
        _time.Advance(EngineSight.ValidFor - Second);
        _sight.Read().Condition.Should().Be(EngineCondition.Running, "it is as good as it was said to be");
        _time.Advance(Second);

        _sight.Read().Should().Be((EngineCondition.Unknown, (DateTimeOffset?)seenAt), "never the last good one");
        _questions.Reader.TryRead(out _).Should().BeFalse("one question at a time");
    }

    [Fact]
    public async Task Read_AnswerComesTooLate_IsAsOldAsItsQuestion()
    {
        var late = await QuestionAsync();
        _time.Advance(EngineSight.ValidFor + Second);
        await AnswerAsync(late, EngineCondition.Running);
        _sight.Read().Condition.Should().Be(EngineCondition.Unknown);

        await NextBeatAsync();
        await AnswerAsync(await QuestionAsync(), EngineCondition.Running);

        _sight.Read().Condition.Should().Be(EngineCondition.Running);
    }

    [Fact]
    public async Task Read_QuestionFails_ExpiresAndIsAskedAgain()
    {
        await AnswerAsync(await QuestionAsync(), EngineCondition.Running);
        await NextBeatAsync();
        (await QuestionAsync()).SetException(new IOException("away"));
        await NextBeatAsync();

        await AnswerAsync(await QuestionAsync(), EngineCondition.Stopped);

        _sight.Read().Condition.Should().Be(EngineCondition.Stopped);
    }

    private async Task<EngineCondition> AskAsync(CancellationToken cancellationToken)
    {
        var question = new TaskCompletionSource<EngineCondition>(TaskCreationOptions.RunContinuationsAsynchronously);
        await _questions.Writer.WriteAsync(question, cancellationToken);
        return await question.Task;
    }

    private async Task<TaskCompletionSource<EngineCondition>> QuestionAsync() => await _questions.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30), TimeProvider.System);

    private async Task AnswerAsync(TaskCompletionSource<EngineCondition> question, EngineCondition condition)
    {
        var before = _sight.Read();
        question.SetResult(condition);
        await UntilAsync(() => _sight.Read() != before);
    }

    /// <summary>The watch begins to wait some moment after the answer; then a second passes.</summary>
    private async Task NextBeatAsync()
    {
        _beats++;
        await UntilAsync(() => _time.Timers >= _beats);
        _time.Advance(Second);
    }

    private static async Task UntilAsync(Func<bool> holds)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!holds())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System, limit.Token);
        }
    }

    private sealed class CountingTime : FakeTimeProvider
    {
        private int _timers;

        public int Timers => Volatile.Read(ref _timers);

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = base.CreateTimer(callback, state, dueTime, period);
            Interlocked.Increment(ref _timers);
            return timer;
        }
    }
}
