using System.Threading.Channels;

namespace DrOrchestrator.Sandbox.Ledger;

/// <summary>Answer to a write.</summary>
internal abstract record AppendAnswer
{
    private AppendAnswer()
    {
    }

    /// <summary>Durable here. <paramref name="Fresh"/> is false when the id was there before.</summary>
    public sealed record Durable(long Position, long Epoch, bool Fresh) : AppendAnswer;

    /// <summary>Certainly not written by this request.</summary>
    public sealed record Refused(string Reason) : AppendAnswer;
}

/// <summary>Answer to promote or demote: the state reached, or a refusal that changed nothing.</summary>
internal sealed record RoleAnswer(StoreState? Reached, long Position, string? Refusal);

/// <summary>
/// Role and log of one store. One loop does everything that changes them, in the order it came, so a demotion stands exactly between the last acknowledged
/// write and the first refused one. Writes that wait together share one flush.
/// </summary>
internal sealed class LedgerStore : IAsyncDisposable
{
    private const int MaxBatch = 256;
    private readonly Channel<Request> _requests = Channel.CreateBounded<Request>(new BoundedChannelOptions(4096) { SingleReader = true });
    private readonly string _statePath;
    private volatile StoreState _state;

    public LedgerStore(LedgerLog log, StoreState state, string statePath)
    {
        Log = log;
        _state = state;
        _statePath = statePath;
        Completion = Task.Run(RunAsync);
    }

    public LedgerLog Log { get; }

    public StoreState State => _state;

    /// <summary>Ends with <see cref="DisposeAsync"/>, or fails with the disk; then the process must end.</summary>
    public Task Completion { get; }

    /// <param name="epoch">The epoch the writer believes in; null when it has no opinion.</param>
    public Task<AppendAnswer> AppendAsync(LedgerEntry entry, long? epoch, CancellationToken cancellationToken) =>
        AskAsync(new Append(entry, epoch), cancellationToken);

    /// <summary>Takes what the primary sent; false when this store follows nobody any more.</summary>
    public Task<bool> ReceiveAsync(IReadOnlyList<LogRecord> records, CancellationToken cancellationToken) =>
        AskAsync(new Receive(records), cancellationToken);

    /// <summary>Becomes primary of the epoch after <paramref name="expectEpoch"/>.</summary>
    public Task<RoleAnswer> PromoteAsync(long expectEpoch, CancellationToken cancellationToken) =>
        AskAsync(new Change(expectEpoch, Promotion.Decide), cancellationToken);

    /// <summary>Stops taking writes; the position in the answer is the last one acknowledged.</summary>
    public Task<RoleAnswer> DemoteAsync(long expectEpoch, CancellationToken cancellationToken) =>
        AskAsync(new Change(expectEpoch, Demotion.Decide), cancellationToken);

    public async ValueTask DisposeAsync()
    {
        _requests.Writer.TryComplete();
        await Completion.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task<T> AskAsync<T>(Request<T> request, CancellationToken cancellationToken)
    {
        await _requests.Writer.WriteAsync(request, cancellationToken).ConfigureAwait(false);
        return await request.Answer.Task.ConfigureAwait(false);
    }

    private async Task RunAsync()
    {
        var writes = new List<Append>();
        try
        {
            while (await _requests.Reader.WaitToReadAsync().ConfigureAwait(false))
            {
                while (writes.Count < MaxBatch && _requests.Reader.TryRead(out Request? request))
                {
                    if (request is Append write)
                    {
                        writes.Add(write);
                        continue;
                    }

                    Commit(writes);
                    Handle(request);
                }

                Commit(writes);
            }
        }
        catch (Exception e)
        {
            // Nobody knows what the disk holds of this batch: its writers get no answer, and the next start reads what is there.
            _requests.Writer.TryComplete(e);
            throw;
        }
    }

    private void Commit(List<Append> writes)
    {
        if (writes.Count == 0)
        {
            return;
        }

        var fresh = new List<LogRecord>();
        var inBatch = new Dictionary<string, LogRecord>(StringComparer.Ordinal);
        var answers = new List<AppendAnswer>(writes.Count);
        foreach (Append write in writes)
        {
            if (RefusalOf(write) is { } reason)
            {
                answers.Add(new AppendAnswer.Refused(reason));
                continue;
            }

            LogRecord? there = Log.Find(write.Entry.Id) ?? inBatch.GetValueOrDefault(write.Entry.Id);
            LogRecord record = there ?? Log.Next(write.Entry, _state.Epoch, fresh.LastOrDefault());
            if (there is null)
            {
                fresh.Add(record);
                inBatch.Add(write.Entry.Id, record);
            }

            answers.Add(new AppendAnswer.Durable(record.Position, record.Epoch, there is null));
        }

        if (fresh.Count > 0)
        {
            Log.Append(fresh);
        }

        for (int i = 0; i < writes.Count; i++)
        {
            writes[i].Answer.SetResult(answers[i]);
        }

        writes.Clear();
    }

    private string? RefusalOf(Append write) =>
        _state.Role != StoreRole.Primary ? $"this store is {_state.RoleWord} at epoch {_state.Epoch} and takes no writes"
        : write.Epoch is { } epoch && epoch != _state.Epoch ? $"the request is of epoch {epoch}, this store of epoch {_state.Epoch}"
        : null;

    private void Handle(Request request)
    {
        switch (request)
        {
            case Receive receive:
                bool follows = _state.Role == StoreRole.Standby;
                if (follows)
                {
                    Log.Append(receive.Records);
                }

                receive.Answer.SetResult(follows);
                break;
            case Change change:
                RoleAnswer answer = change.Decide(_state, change.ExpectEpoch, Log.End);
                if (answer.Reached is { } reached && !ReferenceEquals(reached, _state))
                {
                    reached.Write(_statePath);
                    _state = reached;
                }

                change.Answer.SetResult(answer);
                break;
        }
    }

    private abstract class Request;

    private abstract class Request<T> : Request
    {
        public TaskCompletionSource<T> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private sealed class Append(LedgerEntry entry, long? epoch) : Request<AppendAnswer>
    {
        public LedgerEntry Entry { get; } = entry;

        public long? Epoch { get; } = epoch;
    }

    private sealed class Receive(IReadOnlyList<LogRecord> records) : Request<bool>
    {
        public IReadOnlyList<LogRecord> Records { get; } = records;
    }

    private sealed class Change(long expectEpoch, Func<StoreState, long, long, RoleAnswer> decide) : Request<RoleAnswer>
    {
        public long ExpectEpoch { get; } = expectEpoch;

        public Func<StoreState, long, long, RoleAnswer> Decide { get; } = decide;
    }
}
