using System.Text.Json.Nodes;
using DrOrchestrator.Sandbox.Control;

namespace DrOrchestrator.Sandbox.Tests.Ledger;

/// <summary>A switch and the way back, with the commands a drill's Jobs run.</summary>
public sealed class RejoinTests
{
    [Fact]
    public async Task WayBack_AfterLostEntries_KeepsThemListsThemAndEndsWithOneLedger()
    {
        await using var stores = new Stores(TimeSpan.Zero);
        await stores.StartAsync("primary", "dr");
        await FailOverAsync(stores, common: 3, lost: 2);
        await stores.Dr.AppendAsync("new-1", "2");

        (int code, string output, string errors) = await stores.RunToolAsync("primary", "rejoin");

        errors.Should().BeEmpty();
        code.Should().Be(0);
        output.Should().Be(
            """{"role":"standby","epoch":2,"forkPosition":3,"oldEnd":5,"divergent":2,"listed":2,"complete":true,"reconciliation":["""
            + """{"position":4,"id":"lost-0","kind":"user","amount":1},{"position":5,"id":"lost-1","kind":"user","amount":1}]}""");
        File.ReadAllText(stores.Folder.Under("volume-primary", "divergent-epoch-1.json")).Should().Contain("\"lost-1\"");
        (await stores.RunToolAsync("primary", "rejoin")).Should().Be((0, output, ""));

        await stores.StartAsync("primary");
        await stores.CaughtUpAsync(stores.Dr, stores.Primary);
        await stores.SameLedgerAsync();

        // Back to where it was, planned: nothing is lost.
        (await stores.RunToolAsync("dr", "demote", "--expect-epoch", "2")).Output.Should().Be("""{"role":"demoted","epoch":2,"position":4}""");
        (await stores.Dr.AppendAsync("too-late", "2")).Status.Should().Be(503);
        await stores.CaughtUpAsync(stores.Dr, stores.Primary);
        (await stores.RunToolAsync("primary", "promote", "--expect-epoch", "2")).Output
            .Should().Be("""{"role":"primary","epoch":3,"fork":{"position":4,"epoch":2}}""");
        await stores.StopAsync("dr");
        (await stores.RunToolAsync("dr", "rejoin")).Output
            .Should().Be("""{"role":"standby","epoch":3,"forkPosition":4,"oldEnd":4,"divergent":0,"listed":0,"complete":true,"reconciliation":[]}""");
        await stores.StartAsync("dr");
        await stores.Primary.AppendAsync("home", "3");
        await stores.CaughtUpAsync(stores.Primary, stores.Dr);
        await stores.SameLedgerAsync();
    }

    [Fact]
    public async Task Rejoin_MoreThanCanBeListed_SaysHowManyOfHowMany()
    {
        await using var stores = new Stores(TimeSpan.Zero);
        await stores.StartAsync("primary", "dr");
        await FailOverAsync(stores, common: 1, lost: 1);
        await stores.RunToolAsync("primary", "rejoin");

        // What was kept of the old primary, as after a much longer divergence.
        string kept = stores.Folder.Under("volume-primary", "divergent-epoch-1.json");
        JsonObject suffix = JsonNode.Parse(await File.ReadAllTextAsync(kept))!.AsObject();
        JsonNode entry = suffix["entries"]![0]!;
        suffix["entries"] = new JsonArray([.. Enumerable.Range(0, 1001).Select(_ => entry.DeepClone())]);
        await File.WriteAllTextAsync(kept, suffix.ToJsonString());

        JsonNode result = JsonNode.Parse((await stores.RunToolAsync("primary", "rejoin")).Output)!;

        result["divergent"]!.GetValue<int>().Should().Be(1001);
        result["listed"]!.GetValue<int>().Should().Be(1000);
        result["complete"]!.GetValue<bool>().Should().BeFalse();
        result["reconciliation"]!.AsArray().Should().HaveCount(1000);
    }

    [Fact]
    public async Task Rejoin_BrokenOffAfterTheDecision_IsFinishedByTheNextRun()
    {
        await using var stores = new Stores(TimeSpan.Zero);
        await stores.StartAsync("primary", "dr");
        await FailOverAsync(stores, common: 3, lost: 2);
        byte[] whole = await File.ReadAllBytesAsync(stores.Folder.Under("volume-primary", "ledger.log"));
        string done = (await stores.RunToolAsync("primary", "rejoin")).Output;

        // As it was between the state's write and the cut.
        string statePath = stores.Folder.Under("volume-primary", "state.json");
        JsonObject state = JsonNode.Parse(await File.ReadAllTextAsync(statePath))!.AsObject();
        state["truncateTo"] = 3;
        await File.WriteAllTextAsync(statePath, state.ToJsonString());
        await File.WriteAllBytesAsync(stores.Folder.Under("volume-primary", "ledger.log"), whole);

        (await stores.RunToolAsync("primary", "rejoin")).Should().Be((0, done, ""));
        await stores.StartAsync("primary");
        await stores.SameLedgerAsync();
    }

    [Fact]
    public async Task Rejoin_OfALedgerThatDiffersBeforeTheFork_IsRefusedAndChangesNothing()
    {
        await using var stores = new Stores(TimeSpan.Zero);
        await stores.StartAsync("primary", "dr");
        await FailOverAsync(stores, common: 3, lost: 0);
        string volume = stores.Folder.Under("volume-primary");
        Directory.Delete(volume, recursive: true);
        await stores.StartAsync("primary");
        for (int i = 0; i < 3; i++)
        {
            await stores.Primary.AppendAsync($"other-{i}");
        }

        await stores.StopAsync("primary");
        byte[] before = await File.ReadAllBytesAsync(Path.Combine(volume, "ledger.log"));

        (int code, string output, string errors) = await stores.RunToolAsync("primary", "rejoin");

        code.Should().Be(10);
        output.Should().BeEmpty();
        errors.Should().Be("ledger rejoin: the two ledgers differ at position 3, before they parted at 3; a person must look at both");
        (await File.ReadAllBytesAsync(Path.Combine(volume, "ledger.log"))).Should().Equal(before);
    }

    [Fact]
    public async Task Rejoin_WithoutANewPrimary_IsRefused()
    {
        await using var stores = new Stores(TimeSpan.Zero);
        await stores.StartAsync("primary");
        await stores.Primary.AppendAsync("a");
        await stores.StopAsync("primary");

        (int code, _, string errors) = await stores.RunToolAsync("primary", "rejoin");

        code.Should().Be(10);
        errors.Should().Be($"ledger rejoin: the store at {stores.UrlOf("dr")} does not answer; it must run as primary to rejoin it");

        await stores.StartAsync("dr");
        (await stores.RunToolAsync("primary", "rejoin")).Errors
            .Should().Be($"ledger rejoin: the store at {stores.UrlOf("dr")} is standby, not primary");
    }

    [Fact]
    public async Task Promote_TwiceAndAtAnotherEpoch_IsTheSameThenRefused()
    {
        await using var stores = new Stores(TimeSpan.Zero);
        await stores.StartAsync("dr");

        (int, string, string) first = await stores.RunToolAsync("dr", "promote", "--expect-epoch", "1");
        await stores.Dr.AppendAsync("a", "2");
        (int, string, string) second = await stores.RunToolAsync("dr", "promote", "--expect-epoch", "1");

        first.Should().Be((0, """{"role":"primary","epoch":2,"fork":{"position":0,"epoch":1}}""", ""));
        second.Should().Be(first);
        (await stores.RunToolAsync("dr", "promote", "--expect-epoch", "2"))
            .Should().Be((10, "", "ledger promote: this store is primary at epoch 2 already; it was not promoted from epoch 2"));
    }

    [Fact]
    public async Task Promote_WithoutAStore_IsRefusedForNothingWasAsked()
    {
        await using var stores = new Stores(TimeSpan.Zero);

        (int code, _, string errors) = await stores.RunToolAsync("dr", "promote", "--expect-epoch", "1");

        code.Should().Be(10);
        errors.Should().Be($"ledger promote: no connection to the store at {stores.UrlOf("dr")}; nothing was asked of it");
    }

    [Fact]
    public async Task OldPrimary_StartedWithoutRejoin_IsNotFollowedNorFollows()
    {
        await using var stores = new Stores(TimeSpan.Zero);
        await stores.StartAsync("primary", "dr");
        await FailOverAsync(stores, common: 1, lost: 1);

        await stores.StartAsync("primary");

        (await stores.Primary.AppendAsync("split")).Status.Should().Be(201);
        (await stores.Dr.GetAsync("/ledger/entries?prefix=split"))["entries"]!.AsArray().Should().BeEmpty();
    }

    /// <summary>Some entries reach the standby, some do not; the primary ends, the standby is promoted to epoch 2.</summary>
    private static async Task FailOverAsync(Stores stores, int common, int lost)
    {
        for (int i = 0; i < common; i++)
        {
            await stores.Primary.AppendAsync($"common-{i}", "1");
        }

        await stores.CaughtUpAsync(stores.Primary, stores.Dr);
        LabFaults.None.With(new LabFault(LabFaults.ReplicationStalled, "primary", true, null)).Write(stores.FaultsFile);
        for (int i = 0; i < lost; i++)
        {
            await stores.Primary.AppendAsync($"lost-{i}", "1");
        }

        await stores.StopAsync("primary");
        LabFaults.None.Write(stores.FaultsFile);
        (await stores.RunToolAsync("dr", "promote", "--expect-epoch", "1")).Code.Should().Be(0);
    }
}
