using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using DrOrchestrator.Sandbox.Kubernetes.Kubelet;

namespace DrOrchestrator.Sandbox.Tests.Ledger;

/// <summary>The store as a real process: what it answered survives its death, and it ends when it must.</summary>
public sealed class StoreProcessTests : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly int _port = FreePorts.Take();

    [Fact]
    public async Task Kill_WhileManyWrite_LosesNothingThatWasAcknowledged()
    {
        var acknowledged = new ConcurrentDictionary<string, long>();
        using Wire store = NewWire();
        using (SandboxProcess process = await StartAsync(store))
        {
            Task[] writers = [.. Enumerable.Range(0, 8).Select(w => WriteUntilBrokenAsync(store, w, acknowledged))];
            await Eventually.TrueAsync(() => Task.FromResult(acknowledged.Count > 300), "300 writes are acknowledged");
            process.Kill();
            await Task.WhenAll(writers);
        }

        using SandboxProcess again = await StartAsync(store);
        JsonObject found = await store.GetAsync("/ledger/entries?prefix=");
        var positions = found["entries"]!.AsArray().ToDictionary(e => (string)e!["id"]!, e => (long)e!["position"]!);
        acknowledged.Should().OnlyContain(a => positions.ContainsKey(a.Key) && positions[a.Key] == a.Value);
        (await store.AppendAsync("after")).Status.Should().Be(201);
    }

    [Fact]
    public async Task Start_WithALineThatWasNeverFinished_CutsItOff()
    {
        using Wire store = NewWire();
        using (SandboxProcess process = await StartAsync(store))
        {
            await store.AppendAsync("a");
            process.Kill();
        }

        await File.AppendAllTextAsync(_folder.Under("ledger.log"), new string('0', 64) + " {\"position\":2,\"epo");

        using SandboxProcess again = await StartAsync(store);
        (await store.PositionAsync()).Should().Be(1);
        ((long)(await store.AppendAsync("b")).Body["position"]!).Should().Be(2);
    }

    [Fact]
    public async Task Start_WithADamagedLine_RefusesToServe()
    {
        using Wire store = NewWire();
        using (SandboxProcess process = await StartAsync(store))
        {
            await store.AppendAsync("a");
            await store.AppendAsync("b");
            process.Kill();
        }

        string log = _folder.Under("ledger.log");
        await File.WriteAllTextAsync(log, (await File.ReadAllTextAsync(log)).Replace("\"id\":\"a\"", "\"id\":\"x\""));

        using SandboxProcess again = Start();
        (int code, _, string errors) = await again.WaitAsync();
        code.Should().Be(1);
        errors.Trim().Should().Be($"ledger-store: {log}: the line after position 0 does not follow it; the log is damaged and this store will not serve it");
    }

    [Fact]
    public async Task Start_OfAnUnfencedPrimary_ComesBackWritable()
    {
        using Wire store = NewWire();
        using (SandboxProcess process = await StartAsync(store))
        {
            process.Kill();
        }

        using SandboxProcess again = Start(("INITIAL_ROLE", "standby"));
        await ReadyAsync(store);
        (await store.AppendAsync("a")).Status.Should().Be(201);
    }

    [Fact]
    public async Task EndOfInput_EndsEvenAPodThatIgnoresSigterm()
    {
        using Wire store = NewWire();
        using SandboxProcess process = Start(("DRO_IGNORE_SIGTERM", "1"));
        await ReadyAsync(store);

        process.Terminate();
        (await store.AppendAsync("still-there")).Status.Should().Be(201);

        process.CloseInput();
        (await process.WaitAsync()).Code.Should().Be(0);
    }

    [Fact]
    public async Task Sigterm_EndsInOrder()
    {
        using Wire store = NewWire();
        using SandboxProcess process = await StartAsync(store);

        process.Terminate();

        (await process.WaitAsync()).Code.Should().Be(0);
    }

    [Fact]
    public async Task Rejoin_WhileTheStoreRuns_IsRefused()
    {
        using Wire store = NewWire();
        using SandboxProcess process = await StartAsync(store);

        using SandboxProcess tool = Run("ledger", "rejoin");
        (int code, string output, string errors) = await tool.WaitAsync();

        code.Should().Be(10);
        output.Should().BeEmpty();
        errors.Trim().Should().Be($"ledger rejoin: the volume {_folder.Path} is in use; a store still runs on it, or another rejoin. Stop it first");
    }

    public void Dispose() => _folder.Dispose();

    private static async Task WriteUntilBrokenAsync(Wire store, int writer, ConcurrentDictionary<string, long> acknowledged)
    {
        for (int i = 0; i < 100_000; i++)
        {
            try
            {
                (int status, JsonObject body, _) = await store.AppendAsync($"{writer}-{i}");
                if (status == 201)
                {
                    acknowledged[$"{writer}-{i}"] = (long)body["position"]!;
                }
            }
            catch (HttpRequestException)
            {
                return;
            }
        }
    }

    private static Task ReadyAsync(Wire store) => Eventually.TrueAsync(
        async () =>
        {
            try
            {
                return (await store.SendAsync("GET", "/healthz")).Status == 200;
            }
            catch (HttpRequestException)
            {
                return false;
            }
        },
        "the store is ready");

    private Wire NewWire() => new(new Uri($"http://127.0.0.1:{_port}"));

    private async Task<SandboxProcess> StartAsync(Wire store)
    {
        SandboxProcess process = Start();
        await ReadyAsync(store);
        return process;
    }

    private SandboxProcess Start(params (string Name, string Value)[] more) => Run(["ledger-store"], more);

    private SandboxProcess Run(params string[] command) => Run(command, []);

    private SandboxProcess Run(string[] command, (string Name, string Value)[] more)
    {
        var environment = new Dictionary<string, string>
        {
            ["SITE"] = "primary",
            ["PORT"] = _port.ToString(),
            ["DRO_VOLUME"] = _folder.Path,
            ["STORE_URL"] = $"http://127.0.0.1:{_port}",
            ["PEER_STORE_URL"] = "http://127.0.0.1:1",
            ["INITIAL_ROLE"] = "primary",
        };
        foreach ((string name, string value) in more)
        {
            environment[name] = value;
        }

        return new SandboxProcess(environment, ["sandbox-pod", .. command]);
    }
}
