using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using DrOrchestrator.Sandbox.Wire;

namespace DrOrchestrator.Sandbox.Ledger;

/// <summary>The standby's half of replication: follows its peer for as long as this store is a standby, and knows whether it hears it.</summary>
internal sealed class LogReceiver(LedgerStore store, Uri peer, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);
    private readonly HttpClient _client = new(Relay.NewHandler()) { Timeout = Timeout.InfiniteTimeSpan };
    private volatile bool _connected;

    /// <summary>True while the primary's stream is open and it was heard within the last second.</summary>
    public bool Connected => _connected;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (store.State.Role == StoreRole.Standby)
        {
            try
            {
                await FollowAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (CallFailure.Is(e) && !cancellationToken.IsCancellationRequested)
            {
                // No primary to hear just now. Saying so (connected: false) is all there is to do; the loop asks again.
            }
            finally
            {
                _connected = false;
            }

            await Task.Delay(Pause, time, cancellationToken).ConfigureAwait(false);
        }
    }

    public void Dispose() => _client.Dispose();

    private async Task FollowAsync(CancellationToken cancellationToken)
    {
        // Moved on at every sign of life; when it strikes, the connection is given up.
        using var silence = new CancellationTokenSource(Silence, time);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, silence.Token);
        long from = store.Log.End;
        byte[] checksum = store.Log.ChecksumAt(from)!;
        var request = new Uri(peer, string.Create(CultureInfo.InvariantCulture, $"/log?from={from}&epoch={store.State.Epoch}&checksum={Convert.ToHexStringLower(checksum)}"));
        using HttpResponseMessage response = await _client.GetAsync(request, HttpCompletionOption.ResponseHeadersRead, ended.Token).ConfigureAwait(false);
        if (!response.IsSuccessStatusCode)
        {
            return;
        }

        PipeReader lines = PipeReader.Create(await response.Content.ReadAsStreamAsync(ended.Token).ConfigureAwait(false));
        while (true)
        {
            ReadResult read = await lines.ReadAsync(ended.Token).ConfigureAwait(false);
            silence.CancelAfter(Silence);
            _connected = true;
            ReadOnlySequence<byte> buffer = read.Buffer;
            List<LogRecord>? received = TakeLines(ref buffer, ref checksum);
            lines.AdvanceTo(buffer.Start, buffer.End);
            bool goesOn = received is not null && (received.Count == 0 || await store.ReceiveAsync(received, cancellationToken).ConfigureAwait(false));
            if (!goesOn || read.IsCompleted)
            {
                return;
            }
        }
    }

    /// <summary>Takes the whole lines off the buffer; null when one does not continue this ledger.</summary>
    private static List<LogRecord>? TakeLines(ref ReadOnlySequence<byte> buffer, ref byte[] checksum)
    {
        var received = new List<LogRecord>();
        while (buffer.PositionOf((byte)'\n') is { } end)
        {
            byte[] line = buffer.Slice(0, end).ToArray();
            buffer = buffer.Slice(buffer.GetPosition(1, end));
            if (line.Length == 0)
            {
                continue;
            }

            if (LogRecord.Parse(line, checksum) is not { } record)
            {
                return null;
            }

            received.Add(record);
            checksum = record.Checksum;
        }

        return received;
    }
}
