using System.Text.Json.Nodes;

namespace DrOrchestrator.Sandbox.Tests;

/// <summary>The whole lab as real processes.</summary>
public sealed class SandboxHostTests
{
    [Fact]
    public async Task Switch_AndTheWayBack_ByTheMeansOfADrill_EndWithOneLedger()
    {
        using Lab lab = await Lab.StartAsync();
        for (int i = 0; i < 20; i++)
        {
            (await lab.FrontDoor.AppendAsync($"before-{i}")).Status.Should().Be(201);
        }

        // The fault, and the fence.
        await lab.SetFaultAsync("kill-ledger", "primary", active: true);
        await RefusedAsync(lab);
        await lab.ScaleAsync("primary", "statefulsets", "ledger-store", 0);
        await lab.ScaleAsync("primary", "deployments", "ledger-api", 0);
        await lab.GoneAsync("primary", "ledger-store");

        // The switch.
        string promoted = await lab.RunJobAsync("dr", "promote-1", false, "ledger", "promote", "--expect-epoch", "1");
        long fork = (long)JsonNode.Parse(promoted)!["fork"]!["position"]!;
        promoted.Should().Be($$$"""{"role":"primary","epoch":2,"fork":{"position":{{{fork}}},"epoch":1}}""");
        await lab.ScaleAsync("dr", "deployments", "ledger-api", 2);
        await lab.SetFaultAsync("kill-ledger", "primary", active: false);
        (await lab.Admin.SendAsync("PUT", "/route", """{"site":"dr","epoch":2,"by":"test"}""", ifMatch: "\"1\"")).Status.Should().Be(200);
        await Eventually.TrueAsync(async () => (await lab.FrontDoor.AppendAsync($"after-{Guid.NewGuid():N}")).Status == 201, "the other site serves");

        // The way back: what only the old primary had is kept and listed, and both hold the same ledger again.
        JsonObject rejoined = JsonNode.Parse(await lab.RunJobAsync("primary", "rejoin-1", true, "ledger", "rejoin"))!.AsObject();
        ((string)rejoined["role"]!).Should().Be("standby");
        ((long)rejoined["forkPosition"]!).Should().Be(fork);
        ((long)rejoined["divergent"]!).Should().Be((long)rejoined["oldEnd"]! - fork);
        await lab.ScaleAsync("primary", "statefulsets", "ledger-store", 1);
        await Eventually.TrueAsync(() => CaughtUpAsync(lab), "the old primary follows the new one");

        JsonArray record = (await lab.Control.GetAsync("/requests"))["requests"]!.AsArray();
        record.Select(r => (string)r!["site"]!).Distinct().Should().BeEquivalentTo("lab", "primary", "dr", "front-door");
        record.Select(r => (long)r!["number"]!).Should().BeInAscendingOrder().And.OnlyHaveUniqueItems();
    }

    [Fact]
    public async Task Fault_LiftedWithoutAFence_BringsTheOldPrimaryBackWritable()
    {
        using Lab lab = await Lab.StartAsync();
        await lab.SetFaultAsync("kill-ledger", "primary", active: true);
        await RefusedAsync(lab);
        await lab.RunJobAsync("dr", "promote-1", false, "ledger", "promote", "--expect-epoch", "1");

        await lab.SetFaultAsync("kill-ledger", "primary", active: false);

        await Eventually.TrueAsync(async () => await WritesAsync(lab.Primary), "the old primary takes writes beside the new one");
        (await WritesAsync(lab.Dr)).Should().BeTrue();
    }

    [Fact]
    public async Task Rejoin_WhileAStorePodRuns_IsNotStartedByTheKubelet()
    {
        using Lab lab = await Lab.StartAsync();
        await lab.CreateJobAsync("primary", "rejoin-1", true, "ledger", "rejoin");
        for (int i = 0; i < 20; i++)
        {
            (await lab.FrontDoor.AppendAsync($"meanwhile-{i}")).Status.Should().Be(201);
        }

        ((string)(await lab.PodOfJobAsync("primary", "rejoin-1"))["status"]!["phase"]!).Should().Be("Pending");

        await lab.ScaleAsync("primary", "statefulsets", "ledger-store", 0);
        (await lab.EndOfJobAsync("primary", "rejoin-1")).Should().Be($"ledger rejoin: the store at {lab.Settings.StoreUrl("dr")} is standby, not primary");
    }

    [Fact]
    public async Task Restart_KeepsWhatWasDecided()
    {
        var folder = new TestFolder();
        Lab first = await Lab.StartAsync(folder);
        string estate = await File.ReadAllTextAsync(first.Folder.Under("estate", "estate.yaml"));
        await first.ScaleAsync("primary", "statefulsets", "ledger-store", 0);
        await first.SetFaultAsync("node-not-ready", "dr", active: true);
        first.Process.Kill();
        await Eventually.TrueAsync(() => Task.FromResult(Lab.ProcessesOf(folder.Path).Count == 0), "its pods are gone");

        using Lab second = await Lab.StartAsync(folder);

        second.Announcement.ToJsonString().Should().Be(first.Announcement.ToJsonString());
        (await File.ReadAllTextAsync(second.Folder.Under("estate", "estate.yaml"))).Should().Be(estate);
        ((string)(await second.Control.GetAsync("/faults"))["faults"]![0]!["name"]!).Should().Be("node-not-ready");
        (await second.FrontDoor.AppendAsync("fenced")).Status.Should().Be(503);
    }

    [Fact]
    public async Task SecondLab_OnTheSameFolder_IsRefused()
    {
        using Lab lab = await Lab.StartAsync();
        using var second = new SandboxProcess(new Dictionary<string, string>(), "sandbox", lab.Folder.Path);

        (int code, string output, string errors) = await second.WaitAsync();

        code.Should().Be(SandboxHost.FolderInUse);
        output.Should().BeEmpty();
        errors.Trim().Should().Be($"the folder {lab.Folder.Path} is in use by another sandbox; stop that one, or take another folder");
    }

    [Theory]
    [InlineData("kill")]
    [InlineData("terminate")]
    [InlineData("close-input")]
    public async Task End_OfAnyKind_LeavesNothingButTheFolder(string how)
    {
        using var elsewhere = new TestFolder();
        string home = Directory.CreateDirectory(elsewhere.Under("home")).FullName;
        string temp = Directory.CreateDirectory(elsewhere.Under("tmp")).FullName;
        using Lab lab = await Lab.StartAsync(environment: new Dictionary<string, string> { ["HOME"] = home, ["TMPDIR"] = temp });
        Lab.ProcessesOf(lab.Folder.Path).Count.Should().BeGreaterThanOrEqualTo(6, "host, front door, two stores and two APIs run");

        switch (how)
        {
            case "kill":
                lab.Process.Kill();
                break;
            case "terminate":
                lab.Process.Terminate();
                (await lab.Process.WaitAsync()).Code.Should().Be(0);
                break;
            default:
                lab.Process.CloseInput();
                (await lab.Process.WaitAsync()).Code.Should().Be(0);
                break;
        }

        await Eventually.TrueAsync(() => Task.FromResult(Lab.ProcessesOf(lab.Folder.Path).Count == 0), "no process of the lab is left", seconds: 5);
        Directory.EnumerateFileSystemEntries(elsewhere.Path, "*", SearchOption.AllDirectories).Should().BeEquivalentTo(home, temp);
    }

    /// <summary>From the fault on every answer says what is known: written, in doubt, and in the end refused.</summary>
    private static Task RefusedAsync(Lab lab) => Eventually.TrueAsync(
        async () =>
        {
            (int status, JsonObject body, _) = await lab.FrontDoor.AppendAsync($"during-{Guid.NewGuid():N}");
            status.Should().BeOneOf([201, 502, 503], body.ToJsonString());
            return status == 503;
        },
        "the front door refuses");

    private static async Task<bool> WritesAsync(Wire store)
    {
        try
        {
            return (await store.AppendAsync(Guid.NewGuid().ToString("N"))).Status == 201;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static async Task<bool> CaughtUpAsync(Lab lab)
    {
        try
        {
            JsonObject old = await lab.Primary.GetAsync("/status");
            long position = await lab.Dr.PositionAsync();
            return (string)old["role"]! == "standby" && (bool)old["connected"]! && (long)old["position"]! == position
                && (string)(await lab.Primary.GetAsync($"/ledger/checksum?position={position}"))["checksum"]!
                == (string)(await lab.Dr.GetAsync($"/ledger/checksum?position={position}"))["checksum"]!;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
