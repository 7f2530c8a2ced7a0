using DrOrchestrator.Sandbox.Kubernetes.Kubelet;
using DrOrchestrator.Sandbox.Ledger;

namespace DrOrchestrator.Sandbox.Tests.Ledger;

/// <summary>Two stores in this process, each on a volume and a port of its own, as two sites have them.</summary>
internal sealed class Stores : IAsyncDisposable
{
    private readonly Dictionary<string, LedgerStorePod> _running = [];
    private readonly Dictionary<string, int> _ports = new() { ["primary"] = FreePorts.Take(), ["dr"] = FreePorts.Take() };
    private readonly TimeSpan _delay;

    public Stores(TimeSpan delay)
    {
        _delay = delay;
        Primary = new Wire(UrlOf("primary"));
        Dr = new Wire(UrlOf("dr"));
    }

    public TestFolder Folder { get; } = new();

    public Wire Primary { get; }

    public Wire Dr { get; }

    public string FaultsFile => Folder.Under("faults.json");

    public Uri UrlOf(string site) => new($"http://127.0.0.1:{_ports[site]}");

    public PodSettings SettingsOf(string site) => new(
        site,
        _ports[site],
        Folder.Under("volume-" + site),
        UrlOf(site),
        UrlOf(site == "primary" ? "dr" : "primary"),
        site == "primary" ? StoreRole.Primary : StoreRole.Standby,
        _delay,
        FaultsFile);

    public async Task StartAsync(params string[] sites)
    {
        foreach (string site in sites)
        {
            _running[site] = await LedgerStorePod.StartAsync(SettingsOf(site), TimeProvider.System, CancellationToken.None);
        }
    }

    public async Task StopAsync(string site)
    {
        if (_running.Remove(site, out LedgerStorePod? pod))
        {
            await pod.DisposeAsync();
        }
    }

    public async Task<(int Code, string Output, string Errors)> RunToolAsync(string site, params string[] arguments)
    {
        var output = new StringWriter();
        var errors = new StringWriter();
        int code = await LedgerTool.RunAsync(arguments, SettingsOf(site), output, errors, TimeProvider.System);
        return (code, output.ToString().TrimEnd(), errors.ToString().TrimEnd());
    }

    public Task CaughtUpAsync(Wire from, Wire to) => Eventually.TrueAsync(
        async () => await from.PositionAsync() == await to.PositionAsync(), "the standby has caught up");

    public async Task SameLedgerAsync()
    {
        long position = await Primary.PositionAsync();
        (await Dr.PositionAsync()).Should().Be(position);
        string own = (string)(await Primary.GetAsync($"/ledger/checksum?position={position}"))["checksum"]!;
        ((string)(await Dr.GetAsync($"/ledger/checksum?position={position}"))["checksum"]!).Should().Be(own);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync("primary");
        await StopAsync("dr");
        Primary.Dispose();
        Dr.Dispose();
        Folder.Dispose();
    }
}
