using DrOrchestrator.EndToEnd.Harness;

namespace DrOrchestrator.EndToEnd.Fences;

/// <summary>The control: the lab punishes a switch without a fence. If it did not, a fence that holds would prove nothing.</summary>
[Collection(nameof(OneAtATime))]
public sealed class WithoutAFenceTests
{
    [Fact]
    public Task Promotion_WithoutAFence_LeavesTwoSitesThatBothTakeWrites() => WorkFolder.UseAsync(async folder =>
    {
        await using LabProcess lab = await LabProcess.StartAsync(Path.Combine(folder, "lab"));
        using var primary = new LedgerWriter(lab.StoreUrl("primary"));
        using var dr = new LedgerWriter(lab.StoreUrl("dr"));
        (await primary.WriteAsync("before")).Should().Be(WriteFate.Acknowledged);

        await lab.FaultAsync("kill-ledger", "primary", active: true);
        await Patience.UntilAsync("the primary's store is down", Patience.Stop, async () => await lab.StoreAsync("primary") is null);
        using var client = new HttpClient();
        using HttpResponseMessage promoted = await client.PostAsync(new Uri(lab.StoreUrl("dr"), "promote?expectEpoch=1"), content: null);
        promoted.EnsureSuccessStatusCode();
        await lab.FaultAsync("kill-ledger", "primary", active: false);
        await Patience.UntilAsync("the old primary is back", Patience.Start, async () => await lab.StoreAsync("primary") is { Role: "primary" });

        (await primary.WriteAsync("to-the-old")).Should().Be(WriteFate.Acknowledged);
        (await dr.WriteAsync("to-the-new")).Should().Be(WriteFate.Acknowledged);
        (await lab.StoreAsync("primary"))!.Epoch.Should().Be(1);
        (await lab.StoreAsync("dr"))!.Epoch.Should().Be(2);
    });
}
