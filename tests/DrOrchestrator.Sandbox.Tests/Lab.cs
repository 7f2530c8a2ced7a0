using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace DrOrchestrator.Sandbox.Tests;

/// <summary>A whole lab in a process of its own, as <c>dro sandbox</c> is.</summary>
internal sealed class Lab : IDisposable
{
    private readonly List<IDisposable> _owned = [];

    private Lab(TestFolder folder, SandboxProcess process, JsonObject announcement)
    {
        Folder = folder;
        Process = process;
        Announcement = announcement;
        Settings = LabSettings.Read(folder.Path);
        FrontDoor = Own(new Wire(Settings.FrontDoorUrl));
        Admin = Own(new Wire(Settings.AdminUrl, TokenOf("adminTokenFile")));
        Control = Own(new Wire(Settings.ControlUrl, TokenOf("faultsTokenFile")));
        Primary = Own(new Wire(Settings.StoreUrl("primary")));
        Dr = Own(new Wire(Settings.StoreUrl("dr")));
    }

    public TestFolder Folder { get; }

    public SandboxProcess Process { get; }

    public JsonObject Announcement { get; }

    public LabSettings Settings { get; }

    public Wire FrontDoor { get; }

    public Wire Admin { get; }

    public Wire Control { get; }

    public Wire Primary { get; }

    public Wire Dr { get; }

    public static async Task<Lab> StartAsync(TestFolder? folder = null, IReadOnlyDictionary<string, string>? environment = null, params string[] more)
    {
        folder ??= new TestFolder();
        var process = new SandboxProcess(environment ?? new Dictionary<string, string>(), ["sandbox", folder.Path, .. more]);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        string? line = await process.Output.ReadLineAsync(patience.Token);
        if (line is null)
        {
            throw new InvalidOperationException((await process.WaitAsync()).Errors);
        }

        return new Lab(folder, process, JsonNode.Parse(line)!.AsObject());
    }

    /// <summary>A client of a site's Kubernetes API, with the site's token and no check of its certificate: that one has tests of its own.</summary>
    public HttpClient Kubernetes(string site)
    {
        string kubeconfig = File.ReadAllText(Path.Combine(Folder.Path, site, "kubeconfig"));
        var handler = new SocketsHttpHandler();
        handler.SslOptions.RemoteCertificateValidationCallback = (_, _, _, _) => true;
        var client = Own(new HttpClient(handler) { BaseAddress = new Uri(ValueOf(kubeconfig, "server")) });
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", ValueOf(kubeconfig, "token"));
        return client;
    }

    public Task SetFaultAsync(string name, string site, bool active) =>
        Control.SendAsync("PUT", "/faults/" + name, $$"""{"site":"{{site}}","active":{{(active ? "true" : "false")}}}""");

    public async Task ScaleAsync(string site, string resource, string name, int replicas)
    {
        HttpClient client = Kubernetes(site);
        using var body = new StringContent($$$"""{"spec":{"replicas":{{{replicas}}}}}""", Encoding.UTF8, "application/merge-patch+json");
        using HttpResponseMessage answer = await client.PatchAsync($"/apis/apps/v1/namespaces/ledger/{resource}/{name}", body);
        answer.IsSuccessStatusCode.Should().BeTrue(await answer.Content.ReadAsStringAsync());
    }

    public Task GoneAsync(string site, string app) => Eventually.TrueAsync(
        async () => JsonNode.Parse(await Kubernetes(site).GetStringAsync($"/api/v1/namespaces/ledger/pods?labelSelector=app%3D{app}"))!["items"]!.AsArray().Count == 0,
        $"no pod of {app} is left at {site}");

    /// <summary>Runs the ledger tool in a Job as a drill does, and returns the last line of its log.</summary>
    public async Task<string> RunJobAsync(string site, string name, bool withVolume, params string[] command)
    {
        await CreateJobAsync(site, name, withVolume, command);
        return await EndOfJobAsync(site, name);
    }

    public async Task CreateJobAsync(string site, string name, bool withVolume, params string[] command)
    {
        HttpClient client = Kubernetes(site);
        var container = new JsonObject { ["name"] = "ledger", ["image"] = "dro-lab/ledger:1", ["command"] = new JsonArray([.. command.Select(c => JsonValue.Create(c))]) };
        var pod = new JsonObject { ["restartPolicy"] = "Never", ["containers"] = new JsonArray(container) };
        if (withVolume)
        {
            container["volumeMounts"] = new JsonArray(new JsonObject { ["name"] = "data", ["mountPath"] = "/data" });
            pod["volumes"] = new JsonArray(new JsonObject { ["name"] = "data", ["persistentVolumeClaim"] = new JsonObject { ["claimName"] = "data-ledger-store-0" } });
        }

        var job = new JsonObject
        {
            ["apiVersion"] = "batch/v1",
            ["kind"] = "Job",
            ["metadata"] = new JsonObject { ["name"] = name },
            ["spec"] = new JsonObject { ["backoffLimit"] = 0, ["template"] = new JsonObject { ["spec"] = pod } },
        };
        using var body = new StringContent(job.ToJsonString(), Encoding.UTF8, "application/json");
        using HttpResponseMessage made = await client.PostAsync("/apis/batch/v1/namespaces/ledger/jobs", body);
        made.IsSuccessStatusCode.Should().BeTrue(await made.Content.ReadAsStringAsync());
    }

    public async Task<string> EndOfJobAsync(string site, string name)
    {
        HttpClient client = Kubernetes(site);
        await Eventually.TrueAsync(
            async () =>
            {
                JsonNode? status = JsonNode.Parse(await client.GetStringAsync("/apis/batch/v1/namespaces/ledger/jobs/" + name))!["status"];
                return status?["succeeded"] is not null || status?["failed"] is not null;
            },
            $"the job {name} has ended");
        JsonNode pod = await PodOfJobAsync(site, name);
        string log = await client.GetStringAsync($"/api/v1/namespaces/ledger/pods/{pod["metadata"]!["name"]}/log");
        return log.TrimEnd().Split('\n')[^1];
    }

    public async Task<JsonNode> PodOfJobAsync(string site, string name) =>
        JsonNode.Parse(await Kubernetes(site).GetStringAsync($"/api/v1/namespaces/ledger/pods?labelSelector=job-name%3D{name}"))!["items"]![0]!;

    /// <summary>Processes that name this lab's folder in their command line, or work in it.</summary>
    public static IReadOnlyList<int> ProcessesOf(string folder) =>
    [
        .. Directory.EnumerateDirectories("/proc").Select(Path.GetFileName).Where(n => int.TryParse(n, out _)).Select(n => int.Parse(n!)).Where(id => Names(id, folder)),
    ];

    public void Dispose()
    {
        Process.Dispose();
        _owned.ForEach(o => o.Dispose());
        SpinUntilGone();
        Folder.Dispose();
    }

    private static bool Names(int process, string folder)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/cmdline").Contains(folder, StringComparison.Ordinal)
                || new FileInfo($"/proc/{process}/cwd").LinkTarget?.StartsWith(folder, StringComparison.Ordinal) == true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static string ValueOf(string yaml, string key) =>
        yaml.Split('\n').Select(l => l.Trim().TrimStart('-').Trim()).First(l => l.StartsWith(key + ":", StringComparison.Ordinal))[(key.Length + 1)..].Trim().Trim('"');

    private void SpinUntilGone() => SpinWait.SpinUntil(() => ProcessesOf(Folder.Path).Count == 0, TimeSpan.FromSeconds(10)).Should().BeTrue();

    private string TokenOf(string key) => File.ReadAllText((string)Announcement[key]!).Trim();

    private T Own<T>(T owned)
        where T : IDisposable
    {
        _owned.Add(owned);
        return owned;
    }
}
