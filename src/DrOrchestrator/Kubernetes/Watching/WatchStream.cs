using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;

namespace DrOrchestrator.Kubernetes.Watching;

/// <summary>
/// The lines of one watch. The package's own <c>Watcher</c> is not used: by its source it keeps each line as a text, parses it twice, builds whole objects, keeps no resourceVersion, and
/// takes a broken line and an ERROR event for the same thing.
/// </summary>
internal sealed class WatchStream : IDisposable
{
    /// <summary>Of one event, in bytes: etcd holds no object of more than 1.5 MiB by default.</summary>
    internal const int LongestLine = 8 * 1024 * 1024;

    private readonly HttpResponseMessage _response;
    private readonly PipeReader _reader;

    public WatchStream(HttpResponseMessage response, Stream body)
    {
        _response = response;
        _reader = PipeReader.Create(body, new StreamPipeReaderOptions(bufferSize: 16 * 1024, minimumReadSize: 4 * 1024));
    }

    /// <summary>The next event; null when the stream has ended behind a whole one. Throws <see cref="IOException"/> when it broke, or ended in the middle of one.</summary>
    public async ValueTask<WatchEvent?> NextAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var read = await _reader.ReadAsync(cancellationToken).ConfigureAwait(false);
            var buffer = read.Buffer;
            if (buffer.PositionOf((byte)'\n') is { } end)
            {
                var found = ReadLine(buffer.Slice(0, end));
                _reader.AdvanceTo(buffer.GetPosition(1, end));
                if (found is not null)
                {
                    return found;
                }

                continue;
            }

            if (read.IsCompleted)
            {
                return buffer.IsEmpty ? null : throw new IOException("the watch was cut in the middle of an event");
            }

            if (buffer.Length > LongestLine)
            {
                throw new IOException($"an event of the watch has more than {LongestLine / 1024 / 1024} MiB");
            }

            _reader.AdvanceTo(buffer.Start, buffer.End);
        }
    }

    public void Dispose()
    {
        _reader.Complete();
        _response.Dispose();
    }

    private static WatchEvent? ReadLine(ReadOnlySequence<byte> line)
    {
        try
        {
            return line.Length <= 1 ? null : WatchEvent.Read(line);
        }
        catch (JsonException)
        {
            throw new IOException("a line of the watch is no event");
        }
    }
}
