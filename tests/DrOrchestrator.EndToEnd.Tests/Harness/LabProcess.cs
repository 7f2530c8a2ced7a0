using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace DrOrchestrator.EndToEnd.Harness;

/// <summary>A line of the lab's own record of mutating requests.</summary>
internal sealed record LabRequest(long Number, DateTimeOffset At, string Site, string Method, string Path, string UserAgent, int Status, string BodySha256, string? Body);

/// <summary>What a store says of itself.</summary>
internal sealed record StoreStatus(string Role, long Epoch, long Position, long Received, bool Connected);

/// <summary>Token files of the lab's people.</summary>
internal sealed record LabPeople(string Requester, string Approver, string BusinessVerifier)
{
    /// <summary>Three people with fresh tokens, in files of the folder.</summary>
    public static LabPeople Make(string folder) => new(Token(folder, "requester"), Token(folder, "approver"), Token(folder, "verifier"));

    /// <summary>What an estate has of the token in a file.</summary>
    public static string Hash(string file) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(File.ReadAllText(file).Trim())));

    private static string Token(string folder, string person)
    {
        string file = Path.Combine(folder, person + ".token");
        File.WriteAllText(file, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24)) + "\n");
        return file;
    }
}

/// <summary><c>dro sandbox --fast</c> as a real child, with its faults, its record and its stores.</summary>
internal sealed class LabProcess : IAsyncDisposable
{
    private readonly Child _child;
    private readonly HttpClient _control;
    private readonly JsonNode _ports;

    private LabProcess(Child child, string folder, LabReady ready)
    {
        _child = child;
        Folder = folder;
        Estate = ready.Estate;
        FrontDoor = new Uri(ready.FrontDoor);
        Control = new Uri(ready.Control);
        People = ready.People;
        HostPrograms = ready.HostPrograms ?? [];
        _control = new HttpClient { BaseAddress = Control, Timeout = TimeSpan.FromSeconds(10) };
        _control.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", ReadToken("faults"));
        _ports = JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "lab.json")))!["ports"]!;
    }

    public static JsonSerializerOptions Json { get; } = new(JsonSerializerDefaults.Web);

    public string Folder { get; }

    /// <summary>Folder of the generated estate; a test may edit it before a server reads it.</summary>
    public string Estate { get; }

    public string EstateFile => Path.Combine(Estate, "estate.yaml");

    public Uri FrontDoor { get; }

    public Uri Control { get; }

    public LabPeople People { get; }

    /// <summary>Of a lab with PostgreSQL: what a server must be allowed to start.</summary>
    public IReadOnlyList<string> HostPrograms { get; }

    public Uri Admin => UrlOf("admin");

    public int ProcessId => _child.Id;

    public static async Task<LabProcess> StartAsync(string folder, params string[] more)
    {
        Directory.CreateDirectory(folder);
        Child child = Child.Start(Child.Dro, ["sandbox", "--fast", "--data", folder, "--stop-with-stdin", .. more], Path.Combine(folder, "sandbox.log"));
        try
        {
            string line = await child.FirstLineAsync(Patience.Start);
            return new LabProcess(child, folder, JsonSerializer.Deserialize<LabReady>(line, Json)!);
        }
        catch
        {
            await child.DisposeAsync();
            throw;
        }
    }

    /// <summary>The fixed port of a site's store; nobody listens while no store is ready there.</summary>
    public Uri StoreUrl(string site) => UrlOf(site == "primary" ? "storePrimary" : "storeDr");

    /// <summary>The superuser's way to a site's PostgreSQL, past its Service: nothing of the lab lies between.</summary>
    public string DatabaseOf(string site)
    {
        JsonNode ports = JsonNode.Parse(File.ReadAllText(Path.Combine(Folder, "lab.json")))!["postgres"]![site]!;
        string password = File.ReadLines(Path.Combine(Estate, "tokens", "database-postgres.password")).First().Trim();
        return $"Host=127.0.0.1;Port={ports["server"]};Username=postgres;Password={password};Database=ledger;Pooling=false;Timeout=2;Command Timeout=2;Cancellation Timeout=-1";
    }

    public string ReadToken(string name) => File.ReadLines(Path.Combine(Estate, "tokens", name + ".token")).First().Trim();

    /// <summary>Changes the text of the generated estate; before a server reads it.</summary>
    public void EditEstate(string old, string by)
    {
        string text = File.ReadAllText(EstateFile);
        text.Should().Contain(old, "the generated estate has changed");
        File.WriteAllText(EstateFile, text.Replace(old, by, StringComparison.Ordinal));
    }

    /// <summary>Sets a fault of the lab, or takes it back.</summary>
    /// <param name="value">Milliseconds, for the kinds that have a value.</param>
    public async Task FaultAsync(string name, string site, bool active, long? value = null)
    {
        using HttpResponseMessage answer = await _control.PutAsJsonAsync($"faults/{name}", new { site, active, value });
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>Every mutating request that reached a site's API, the front door's route or the faults.</summary>
    public async Task<IReadOnlyList<LabRequest>> RequestsAsync(long after = 0)
    {
        JsonNode answer = (await _control.GetFromJsonAsync<JsonNode>($"requests?after={after}"))!;
        return answer["requests"].Deserialize<List<LabRequest>>(Json)!;
    }

    /// <summary>Who serves, by the front door itself: the site and its epoch.</summary>
    public async Task<(string Site, long Epoch)> RouteAsync()
    {
        using var admin = new HttpClient { BaseAddress = Admin, Timeout = TimeSpan.FromSeconds(5) };
        admin.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", ReadToken("front-door-admin"));
        JsonNode route = (await admin.GetFromJsonAsync<JsonNode>("route"))!;
        return (route["site"]!.GetValue<string>(), route["epoch"]!.GetValue<long>());
    }

    /// <summary>Null while no store answers there.</summary>
    public async Task<StoreStatus?> StoreAsync(string site)
    {
        using var store = new HttpClient { BaseAddress = StoreUrl(site), Timeout = TimeSpan.FromSeconds(5) };
        try
        {
            return await store.GetFromJsonAsync<StoreStatus>("status", Json);
        }
        catch (Exception e) when (NoAnswer.Is(e))
        {
            return null;
        }
    }

    /// <summary>Checksum of a store's ledger up to <paramref name="position"/>; null while it is shorter.</summary>
    public async Task<string?> ChecksumAsync(string site, long position)
    {
        using var store = new HttpClient { BaseAddress = StoreUrl(site), Timeout = TimeSpan.FromSeconds(5) };
        using HttpResponseMessage answer = await store.GetAsync($"ledger/checksum?position={position}");
        if (answer.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }

        answer.EnsureSuccessStatusCode();
        return (await answer.Content.ReadFromJsonAsync<JsonNode>())!["checksum"]!.GetValue<string>();
    }

    /// <summary>Ids of the entries of a store that begin with <paramref name="prefix"/>.</summary>
    public async Task<IReadOnlySet<string>> EntriesAsync(string site, string prefix)
    {
        using var store = new HttpClient { BaseAddress = StoreUrl(site), Timeout = TimeSpan.FromSeconds(10) };
        JsonNode answer = (await store.GetFromJsonAsync<JsonNode>($"ledger/entries?prefix={Uri.EscapeDataString(prefix)}"))!;
        return answer["entries"]!.AsArray().Select(e => e!["id"]!.GetValue<string>()).ToHashSet();
    }

    public async ValueTask DisposeAsync()
    {
        _control.Dispose();
        await _child.DisposeAsync();
    }

    private Uri UrlOf(string port) => new($"http://127.0.0.1:{_ports[port]!.GetValue<int>()}/");

    private sealed record LabReady(bool Ready, string Estate, string Control, string FrontDoor, LabPeople People, IReadOnlyList<string>? HostPrograms = null);
}
