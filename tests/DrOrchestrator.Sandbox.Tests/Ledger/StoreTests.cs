using System.Text.Json.Nodes;

namespace DrOrchestrator.Sandbox.Tests.Ledger;

public sealed class StoreTests
{
    [Fact]
    public async Task Append_NewId_IsDurableAtTheNextPosition()
    {
        await using var stores = new Stores(TimeSpan.Zero);
        await stores.StartAsync("primary");

        (int status, JsonObject body, _) = await stores.Primary.AppendAsync("a");

        status.Should().Be(201);
        body.ToJsonString().Should().Be("""{"position":1,"epoch":1}""");
        (await stores.Primary.GetAsync("/ledger/entries?prefix=a")).ToJsonString()
            .Should().Be("""{"epoch":1,"position":1,"entries":[{"id":"a","position":1,"sentAt":"2026-01-01T00:00:00Z"}]}""");
        (await stores.Primary.GetAsync("/ledger/entries?prefix=b"))["entries"]!.AsArray().Should().BeEmpty();
    }

    [Fact]
    public async Task Append_IdThatIsThere_AnswersItsPositionAndWritesNothing()
    {
        await using var stores = new Stores(TimeSpan.Zero);
        await stores.StartAsync("primary");
        await stores.Primary.AppendAsync("a");
        await stores.Primary.AppendAsync("b");

        (int status, JsonObject body, _) = await stores.Primary.AppendAsync("a");

        status.Should().Be(200);
        ((long)body["position"]!).Should().Be(1);
        (await stores.Primary.PositionAsync()).Should().Be(2);
    }

    [Fact]
    public async Task Append_SameIdManyTimesAtOnce_IsWrittenOnce()
    {
        await using var stores = new Stores(TimeSpan.Zero);
        await stores.StartAsync("primary");

        var answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => stores.Primary.AppendAsync($"id-{i % 4}")));

        answers.Count(a => a.Status == 201).Should().Be(4);
        answers.Count(a => a.Status == 200).Should().Be(36);
        (await stores.Primary.PositionAsync()).Should().Be(4);
    }

    [Theory]
    [InlineData("1", 201)]
    [InlineData("2", 503)]
    [InlineData("0", 503)]
    public async Task Append_OfAnEpoch_IsTakenOnlyAtThatEpoch(string epoch, int expected)
    {
        await using var stores = new Stores(TimeSpan.Zero);
        await stores.StartAsync("primary");

        (int status, JsonObject body, _) = await stores.Primary.AppendAsync("a", epoch);

        status.Should().Be(expected);
        if (expected == 503)
        {
            body.ToJsonString().Should().Be($$"""{"refused":true,"reason":"the request is of epoch {{epoch}}, this store of epoch 1"}""");
            (await stores.Primary.PositionAsync()).Should().Be(0);
        }
    }

    [Theory]
    [InlineData("[]", "the body is not a JSON object; send {\"id\",\"kind\",\"sentAt\",\"amount\"}")]
    [InlineData("""{"id":"","kind":"user","sentAt":"2026-01-01T00:00:00Z","amount":1}""", "id must be a text of 1 to 100 characters")]
    [InlineData("""{"id":"a","kind":"gift","sentAt":"2026-01-01T00:00:00Z","amount":1}""", "kind 'gift' is not one of marker, probe, user")]
    [InlineData("""{"id":"a","kind":"user","sentAt":"yesterday","amount":1}""", "sentAt 'yesterday' is not an RFC 3339 time")]
    [InlineData("""{"id":"a","kind":"user","sentAt":"2026-01-01T00:00:00Z","amount":1.5}""", "amount must be an integer of 64 bits")]
    public async Task Append_BadEntry_IsRefusedWithTheReason(string entry, string reason)
    {
        await using var stores = new Stores(TimeSpan.Zero);
        await stores.StartAsync("primary");

        (int status, JsonObject body, _) = await stores.Primary.SendAsync("POST", "/ledger/entries", entry);

        status.Should().Be(400);
        ((bool)body["refused"]!).Should().BeTrue();
        ((string)body["reason"]!).Should().Be(reason);
    }

    [Fact]
    public async Task Append_AtAStandby_IsRefused()
    {
        await using var stores = new Stores(TimeSpan.Zero);
        await stores.StartAsync("dr");

        (int status, JsonObject body, _) = await stores.Dr.AppendAsync("a");

        status.Should().Be(503);
        ((string)body["reason"]!).Should().Be("this store is standby at epoch 1 and takes no writes");
    }

    [Fact]
    public async Task Checksum_BeyondTheEnd_IsNotFound()
    {
        await using var stores = new Stores(TimeSpan.Zero);
        await stores.StartAsync("primary");

        (await stores.Primary.SendAsync("GET", "/ledger/checksum?position=1")).Status.Should().Be(404);
        ((string)(await stores.Primary.GetAsync("/ledger/checksum?position=0"))["checksum"]!).Should().Be(new string('0', 64));
    }
}
