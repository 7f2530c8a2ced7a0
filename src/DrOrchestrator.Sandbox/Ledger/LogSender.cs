using System.Globalization;
using DrOrchestrator.Sandbox.Control;
using DrOrchestrator.Sandbox.Wire;
using Microsoft.AspNetCore.Http;

namespace DrOrchestrator.Sandbox.Ledger;

/// <summary>
/// The primary's half of replication: <c>GET /log?from=N&amp;epoch=E&amp;checksum=HEX</c> streams the lines after N, none before it is as old as the replication
/// delay. Empty lines say "still here". A standby whose ledger is not a beginning of this one is refused, never repaired.
/// </summary>
internal sealed class LogSender(LedgerStore store, TimeSpan delay, string? faultsFile, TimeProvider time, CancellationToken stopping)
{
    private const int MaxBatch = 512;
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan Heartbeat = TimeSpan.FromMilliseconds(50);
    private int _listeners;

    public bool HasListener => Volatile.Read(ref _listeners) > 0;

    public async Task ServeAsync(HttpContext context)
    {
        IQueryCollection query = context.Request.Query;
        if (!long.TryParse(query["from"], NumberStyles.None, CultureInfo.InvariantCulture, out long from)
            || !long.TryParse(query["epoch"], NumberStyles.None, CultureInfo.InvariantCulture, out long epoch))
        {
            await context.RefuseAsync(StatusCodes.Status400BadRequest, "from and epoch must be whole numbers").ConfigureAwait(false);
            return;
        }

        if (ReasonAgainst(from, epoch, query["checksum"].ToString()) is { } reason)
        {
            await context.RefuseAsync(StatusCodes.Status409Conflict, reason).ConfigureAwait(false);
            return;
        }

        using var ended = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
        Interlocked.Increment(ref _listeners);
        try
        {
            await StreamAsync(context.Response, from, epoch, ended.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            // The standby hung up, or this store ends: neither is a failure.
        }
        finally
        {
            Interlocked.Decrement(ref _listeners);
        }
    }

    private string? ReasonAgainst(long from, long epoch, string checksum)
    {
        StoreState state = store.State;
        return state.Role == StoreRole.Standby ? "this store is a standby itself"
            : state.Epoch != epoch ? $"the standby is of epoch {epoch}, this store of epoch {state.Epoch}; it must rejoin"
            : store.Log.ChecksumAt(from) is not { } own ? $"the standby is at position {from}, this log ends at {store.Log.End}; it must rejoin"
            : Convert.ToHexStringLower(own) != checksum ? $"the standby's ledger differs at position {from}; it must rejoin"
            : null;
    }

    private async Task StreamAsync(HttpResponse response, long sent, long epoch, CancellationToken cancellationToken)
    {
        response.ContentType = "application/x-ndjson";
        long lastWrite = 0;
        while (store.State.Epoch == epoch && store.State.Role != StoreRole.Standby)
        {
            IReadOnlyList<LogRecord> due = Due(sent);
            if (due.Count > 0 || lastWrite == 0 || time.GetElapsedTime(lastWrite) >= Heartbeat)
            {
                byte[] bytes = due.Count > 0 ? [.. due.SelectMany(r => r.Line)] : "\n"u8.ToArray();
                await response.Body.WriteAsync(bytes, cancellationToken).ConfigureAwait(false);
                await response.Body.FlushAsync(cancellationToken).ConfigureAwait(false);
                lastWrite = time.GetTimestamp();
                sent += due.Count;
            }

            if (due.Count < MaxBatch)
            {
                await Task.Delay(Look, time, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private IReadOnlyList<LogRecord> Due(long sent)
    {
        if (store.Log.End == sent)
        {
            return [];
        }

        LabFaults faults = LabFaults.Read(faultsFile);
        return faults.ReplicationIsStalled ? [] : store.Log.ReadAfter(sent, MaxBatch, faults.DelayOfReplication ?? delay);
    }
}
