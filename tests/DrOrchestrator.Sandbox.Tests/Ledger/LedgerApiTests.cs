using System.Text.Json.Nodes;
using DrOrchestrator.Sandbox.Control;
using DrOrchestrator.Sandbox.Ledger;
using DrOrchestrator.Sandbox.Wire;

namespace DrOrchestrator.Sandbox.Tests.Ledger;

public sealed class LedgerApiTests
{
    private readonly TimeSpan _delay = TimeSpan.FromSeconds(2);

    [Fact]
    public async Task Post_IsPassedOnToTheStoreWithItsEpoch()
    {
        await using var stores = new Stores(TimeSpan.Zero);
        await stores.StartAsync("primary");
        await using Api api = await Api.StartAsync(stores.SettingsOf("primary"));

        (await api.Wire.AppendAsync("a", "1")).Status.Should().Be(201);
        (await api.Wire.AppendAsync("a", "1")).Status.Should().Be(200);
        (await api.Wire.AppendAsync("b", "2")).Status.Should().Be(503);
        (await api.Wire.GetAsync("/ledger/entries?prefix=a"))["entries"]!.AsArray().Should().ContainSingle();
        (await api.Wire.SendAsync("POST", "/promote?expectEpoch=1")).Status.Should().Be(404);
    }

    [Fact]
    public async Task Post_WithoutAStore_IsRefused()
    {
        await using var stores = new Stores(TimeSpan.Zero);
        await using Api api = await Api.StartAsync(stores.SettingsOf("primary"));

        (int status, JsonObject body, _) = await api.Wire.AppendAsync("a");

        status.Should().Be(503);
        ((bool)body["refused"]!).Should().BeTrue();
    }

    [Fact]
    public async Task Health_WithTheDelaySetAtAPromotedSite_ComesAfterTheDelay()
    {
        await using var stores = new Stores(TimeSpan.Zero);
        await stores.StartAsync("dr");
        SetDelay(stores);
        await stores.RunToolAsync("dr", "promote", "--expect-epoch", "1");

        long start = TimeProvider.System.GetTimestamp();
        await using Api api = await Api.StartAsync(stores.SettingsOf("dr"));
        (await api.Wire.SendAsync("GET", "/healthz")).Status.Should().Be(503);
        await Eventually.TrueAsync(async () => (await api.Wire.SendAsync("GET", "/healthz")).Status == 200, "the api is ready");

        TimeProvider.System.GetElapsedTime(start).Should().BeGreaterThan(_delay);
    }

    [Fact]
    public async Task Health_WithTheDelaySetAtASiteThatIsPromotedMeanwhile_ComesAfterTheDelay()
    {
        await using var stores = new Stores(TimeSpan.Zero);
        await stores.StartAsync("primary", "dr");
        SetDelay(stores);

        long start = TimeProvider.System.GetTimestamp();
        await using Api api = await Api.StartAsync(stores.SettingsOf("dr"));
        await stores.RunToolAsync("dr", "promote", "--expect-epoch", "1");
        await Eventually.TrueAsync(async () => (await api.Wire.SendAsync("GET", "/healthz")).Status == 200, "the api is ready");

        TimeProvider.System.GetElapsedTime(start).Should().BeGreaterThan(_delay);
    }

    [Fact]
    public async Task Health_AtAPrimaryThatNobodyPromoted_IsReadyAtOnce()
    {
        await using var stores = new Stores(TimeSpan.Zero);
        await stores.StartAsync("primary", "dr");
        SetDelay(stores);
        await using Api api = await Api.StartAsync(stores.SettingsOf("primary"));

        (await api.Wire.SendAsync("GET", "/healthz")).Status.Should().Be(200);
    }

    private void SetDelay(Stores stores)
    {
        LabFaults faults = LabFaults.None;
        foreach (string site in (string[])["primary", "dr"])
        {
            faults = faults.With(new LabFault(LabFaults.ApplicationDelay, site, true, (long)_delay.TotalMilliseconds));
        }

        faults.Write(stores.FaultsFile);
    }

    private sealed class Api(LedgerApiPod pod, LoopbackServer server) : IAsyncDisposable
    {
        public Tests.Wire Wire { get; } = new(server.Url);

        public static async Task<Api> StartAsync(PodSettings settings)
        {
            var pod = new LedgerApiPod(settings, TimeProvider.System);
            return new Api(pod, await LoopbackServer.StartAsync(0, pod.HandleAsync, TimeProvider.System, CancellationToken.None));
        }

        public async ValueTask DisposeAsync()
        {
            Wire.Dispose();
            await server.DisposeAsync();
            pod.Dispose();
        }
    }
}
