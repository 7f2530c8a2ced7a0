using DrOrchestrator.Sandbox.Control;

namespace DrOrchestrator.Sandbox.Tests.Ledger;

public sealed class ReplicationTests
{
    [Fact]
    public async Task Standby_GetsEachEntry_NotBeforeTheDelayAndSoonAfter()
    {
        TimeSpan delay = TimeSpan.FromSeconds(2);
        await using var stores = new Stores(delay);
        await stores.StartAsync("primary", "dr");
        await ConnectedAsync(stores, true);

        long before = TimeProvider.System.GetTimestamp();
        await stores.Primary.AppendAsync("a");
        (await stores.Dr.PositionAsync()).Should().Be(0);
        await stores.CaughtUpAsync(stores.Primary, stores.Dr);

        TimeProvider.System.GetElapsedTime(before).Should().BeGreaterThan(delay);
        await stores.SameLedgerAsync();
    }

    [Fact]
    public async Task Standby_WhosePrimaryStops_SaysSoSoonAndFollowsAgainWhenItIsBack()
    {
        await using var stores = new Stores(TimeSpan.Zero);
        await stores.StartAsync("primary", "dr");
        await ConnectedAsync(stores, true);
        await stores.Primary.AppendAsync("a");

        await stores.StopAsync("primary");
        long stopped = TimeProvider.System.GetTimestamp();
        await ConnectedAsync(stores, false);
        TimeProvider.System.GetElapsedTime(stopped).Should().BeLessThan(TimeSpan.FromSeconds(10), "a connection that nobody ended would take minutes");

        await stores.StartAsync("primary");
        await ConnectedAsync(stores, true);
        await stores.Primary.AppendAsync("b");
        await stores.CaughtUpAsync(stores.Primary, stores.Dr);
    }

    [Fact]
    public async Task Standby_WhosePrimaryResetsConnections_FollowsAsSoonAsItServes()
    {
        await using var stores = new Stores(TimeSpan.Zero);
        using (var broken = new Upstream(stores.UrlOf("primary").Port, UpstreamManner.ResetsAtOnce))
        {
            await stores.StartAsync("dr");
            await Eventually.TrueAsync(() => Task.FromResult(broken.Accepted > 20), "the standby has tried many times");
        }

        await stores.StartAsync("primary");
        await ConnectedAsync(stores, true);
    }

    [Fact]
    public async Task Stalled_HoldsEntriesBackUntilItIsLifted()
    {
        await using var stores = new Stores(TimeSpan.Zero);
        await stores.StartAsync("primary", "dr");
        await stores.Primary.AppendAsync("before");
        await stores.CaughtUpAsync(stores.Primary, stores.Dr);

        LabFaults.None.With(new LabFault(LabFaults.ReplicationStalled, "primary", true, null)).Write(stores.FaultsFile);
        await stores.Primary.AppendAsync("during");
        await Task.Delay(TimeSpan.FromMilliseconds(300), TimeProvider.System);
        (await stores.Dr.PositionAsync()).Should().Be(1);

        LabFaults.None.Write(stores.FaultsFile);
        await stores.CaughtUpAsync(stores.Primary, stores.Dr);
    }

    [Fact]
    public async Task Delay_SetWhileItRuns_HoldsForTheNextEntry()
    {
        await using var stores = new Stores(TimeSpan.Zero);
        await stores.StartAsync("primary", "dr");
        await ConnectedAsync(stores, true);

        LabFaults.None.With(new LabFault(LabFaults.ReplicationDelay, "primary", true, 700)).Write(stores.FaultsFile);
        long before = TimeProvider.System.GetTimestamp();
        await stores.Primary.AppendAsync("a");
        await stores.CaughtUpAsync(stores.Primary, stores.Dr);

        TimeProvider.System.GetElapsedTime(before).Should().BeGreaterThan(TimeSpan.FromMilliseconds(700));
    }

    private static Task ConnectedAsync(Stores stores, bool expected) => Eventually.TrueAsync(
        async () => (bool)(await stores.Dr.GetAsync("/status"))["connected"]! == expected, $"connected is {expected}");
}
