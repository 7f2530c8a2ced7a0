namespace DrOrchestrator.Sandbox.Tests.Postgres;

/// <summary>The whole lab as real processes, with real PostgreSQL on both sides.</summary>
public sealed class DatabaseLabTests
{
    [PostgresFact]
    public async Task Promotion_AfterAFence_MovesTheLedger_AndTheOldPrimaryIsRefusedByItsTimeline()
    {
        using DatabaseLab lab = await DatabaseLab.StartAsync();
        (await lab.Lab.FrontDoor.AppendAsync("before")).Status.Should().Be(201);
        await lab.ArrivesAsync("dr", "before");

        await lab.Lab.ScaleAsync("primary", "statefulsets", "ledger-db", 0);
        await lab.Lab.GoneAsync("primary", "ledger-db");
        lab.ProcessesOf("primary").Should().BeEmpty("a pod that is gone has no process left");
        (await ControlDataAsync(lab, "primary")).Should().Contain("shut down");
        (await lab.ScalarAsync<bool>("dr", "SELECT pg_promote()")).Should().BeTrue();
        await lab.Lab.ScaleAsync("dr", "deployments", "ledger-api", 2);
        (await lab.Lab.Admin.SendAsync("PUT", "/route", """{"site":"dr","epoch":2,"by":"test"}""", ifMatch: "\"1\"")).Status.Should().Be(200);
        await Eventually.TrueAsync(async () => (await lab.Lab.FrontDoor.AppendAsync("after")).Status is 200 or 201, "the other site serves");

        // Without a fence the old primary is back, and writable; only the route's epoch keeps what was meant for the new one away from it.
        await lab.Lab.ScaleAsync("primary", "statefulsets", "ledger-db", 1);
        using var old = new Wire(lab.Lab.Settings.ApiUrl("primary"));
        await Eventually.TrueAsync(async () => (await lab.StatusAsync("primary"))?["role"]?.ToString() == "primary", "the old primary is up");
        await Eventually.TrueAsync(async () => (await old.AppendAsync("astray", epoch: "1")).Status == 201, "it takes what was meant for its own timeline");
        (await old.AppendAsync("meant-for-the-new-one", epoch: "2")).Status.Should().Be(503);
        (await lab.IdsAsync("dr", "")).Should().Contain(["before", "after"]).And.NotContain("astray");
    }

    [PostgresFact]
    public async Task Restart_OfTheLab_KeepsBothSidesAndTheirRoles()
    {
        var folder = new TestFolder();

        // Numbers of processes come back: what was left here by others long ago is none of this lab's.
        HashSet<string> before = [.. SharedMemory().Select(segment => segment.Id)];
        DatabaseLab first = await DatabaseLab.StartAsync(folder);
        (await first.Lab.FrontDoor.AppendAsync("kept")).Status.Should().Be(201);
        await first.Lab.SetFaultAsync("freeze-primary", "primary", active: true);
        await Eventually.TrueAsync(() => Task.FromResult(first.ProcessesOf("primary").All(DatabaseLab.IsStopped)), "every process of the server stands still");

        IReadOnlyList<int> servers = [.. first.ProcessesOf("primary"), .. first.ProcessesOf("dr")];
        SharedMemoryOf(servers, before).Should().HaveCount(2, "each server has a segment");

        first.Lab.Process.Kill();

        await Eventually.TrueAsync(() => Task.FromResult(Lab.ProcessesOf(folder.Path).Count == 0), "its processes are gone, also those that stood still", seconds: 5);
        SharedMemoryOf(servers, before).Should().BeEmpty("what outlives every folder is taken away too");
        await File.WriteAllTextAsync(folder.Under("faults.json"), """{"faults":[]}""");
        using DatabaseLab second = new(await Lab.StartAsync(folder));
        second.Lab.Announcement.ToJsonString().Should().Be(first.Lab.Announcement.ToJsonString());
        await Eventually.TrueAsync(async () => (await second.Lab.FrontDoor.AppendAsync("after")).Status is 200 or 201, "the primary serves again");
        (await second.IdsAsync("primary", "kept")).Should().Equal("kept");
        await second.ArrivesAsync("dr", "after");
    }

    [PostgresFact]
    public async Task Volume_WhoseDataIsGone_IsNotMadeAnew()
    {
        using DatabaseLab lab = await DatabaseLab.StartAsync();
        await lab.Lab.ScaleAsync("primary", "statefulsets", "ledger-db", 0);
        await lab.Lab.GoneAsync("primary", "ledger-db");
        Directory.Delete(Path.Combine(lab.VolumeOf("primary"), "pgdata"), recursive: true);

        await lab.Lab.ScaleAsync("primary", "statefulsets", "ledger-db", 1);

        await Eventually.TrueAsync(() => Task.FromResult(DatabaseLab.LogsOf(lab.Lab, "primary").Contains("the data folder is not there", StringComparison.Ordinal)), "the pod says why it does not start");
        Directory.Exists(Path.Combine(lab.VolumeOf("primary"), "pgdata")).Should().BeFalse();
    }

    /// <summary>Segments of shared memory (System V) that one of these processes made.</summary>
    private static IReadOnlyList<string> SharedMemoryOf(IReadOnlyList<int> processes, IReadOnlySet<string> before) =>
        [.. SharedMemory().Where(segment => !before.Contains(segment.Id) && processes.Contains(segment.Creator)).Select(segment => segment.Id)];

    private static IEnumerable<(string Id, int Creator)> SharedMemory() =>
        File.ReadLines("/proc/sysvipc/shm").Skip(1).Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Select(columns => (columns[1], int.Parse(columns[4])));

    private static Task<string> ControlDataAsync(DatabaseLab lab, string site)
    {
        var installation = lab.Lab.Settings.Postgres!.Installation;
        return installation.RunAsync(installation.CommandOf("pg_controldata", "-D", Path.Combine(lab.VolumeOf(site), "pgdata")), "", CancellationToken.None);
    }
}
