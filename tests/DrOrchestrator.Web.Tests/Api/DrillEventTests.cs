using System.Net.ServerSentEvents;
using System.Text.Json;
using DrOrchestrator.Drills;
using DrOrchestrator.Web.Api;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;

namespace DrOrchestrator.Web.Tests.Api;

public sealed class DrillEventTests
{
    [Fact]
    public async Task Events_OfAnOpenRun_ComeAsTheyHappenAndEndWithTheRun()
    {
        await using var server = await RunningServer.StartAsync(drills: drills => drills.Runs.Add(Samples.Run(outcome: "open")));
        server.Drills.Happen(Event(1));
        using var client = server.Operator();
        using var response = await client.GetAsync("/api/v1/drills/7/events", HttpCompletionOption.ResponseHeadersRead);
        response.Content.Headers.ContentType!.MediaType.Should().Be("text/event-stream");
        await using var events = Parse(await response.Content.ReadAsStreamAsync()).GetAsyncEnumerator();

        (await events.MoveNextAsync()).Should().BeTrue();
        events.Current.EventId.Should().Be("1");
        server.Drills.Happen(Event(2), closes: true);

        (await events.MoveNextAsync()).Should().BeTrue();
        events.Current.Data.Text.Should().Be("event 2 <b>");
        (await events.MoveNextAsync()).Should().BeFalse();
    }

    [Theory]
    [InlineData("?after=1", null)]
    [InlineData("", "1")]
    [InlineData("?after=0", "1")]
    public async Task Events_Resumed_SkipWhatWasSeen(string query, string? lastEventId)
    {
        await using var server = await RunningServer.StartAsync(drills: drills => drills.Runs.Add(Samples.Run(outcome: "open")));
        server.Drills.Happen(Event(0));
        server.Drills.Happen(Event(1));
        server.Drills.Happen(Event(2), closes: true);
        using var client = server.Operator();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/drills/7/events" + query);
        request.Headers.TryAddWithoutValidation("Last-Event-ID", lastEventId);

        using var response = await client.SendAsync(request);
        var seen = new List<string?>();
        await foreach (var item in Parse(await response.Content.ReadAsStreamAsync()))
        {
            seen.Add(item.EventId);
        }

        seen.Should().Equal("2");
    }

    [Fact]
    public async Task Events_WhenTheReaderLeaves_StopWatching()
    {
        await using var server = await RunningServer.StartAsync(drills: drills => drills.Runs.Add(Samples.Run(outcome: "open")));
        using var client = server.Operator();
        var response = await client.GetAsync("/api/v1/drills/7/events", HttpCompletionOption.ResponseHeadersRead);
        await RunningServer.Eventually(() => server.Drills.Watching == 1);

        response.Dispose();

        await RunningServer.Eventually(() => server.Drills.Watching == 0);
    }

    [Fact]
    public async Task Stream_WhileNothingHappens_SendsHeartbeats()
    {
        var time = new FakeTimeProvider();
        var drills = new FakeDrills();
        var context = new DefaultHttpContext();
        using var body = new MemoryStream();
        context.Response.Body = body;
        using var stop = new CancellationTokenSource();
        var stream = new DrillEventStream(token => drills.WatchAsync(7, -1, token), time, stop.Token).ExecuteAsync(context);

        await RunningServer.Eventually(() =>
        {
            time.Advance(DrillEventStream.Heartbeat);
            return Text(body).Split(": still open\n\n").Length > 3;
        });
        drills.Happen(Event(1), closes: true);
        await stream;

        Text(body).Should().EndWith($"id: 1\ndata: {JsonSerializer.Serialize(Event(1), ApiJson.Default.RunEvent)}\n\n");
    }

    private static string Text(MemoryStream body) => System.Text.Encoding.UTF8.GetString(body.ToArray());

    private static RunEvent Event(long sequence) => new(sequence, Samples.Start, "phase", null, $"event {sequence} <b>");

    private static IAsyncEnumerable<SseItem<RunEvent>> Parse(Stream body) =>
        SseParser.Create(body, (_, data) => JsonSerializer.Deserialize(data, ApiJson.Default.RunEvent)!).EnumerateAsync();
}
