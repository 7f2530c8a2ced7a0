using System.Text.Json.Nodes;
using Npgsql;

namespace DrOrchestrator.Sandbox.Tests.Postgres;

/// <summary>One lab with PostgreSQL for tests that leave it as they found it.</summary>
public sealed class SharedDatabaseLab : IAsyncLifetime
{
    private DatabaseLab? _lab;

    internal DatabaseLab Lab => _lab!;

    public async Task InitializeAsync() => _lab = new PostgresFactAttribute().Skip is null ? await DatabaseLab.StartAsync() : null;

    public Task DisposeAsync()
    {
        _lab?.Dispose();
        return Task.CompletedTask;
    }
}

/// <summary>What a lab with PostgreSQL serves, and what its faults do to it.</summary>
public sealed class DatabaseFaultTests(SharedDatabaseLab fixture) : IClassFixture<SharedDatabaseLab>
{
    [PostgresFact]
    public async Task FrontDoor_OfALabWithPostgreSql_ServesTheSameContract_AndTheStandbyGetsIt()
    {
        DatabaseLab lab = fixture.Lab;

        (int status, JsonObject body, _) = await lab.Lab.FrontDoor.AppendAsync("one");
        (int again, JsonObject same, _) = await lab.Lab.FrontDoor.AppendAsync("one");
        (int bad, _, _) = await lab.Lab.FrontDoor.SendAsync("POST", "/ledger/entries", "{}");
        using var api = new Wire(lab.Lab.Settings.ApiUrl("primary"));
        (int stranger, JsonObject refused, _) = await api.AppendAsync("two", epoch: "2");

        (status, again, bad, stranger).Should().Be((201, 200, 400, 503));
        same.ToJsonString().Should().Be(body.ToJsonString());
        ((bool)refused["refused"]!).Should().BeTrue();
        ((long)body["epoch"]!).Should().Be(1);
        await lab.ArrivesAsync("dr", "one");
        (await lab.IdsAsync("dr", "two")).Should().BeEmpty();
        (await lab.StatusAsync("dr"))!.ToJsonString().Should().Contain("\"role\":\"standby\"").And.Contain("\"connected\":true");
        JsonObject found = await lab.Lab.FrontDoor.GetAsync("/ledger/entries?prefix=one");
        found["entries"]!.AsArray().Select(e => (string)e!["id"]!).Should().Equal("one");
        ((string)(await lab.Lab.FrontDoor.GetAsync($"/ledger/checksum?position={body["position"]}"))["checksum"]!).Should().HaveLength(64);
        (await lab.Lab.FrontDoor.SendAsync("GET", "/ledger/checksum?position=999999")).Status.Should().Be(404);

        string settings = await File.ReadAllTextAsync(lab.Lab.Folder.Under("lab.json"));
        foreach (string secret in Directory.EnumerateFiles(Path.Combine(lab.Lab.Settings.EstateFolder, "tokens"), "*.password"))
        {
            string password = (await File.ReadAllTextAsync(secret)).Trim();
            settings.Should().NotContain(password);
            (await File.ReadAllTextAsync(Path.Combine(lab.Lab.Settings.EstateFolder, "estate.yaml"))).Should().NotContain(password);
        }
    }

    [PostgresFact]
    public async Task KillLedger_EndsEveryProcessOfTheServer_AndWhatWasAcknowledgedIsThereAfterwards()
    {
        DatabaseLab lab = fixture.Lab;
        (await lab.Lab.FrontDoor.AppendAsync("before-2")).Status.Should().Be(201);

        await lab.Lab.SetFaultAsync("kill-ledger", "primary", active: true);

        await Eventually.TrueAsync(() => Task.FromResult(lab.ProcessesOf("primary").Count == 0), "nothing works on the primary's data");
        (await lab.Lab.FrontDoor.AppendAsync("during")).Status.Should().BeOneOf(502, 503);
        (await lab.StatusAsync("dr"))!["role"]!.ToString().Should().Be("standby", "nobody promotes it but a plan");

        await lab.Lab.SetFaultAsync("kill-ledger", "primary", active: false);
        await Eventually.TrueAsync(async () => (await lab.Lab.FrontDoor.AppendAsync("after-2")).Status is 200 or 201, "the primary serves again");
        (await lab.IdsAsync("primary", "before-2")).Should().Equal("before-2");
        await lab.ArrivesAsync("dr", "after-2");
    }

    [PostgresFact]
    public async Task Freeze_MakesTheServerSilent_AndThawLetsItGoOn()
    {
        DatabaseLab lab = fixture.Lab;
        IReadOnlyList<int> before = lab.ProcessesOf("primary");

        await lab.Lab.SetFaultAsync("freeze-primary", "primary", active: true);
        await Eventually.TrueAsync(() => Task.FromResult(lab.ProcessesOf("primary").All(DatabaseLab.IsStopped)), "every process of the server stands still");
        (int status, JsonObject body, _) = await lab.Lab.FrontDoor.AppendAsync("meanwhile");

        status.Should().Be(503, "nothing was committed: {0}", body.ToJsonString());
        lab.ProcessesOf("primary").Should().Contain(before.Take(3));
        await lab.Lab.SetFaultAsync("freeze-primary", "primary", active: false);
        await Eventually.TrueAsync(async () => (await lab.Lab.FrontDoor.AppendAsync("after-3")).Status is 200 or 201, "it goes on");
        (await lab.IdsAsync("primary", "meanwhile")).Should().BeEmpty();
    }

    [PostgresFact]
    public async Task StallAndCut_KeepTheLogFromTheStandby_AndBreakNothing()
    {
        DatabaseLab lab = fixture.Lab;

        await lab.Lab.SetFaultAsync("replication-stalled", "primary", active: true);
        (await lab.Lab.FrontDoor.AppendAsync("stalled")).Status.Should().Be(201);
        (await lab.Lab.FrontDoor.AppendAsync("stalled-2")).Status.Should().Be(201);
        (await lab.IdsAsync("dr", "stalled")).Should().BeEmpty();
        (await lab.StatusAsync("dr"))!["connected"]!.GetValue<bool>().Should().BeTrue("a receiver that gets nothing still says streaming");
        await lab.Lab.SetFaultAsync("replication-stalled", "primary", active: false);
        await lab.ArrivesAsync("dr", "stalled-2");

        await lab.Lab.SetFaultAsync("cut", "primary", active: true);
        Task<int> cut = StatusOfAsync(lab, "cut");
        await using var connection = new NpgsqlConnection($"Host=127.0.0.1;Port={lab.Lab.Settings.Postgres!.Primary.Service};Username=dro;Password=x;Database=ledger;Timeout=1;Pooling=false");
        await FluentActions.Awaiting(() => connection.OpenAsync()).Should().ThrowAsync<Exception>().Where(e => e is TimeoutException || e.InnerException is TimeoutException, "packets are dropped: nobody refuses");
        (await lab.ScalarAsync<bool>("primary", "INSERT INTO ledger_entry (id, kind, sent_at, amount, timeline) VALUES ('inside', 'user', 'now', 1, 1) RETURNING true")).Should().BeTrue();
        (await cut).Should().Be(502, "it was sent, and nothing came back");
        (await lab.IdsAsync("dr", "inside")).Should().BeEmpty();
        await lab.Lab.SetFaultAsync("cut", "primary", active: false);
        await lab.ArrivesAsync("dr", "inside");
        await Eventually.TrueAsync(async () => (await lab.Lab.FrontDoor.AppendAsync("healed")).Status is 200 or 201, "users come through again");
    }

    [PostgresTheory]
    [InlineData("sandbox-pod")]
    [InlineData("postgres-keeper")]
    public async Task WhoeverKeepsTheServer_Killed_TakesItAlong_AndTheKubeletStartsItAgain(string who)
    {
        DatabaseLab lab = fixture.Lab;
        IReadOnlyList<int> before = lab.ProcessesOf("dr");

        foreach (int keeper in Lab.ProcessesOf(lab.Lab.Folder.Path).Where(process => IsOf(process, who, lab.VolumeOf("dr"))))
        {
            System.Diagnostics.Process.GetProcessById(keeper).Kill();
        }

        await Eventually.TrueAsync(() => Task.FromResult(!lab.ProcessesOf("dr").Intersect(before).Any()), "the old server is gone");
        await Eventually.TrueAsync(async () => (await lab.StatusAsync("dr"))?["connected"]?.GetValue<bool>() == true, "the standby streams again");
        (await lab.Lab.FrontDoor.AppendAsync("kept-by-" + who)).Status.Should().Be(201);
        await lab.ArrivesAsync("dr", "kept-by-" + who);
    }

    [PostgresFact]
    public async Task HostProgram_FencesTheServer_AndItsPodWaitsUntilItIsReleased()
    {
        DatabaseLab lab = fixture.Lab;

        JsonObject fenced = await lab.HostAsync("dr", "fence", "test-mark", "20");
        await Eventually.TrueAsync(async () => await lab.StatusAsync("dr") is null, "its pod has ended with it");
        await Eventually.TrueAsync(() => Task.FromResult(DatabaseLab.LogsOf(lab.Lab, "dr").Contains("this server is fenced", StringComparison.Ordinal)), "the pod says what it waits for");
        lab.ProcessesOf("dr").Should().BeEmpty();
        JsonObject released = await lab.HostAsync("dr", "release", "test-mark", "start");

        ((bool)fenced["fenced"]!).Should().BeTrue();
        ((string)fenced["how"]!).Should().Be("clean");
        ((bool)released["running"]!).Should().BeTrue();
        (await lab.Lab.FrontDoor.AppendAsync("after-fence")).Status.Should().Be(201);
        await lab.ArrivesAsync("dr", "after-fence");
    }

    private static async Task<int> StatusOfAsync(DatabaseLab lab, string id) => (await lab.Lab.FrontDoor.AppendAsync(id)).Status;


    /// <summary>A process of that name with the volume in its command line or, for a pod, in its environment.</summary>
    private static bool IsOf(int process, string who, string volume)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/cmdline").Contains(who, StringComparison.Ordinal)
                && (File.ReadAllText($"/proc/{process}/cmdline") + File.ReadAllText($"/proc/{process}/environ")).Contains(volume, StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    }

}
