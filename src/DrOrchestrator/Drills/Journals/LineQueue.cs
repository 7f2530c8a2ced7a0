namespace DrOrchestrator.Drills.Journals;

/// <summary>
/// Lines of one run on their way to the journal. While a transaction is under way those that come gather, and go into the next one together; a line without company waits for
/// nobody. Each caller goes on once ITS line is durable. A line that cannot be written takes no other with it; whatever else fails a transaction fails all that were in it.
/// </summary>
/// <param name="write">Makes lines durable, all or none. Throws <see cref="RefusedLineException"/> where one of several is why there are none.</param>
internal sealed class LineQueue(Func<IReadOnlyList<JournalDraft>, CancellationToken, Task> write)
{
    /// <summary>Others wait for the database too: a transaction stays short.</summary>
    private const int MostTogether = 64;

    private readonly Lock _state = new();
    private readonly List<Line> _waiting = [];
    private bool _isWriting;

    /// <summary>Completes when the line is durable. Cancelled while it waits it is not written; once its transaction has begun, only where nobody else is in it.</summary>
    public async Task WriteAsync(JournalDraft draft, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var line = new Line(draft);
        bool isFirst;
        lock (_state)
        {
            _waiting.Add(line);
            (isFirst, _isWriting) = (!_isWriting, true);
        }

        await using var withdrawal = cancellationToken.UnsafeRegister((_, token) => Withdraw(line, token), null).ConfigureAwait(false);
        if (isFirst)
        {
            _ = WriteNextAsync();
        }

        await line.Done.Task.ConfigureAwait(false);
    }

    private async Task WriteNextAsync()
    {
        using (var wanted = new CancellationTokenSource())
        {
            var lines = Take(wanted);
            await WriteAsync(lines, wanted.Token).ConfigureAwait(false);
            End(lines);
        }

        lock (_state)
        {
            if (_waiting.Count == 0)
            {
                _isWriting = false;
                return;
            }
        }

        // On a thread of its own: whoever came first has its line, and goes on with the run instead of writing for the others.
        _ = Task.Run(WriteNextAsync);
    }

    private async Task WriteAsync(List<Line> lines, CancellationToken wanted)
    {
        var left = lines;
        while (left.Count > 0)
        {
            try
            {
                await write([.. left.Select(line => line.Draft)], wanted).ConfigureAwait(false);
                left.ForEach(line => line.Done.TrySetResult());
                return;
            }
            catch (RefusedLineException refused)
            {
                // Nothing of it was written: the others go once more, without the one that cannot be.
                left[refused.Index].Done.TrySetException(refused.InnerException!);
                left = [.. left.Where((_, index) => index != refused.Index)];
            }
            catch (OperationCanceledException) when (wanted.IsCancellationRequested)
            {
                left.ForEach(line => line.Done.TrySetCanceled(line.Cancelled));
                return;
            }
            catch (Exception failure)
            {
                // Of a lost commit nobody knows whether it is there; written again it could be there twice.
                left.ForEach(line => line.Done.TrySetException(failure));
                return;
            }
        }
    }

    /// <summary>Those that wait. From here on a line can only be taken back with all others of its transaction.</summary>
    private List<Line> Take(CancellationTokenSource wanted)
    {
        lock (_state)
        {
            var lines = _waiting[..Math.Min(_waiting.Count, MostTogether)];
            _waiting.RemoveRange(0, lines.Count);
            var unwanted = 0;
            lines.ForEach(line => line.Unwanted = () =>
            {
                if (++unwanted == lines.Count)
                {
                    // In the background: whoever listens may run on, and this is under the lock.
                    _ = wanted.CancelAsync();
                }
            });
            return lines;
        }
    }

    private void End(List<Line> lines)
    {
        lock (_state)
        {
            lines.ForEach(line => line.Unwanted = null);
        }
    }

    private void Withdraw(Line line, CancellationToken cancelled)
    {
        lock (_state)
        {
            line.Cancelled = cancelled;
            if (!_waiting.Remove(line))
            {
                line.Unwanted?.Invoke();
                return;
            }
        }

        line.Done.TrySetCanceled(cancelled);
    }

    private sealed class Line(JournalDraft draft)
    {
        public JournalDraft Draft { get; } = draft;

        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public CancellationToken Cancelled { get; set; }

        public Action? Unwanted { get; set; }
    }
}
