using System.Net;
using System.Net.Sockets;
using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Carrying;
using DrOrchestrator.Drills.Steps;
using DrOrchestrator.Drills.Steps.Http;

namespace DrOrchestrator.Tests.Drills.Steps.Http;

public sealed class HttpExchangeTests
{
    /// <summary>The connection that one request has opened, and was let pass for, must not carry another one: that one's own permit would never be asked.</summary>
    [Fact]
    public async Task SendAsync_OpenerOfAConnectionIsGivenUp_AnotherRequestDoesNotLeaveOnIt()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var over = new CancellationTokenSource();
        var bytes = 0;
        var serving = ServeAsync();
        var url = new Uri($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/");
        var (opener, other) = (new HeldClock(isOver: false), new HeldClock(isOver: true));
        using var giveUp = new CancellationTokenSource();

        var first = SendAsync(opener, giveUp.Token);
        await opener.Asked.Task;
        var second = SendAsync(other, default);
        await other.Asked.Task;
        await giveUp.CancelAsync();
        await first.Invoking(task => task).Should().ThrowAsync<OperationCanceledException>();
        opener.Goes.Set();
        await Task.WhenAny(second, Task.Delay(TimeSpan.FromMilliseconds(300), TimeProvider.System));
        other.Goes.Set();

        await second.Invoking(task => task).Should().ThrowAsync<PermitOverException>();
        await over.CancelAsync();
        await serving;
        bytes.Should().Be(0);

        Task<HttpAnswer> SendAsync(HeldClock clock, CancellationToken token) => Task.Run(
            () => HttpExchange.SendAsync(null, HttpMethod.Post, url, null, null, TimeSpan.FromSeconds(60), TimeProvider.System, token, new SendPermit(new LeaseProof(0, HeldClock.Began), TimeSpan.FromSeconds(60), clock)),
            CancellationToken.None);

        async Task ServeAsync()
        {
            var clients = new List<Task>();
            try
            {
                while (true)
                {
                    clients.Add(ReadAsync(await listener.AcceptTcpClientAsync(over.Token)));
                }
            }
            catch (OperationCanceledException)
            {
                await Task.WhenAll(clients);
            }
        }

        async Task ReadAsync(TcpClient client)
        {
            using (client)
            {
                try
                {
                    var buffer = new byte[4096];
                    while (await client.GetStream().ReadAsync(buffer, over.Token) is > 0 and var read)
                    {
                        Interlocked.Add(ref bytes, read);
                        await client.GetStream().WriteAsync("HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n"u8.ToArray(), over.Token);
                    }
                }
                catch (Exception end) when (end is IOException or OperationCanceledException)
                {
                    // The client is gone, or the test is over.
                }
            }
        }
    }

    /// <summary>Answers only when it is let.</summary>
    private sealed class HeldClock(bool isOver) : TimeProvider
    {
        public static readonly DateTimeOffset Began = new(2026, 11, 27, 8, 0, 0, TimeSpan.Zero);

        public TaskCompletionSource Asked { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public ManualResetEventSlim Goes { get; } = new();

        public override long GetTimestamp() => 0;

        public override DateTimeOffset GetUtcNow()
        {
            Asked.TrySetResult();
            Goes.Wait();
            return isOver ? Began.AddHours(1) : Began;
        }
    }
}
