using System.Collections.Concurrent;
using System.Text.Json;
using Dapper;
using DrOrchestrator.RecoveryPoints;
using DrOrchestrator.Storage;
using DrOrchestrator.Testing.Storage;
using DrOrchestrator.Tests.Probes;
using DrOrchestrator.Time;
using Microsoft.Extensions.Logging.Abstractions;

namespace DrOrchestrator.Tests.RecoveryPoints;

public sealed class CanariesTests : IDisposable
{
    private readonly TemporaryDatabase _temporary = new();
    private readonly ConcurrentQueue<string> _bodies = new();

    private SqlCanaryStore Store => new(_temporary.Database, _temporary.Gate);

    public void Dispose() => _temporary.Dispose();

    [Fact]
    public async Task StartAsync_TargetAcknowledges_EveryMarkerIsOnRecordAndWasSentOnce()
    {
        await using var target = Ledger("201 Created");
        await using var canaries = Create();
        await canaries.StartAsync(Leg(target), default);
        await canaries.StartAsync(Leg(target), default);
        await UntilAsync(() => _bodies.Count >= 20);
        canaries.IsRunning(7, "failover").Should().BeTrue();

        await canaries.StopAsync(7, "failover", default);

        canaries.IsRunning(7, "failover").Should().BeFalse();
        var markers = await canaries.ReadAsync(7, "failover", default);
        markers.Should().OnlyContain(m => m.Fate == MarkerFate.Acknowledged && m.Position == 5 && m.AnsweredAt >= m.SentAt);
        markers.Select(m => m.Number).Should().Equal(Enumerable.Range(1, markers.Count).Select(n => (long)n));
        _bodies.Select(Id).Should().Equal(markers.Select(m => $"dro-7-failover-{m.Number}"));
        var first = JsonDocument.Parse(_bodies.First()).RootElement;
        first.GetProperty("kind").GetString().Should().Be("marker");
        first.GetProperty("sentAt").GetString().Should().Be(markers[0].SentAt.ToRfc3339());
        target.Connections.Should().Be(1, "the connection is kept");
    }

    [Fact]
    public async Task StartAsync_RequestArrives_ItsIntentAndTheFateBeforeAreDurable()
    {
        var seen = new ConcurrentQueue<string>();
        await using var target = new TcpTarget(async (stream, token) =>
        {
            while (await TcpTarget.ReadRequestAsync(stream, token) is { Length: > 0 })
            {
                seen.Enqueue(string.Join(' ', (await Store.ReadAsync(7, "failover", token)).Select(m => m.Fate)));
                await TcpTarget.WriteAsync(stream, "HTTP/1.1 201 Created\r\nContent-Length: 14\r\n\r\n{\"position\":5}", token);
            }
        });
        await using var canaries = Create();
        await canaries.StartAsync(Leg(target), default);
        await UntilAsync(() => seen.Count >= 3);
        await canaries.StopAsync(7, "failover", default);

        seen.Take(3).Should().Equal("Sent", "Acknowledged Sent", "Acknowledged Acknowledged Sent");
    }

    [Theory]
    [InlineData("200 OK", "{\"position\":3}", MarkerFate.Acknowledged)]
    [InlineData("201 Created", "{}", MarkerFate.InDoubt)]
    [InlineData("201 Created", "created", MarkerFate.InDoubt)]
    [InlineData("503 Service Unavailable", "{\"refused\":true}", MarkerFate.Refused)]
    [InlineData("503 Service Unavailable", "{\"refused\":false}", MarkerFate.InDoubt)]
    [InlineData("503 Service Unavailable", "", MarkerFate.InDoubt)]
    [InlineData("502 Bad Gateway", "{\"refused\":true}", MarkerFate.InDoubt)]
    [InlineData("302 Found\r\nLocation: /", "{\"position\":3}", MarkerFate.InDoubt)]
    public async Task StartAsync_Answer_DecidesTheFate(string status, string body, MarkerFate fate)
    {
        await using var target = TcpTarget.Answering(status, body);

        (await FirstMarkerAsync(target.Url)).Fate.Should().Be(fate);
    }

    [Fact]
    public async Task StartAsync_NobodyListens_IsRefusedAsNothingWasSent() =>
        (await FirstMarkerAsync(new Uri($"http://127.0.0.1:{HttpProbeTests.FreePort()}/"))).Fate.Should().Be(MarkerFate.Refused);

    [Fact]
    public async Task StartAsync_NoAnswer_IsInDoubt()
    {
        await using var target = new TcpTarget((_, token) => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token));

        (await FirstMarkerAsync(target.Url, TimeSpan.FromSeconds(1))).Fate.Should().Be(MarkerFate.InDoubt);
    }

    [Fact]
    public async Task StartAsync_ConnectionDiesWithEveryRequest_EachMarkerIsOneRequestAndInDoubt()
    {
        await using var target = new TcpTarget(async (stream, token) => _bodies.Enqueue(Body(await TcpTarget.ReadRequestAsync(stream, token))));

        var markers = await WriteAsync(target.Url, () => _bodies.Count >= 10);

        _bodies.Select(Id).Should().OnlyHaveUniqueItems();
        markers.Should().OnlyContain(m => m.Fate == MarkerFate.InDoubt);
        _bodies.Should().HaveCount(markers.Count);
    }

    [Fact]
    public async Task StartAsync_KeptConnectionClosedByTheTarget_NoMarkerIsSentTwice()
    {
        await using var target = new TcpTarget(async (stream, token) =>
        {
            for (var i = 0; i < 3; i++)
            {
                _bodies.Enqueue(Body(await TcpTarget.ReadRequestAsync(stream, token)));
                await TcpTarget.WriteAsync(stream, "HTTP/1.1 201 Created\r\nContent-Length: 14\r\n\r\n{\"position\":5}", token);
            }
        });

        var markers = await WriteAsync(target.Url, () => _bodies.Count >= 20);

        var sent = _bodies.Where(b => b.Length > 0).Select(Id).ToList();
        sent.Should().OnlyHaveUniqueItems();
        markers.Where(m => m.Fate == MarkerFate.Acknowledged).Select(m => $"dro-7-failover-{m.Number}").Should().Equal(sent);
    }

    [Fact]
    public async Task StartAsync_AfterARestart_GoesOnWithTheNumbering()
    {
        await using var target = Ledger("201 Created");
        await Store.SaveAsync(7, "failover", null, new Marker(41, DateTimeOffset.UnixEpoch, null, MarkerFate.Sent, null), default);

        var markers = await WriteAsync(target.Url, () => _bodies.Count >= 2);

        markers[0].Should().BeEquivalentTo(new { Number = 41L, Fate = MarkerFate.Sent }, "nobody knows what became of it");
        markers[1].Number.Should().Be(42);
        Id(_bodies.First()).Should().Be("dro-7-failover-42");
    }

    [Fact]
    public async Task StartAsync_StoreRefuses_SendsNothingMoreAndSaysSo()
    {
        await using var target = Ledger("201 Created");
        using (var connection = _temporary.Database.Open())
        {
            connection.Execute("DROP TABLE canary_marker");
        }

        await using var canaries = Create();
        await canaries.StartAsync(Leg(target), default);
        await UntilAsync(() => !canaries.IsRunning(7, "failover"));

        canaries.FailureOf(7, "failover").Should().Contain("no such table: canary_marker");
        _bodies.Should().BeEmpty();
    }

    [Fact]
    public async Task CountAsync_SurvivorsRead_CountsAndKeepsTheAnswer()
    {
        var asked = new ConcurrentQueue<string>();
        var answer = """{"epoch":2,"position":1,"entries":[{"id":"dro-7-failover-1","position":1}]}""";
        await using var target = TcpTarget.Answering("200 OK", answer, asked.Enqueue);
        await Store.SaveAsync(7, "failover", null, new Marker(1, DateTimeOffset.UnixEpoch, null, MarkerFate.Acknowledged, 1), default);
        await Store.SaveAsync(7, "failover", null, new Marker(2, DateTimeOffset.UnixEpoch.AddSeconds(2), null, MarkerFate.Acknowledged, 2), default);
        await using var canaries = Create();

        var (count, raw) = await canaries.CountAsync(7, "failover", "dro-7-failover-", new Uri(target.Url, "ledger/entries"), default);

        count.Should().Be(new CanaryCount(2, 2, 0, 0, 1, 2, 0));
        System.Text.Encoding.UTF8.GetString(raw).Should().Be(answer);
        asked.Single().Should().StartWith("GET /ledger/entries?prefix=dro-7-failover- HTTP/1.1\r\n");
    }

    [Fact]
    public async Task StartAsync_TooFast_IsRefused()
    {
        await using var canaries = Create();

        await canaries.Invoking(c => c.StartAsync(new CanaryLeg(1, "a", "dro-1-a-", new Uri("http://127.0.0.1:1/"), 1001), default))
            .Should().ThrowAsync<ArgumentOutOfRangeException>().WithMessage("a canary writes 1 to 1000 markers a second*");
    }

    private static CanaryLeg Leg(TcpTarget target) => new(7, "failover", "dro-7-failover-", target.Url, 200);

    private static string Body(string request) => request.Contains('{') ? request[request.IndexOf('{')..] : "";

    private static string Id(string body) => JsonDocument.Parse(body).RootElement.GetProperty("id").GetString()!;

    private static async Task UntilAsync(Func<bool> condition)
    {
        for (var i = 0; i < 3000 && !condition(); i++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System);
        }

        condition().Should().BeTrue("it was waited for 30 s");
    }

    // A target that answers is waited for as long as a busy machine needs.
    private Canaries Create(TimeSpan? patience = null) =>
        new(Store, new ProcessClock(TimeProvider.System), NullLogger<Canaries>.Instance, patience ?? TimeSpan.FromSeconds(30));

    private TcpTarget Ledger(string status) => TcpTarget.Answering(status, "{\"position\":5,\"epoch\":1}", request => _bodies.Enqueue(Body(request)));

    private async Task<Marker> FirstMarkerAsync(Uri url, TimeSpan? patience = null) => (await WriteAsync(url, () => true, 2, patience))[0];

    private async Task<IReadOnlyList<Marker>> WriteAsync(Uri url, Func<bool> enough, int atLeast = 1, TimeSpan? patience = null)
    {
        await using var canaries = Create(patience);
        await canaries.StartAsync(new CanaryLeg(7, "failover", "dro-7-failover-", url, 200), default);
        for (var i = 0; i < 3000 && !(enough() && (await Store.ReadAsync(7, "failover", default)).Count >= atLeast); i++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System);
        }

        await canaries.StopAsync(7, "failover", default);
        return await Store.ReadAsync(7, "failover", default);
    }
}
