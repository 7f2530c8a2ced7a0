using System.Net;

namespace DrOrchestrator.Tests.Drills.Steps.Postgres;

/// <summary>A line to a cluster whose first WebSocket breaks: after its first message has left, or once a condition holds and before anything of the answer has come.</summary>
internal sealed class CutLine(Func<bool>? onceItHolds) : DelegatingHandler
{
    private int _done;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken);
        if (response.StatusCode == HttpStatusCode.SwitchingProtocols && request.RequestUri!.Query.Contains("command=fence", StringComparison.Ordinal) && Interlocked.Exchange(ref _done, 1) == 0)
        {
            response.Content = new Upgraded(new Cut(await response.Content.ReadAsStreamAsync(cancellationToken), onceItHolds));
        }

        return response;
    }

    private sealed class Upgraded(Stream stream) : HttpContent
    {
        protected override Task<Stream> CreateContentReadStreamAsync() => Task.FromResult(stream);

        protected override Stream CreateContentReadStream(CancellationToken cancellationToken) => stream;

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => throw new NotSupportedException();

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }

    private sealed class Cut(Stream inner, Func<bool>? onceItHolds) : Stream
    {
        private int _written;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            while (onceItHolds?.Invoke() != true)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, cancellationToken);
            }

            await inner.DisposeAsync();
            throw new IOException("the line is cut");
        }

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (onceItHolds is null && _written++ > 0)
            {
                await inner.DisposeAsync();
                throw new IOException("the line is cut");
            }

            await inner.WriteAsync(buffer, cancellationToken);
        }

        public override void Flush() => inner.Flush();

        public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                inner.Dispose();
            }

            base.Dispose(disposing);
        }
    }
}
