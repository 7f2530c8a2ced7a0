using System.Buffers;
using System.Text;

namespace DrOrchestrator.Probes;

/// <summary>The beginning of an answer's body, at most 64 KiB, in borrowed memory. Text is made of it only for those who ask.</summary>
internal sealed class HttpBody : IDisposable
{
    private const int Largest = 64 * 1024;
    private const int FirstBuffer = 4096;
    private byte[] _buffer;
    private string? _text;

    private HttpBody(byte[] buffer) => _buffer = buffer;

    public int Length { get; private set; }

    /// <summary>True where more may have followed.</summary>
    public bool IsCut => Length == Largest;

    public ReadOnlyMemory<byte> Bytes => _buffer.AsMemory(0, Length);

    public string Text => _text ??= Encoding.UTF8.GetString(_buffer, 0, Length);

    public static async Task<HttpBody> ReadAsync(HttpResponseMessage response, Look look, CancellationToken deadline)
    {
        var body = new HttpBody(ArrayPool<byte>.Shared.Rent(FirstBuffer));
        try
        {
            using var stream = await response.Content.ReadAsStreamAsync(deadline).ConfigureAwait(false);
            while (body.Length < Largest)
            {
                body.MakeRoom();
                var read = await stream.ReadAsync(body._buffer.AsMemory(body.Length, Math.Min(body._buffer.Length, Largest) - body.Length), deadline).ConfigureAwait(false);
                if (read == 0)
                {
                    break;
                }

                body.Length += read;
            }

            return body;
        }
        catch
        {
            body.Dispose();
            throw;
        }
        finally
        {
            look.Note(body.IsCut ? Story.ReadToTheLimit : Story.Read, body.Length);
        }
    }

    public void Dispose()
    {
        if (_buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = [];
        }
    }

    private void MakeRoom()
    {
        if (Length < _buffer.Length)
        {
            return;
        }

        var larger = ArrayPool<byte>.Shared.Rent(Math.Min(Largest, _buffer.Length * 4));
        _buffer.AsSpan(0, Length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }
}
