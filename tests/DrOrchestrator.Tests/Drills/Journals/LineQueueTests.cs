using System.Text.Json.Nodes;
using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Journals;

namespace DrOrchestrator.Tests.Drills.Journals;

/// <summary>Every transaction is held until the test lets it go, so that who is in which is no matter of luck.</summary>
public sealed class LineQueueTests
{
    private readonly List<Transaction> _begun = [];
    private readonly SemaphoreSlim _begins = new(0);
    private readonly LineQueue _queue;

    public LineQueueTests()
    {
        _queue = new LineQueue(async (drafts, cancellationToken) =>
        {
            var transaction = new Transaction([.. drafts.Select(draft => draft.Actor)], new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
            _begun.Add(transaction);
            _begins.Release();
            await transaction.Ends.Task.WaitAsync(cancellationToken);
        });
    }

    [Fact]
    public async Task WriteAsync_LineWithoutCompany_IsBegunByItsOwnCallAndAlone()
    {
        var written = WriteAsync("a");

        _begun.Should().ContainSingle("nobody is waited for").Which.Lines.Should().Equal("a");
        written.IsCompleted.Should().BeFalse("it is not durable yet");
        _begun[0].Ends.SetResult();
        await written;
    }

    [Fact]
    public async Task WriteAsync_LinesThatComeMeanwhile_GoTogetherInTheNextAndContinueWithIt()
    {
        var first = WriteAsync("a");
        Task[] others = [WriteAsync("b"), WriteAsync("c"), WriteAsync("d")];
        await NextAsync(1);

        _begun[0].Ends.SetResult();
        await first;
        await NextAsync(2);

        _begun[1].Lines.Should().Equal("b", "c", "d");
        others.Should().OnlyContain(line => !line.IsCompleted, "the transaction of the first says nothing of theirs");
        _begun[1].Ends.SetResult();
        await Task.WhenAll(others);
        _begun.Should().HaveCount(2);
    }

    [Fact]
    public async Task WriteAsync_MoreThanATransactionTakes_KeepsTheirOrderOverTwo()
    {
        var first = WriteAsync("first");
        var others = Enumerable.Range(0, 100).Select(index => WriteAsync($"{index}")).ToList();

        await LetAsync(3);

        await Task.WhenAll([first, .. others]);
        _begun[1].Lines.Should().HaveCount(64);
        _begun.Skip(1).SelectMany(transaction => transaction.Lines).Should().Equal(Enumerable.Range(0, 100).Select(index => $"{index}"));
    }

    [Fact]
    public async Task WriteAsync_OneOfThemCannotBeWritten_FailsThatOneAndWritesTheOthersOnceMore()
    {
        var (first, innocent, bad, last) = (WriteAsync("a"), WriteAsync("b"), WriteAsync("bad"), WriteAsync("d"));
        await LetAsync(1);
        await first;
        await NextAsync(2);

        _begun[1].Ends.SetException(new RefusedLineException(1, new ArgumentException("not recordable")));
        await NextAsync(3);

        (await FluentActions.Awaiting(() => bad).Should().ThrowAsync<ArgumentException>()).WithMessage("not recordable");
        _begun[2].Lines.Should().Equal("b", "d");
        innocent.IsCompleted.Should().BeFalse();
        _begun[2].Ends.SetResult();
        await Task.WhenAll(innocent, last);
    }

    [Fact]
    public async Task WriteAsync_TransactionFails_FailsAllInItNoneTwiceAndNoneBehindIt()
    {
        var (first, second, third) = (WriteAsync("a"), WriteAsync("b"), WriteAsync("c"));
        await LetAsync(1);
        await first;
        await NextAsync(2);
        var behind = WriteAsync("behind");

        _begun[1].Ends.SetException(new StaleEpochException(1, 1));
        await NextAsync(3);
        _begun[2].Ends.SetResult();

        await FluentActions.Awaiting(() => second).Should().ThrowAsync<StaleEpochException>();
        await FluentActions.Awaiting(() => third).Should().ThrowAsync<StaleEpochException>();
        await behind;
        _begun.Select(transaction => string.Concat(transaction.Lines)).Should().Equal(["a", "bc", "behind"], "a commit that was lost may be there: nothing of it is written again");
    }

    [Fact]
    public async Task WriteAsync_CancelledWhileItWaits_IsNotWritten()
    {
        using var gone = new CancellationTokenSource();
        var (first, cancelled, last) = (WriteAsync("a"), WriteAsync("b", gone.Token), WriteAsync("c"));

        await gone.CancelAsync();

        await FluentActions.Awaiting(() => cancelled).Should().ThrowAsync<OperationCanceledException>();
        await LetAsync(2);
        await Task.WhenAll(first, last);
        _begun[1].Lines.Should().Equal("c");
    }

    [Fact]
    public async Task WriteAsync_CancelledInATransactionWithOthers_IsWrittenWithThem()
    {
        using var gone = new CancellationTokenSource();
        var (first, cancelled, last) = (WriteAsync("a"), WriteAsync("b", gone.Token), WriteAsync("c"));
        await LetAsync(1);
        await NextAsync(2);

        await gone.CancelAsync();
        cancelled.IsCompleted.Should().BeFalse("it may become durable");
        _begun[1].Ends.SetResult();

        await Task.WhenAll(first, cancelled, last);
    }

    [Fact]
    public async Task WriteAsync_EverybodyOfATransactionCancelled_EndsIt()
    {
        using var gone = new CancellationTokenSource();
        var (first, second, third) = (WriteAsync("a"), WriteAsync("b", gone.Token), WriteAsync("c", gone.Token));
        await LetAsync(1);
        await first;
        await NextAsync(2);

        await gone.CancelAsync();

        await FluentActions.Awaiting(() => second).Should().ThrowAsync<OperationCanceledException>();
        await FluentActions.Awaiting(() => third).Should().ThrowAsync<OperationCanceledException>();
        var next = WriteAsync("d");
        await NextAsync(3);
        _begun[2].Ends.SetResult();
        await next;
    }

    private Task WriteAsync(string line, CancellationToken cancellationToken = default) => _queue.WriteAsync(new JournalDraft(JournalKinds.Phase, line, new JsonObject()), cancellationToken);

    /// <summary>Until so many transactions have begun in all.</summary>
    private async Task NextAsync(int transactions)
    {
        while (_begun.Count < transactions)
        {
            await _begins.WaitAsync();
        }
    }

    /// <summary>Lets so many, one behind the other, become durable.</summary>
    private async Task LetAsync(int transactions)
    {
        for (var number = 1; number <= transactions; number++)
        {
            await NextAsync(number);
            _begun[number - 1].Ends.TrySetResult();
        }
    }

    private sealed record Transaction(IReadOnlyList<string> Lines, TaskCompletionSource Ends);
}
